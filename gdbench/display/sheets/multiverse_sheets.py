"""A multiverse as sheets for people: the verdict in each universe, and how often each cell and claim holds."""

from collections import Counter
from collections.abc import Sequence

from gdbench.comparison.judgment.cells import Cell
from gdbench.comparison.judgment.multiverse_verdicts import JudgedUniverse, MultiverseVerdict, Word, word_of
from gdbench.display.multiverse_summary import decided_by, protocol
from gdbench.display.sheets.claims_sheet import few_seeds_note
from gdbench.display.sheets.printout import JsonModel
from gdbench.display.sheets.result_sheet import label_columns
from gdbench.display.sheets.sheet import Column, Interval, Sheet, Unit, Value
from gdbench.display.sheets.units import RATIO, printed_unit, unit_of
from gdbench.display.sheets.verdict_sheets import epoch_text, published_value
from gdbench.display.verdict_summary import cells_summary, claims_summary
from gdbench.experiment.experiment import Comparison, Published
from gdbench.metrics import METRICS
from gdbench.text import counted, listing

COUNTED = "The counts describe these protocols only: they are not a random sample, so no error rate applies."
JUDGED_ALONE = "Each protocol is judged by its own cells and claims alone."
MEASURED = "Measured: the smallest and the largest mean."
DECIDED = "Decided by: the single choice that determines the verdict, so protocols that share it share the verdict."
# These rules hold for all multiverses alike, and are said once for several.
RULES = (f"{JUDGED_ALONE} {COUNTED}", MEASURED, DECIDED)
_TOLERANCES = Unit(decimals=1, infinite="far")


def multiverse_sheets(found: MultiverseVerdict) -> list[Sheet]:
    """Return a sheet of the universes, one of the cells of each block that has verdicts, and one of the claims."""
    if not found.universes:
        return [_universes(found)]
    blocks = (_cells(found, index) for index in range(len(found.comparison.published)))
    return [sheet for sheet in (_universes(found), *blocks, _claims(found)) if sheet.rows]


def left_out_text(keys: Sequence[str]) -> str:
    """Return which keys of a multiverse do not apply to a comparison."""
    return f"left out, since the grid varies it: {listing(keys)}"


def _universes(found: MultiverseVerdict) -> Sheet:
    has_cells = any(universe.distance is not None for universe in found.universes)
    has_claims = any(universe.verdict.claims for universe in found.universes)
    columns = label_columns([axis.key for axis in found.multiverse.axes])
    columns += [Column("cells", align="left")] if has_cells else []
    columns += [Column("claims", align="left")] if has_claims else []
    columns += [Column("largest difference", _TOLERANCES, rank=1)] if has_cells else []
    columns.append(Column("verdict", align="left"))
    rows: list[tuple[Value, ...]] = []
    for universe in found.universes:
        row: list[Value] = [*universe.labels]
        row += [_counts(cells_summary(universe.verdict))] if has_cells else []
        row += [_counts(claims_summary(universe.verdict))] if has_claims else []
        row += [universe.distance] if has_cells else []
        rows.append((*row, universe.verdict.verdict))
    nearest = found.nearest
    strong = frozenset(index for index, each in enumerate(found.universes) if each is nearest)
    total = counted(len(found.multiverse.universes), "protocol")
    return Sheet(f"{found.comparison.title}: {total}", tuple(columns), tuple(rows), _notes(found, nearest), strong)


def _counts(summary: str) -> str:
    """Return a summary without how many there are in all."""
    return summary.partition(": ")[2]


def _notes(found: MultiverseVerdict, nearest: JudgedUniverse | None) -> tuple[str, ...]:
    multiverse = found.multiverse
    notes = []
    if nearest is not None and nearest.distance is not None:
        distance = _TOLERANCES.text(nearest.distance)
        where = protocol(found, nearest.labels)
        notes.append(f"Nearest to the source: {where}, where no cell is further off than {distance} tolerances.")
    if multiverse.left_out:
        notes.append(f"{left_out_text(multiverse.left_out).capitalize()}.")
    notes += [f"{counted(len(multiverse.seeds), 'seed')} in each protocol.", RULES[0]]
    if found.universes:
        notes += few_seeds_note(found.universes[0].verdict.comparison)
    return tuple(notes)


def _tally(found: MultiverseVerdict, words: Sequence[Word]) -> tuple[Value, ...]:
    counts = Counter(words)
    return counts["holds"], counts["fails"], counts["undecided"], decided_by(found, words)


def _cells(found: MultiverseVerdict, index: int) -> Sheet:
    published = found.comparison.published[index]
    metric = METRICS[published.metric]
    is_ratio = published.compare == "ratio"
    epochs = [Column("epoch", align="left")] if len(published.at) > 1 else []
    columns = (
        *label_columns([axis.key for axis in found.comparison.axes]),
        *epochs,
        Column("published", RATIO if is_ratio else printed_unit(metric)),
        Column("measured", RATIO if is_ratio else unit_of(metric), rank=1),
        *(Column(word) for word in ("as published", "off", "undecided")),
        Column("decided by", align="left", rank=2),
    )
    rows: list[tuple[Value, ...]] = []
    for number, cell in enumerate(found.universes[0].verdict.blocks[index].cells):
        if cell.verdict in (None, "reference"):
            continue
        cells = found.cells_of(index, number)
        epoch = [epoch_text(cell.at)] if epochs else []
        tally = _tally(found, list(map(word_of, cells)))
        rows.append((*cell.labels, *epoch, _published(cell, found.comparison, published), _range(cells), *tally))
    ratios = ", as ratios to the first row" if is_ratio else ""
    title = f"{found.comparison.title}: {metric.name} in how many protocols{ratios}"
    notes = (f"source: {published.source}", MEASURED, *_rule(rows))
    return Sheet(title, columns, tuple(rows), notes)


def _rule(rows: Sequence[tuple[Value, ...]]) -> tuple[str, ...]:
    """Return what the last column means, where it says something."""
    return (DECIDED,) if any(row[-1] for row in rows) else ()


def _range(cells: Sequence[Cell]) -> Value:
    """Return the smallest and the largest mean."""
    means = [cell.measured.mean for cell in cells if cell.measured.mean is not None]
    return Interval(min(means), max(means)) if means else None


def _published(cell: Cell, comparison: Comparison, block: Published) -> Value:
    """Return a published figure, under `compare: ratio` its ratio to that of the first row."""
    if block.compare != "ratio" or cell.published is None:
        return published_value(cell.published)
    base = dict(block.values)[comparison.points[0].labels][block.at.index(cell.at)]
    return float(cell.published.value) / float(base.value)


def _claims(found: MultiverseVerdict) -> Sheet:
    columns = (
        Column("claim", align="left", label=True),
        *(Column(word) for word in ("holds", "fails", "undecided")),
        Column("decided by", align="left", rank=1),
    )
    claims = found.universes[0].verdict.claims
    rows = tuple((judged.claim.text, *_tally(found, found.claim_words(number))) for number, judged in enumerate(claims))
    return Sheet(f"{found.comparison.title}: claims in how many protocols", columns, rows, _rule(rows))


def multiverse_model(comparison: Comparison) -> JsonModel:
    """Return the protocols of a comparison's multiverse, with the runs of each, for programs; None without one."""
    multiverse = comparison.multiverse
    if multiverse is None:
        return None
    universes: list[JsonModel] = [
        {"labels": list(universe.labels), "runs": [run for point in universe.points for run in point.runs]}
        for universe in multiverse.universes
    ]
    axes = [axis.key for axis in multiverse.axes]
    return {"axes": axes, "left_out": list(multiverse.left_out), "universes": universes}
