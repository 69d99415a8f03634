"""Published beside measured, for people: tables of cells and claims, and a sentence for each verdict."""

import math
from collections import Counter
from collections.abc import Sequence

from gdbench.comparison.cells import AS_IT_SHOULD_BE, OFF, Cell
from gdbench.comparison.claims import Judged
from gdbench.comparison.names import short_names
from gdbench.comparison.selection import Selection
from gdbench.comparison.tables import COUNTS
from gdbench.comparison.verdicts import JudgedBlock, Verdict
from gdbench.display.text_table import NOTHING, TextTable, number_text
from gdbench.experiment.experiment import At, PublishedValue
from gdbench.metrics import METRICS, Metric
from gdbench.text import printable

# A tolerance of accuracies above this proves little.
WIDE = 0.01


def sentence(verdict: Verdict) -> str:
    """Return the verdict on a comparison and what it rests on."""
    basis = "; ".join(text for text in (cells_text(verdict), claims_text(verdict)) if text)
    return f"{verdict.comparison.title}: {verdict.verdict} ({basis})"


def cells_text(verdict: Verdict) -> str:
    """Return how many cells have which verdict: `4 cells: 2 reproduced, 1 off, 1 undecided`."""
    cells = [cell.verdict for cell in verdict.cells]
    if not cells:
        return ""
    counts = {
        "reproduced": sum(cell in AS_IT_SHOULD_BE for cell in cells),
        "off": sum(cell in OFF for cell in cells),
        "undecided": cells.count("undecided"),
    }
    said = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{len(cells)} cell{'s' * (len(cells) > 1)}: {', '.join(said)}"


def claims_text(verdict: Verdict) -> str:
    """Return how many claims hold, fail and are undecided."""
    counts = Counter(str(judged.verdict) for judged in verdict.claims)
    words = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "undecided": ("undecided", "undecided")}
    said = [
        f"{counts[name]} {one if counts[name] == 1 else many}" for name, (one, many) in words.items() if counts[name]
    ]
    total = len(verdict.claims)
    return f"{total} claim{'s' * (total > 1)}: {', '.join(said)}" if total else ""


def verdict_tables(verdict: Verdict) -> list[TextTable]:
    """Return a table for each published block that has values, and one of the claims."""
    tables = [_block_table(verdict, block) for block in verdict.blocks if block.cells]
    return [*tables, _claims_table(verdict)] if verdict.claims else tables


def _block_table(verdict: Verdict, block: JudgedBlock) -> TextTable:
    published = block.published
    metric = METRICS[published.metric]
    axes = short_names([axis.key for axis in verdict.comparison.axes])
    several = len(published.at) > 1
    first = published.at[0]
    when = f"epoch {first}" if isinstance(first, int) else _moment(first)
    moment = "" if several or metric.of_whole_run else f", {when}"
    unit = ", as ratios to the first row" if published.compare == "ratio" else ""
    header = [*axes, *(["epoch"] if several else []), "published", "measured", "95 % interval"]
    header += [] if published.compare == "order" else ["difference", "tolerance"]
    header += [*COUNTS, *([] if published.compare == "order" else ["verdict"])]
    # What the source leaves out is measured once: where blocks share a metric, in the first.
    repeated = any(other.published.metric == published.metric for other in _before(block, verdict))
    shown = [cell for cell in block.cells if cell.published is not None or not repeated]
    rows = tuple(tuple(printable(text) for text in _row(cell, block, metric, several)) for cell in shown)
    title = f"{verdict.comparison.title}: {_metric_name(metric, verdict)}{moment}{unit}"
    return TextTable(printable(title), tuple(header), rows, len(axes) + several, tuple(map(printable, _notes(block))))


def _before(block: JudgedBlock, verdict: Verdict) -> Sequence[JudgedBlock]:
    return verdict.blocks[: verdict.blocks.index(block)]


def _metric_name(metric: Metric, verdict: Verdict) -> str:
    target = verdict.comparison.target
    return f"{metric.name} ({100 * target:g} %)" if metric.to_target and target is not None else metric.name


def _row(cell: Cell, block: JudgedBlock, metric: Metric, several: bool) -> list[str]:
    published = block.published
    ratio = published.compare == "ratio"

    def text(number: float | None) -> str:
        return _ratio_text(number) if ratio else number_text(number, metric)

    figures = cell.measured
    mean = figures.mean if figures.mean is not None else figures.median
    interval = NOTHING if figures.ci_low is None else f"{text(figures.ci_low)} to {text(figures.ci_high)}"
    row = [*cell.labels, *([_moment(cell.at)] if several else [])]
    printed = _published_text(cell.published, metric)
    row += [_as_ratio(printed, cell, block) if ratio else printed, text(mean), interval]
    if published.compare == "order":
        return [*row, *map(str, cell.counts)]
    difference = cell.difference
    signed = NOTHING if difference is None else f"x {difference:.2f}" if ratio else _signed(difference, metric)
    tolerance = NOTHING if cell.tolerance is None else f"x {cell.tolerance:g}" if ratio else _allowed(cell, metric)
    return [*row, signed, tolerance, *map(str, cell.counts), cell.verdict or NOTHING]


def _as_ratio(printed: str, cell: Cell, block: JudgedBlock) -> str:
    """Return a published figure with its ratio to that of the first row: `6.00 (12)`."""
    base = next(other.published for other in block.cells if other.verdict == "reference" and other.at == cell.at)
    if cell.published is None or base is None:
        return printed
    return f"{float(cell.published.value) / float(base.value):.2f} ({printed})"


def _ratio_text(number: float | None) -> str:
    return NOTHING if number is None else f"{number:.2f}"


def _signed(number: float, metric: Metric) -> str:
    if math.isinf(number):
        return number_text(number, metric)
    return f"{'+' if number >= 0 else '-'}{number_text(abs(number), metric)}"


def _allowed(cell: Cell, metric: Metric) -> str:
    tolerance = cell.tolerance or 0.0
    return f"{number_text(tolerance, metric)}{', wide' if metric.percent and tolerance > WIDE else ''}"


def _published_text(value: PublishedValue | None, metric: Metric) -> str:
    if value is None:
        return NOTHING
    if isinstance(value.value, str):
        return value.value
    if not metric.percent:
        # As the source prints it, whose digits may be more or fewer than ours.
        return f"{value.value:g}{f' +- {value.spread:g}' if value.spread is not None else ''}"
    spread = "" if value.spread is None else f" +- {number_text(value.spread, metric)}"
    return number_text(value.value, metric) + spread


def _moment(at: At) -> str:
    return str(at) if isinstance(at, int) else {"last": "last epoch", "max": "best epoch"}.get(at, "best val_accuracy")


def _notes(block: JudgedBlock) -> list[str]:
    published = block.published
    behind = f"; {published.runs} runs behind each figure" if published.runs > 1 else ""
    notes = [f"source: {published.source}{behind}"]
    if published.assumed:
        notes.append("assumed: " + "; ".join(published.assumed))
    for at, tau in zip(published.at, block.taus, strict=False):
        if tau is not None:
            where = f" at {_moment(at)}" if len(published.at) > 1 else ""
            notes.append(f"Kendall's tau between the published and the measured order{where}: {tau:.2f}")
    return notes


def _claims_table(verdict: Verdict) -> TextTable:
    rows = tuple(tuple(map(printable, _claim(judged))) for judged in verdict.claims)
    header = ("claim", "about", "verdict", "p for", "p against")
    title = f"{verdict.comparison.title}: claims"
    sources = [
        f"source: {block.published.source}; assumed: {'; '.join(block.published.assumed) or 'nothing'}"
        for block in verdict.blocks
        if not block.cells
    ]
    return TextTable(printable(title), header, rows, 3, tuple(map(printable, sources)))


def _claim(judged: Judged) -> Sequence[str]:
    claim = judged.claim
    about = "" if claim.kind == "opposed" else Selection(METRICS[claim.metric], claim.at).title
    return claim.text, about, judged.verdict, _p(judged.p_holds), _p(judged.p_fails)


def _p(number: float | None) -> str:
    return NOTHING if number is None else "< 0.0001" if number < 0.0001 else f"{number:.4f}"
