"""Published beside measured as sheets for people: the cells of each block, and the claims."""

from gdbench.comparison.judgment.cells import Cell
from gdbench.comparison.judgment.verdicts import JudgedBlock, Verdict
from gdbench.comparison.tables import COUNTS
from gdbench.display.sheets.claims_sheet import claims_sheet, few_seeds_note, shared_times_note
from gdbench.display.sheets.result_sheet import interval_of, label_columns
from gdbench.display.sheets.sheet import Column, PlusMinus, Remarked, Sheet, Unit, Value
from gdbench.display.sheets.units import FACTOR, RATIO, TOLERANCE_FACTOR, printed_unit, unit_of
from gdbench.experiment.experiment import PublishedValue
from gdbench.experiment.moment import At, moment_text
from gdbench.metrics import METRICS
from gdbench.text import plain_number

# A tolerance of accuracies above this proves little.
WIDE = 0.01


def verdict_sheets(verdict: Verdict) -> list[Sheet]:
    """Return a sheet for each published block that has rows of its own, and one of the claims."""
    sheets = [_BlockSheet(verdict, block).sheet() for block in verdict.blocks]
    claims = claims_sheet(verdict)
    return [*(sheet for sheet in sheets if sheet.rows), *([claims] if claims else [])]


class _BlockSheet:
    """A published block as a sheet, one row per point and epoch."""

    def __init__(self, verdict: Verdict, block: JudgedBlock) -> None:
        self.verdict = verdict
        self.block = block
        self.published = block.published
        self.metric = METRICS[block.published.metric]
        self.has_values = bool(block.published.values)
        self.is_ratio = block.published.compare == "ratio" and self.has_values
        self.has_differences = self.has_values and block.published.compare != "order"
        self.is_quick = verdict.comparison.is_quick
        self.has_epochs = len(block.published.at) > 1

    def sheet(self) -> Sheet:
        cells = self.block.cells
        if self._repeats_a_metric():
            # Blocks that share a metric show the points that the source leaves out once, in the first.
            cells = tuple(cell for cell in cells if cell.published is not None)
        return Sheet(self._title(), tuple(self._columns()), tuple(map(self._row, cells)), tuple(self._notes()))

    def _repeats_a_metric(self) -> bool:
        before = self.verdict.blocks[: self.verdict.blocks.index(self.block)]
        return any(other.published.metric == self.published.metric for other in before)

    def _title(self) -> str:
        target = self.verdict.comparison.target
        name = self.metric.name
        if self.metric.to_target and target is not None:
            name += f" ({plain_number(100 * target)} %)"
        if not self.has_epochs and not self.metric.of_whole_run:
            at = self.published.at[0]
            name += f", {f'epoch {at}' if isinstance(at, int) else epoch_text(at)}"
        return f"{self.verdict.comparison.title}: {name}{', as ratios to the first row' if self.is_ratio else ''}"

    def _columns(self) -> list[Column]:
        unit = RATIO if self.is_ratio else unit_of(self.metric)
        columns = label_columns([axis.key for axis in self.verdict.comparison.axes])
        if self.has_epochs:
            columns.append(Column("epoch", align="left"))
        if self.has_values:
            columns.append(Column("published", RATIO if self.is_ratio else printed_unit(self.metric)))
        columns += [Column("measured", unit), Column("95 % interval", unit, rank=2)]
        if self.has_differences:
            columns.append(Column("difference", self._difference_unit()))
        if self.has_differences and not self.is_quick:
            columns.append(Column("tolerance", self._tolerance_unit(), rank=1))
        # Where a run is missing or has diverged, no figure stands without the counts.
        is_complete = all(runs == done for runs, done, *_endings in (cell.counts for cell in self.block.cells))
        columns += [Column(count, rank=3 if is_complete else 0) for count in COUNTS]
        return [*columns, Column("verdict")] if self.has_differences and not self.is_quick else columns

    def _difference_unit(self) -> Unit:
        return FACTOR if self.is_ratio else unit_of(self.metric, signed=True)

    def _tolerance_unit(self) -> Unit:
        return TOLERANCE_FACTOR if self.is_ratio else unit_of(self.metric)

    def _row(self, cell: Cell) -> tuple[Value, ...]:
        figures = cell.measured
        # Where most runs diverged or missed the target, the median says so.
        mean = figures.mean if figures.mean is not None else figures.median
        row: list[Value] = [*cell.labels, *([epoch_text(cell.at)] if self.has_epochs else [])]
        row += [self._published_value(cell)] if self.has_values else []
        row += [mean, interval_of(figures)]
        if not self.has_differences:
            return (*row, *cell.counts)
        if self.is_quick:
            return (*row, cell.difference, *cell.counts)
        return (*row, cell.difference, self._tolerance(cell), *cell.counts, cell.verdict)

    def _published_value(self, cell: Cell) -> Value:
        """Return a published figure, under `compare: ratio` after its ratio to that of the first row: `6.00 (12)`."""
        value = published_value(cell.published)
        if not self.is_ratio:
            return value
        references = (other for other in self.block.cells if other.verdict == "reference" and other.at == cell.at)
        base = next(references).published
        if cell.published is None or base is None:
            return value
        printed = Column("", printed_unit(self.metric)).text(value)
        return Remarked(float(cell.published.value) / float(base.value), f" ({printed})")

    def _tolerance(self, cell: Cell) -> Value:
        is_wide = self.metric.percent and not self.is_ratio and (cell.tolerance or 0.0) > WIDE
        return Remarked(cell.tolerance, ", wide") if is_wide else cell.tolerance

    def _notes(self) -> list[str]:
        published = self.published
        if not self.has_values and self.verdict.claims:
            # The source of claims alone stands below them.
            return []
        behind = f"; {published.runs} runs behind each figure" if published.runs > 1 else ""
        notes = [f"source: {published.source}{behind}"]
        if published.assumed:
            notes.append("assumed: " + "; ".join(published.assumed))
        for at, tau in zip(published.at, self.block.taus, strict=False):
            if tau is not None:
                where = f" at {epoch_text(at)}" if self.has_epochs else ""
                notes.append(f"Kendall's tau between the published and the measured order{where}: {tau:.2f}")
        notes += shared_times_note(self.verdict, published.has_timed_figures)
        # The claims say it for both.
        return notes if self.verdict.claims else [*notes, *few_seeds_note(self.verdict.comparison)]


def published_value(published: PublishedValue | None) -> Value:
    """Return a published figure as a value of a sheet."""
    if published is None:
        return None
    if published.spread is None or isinstance(published.value, str):
        return published.value
    return PlusMinus(published.value, published.spread)


def epoch_text(at: At) -> str:
    """Return a moment of a run in words, an epoch as its number."""
    return str(at) if isinstance(at, int) else moment_text(at)
