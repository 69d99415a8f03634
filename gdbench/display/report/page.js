"use strict";
// Draws the charts of the page and makes its list of runs searchable and sortable. It asks for nothing outside.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const NARROW = 560;
  // The highest plots on a screen and on paper, and how many pixels wide a chart on paper is drawn: it shrinks a little.
  const TALLEST = {screen: 340, paper: 250};
  const MOST_TICKS = 10;
  const PAPER = {whole: 860, half: 420};
  const SPLITS = {train: "training", train_eval: "training (evaluated)", val: "validation", test: "test"};
  const TITLES = {epoch: "epoch", update: "update", seconds: "seconds of training"};
  // Without `ast` Vega would make programs out of text, which the policy of the page forbids.
  const OPTIONS = {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
    tooltip: {disableDefaultStyle: true}, config: data.config,
  };
  // Columns that say how a chart draws its data.
  const DRAWN = new Set(["bottom", "top", "height", "colored", "piece"]);
  const views = new WeakMap();

  // Columns as the page embeds them, back to rows.
  function rowsOf(columns) {
    const names = Object.keys(columns);
    const cells = names.map((name) => {
      const column = columns[name];
      return Array.isArray(column) ? column : column.at.map((place) => column.of[place]);
    });
    return (cells[0] || []).map((_, row) => Object.fromEntries(names.map((name, place) => [name, cells[place][row]])));
  }

  function* viewsOf(spec) {
    yield spec;
    for (const part of ["layer", "vconcat", "hconcat", "concat"]) {
      for (const inner of spec[part] || []) yield* viewsOf(inner);
    }
    if (spec.spec) yield* viewsOf(spec.spec);
  }

  function each(spec, act) {
    for (const view of viewsOf(spec)) {
      act(view);
      for (const channel of Object.values(view.encoding || {})) act(view, channel);
    }
  }

  // Labels, legends and columns for a room of so many pixels.
  function arrange(spec, room) {
    if (spec.facet) spec.columns = room < NARROW ? 1 : spec.columns;
    each(spec, (view, channel) => {
      if (channel && channel.legend && channel.legend.columns) {
        const longest = Math.max(1, ...channel.scale.domain.map((name) => name.length));
        channel.legend.columns = Math.max(1, Math.min(8, Math.floor(room / (7 * Math.min(longest, 40) + 60))));
        channel.legend.labelLimit = room - 60;
      }
      if (channel && channel.axis && channel.axis.labelLimit) channel.axis.labelLimit = Math.round(room * 0.3);
      if (!channel && view.mark && view.mark.type === "text" && view.mark.align === "left" && room < NARROW) {
        view.mark.limit = Math.round(room * 0.25);
      }
    });
  }

  function widen(spec, width, tallest) {
    each(spec, (view, channel) => {
      // Without a number, Vega has a tick every 40 pixels; of chosen ones it would leave some out.
      const isNumber = channel && channel === view.encoding.x && channel.type === "quantitative";
      if (isNumber && channel.axis !== null && !(channel.axis && channel.axis.values)) {
        channel.axis = {tickCount: Math.max(3, Math.min(MOST_TICKS, Math.round(width / 80))), ...channel.axis};
      }
    });
    for (const view of viewsOf(spec)) {
      if (!view.width) continue;
      const shaped = view.height === Math.round(view.width * 0.75) || view.height === Math.round(view.width * 0.5625);
      if (shaped) view.height = Math.round(Math.min(width * view.height / view.width, tallest));
      view.width = Math.round(width);
    }
  }

  async function draw(host, spec, room = host.clientWidth, tallest = TALLEST.screen) {
    arrange(spec, room);
    // Vega gives each chart the same name.
    const label = host.getAttribute("aria-label");
    const columns = spec.facet ? spec.columns : 1;
    const guess = Math.max(80, (room - 90) / columns - 20);
    const first = structuredClone(spec);
    widen(first, guess, tallest);
    let shown = await window.vegaEmbed(host, first, OPTIONS);
    // What labels and legends take is known once it is drawn.
    const over = host.querySelector("svg").width.baseVal.value - room;
    if (over > 0 || over < -12) {
      shown.finalize();
      const second = structuredClone(spec);
      widen(second, Math.max(60, guess - over / columns), tallest);
      shown = await window.vegaEmbed(host, second, OPTIONS);
    }
    host.querySelector("svg").setAttribute("aria-hidden", "true");
    host.removeAttribute("aria-roledescription");
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", label);
    return shown;
  }

  function specOf(element) {
    const figure = data.figures[Number(element.dataset.figure)];
    const spec = structuredClone(figure.spec);
    spec.datasets = Object.fromEntries(Object.entries(figure.data).map(([name, columns]) => [name, rowsOf(columns)]));
    choose(element, spec);
    return spec;
  }

  async function drawFigure(element) {
    const spec = specOf(element);
    const host = element.querySelector(".plot");
    if (views.has(host)) views.get(host).finalize();
    views.set(host, await draw(host, spec));
    element.dataset.drawn = "true";
  }

  // What the reader has chosen for the axes of curves.
  function choose(element, spec) {
    const by = element.querySelector("input[type=radio]:checked");
    const log = element.querySelector("input[name=log]");
    if (!by) return;
    each(spec, (view, channel) => {
      if (!channel || !view.encoding) return;
      if (channel === view.encoding.x) {
        if (by.value !== channel.field && channel.axis) {
          delete channel.axis.values;
          delete channel.axis.format;
        }
        channel.field = by.value;
        channel.title = TITLES[by.value];
      }
      if (channel === view.encoding.y && channel.scale && log.dataset.touched) {
        channel.scale = log.checked ? {type: "log", nice: false} : {zero: false};
        // Ticks that were chosen for the other scale, and how they are written.
        if (channel.axis) delete channel.axis.values;
        if (channel.axis && channel.axis.labelFont) channel.axis.labelExpr = data.number;
      }
      if (channel === view.encoding.y && channel.scale && !log.dataset.touched) {
        log.checked = channel.scale.type === "log";
      }
    });
  }

  function fillTable(host, rows) {
    const table = document.createElement("table");
    const names = Object.keys(rows[0] || {}).filter((name) => !DRAWN.has(name));
    const head = table.createTHead().insertRow();
    for (const name of names) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const name of names) line.insertCell().textContent = row[name] === null ? "-" : String(row[name]);
    }
    host.replaceChildren(table);
  }

  // Runs.
  const list = document.getElementById("run-table");
  const lines = [...list.tBodies[0].rows];
  const search = document.getElementById("search");
  const found = document.getElementById("found");

  const more = document.getElementById("more");
  // A phone would scroll for long past more lines than these, and paper takes page after page.
  const FEW = 30;
  let wanted = FEW;

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const line of [...list.tBodies[0].rows].filter((row) => row.dataset.run !== undefined)) {
      const text = line.textContent.toLowerCase();
      const matches = words.every((word) => text.includes(word));
      count += matches;
      line.hidden = !matches || count > wanted;
      const below = line.nextElementSibling;
      if (below && below.classList.contains("curve")) below.hidden = line.hidden;
    }
    more.hidden = count <= wanted;
    more.firstElementChild.textContent = `The first ${wanted} of ${count} runs.`;
    found.textContent = `${count} of ${lines.length} runs`;
  }

  function keyOf(cell) {
    const text = cell.dataset.value === undefined ? cell.textContent : cell.dataset.value;
    const number = Number(text);
    return text === "" || text === "-" ? null : Number.isNaN(number) ? text : number;
  }

  function compare(one, other) {
    // What has no value comes last, whichever way the rest is sorted.
    if (one === null || other === null) return one === other ? 0 : null;
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other), "en", {numeric: true});
  }

  function sort(header) {
    const place = header.cellIndex;
    const descending = header.getAttribute("aria-sort") === "ascending";
    for (const other of list.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const keyed = lines.map((line) => [keyOf(line.cells[place]), line]);
    keyed.sort(([one], [other]) => {
      const order = compare(one, other);
      return order === null ? (one === null ? 1 : -1) : descending ? -order : order;
    });
    for (const [, line] of keyed) {
      const below = line.nextElementSibling;
      list.tBodies[0].append(line);
      if (below && below.classList.contains("curve")) list.tBodies[0].append(below);
    }
    filter();
  }

  function curveRows(run) {
    const rows = [];
    for (const [name, values] of Object.entries(run)) {
      const measure = name.endsWith("_loss") ? "loss" : name.endsWith("_accuracy") ? "accuracy" : null;
      if (!measure) continue;
      const split = SPLITS[name.slice(0, -measure.length - 1)];
      values.forEach((value, place) => rows.push({measure, split, epoch: run.epoch[place], value}));
    }
    return rows;
  }

  async function toggle(button) {
    const line = button.closest("tr");
    const below = line.nextElementSibling;
    if (below && below.classList.contains("curve")) {
      below.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    button.setAttribute("aria-expanded", "true");
    const row = document.createElement("tr");
    row.className = "curve";
    const cell = row.insertCell();
    cell.colSpan = line.cells.length;
    const host = document.createElement("div");
    host.className = "plot";
    cell.append(host);
    line.after(row);
    const run = data.runs[line.dataset.run];
    const rows = run ? curveRows(run) : [];
    if (!rows.length) {
      host.textContent = "This run has no learning curve.";
      return;
    }
    host.setAttribute("role", "img");
    const end = line.cells[3].textContent;
    const reached = end === "-" ? "" : `: ${end} ${list.tHead.rows[0].cells[3].textContent.trim()} at the end`;
    host.setAttribute("aria-label", `Learning curves of run ${line.dataset.run}${reached}`);
    const present = new Set(rows.map((row) => row.split));
    const last = Math.max(...run.epoch);
    host.style.width = `${Math.min(list.parentElement.clientWidth - 20, 900)}px`;
    const spec = structuredClone(data.run);
    spec.datasets = {run: rows};
    each(spec, (view, channel) => {
      if (!channel) return;
      if (channel === view.encoding.x && last <= 12) channel.axis.values = [...Array(Math.floor(last)).keys()].map((place) => place + 1);
      if (!channel.scale || !channel.scale.domain) return;
      // Only the splits that this run was evaluated on.
      const kept = channel.scale.domain.map((split, place) => [split, channel.scale.range[place]]).filter(([split]) => present.has(split));
      channel.scale.domain = kept.map(([split]) => split);
      channel.scale.range = kept.map(([, look]) => look);
    });
    views.set(host, await draw(host, spec));
  }

  search.addEventListener("input", filter);
  more.querySelector("button").addEventListener("click", () => {
    wanted = Infinity;
    filter();
  });
  filter();
  list.tHead.addEventListener("click", (event) => {
    const header = event.target.closest("th");
    if (header) sort(header);
  });
  list.tBodies[0].addEventListener("click", (event) => {
    const button = event.target.closest("button.run");
    if (button) toggle(button);
  });

  // What a phone shows when it is asked for: the notes, the long tables, and all charts but the first of a comparison.
  const phone = window.matchMedia("(max-width: 40rem)");

  function fold() {
    for (const each of document.querySelectorAll("details.fold")) each.open = !phone.matches;
    for (const part of document.querySelectorAll(".comparison")) {
      [...part.querySelectorAll("details.chart")].forEach((each, place) => { each.open = !phone.matches || place === 0; });
    }
  }

  // A link may lead into what is closed.
  function reveal() {
    const aim = document.getElementById(location.hash.slice(1));
    for (let each = aim && aim.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    if (aim) aim.scrollIntoView();
  }

  // Columns of details, the last ones first, give way where a table is wider than its room.
  function fit() {
    for (const room of document.querySelectorAll(".scroll")) {
      const places = [...room.querySelectorAll("thead th.detail")].map((cell) => cell.cellIndex);
      const show = (place, shown) => {
        for (const cell of room.querySelectorAll(`tr > :nth-child(${place + 1})`)) cell.hidden = !shown;
      };
      for (const place of places) show(place, true);
      while (places.length && room.scrollWidth > room.clientWidth) show(places.pop(), false);
    }
  }

  const elements = [...document.querySelectorAll("figure[data-figure]")];
  const root = document.documentElement;
  let drawing = false;

  // Draws what is open, in the order of the page, and leaves the page to its reader between two charts.
  async function drawOpen() {
    if (drawing) return;
    drawing = true;
    const next = () => elements.find((each) => each.firstElementChild.open && !each.dataset.drawn);
    for (let element = next(); element; element = next()) {
      await drawFigure(element);
      await new Promise((resolve) => setTimeout(resolve));
    }
    drawing = false;
    root.dataset.drawn = "all";
  }

  for (const element of elements) {
    element.addEventListener("change", (event) => {
      if (event.target.name === "log") event.target.dataset.touched = "true";
      drawFigure(element);
    });
    element.firstElementChild.addEventListener("toggle", drawOpen);
    element.querySelector("details.data").addEventListener("toggle", (event) => {
      const host = event.target.querySelector(".scroll");
      const [columns] = Object.values(data.figures[Number(element.dataset.figure)].data);
      if (event.target.open && !host.firstChild) fillTable(host, rowsOf(columns));
    });
  }
  for (const each of document.querySelectorAll("details.fold")) each.addEventListener("toggle", fit);

  let width = root.clientWidth;
  let waiting = null;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (root.clientWidth === width) return;
      width = root.clientWidth;
      fit();
      for (const element of elements) delete element.dataset.drawn;
      drawOpen();
    }, 200);
  });

  // Paper shows everything, in charts of its own width.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.data):not(nav details)")];
    for (const each of closed) each.open = true;
    root.classList.add("paper");
    fit();
    for (const element of elements) {
      const host = element.querySelector(".plot");
      const printed = host.cloneNode(false);
      printed.classList.add("printed");
      host.after(printed);
      draw(printed, specOf(element), element.matches(".half") ? PAPER.half : PAPER.whole, TALLEST.paper);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const each of document.querySelectorAll(".plot.printed")) each.remove();
    for (const each of closed) each.open = false;
    root.classList.remove("paper");
    fit();
  });

  phone.addEventListener("change", fold);
  window.addEventListener("hashchange", reveal);
  fold();
  fit();
  reveal();
  drawOpen();
})();
