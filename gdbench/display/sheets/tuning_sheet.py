"""What a table shows of tuned rows: the chosen settings among its columns, and a sheet on their trials below it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gdbench.comparison.names import short_names
from gdbench.comparison.tables import Row, Table
from gdbench.comparison.tuned_rows_table import RowTuning, Setting, TableTuning
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.sheet import NOTHING, Change, Column, Sheet, Value
from gdbench.display.sheets.units import unit_of
from gdbench.experiment.tuning.tuned_rows import Tuning
from gdbench.text import counted, listing

EDGE = "*"
# The most numbers of trials for which the expected best is shown.
MOST_COLUMNS = 6


def setting_columns(tuning: TableTuning, rows: Sequence[Row]) -> Iterator[tuple[Column, list[Value]]]:
    """Yield a column for each tuned path with the values that rows chose or have."""
    for index, name in enumerate(short_names(tuning.paths)):
        yield Column(name), [_setting(tuning.rows[row.key].settings[index]) for row in rows]


def _setting(setting: Setting) -> str:
    return f"{setting.text or NOTHING}{EDGE if setting.is_edge else ''}"


def settings_text(tuning: TableTuning, key: str) -> str:
    """Return what a row chose or has at the tuned paths, with a mark at an edge."""
    return ", ".join(map(_setting, tuning.rows[key].settings))


def tuning_notes(found: TableTuning | None, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the sentences below a table with tuned rows."""
    if found is None:
        return ()
    tuning = found.tuning
    shown = [found.rows[row.key] for row in rows]
    trials = counted(len(tuning.seeds), "trial seed")
    notes = [
        f"tuned: the best of {counted(tuning.budget, 'setting')} a row by {metric_words(found.metric)} over "
        f"{trials}; the figures in the rows are from fresh seeds",
        *halving_notes(tuning),
    ]
    if any(setting.is_edge for row in shown for setting in row.settings):
        notes.append(f"{EDGE} at the edge of what the row tried: extend the range")
    untuned = [row.key for row in rows if found.rows[row.key].chose_default]
    if untuned:
        notes.append(f"{listing(untuned)} chose the settings that the file has without tuning: one row stands for both")
    waiting = [row for row in shown if row.choice and row.choice.chosen is None]
    if waiting:
        ended, asked = sum(row.ended for row in waiting), sum(row.trials for row in waiting)
        notes.append(f"no setting chosen yet for {counted(len(waiting), 'row')}: {ended} of {asked} trials have ended")
    return tuple(notes)


def halving_notes(tuning: Tuning) -> tuple[str, ...]:
    """Return what the trials of a row cost under halving, in epochs; nothing without."""
    lengths = [epochs for epochs in tuning.epochs if epochs is not None]
    if len(lengths) < 2:
        return ()
    added = [longer - shorter for shorter, longer in pairwise([0, *lengths])]
    resumed, anew = (sum(tuning.survivors(rung) * each for rung, each in enumerate(of)) for of in (added, lengths))
    # Once a single setting is left, the rungs that it still climbs choose nothing.
    choosing = [epochs for rung, epochs in enumerate(lengths[:-1]) if tuning.survivors(rung) > 1]
    if not choosing:
        return ()
    shorter, whole = listing([*map(str, choosing)]), tuning.budget * lengths[-1]
    plural = "" if choosing == [1] else "s"
    beginning = f"halving: after {shorter} epoch{plural} the best 1 / {tuning.factor} of a row's settings"
    # Methods and wrappers keep no state to go on from.
    starting = [row.key for row in tuning.rows if not row.resumes]
    if len(starting) == len(tuning.rows):
        return (f"{beginning} are trained anew for longer; a row's trials take {anew} epochs instead of {whole}",)
    exception = f"; those of {listing(starting)} start anew and take {anew}" if starting else ""
    return (
        f"{beginning} continue from where they are; a row's trials take {resumed} epochs instead of {whole}{exception}",
    )


def tuning_sheet(table: Table, tuning: TableTuning) -> Sheet | None:
    """Return what the trials of each tuned row gave; None before any row has chosen."""
    rows = [row for row in table.rows if tuning.rows[row.key].selected is not None]
    if not rows:
        return None
    unit, budget = unit_of(tuning.metric), tuning.tuning.budget
    counts = trial_counts(budget) if len(tuning.tuning.epochs) == 1 else []
    columns = [
        *(Column(name, align="left", label=True) for name in short_names(table.axes)),
        Column("selected", unit),
        *(Column(f"best of {count}", unit) for count in counts),
    ]
    values = [(*row.labels, *_scores(tuning.rows[row.key], counts)) for row in rows]
    gains = [_gain(table, tuning, row) for row in rows]
    if any(gain is not None for gain in gains):
        columns.append(Column("vs default", unit_of(table.selections[0].metric)))
        values = [(*cells, gain) for cells, gain in zip(values, gains, strict=True)]
    return Sheet(
        f"{table.title}: {metric_words(tuning.metric)} in trials",
        tuple(columns),
        tuple(values),
        tuple(_notes(table, tuning, counts, has_gains=any(gain is not None for gain in gains))),
        kind="trials",
    )


def _scores(row: RowTuning, counts: Sequence[int]) -> tuple[Value, ...]:
    return (row.selected, *(row.expected[count - 1] for count in counts))


def _gain(table: Table, tuning: TableTuning, row: Row) -> Change | None:
    """Return how far a tuned row is above its untuned one on the final seeds, in the first metric."""
    chose_default = tuning.rows[row.key].chose_default
    default = row if chose_default else next((o for o in table.rows if tuning.rows[o.key].default_of == row.key), None)
    # Means of other seeds could differ by these alone.
    figures = [each.statistics[0] for each in (row, default) if each is not None]
    means = [each.mean for each in figures if each.mean is not None and each.n == row.runs]
    return Change(means[0] - means[1]) if len(means) == 2 else None


def _notes(table: Table, tuning: TableTuning, counts: Sequence[int], *, has_gains: bool) -> Iterator[str]:
    words = metric_words(tuning.metric)
    yield f"selected: the {words} of the chosen setting, optimistic since it is the best of {tuning.tuning.budget}"
    if counts:
        yield f"best of n: the {words} expected after n trials in random order"
    if has_gains:
        metric = metric_words(table.selections[0].metric)
        yield f"vs default: {metric} of the fresh seeds, above or below the row with untuned settings"


def trial_counts(budget: int) -> list[int]:
    """Return the numbers of trials that a table has room for: 1, 2, 4, ... and all."""
    counts = [1]
    while 2 * counts[-1] < budget and len(counts) < MOST_COLUMNS - 1:
        counts.append(2 * counts[-1])
    return list(dict.fromkeys([*counts, budget]))
