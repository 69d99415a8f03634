"""What programs read of tuned rows: further columns of CSV files, and a mapping in JSON."""

from gdbench.comparison.tuned_rows_table import RowTuning, TableTuning
from gdbench.display.sheets.printout import JsonModel
from gdbench.display.sheets.sheet import Value

AT_EDGE = "at_edge"
# The number of trials that are asked for, those of later rungs excepted, and the number that have ended.
_COUNTS = ("trials", "trials_ended")


def tuning_names(tuning: TableTuning | None) -> list[str]:
    """Return the columns of what rows chose: the value at each path, whether one is at an edge, trials, their score."""
    if tuning is None:
        return []
    return [*(f"tuned_{path}" for path in tuning.paths), AT_EDGE, *_COUNTS, f"selected_{tuning.tuning.metric}"]


def tuning_values(tuning: TableTuning | None, key: str) -> tuple[Value, ...]:
    """Return the values of these columns for a row; those of an untuned row are its settings alone."""
    if tuning is None:
        return ()
    row = tuning.rows[key]
    texts = [setting.text or "" for setting in row.settings]
    if row.default_of:
        return (*texts, "", 0, 0, None)
    return (*texts, _edges(row), row.trials, row.ended, row.selected)


def tuning_model(tuning: TableTuning, key: str) -> JsonModel:
    """Return what a row chose and how its trials did."""
    row = tuning.rows[key]
    return {
        "default_of": row.default_of or None,
        "settings": {setting.path: setting.text for setting in row.settings},
        "at_edge": [setting.path for setting in row.settings if setting.is_edge],
        **dict(zip(_COUNTS, (row.trials, row.ended), strict=True)),
        "selected": row.selected,
        "expected_best": list(row.expected),
    }


def _edges(row: RowTuning) -> str:
    return "yes" if any(setting.is_edge for setting in row.settings) else "no"
