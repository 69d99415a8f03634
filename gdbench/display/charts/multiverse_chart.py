"""A specification curve (Simonsohn et al. 2020): universes by their difference from the source, their choices below."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import altair

from gdbench.comparison.judgment.cells import Cell as JudgedCell
from gdbench.comparison.judgment.multiverse_verdicts import (
    JudgedUniverse,
    MultiverseVerdict,
    in_tolerances,
    judge_multiverse,
    word_of,
)
from gdbench.display.charts.encodings import layered, number_axis, row_legend
from gdbench.display.charts.figure import WIDTH, AnyChart, Cell, ChartSource, Figure, Rows, data_of, has
from gdbench.display.charts.row_styles import COLORS, SHAPES, chart_names
from gdbench.display.multiverse_summary import choice_names, outcome, protocol
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Published, row_key
from gdbench.experiment.moment import moment_text
from gdbench.text import counted

# The height of a line of words or choices, and of the differences above.
LINE, CURVE = 20, 170
WORDS = {"holds": COLORS[2], "partly holds": COLORS[0], "fails": COLORS[1], "undecided": COLORS[6]}
WORD_SHAPES = ("circle", "triangle-up", "cross", "diamond")
TABLE = "whole table"
_TABLE_WORDS = {"reproduced": "holds", "partly reproduced": "partly holds", "contradicted": "fails"}
# Differences in tolerances at which the axis has ticks; those outside of the domain are not drawn.
_TICKS = (1, 3, 10, 30, 100, 300, 1000)
_FIELDS = ("item", "value", "word")


def multiverse_figure(subject: ChartSource) -> Figure:
    """Return the specification curve of a comparison: a column for each universe that has been trained.

    Raises:
        RequestError: the comparison has no multiverse, or no universe has all of its runs.
    """
    found = judge_multiverse(subject.comparison, subject.results.records)
    if found is None or not found.universes:
        got = "none" if found is None else "none with all of its runs"
        raise RequestError(f"--kind multiverse: expected a comparison with protocols that were trained; got {got}")
    return _SpecificationCurve(found).figure()


@dataclass(frozen=True)
class _SpecificationCurve:
    """The judged universes, from the nearest to the source to the furthest."""

    found: MultiverseVerdict

    def figure(self) -> Figure:
        """Return the chart of the comparison."""
        comparison = self.found.comparison
        count = len(self.found.universes)
        order = ", from the nearest to the source" if self.found.nearest else ""
        title = f"{comparison.title}: {counted(count, 'protocol')}{order}"
        return Figure(
            "multiverse", comparison.name, title, self._chart(), self.rows, self._text(), tuple(self._notes())
        )

    def _notes(self) -> Iterator[str]:
        yield "A column is one protocol, with its choices at the foot."
        if has(self.rows, "value", part="cell"):
            yield (
                "In the band, measured figures are within the tolerance of the published ones; above it they are "
                "higher, below it lower."
            )

    @cached_property
    def universes(self) -> list[JudgedUniverse]:
        """The universes by their largest difference; without one, those in which more claims hold first."""
        return sorted(self.found.universes, key=_order)

    @cached_property
    def rows(self) -> Rows:
        """An item for each cell, word and choice of each universe; differences are in tolerances."""
        rows: Rows = []
        for place, universe in enumerate(self.universes, start=1):
            own: dict[str, Cell] = {"place": place, "protocol": protocol(self.found, universe.labels)}
            items = [*self._cells(universe), *_words(universe), *self._choices(universe)]
            rows += [own | dict.fromkeys(_FIELDS) | item for item in items]
        return rows

    def _cells(self, universe: JudgedUniverse) -> Rows:
        metrics = {block.metric for block, _cell in universe.cells}
        keys = [_key(block, cell, names_metric=len(metrics) > 1) for block, cell in universe.cells]
        names = chart_names(list(dict.fromkeys(keys)))
        items: Rows = []
        for key, (block, cell) in zip(keys, universe.cells, strict=True):
            value = in_tolerances(block, cell)
            # What diverged is infinitely far, and has no place on an axis.
            finite = value if math.isfinite(value) else None
            items.append({"part": "cell", "item": names[key], "value": finite, "word": word_of(cell)})
        return items

    def _choices(self, universe: JudgedUniverse) -> Rows:
        names = choice_names(self.found)
        return [
            {"part": "choice", "item": f"{name} {label}"} for name, label in zip(names, universe.labels, strict=True)
        ]

    def _items(self, part: str) -> list[str]:
        """Return the distinct lines of a part; those of choices in the order of the file."""
        if part == "choice":
            names = zip(choice_names(self.found), self.found.multiverse.axes, strict=True)
            return [f"{name} {label}" for name, axis in names for label in axis.labels]
        return list(dict.fromkeys(str(row["item"]) for row in self.rows if row["part"] == part))

    def _chart(self) -> AnyChart:
        panels: list[altair.Chart | altair.LayerChart] = []
        if has(self.rows, "value", part="cell"):
            panels.append(self._differences())
        whole = altair.vconcat(*panels, self._lines("word"), self._lines("choice"), spacing=8)
        # Cells and words have colors and shapes of their own.
        whole.resolve = altair.Resolve(scale=altair.ScaleResolveMap(color="independent", shape="independent"))
        return whole

    def _base(self, part: str) -> altair.Chart:
        return altair.Chart(data_of([row for row in self.rows if row["part"] == part])).properties(width=WIDTH)

    @property
    def _x(self) -> altair.X:
        places = list(range(1, len(self.universes) + 1))
        scale = altair.Scale(domain=places, paddingOuter=0.3)
        return altair.X("place:O", scale=scale, title=None, axis=altair.Axis(labels=False, ticks=False, domain=False))

    def _differences(self) -> altair.LayerChart:
        """Return the differences of all cells, in tolerances, over the band in which they are within."""
        items = self._items("cell")
        scale = altair.Scale(domain=items, range=[COLORS[index % len(COLORS)] for index in range(len(items))])
        shapes = altair.Scale(domain=items, range=[SHAPES[index % len(SHAPES)] for index in range(len(items))])
        # Linear within the tolerance, so that it stays visible beside what is far off.
        axis = number_axis(values=[*(-tick for tick in _TICKS), 0, *_TICKS], labelOverlap=True)
        y = altair.Y("value:Q", title="difference in tolerances", scale=altair.Scale(type="symlog"), axis=axis)
        inside = altair.Chart(data_of([{"low": -1, "high": 1}])).properties(width=WIDTH)
        band = inside.mark_rect(opacity=0.18, color=COLORS[0]).encode(y=altair.Y("low:Q"), y2="high:Q")
        points = (
            self._base("cell")
            .transform_filter(altair.FieldValidPredicate(field="value", valid=True))
            .mark_point(filled=True, size=55, opacity=1)
            .encode(
                x=self._x,
                y=y,
                color=altair.Color("item:N", scale=scale, sort=None, title=None, legend=row_legend(items)),
                shape=altair.Shape("item:N", scale=shapes, sort=None, title=None, legend=row_legend(items)),
                tooltip=["protocol:N", "item:N", altair.Tooltip("value:Q", format=".2~f"), "word:N"],
            )
        )
        return layered(band, points).properties(height=CURVE)

    def _lines(self, part: str) -> altair.Chart:
        """Return a line for each claim or choice, with a mark in each universe that has it."""
        items = self._items(part)
        y = altair.Y("item:N", sort=None, title=None, scale=altair.Scale(domain=items))
        y = y.axis(altair.Axis(labelLimit=180, grid=True, ticks=False, domain=False))
        base = self._base(part).properties(height=LINE * len(items))
        if part == "choice":
            base.mark = altair.MarkDef("square", size=60, opacity=1, color=COLORS[6])
            return base.encode(x=self._x, y=y, tooltip=["protocol:N", "item:N"])
        words = list(WORDS)
        colors = altair.Scale(domain=words, range=list(WORDS.values()))
        shapes = altair.Scale(domain=words, range=list(WORD_SHAPES))
        base.mark = altair.MarkDef("point", filled=True, size=60, opacity=1)
        return base.encode(
            x=self._x,
            y=y,
            color=altair.Color("word:N", scale=colors, sort=None, title=None, legend=row_legend(words)),
            shape=altair.Shape("word:N", scale=shapes, sort=None, title=None, legend=row_legend(words)),
            tooltip=["protocol:N", "item:N", "word:N"],
        )

    def _text(self) -> str:
        found = self.found
        nearest = found.nearest
        near = f" Nearest to the source: {protocol(found, nearest.labels)}." if nearest else ""
        return f"{found.comparison.title}: {outcome(found, found.words)}.{near}"


def _order(universe: JudgedUniverse) -> tuple[float, int]:
    holding = sum(judged.verdict == "holds" for judged in universe.verdict.claims)
    return universe.distance or 0.0, -holding


def _words(universe: JudgedUniverse) -> Rows:
    """Return an item for the verdict on the whole table and for each claim."""
    verdict = universe.verdict
    words = [_TABLE_WORDS.get(str(verdict.verdict), "undecided"), *(judged.verdict for judged in verdict.claims)]
    # Claims about several metrics or epochs may have one text.
    keys = list(map(str, range(len(words))))
    names = chart_names(keys, [TABLE, *(judged.claim.text for judged in verdict.claims)])
    return [{"part": "word", "item": names[key], "word": word} for key, word in zip(keys, words, strict=True)]


def _key(block: Published, cell: JudgedCell, *, names_metric: bool) -> str:
    """Return what tells a cell from the others of its comparison."""
    epoch = f", {moment_text(cell.at)}" if len(block.at) > 1 else ""
    return f"{row_key(cell.labels) or 'published'}{epoch}{f', {block.metric}' if names_metric else ''}"
