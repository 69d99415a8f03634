"""Measures of a classifier that do not hide rare classes, from the answers that a record keeps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from gdbench.experiment.moment import At
from gdbench.metrics import Metric
from gdbench.records import Answers, Record
from gdbench.text import printable

# Counts of images, (classes, classes): rows are the right class, columns the predicted one.
Confusion = Sequence[Sequence[int]]


def answers_at(record: Record, at: At | float) -> Answers | None:
    """Return the answers at the last or the best_val evaluation, or at an epoch that one of these two ended."""
    kept = record.outcome.answers or {}
    last = kept.get("last")
    if at == "last":
        return last
    # Where the last evaluation is the best by validation, its answers are kept once.
    best = kept.get("best_val", last if record.outcome.history.get("val_accuracy") else None)
    if at == "best_val":
        return best
    return next((answers for answers in (last, best) if answers and answers["epoch"] == at), None)


def class_measure(record: Record, metric: Metric, at: At | float) -> float | None:
    """Return a metric of the answers, from 0 to 1; None where the run has none."""
    answers = answers_at(record, at)
    return _MEASURES[metric.source](answers) if answers else None


def recalls(confusion: Confusion) -> list[float | None]:
    """Return for each class the share of its images that were recognized; None for a class without images."""
    return [row[index] / sum(row) if sum(row) else None for index, row in enumerate(confusion)]


def largest_class(confusion: Confusion) -> tuple[int, float] | None:
    """Return the class with the most images, the first of equals, and its share; None if all have as many."""
    sizes = [sum(row) for row in confusion]
    if len(set(sizes)) < 2:
        return None
    return sizes.index(max(sizes)), max(sizes) / sum(sizes)


def class_labels(records: Iterable[Record], count: int) -> list[str] | None:
    """Return the labels of `count` classes as the data have them; None if they are 0, 1, ..., or not those of all."""
    found = {tuple(record.outcome.labels or ()) for record in records if record.outcome.answers}
    labels = found.pop() if len(found) == 1 else ()
    return list(map(printable, labels)) if len(labels) == count else None


def _balanced_accuracy(answers: Answers) -> float | None:
    """Return the mean recall of the classes that have images (Brodersen et al. 2010)."""
    found = [recall for recall in recalls(answers.get("confusion", [])) if recall is not None]
    return sum(found) / len(found) if found else None


def _macro_f1(answers: Answers) -> float | None:
    """Return the mean of 2 TP / (2 TP + FP + FN) over the classes that are the right or the predicted one somewhere."""
    confusion = answers.get("confusion", [])
    sizes = [sum(row) + sum(column) for row, column in zip(confusion, zip(*confusion, strict=True), strict=True)]
    scores = [2 * confusion[index][index] / size for index, size in enumerate(sizes) if size]
    return sum(scores) / len(scores) if scores else None


def _top(count: int, answers: Answers) -> float | None:
    """Return the share of images whose right class is among the highest `count`, ties included as in Keras."""
    images = sum(answers["ranks"])
    return sum(answers["ranks"][:count]) / images if images else None


# The measure by the source of the metric.
_MEASURES: Mapping[str, Callable[[Answers], float | None]] = {
    "balanced_accuracy": _balanced_accuracy,
    "macro_f1": _macro_f1,
    "top_3": partial(_top, 3),
    "top_5": partial(_top, 5),
}
