"""What `tables` and `sweep` print: a sheet per metric for people, one per table for programs."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.performance_profile import PerformanceProfile
from gdbench.comparison.separation import Separation
from gdbench.comparison.statistics import FIGURES, Statistics
from gdbench.comparison.tables import COUNTS, Row, Table
from gdbench.display.sheets.claims_sheet import claims_sheet
from gdbench.display.sheets.pivot_sheet import pivot_sheet
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.profile_sheet import profile_model, profile_sheet
from gdbench.display.sheets.rate_sensitivity_sheet import rate_sensitivity_sheet
from gdbench.display.sheets.result_sheet import result_sheet
from gdbench.display.sheets.sheet import Column, Sheet, Value
from gdbench.display.sheets.sparklines import Sparklines, sparklines
from gdbench.display.sheets.summary_sheet import summary_sheet
from gdbench.display.sheets.tuning_fields import tuning_model, tuning_names, tuning_values
from gdbench.display.sheets.tuning_sheet import tuning_sheet
from gdbench.display.sheets.verdict_printout import claim_fields
from gdbench.errors import RequestError

# What a table says of a row beside its figures.
SEPARATION = ("group", "difference", "p")


@dataclass(frozen=True, slots=True)
class TablesPrintout(Printout):
    """What `tables` prints: the tables, and the verdicts on the claims about their comparisons.

    `precision` is the number of decimals that people read, of every metric; `measured` has the records of comparisons
    whose rows are shown with their curves. `profile` is of all comparisons together.
    """

    tables: Sequence[Table | Pivot]
    precision: int | None = None
    verdicts: Sequence[Verdict] = ()
    measured: Sequence[Measurement] = ()
    profile: PerformanceProfile | None = None

    def sections(self) -> list[Section]:
        """Return a sheet for each metric of each table, then its claims; of several comparisons a summary first."""
        several = [Section((summary_sheet(self.tables),))] if len(self.tables) > 1 else []
        profile = [Section((profile_sheet(self.profile),))] if self.profile else []
        return [*several, *(Section(tuple(self._sheets_of(table))) for table in self.tables), *profile]

    def _sheets_of(self, table: Table | Pivot) -> Iterator[Sheet]:
        for index in range(len(table.selections)):
            if isinstance(table, Pivot):
                yield pivot_sheet(table, index, self.precision)
            else:
                yield result_sheet(table, index, self.precision, self._curves(table, index))
        if isinstance(table, Table) and table.tuning:
            sheets = (tuning_sheet(table, table.tuning), rate_sensitivity_sheet(table, table.tuning))
            yield from (sheet for sheet in sheets if sheet is not None)
        for verdict in self._verdicts_on(table):
            if claims := claims_sheet(verdict):
                yield claims

    def _curves(self, table: Table, index: int) -> Sparklines | None:
        found = [each for each in self.measured if each.comparison.name == table.comparison]
        return sparklines(found[0], table.selections[index].metric) if found else None

    def _verdicts_on(self, table: Table | Pivot) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.comparison.name == table.comparison]

    def flat(self) -> list[Sheet]:
        """Return a sheet for each table: fractions in full precision, one row per grid point.

        Raises:
            RequestError: the tables are pivoted.
        """
        return [flat_sheet(table) for table in self._straight()]

    def model(self) -> JsonModel:
        """Return the tables and the claims about each; figures are numbers, None where there are too few values.

        A table whose comparison is in the performance profile has all of that.

        Raises:
            RequestError: the tables are pivoted.
        """
        return [
            _table_model(table) | self._claims_model(table) | self._profile_model(table) for table in self._straight()
        ]

    def _profile_model(self, table: Table) -> dict[str, JsonModel]:
        is_in = self.profile is not None and table.comparison in self.profile.comparisons
        return {"performance_profile": profile_model(self.profile)} if self.profile and is_in else {}

    def _claims_model(self, table: Table) -> dict[str, JsonModel]:
        claims = [claim_fields(claim) for verdict in self._verdicts_on(table) for claim in verdict.claims]
        return {"claims": claims} if claims else {}

    def _straight(self) -> list[Table]:
        straight = [table for table in self.tables if isinstance(table, Table)]
        if len(straight) < len(self.tables):
            # A cell of a pivot is a whole row of counts and figures, too much for a flat file.
            raise RequestError(
                "--by: expected a --format for people, such as terminal or markdown; "
                "got one for programs, with one row per grid point"
            )
        return straight


def flat_sheet(table: Table) -> Sheet:
    """Return a table in full precision, one row per grid point.

    `group` are the letters of a row, `difference` its mean less that of the baseline, or of the best row without one,
    and `p` the adjusted p-value of that. Tuned rows have what they chose after their labels. The last column, `notes`,
    is there only when a row has a note, such as one on mixed times.
    """
    names = [*table.axes, *tuning_names(table.tuning), *COUNTS]
    names += [f"{selection.name}_{figure}" for selection in table.selections for figure in (*FIGURES, *SEPARATION)]
    # An empty column in every file would only be noise.
    has_notes = any(row.notes for row in table.rows)
    rows = tuple((*_flat_row(table, row), *["; ".join(row.notes)] * has_notes) for row in table.rows)
    return Sheet(table.title, tuple(Column(name) for name in (*names, *["notes"] * has_notes)), rows)


def _flat_row(table: Table, row: Row) -> tuple[Value, ...]:
    figures: list[Value] = []
    for statistics, separation in zip(row.statistics, table.separations, strict=True):
        figures += [getattr(statistics, figure) for figure in FIGURES]
        figures += [*_separation_model(separation, row.key).values()]
    return (*row.labels, *tuning_values(table.tuning, row.key), *counts_of(row), *figures)


def _separation_model(separation: Separation, key: str) -> dict[str, str | float | None]:
    """Return the letters of a row, how far it is from the baseline or from the best row, and the p-value of that."""
    difference = separation.difference(key)
    # The last digits of a p-value depend on the machine.
    mean, p = (difference.mean, float(f"{difference.p:.6g}")) if difference else (None, None)
    return dict(zip(SEPARATION, (separation.rows[key].group, mean, p), strict=True))


def counts_of(row: Row) -> tuple[int, ...]:
    """Return how many runs were asked for, and how many of them ended in which way."""
    return tuple(getattr(row, count) for count in COUNTS)


def _table_model(table: Table) -> dict[str, JsonModel]:
    rows = [_row_model(table, row) for row in table.rows]
    names = [selection.name for selection in table.selections]
    separations = dict(zip(names, map(_test_model, table.separations), strict=True))
    return {
        "comparison": table.comparison,
        "title": table.title,
        "axes": list(table.axes),
        "rows": rows,
        "separations": separations,
        "stopping": asdict(table.stopping) if table.stopping else None,
    }


def _test_model(separation: Separation) -> JsonModel:
    """Return how rows were told apart, and what the table as a whole says."""
    return {
        "test": separation.test,
        "seeds": separation.seeds,
        "best": separation.best,
        "baseline": separation.baseline,
        "pairs": separation.pairs,
        "separated": separation.separated,
        "detectable": separation.detectable,
        "obstacle": separation.obstacle,
    }


def _row_model(table: Table, row: Row) -> JsonModel:
    counts = dict(zip(COUNTS, counts_of(row), strict=True))
    metrics = {
        selection.name: {
            "n": statistics.n,
            **{figure: _figure(statistics, figure) for figure in FIGURES},
            **_separation_model(separation, row.key),
        }
        for selection, statistics, separation in zip(table.selections, row.statistics, table.separations, strict=True)
    }
    labels, notes = list(row.labels), list(row.notes)
    tuning = {"tuning": tuning_model(table.tuning, row.key)} if table.tuning else {}
    return {"labels": labels, **tuning, **counts, "collapsed": row.collapsed, "metrics": metrics, "notes": notes}


def _figure(statistics: Statistics, figure: str) -> float | None:
    value: float | None = getattr(statistics, figure)
    # The median of diverged runs can be infinite; a spread only where it is too large for a float.
    too_large = value is not None and math.isinf(value) and figure in ("sd", "ci_low", "ci_high")
    return None if too_large else value
