"""What a table says of tuned rows: chosen settings, their scores in trials, and the expected best of fewer trials."""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.rate_sensitivity import Sensitivity, sensitivity
from gdbench.comparison.tuned_choice import RowChoice, choices
from gdbench.experiment.settings.setting_labels import setting_at, setting_label
from gdbench.experiment.tuning.tuned_rows import Tuning
from gdbench.metrics import METRICS, Metric
from gdbench.records import finished_records


@dataclass(frozen=True, slots=True)
class Setting:
    """The value that a row has at a tuned path, None before it has chosen; at an edge of what it tried or not."""

    path: str
    text: str | None
    is_edge: bool = False


@dataclass(frozen=True, slots=True)
class RowTuning:
    """What tuning gave one row: its settings, and of its trials how many have ended.

    `selected` is the score of the chosen candidate, which is better than what the setting would score in other trials.
    `expected` are the expected best scores after 1, 2, ... trials in random order, none under halving or before all
    have ended; infinite where a trial diverged. A row with untuned settings has only `settings`, and is `default_of`
    the row with that key; where a row `chose_default`, there is no such row. `sensitivity` is None where a row tunes
    anything but one positive number.
    """

    settings: tuple[Setting, ...]
    trials: int = 0
    ended: int = 0
    selected: float | None = None
    expected: tuple[float, ...] = ()
    default_of: str = ""
    chose_default: bool = False
    choice: RowChoice | None = None
    sensitivity: Sensitivity | None = None


@dataclass(frozen=True, slots=True)
class TableTuning:
    """How the rows of a table were tuned, by the key of the row; `paths` are those that any of them tunes."""

    tuning: Tuning
    paths: tuple[str, ...]
    rows: Mapping[str, RowTuning]

    @property
    def metric(self) -> Metric:
        """What decided."""
        return METRICS[self.tuning.metric]


def table_tuning(measurement: Measurement) -> TableTuning | None:
    """Return how the rows of a comparison were tuned; None where they were not."""
    comparison = measurement.comparison
    if comparison.tuning is None:
        return None
    paths = tuple(dict.fromkeys(path for row in comparison.tuning.rows for path in row.paths))
    rows: dict[str, RowTuning] = {}
    keys = {point.key for point in comparison.points}
    for choice in choices(comparison, measurement.records):
        has_default = choice.row.default in keys
        tuned = _tuned(choice, comparison.tuning, paths, measurement)
        rows[choice.row.key] = replace(tuned, chose_default=bool(choice.row.default) and not has_default)
        if has_default:
            settings = tuple(_untuned(choice.row.default, paths, measurement))
            rows[choice.row.default] = RowTuning(settings, default_of=choice.row.key)
    return TableTuning(comparison.tuning, paths, rows)


def _tuned(choice: RowChoice, tuning: Tuning, paths: Sequence[str], measurement: Measurement) -> RowTuning:
    candidate, own = choice.candidate, choice.row.paths
    fixed = {setting.path: setting for setting in _untuned(choice.row.key, paths, measurement)}
    settings = tuple(
        fixed[path]
        if path not in own
        else Setting(path, None)
        if candidate is None
        else Setting(path, candidate.labels[own.index(path)], candidate.edges[own.index(path)])
        for path in paths
    )
    ended = len(finished_records(measurement.records, choice.due))
    whole = choice.chosen is not None and len(tuning.epochs) == 1
    scores = [score for score in choice.scores if score is not None]
    return RowTuning(
        settings,
        len(choice.due),
        ended,
        None if choice.chosen is None else choice.scores[choice.chosen],
        expected_best(scores, higher_is_better=METRICS[tuning.metric].higher_is_better) if whole else (),
        choice=choice,
        sensitivity=sensitivity(choice, measurement),
    )


def _untuned(key: str, paths: Sequence[str], measurement: Measurement) -> Iterator[Setting]:
    """Yield what the runs of a row have at some paths."""
    point = next(point for point in measurement.comparison.points if point.key == key)
    records = measurement.records_of(point)
    for path in paths:
        yield Setting(path, setting_label(setting_at(records[0].run.settings, path)) if records else None)


def expected_best(scores: Sequence[float], *, higher_is_better: bool) -> tuple[float, ...]:
    """Return the expected best of b scores drawn without replacement, for b = 1 to all of them.

    This is unbiased: sum over i of v_(i) C(i - 1, b - 1) / C(N, b), v sorted from the worst to the best. It is infinite
    where a score that is infinitely bad may be the best of b.
    """
    ordered = sorted(scores, reverse=higher_is_better)
    return tuple(_expected_best_of(drawn, ordered) for drawn in range(1, len(ordered) + 1))


def _expected_best_of(drawn: int, ordered: Sequence[float]) -> float:
    """Return the expected best of a number of drawn scores, which are given from the best to the worst."""
    count = len(ordered)
    terms, weight = [], drawn / count
    for place, score in enumerate(ordered[: count - drawn + 1]):
        # However rare, what is infinitely bad counts.
        terms.append(score * max(weight, sys.float_info.min))
        # The quotient of neighboring weights: binomial coefficients of a thousand scores take seconds.
        weight *= (count - place - drawn) / max(1, count - place - 1)
    return math.fsum(terms)
