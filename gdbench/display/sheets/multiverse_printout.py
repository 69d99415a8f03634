"""What `reproduce --multiverse` prints: verdicts by universe, for people and in full precision for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.judgment.cells import Cell
from gdbench.comparison.judgment.multiverse_verdicts import JudgedUniverse, MultiverseVerdict
from gdbench.comparison.results import Results
from gdbench.display.multiverse_summary import multiverse_summary, outcome
from gdbench.display.provenance import protocols_trained
from gdbench.display.sheets.multiverse_sheets import RULES, multiverse_sheets
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import Column, Sheet
from gdbench.experiment.experiment import row_key
from gdbench.experiment.moment import moment_key

_Item = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class MultiversesPrintout(Printout):
    """The multiverses of several experiments."""

    experiments: Sequence[Results]

    def sections(self) -> list[Section]:
        """Return for each experiment its title, where its protocols were trained, and a section per multiverse."""
        return [
            section
            for results in self.experiments
            for section in (
                Section((protocols_trained(results),), title=results.experiment.title),
                *multiverse_sections(results.multiverses()),
            )
        ]

    def flat(self) -> list[Sheet]:
        """Return the cells and claims of each comparison in each universe, in full precision."""
        return [
            sheet
            for results in self.experiments
            for found in results.multiverses()
            for sheet in flat_multiverse(results.experiment.name, found).values()
        ]

    def model(self) -> JsonModel:
        """Return each experiment with the universes of its comparisons."""
        return [
            {
                "experiment": results.experiment.name,
                "title": results.experiment.title,
                "origin": protocols_trained(results),
                "comparisons": [_comparison(found) for found in results.multiverses()],
            }
            for results in self.experiments
        ]


def multiverse_sections(multiverses: Sequence[MultiverseVerdict]) -> list[Section]:
    """Return a section for each multiverse, summed up in a sentence; rules that several share stand below the last."""
    parts = [multiverse_sheets(found) for found in multiverses]
    said: set[str] = set()
    for sheets in reversed(parts):
        for index in reversed(range(len(sheets))):
            notes = sheets[index].notes
            sheets[index] = replace(sheets[index], notes=tuple(note for note in notes if note not in said))
            said |= {note for note in notes if note in RULES}
    return [Section(tuple(sheets), multiverse_summary(found)) for sheets, found in zip(parts, multiverses, strict=True)]


def flat_multiverse(experiment: str, found: MultiverseVerdict) -> dict[str, Sheet]:
    """Return a sheet of all cells and claims in all universes by its file name; none before any is trained."""
    axes = [axis.key for axis in found.multiverse.axes]
    rows = [
        {
            "experiment": experiment,
            "comparison": found.comparison.name,
            **dict(zip(axes, universe.labels, strict=True)),
            **item,
            "comparison_verdict": universe.verdict.verdict,
        }
        for universe in found.universes
        for item in _items(universe)
    ]
    if not rows:
        return {}
    sheet = Sheet("", tuple(map(Column, rows[0])), tuple(tuple(row.values()) for row in rows))
    return {f"{found.comparison.name}-multiverse": sheet}


def _items(universe: JudgedUniverse) -> Iterator[_Item]:
    """Yield the cells and the claims that have a verdict, all with the same fields."""
    for block, cell in universe.cells:
        yield _cell(cell, block.metric)
    for judged in universe.verdict.claims:
        claim = judged.claim
        yield {
            "kind": "claim",
            "item": claim.text,
            "metric": ", ".join(claim.metrics) or claim.metric,
            "at": moment_key(claim.at),
            "published": None,
            "measured_mean": None,
            "difference": None,
            "half_interval": None,
            "tolerance": judged.statement.tolerance,
            "p": judged.p_value,
            "verdict": judged.verdict,
        }


def _cell(cell: Cell, metric: str) -> _Item:
    return {
        "kind": "cell",
        "item": row_key(cell.labels),
        "metric": metric,
        "at": moment_key(cell.at),
        "published": cell.published.value if cell.published else None,
        "measured_mean": cell.measured.mean,
        "difference": cell.difference,
        "half_interval": cell.bounded_half,
        "tolerance": cell.tolerance,
        "p": None,
        "verdict": cell.verdict,
    }


def _comparison(found: MultiverseVerdict) -> JsonModel:
    nearest = found.nearest
    return {
        "comparison": found.comparison.name,
        "title": found.comparison.title,
        "axes": [axis.key for axis in found.multiverse.axes],
        "left_out": list(found.multiverse.left_out),
        "seeds": list(found.multiverse.seeds),
        "protocols": len(found.multiverse.universes),
        "missing": found.missing,
        "outcome": outcome(found, found.words),
        "nearest": list(nearest.labels) if nearest else None,
        "universes": [
            {
                "labels": list(universe.labels),
                "verdict": universe.verdict.verdict,
                "largest_difference": universe.distance,
                "items": list(_items(universe)),
            }
            for universe in found.universes
        ],
    }
