"""What models answer class by class: the recall of each class in every row, the confusion matrix of the best row."""

from collections.abc import Sequence

import altair

from gdbench.comparison.class_measures import Confusion, answers_at, class_labels, recalls
from gdbench.comparison.statistics import mean_of
from gdbench.display.charts.encodings import PERCENT_LABEL, layered
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Point

# Numbers stand in cells of so few classes.
MOST_NUMBERED = 12
CELL, SMALL_CELL = 26, 8
# Beside labels of one digit, a page would draw the title over them.
TITLE_ROOM = 24
# Of labels that are words, to read from below.
WORD_ANGLE, MOST_WORDS = -40, 5
Labels = Sequence[int | str]
# The cells on the diagonal, which are right.
RIGHT = "#b9bcc0"


def recall_figure(subject: ChartSource) -> Figure:
    """Return the recall of each class, a line of cells for each row: the mean over the runs that are done.

    Raises:
        RequestError: no run has kept its answers at this moment.
    """
    drawn: Rows = []
    labels = _labels(subject)
    for point in subject.comparison.points:
        found = [recalls(confusion) for confusion in _confusions(subject, point)]
        for label, values in zip(labels, zip(*found, strict=False), strict=False):
            known = [value for value in values if value is not None]
            if known:
                name = subject.names[point.key]
                drawn.append({"row": name, "class": label, "recall": mean_of(known), "runs": len(known)})
    if not drawn:
        raise _nothing("recall")
    title = f"{subject.comparison.title or subject.comparison.name}: recall of each class{subject.moment}"
    noun = subject.table.background.noun
    notes = (f"Recall is the percentage of the test {noun} of a class that are recognized; means over seeds.",)
    shown = {item["class"] for item in drawn}
    chart = _recall_chart(subject, drawn, [label for label in labels if label in shown])
    return Figure("recall", subject.comparison.name, title, chart, drawn, _worst(drawn), notes)


def _recall_chart(subject: ChartSource, drawn: Rows, labels: Labels) -> altair.LayerChart:
    names = [name for name in subject.names.values() if name in {item["row"] for item in drawn}]
    x, y = _axis("class", labels, "class"), altair.Y("row:N", sort=None, title=None).scale(domain=names)
    y = y.axis(labelLimit=180)
    shown = altair.Color(
        "recall:Q",
        scale=altair.Scale(scheme="cividis", zero=False),
        legend=altair.Legend(orient="bottom", title="recall", format=".0%", tickCount=4, labelExpr=PERCENT_LABEL),
    )
    values = [number_of(item["recall"]) for item in drawn]
    bright = f"datum.recall > {(min(values) + max(values)) / 2!r}"
    pointer = [altair.Tooltip("row:N"), altair.Tooltip("class:O"), altair.Tooltip("recall:Q", format=".2%")]
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=CELL * len(names))
    cells = base.mark_rect().encode(x=x, y=y, color=shown, tooltip=[*pointer, altair.Tooltip("runs:Q")])
    if len(labels) > MOST_NUMBERED:
        return layered(cells)
    ink = altair.when(bright).then(altair.value("#000000")).otherwise(altair.value("#ffffff"))
    numbers = base.transform_calculate(shown="format(100 * datum.recall, '.1f')")
    return layered(cells, numbers.mark_text(fontSize=10).encode(x=x, y=y, text="shown:N", color=ink, tooltip=pointer))


def _worst(drawn: Rows) -> str:
    low, high = (choose(drawn, key=lambda item: number_of(item["recall"])) for choose in (min, max))
    told = [
        f"{word} is {100 * number_of(item['recall']):.1f} %, of class {item['class']} in {item['row']}"
        for word, item in (("the lowest", low), ("the highest", high))
    ]
    return f"Recall of {count(len({item['class'] for item in drawn}), 'class', 'classes')}: {'; '.join(told)}."


def confusion_figure(subject: ChartSource) -> Figure:
    """Return the confusion matrix of the row with the best metric, the images of its runs counted together.

    Raises:
        RequestError: no run has kept it at this moment.
    """
    point, matrix = _best(subject)
    labels = _labels(subject)[: len(matrix)]
    drawn: Rows = [
        {
            "right": right,
            "predicted": predicted,
            "images": images,
            "share": images / sum(row) if sum(row) else 0.0,
            "error": right != predicted,
        }
        for right, row in zip(labels, matrix, strict=True)
        for predicted, images in zip(labels, row, strict=True)
    ]
    name = subject.names[point.key] or subject.comparison.name
    title = f"{subject.comparison.title or subject.comparison.name}: confusion matrix of {name}{subject.moment}"
    mistakes = [item for item in drawn if item["error"] and number_of(item["images"])]
    worst = sorted(mistakes, key=lambda item: -number_of(item["share"]))[:3]
    told = [
        f"{100 * number_of(item['share']):.1f} % of class {item['right']} taken for {item['predicted']}"
        for item in worst
    ]
    text = f"Confusion matrix of {name}, most often: {'; '.join(told)}." if told else f"{name} makes no mistake."
    runs, noun = count(len(_confusions(subject, point)), "run"), subject.table.background.noun
    notes = (
        f"The row with the best mean, {runs} pooled. Numbers are percentages of the test {noun} of each true class; "
        "gray cells on the diagonal are correct.",
    )
    return Figure("confusion", subject.comparison.name, title, _confusion_chart(drawn, labels), drawn, text, notes)


def _best(subject: ChartSource) -> tuple[Point, Confusion]:
    """Return the best row that has kept its answers, and the sum of its matrices."""
    sign = 1 if subject.metric.higher_is_better else -1
    means = {row.key: row.statistics[0].mean for row in subject.table.rows}
    kept = [point for point in subject.comparison.points if _confusions(subject, point)]
    known = [(sign * mean, point) for point in kept if (mean := means[point.key]) is not None]
    if not known:
        raise _nothing("confusion")
    best = max(known, key=lambda each: each[0])[1]
    matrices = _confusions(subject, best)
    size = max(map(len, matrices))
    alike = [matrix for matrix in matrices if len(matrix) == size]
    return best, [[sum(matrix[right][place] for matrix in alike) for place in range(size)] for right in range(size)]


def _confusion_chart(drawn: Rows, labels: Labels) -> altair.LayerChart:
    size = len(labels)
    x = _axis("predicted", labels, "predicted class")
    y = altair.Y("right:O", sort=None, title="true class").scale(domain=labels).axis(minExtent=TITLE_ROOM)
    cell = CELL if size <= MOST_NUMBERED else SMALL_CELL
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=cell * size)
    pointer = [altair.Tooltip("right:O"), altair.Tooltip("predicted:O"), altair.Tooltip("images:Q")]
    pointer.append(altair.Tooltip("share:Q", format=".2%"))
    errors = base.transform_filter(altair.FieldEqualPredicate(field="error", equal=True))
    # Where every error is as frequent as any other, a scale from 0 still has a color for it.
    most = max((number_of(item["share"]) for item in drawn if item["error"]), default=0.0) or 1.0
    color = altair.Color(
        "share:Q",
        scale=altair.Scale(scheme="cividis", domain=[0, most]),
        legend=altair.Legend(
            orient="bottom", title="misclassified", format=".2~p", tickCount=4, labelExpr=PERCENT_LABEL
        ),
    )
    layers = [errors.mark_rect().encode(x=x, y=y, color=color, tooltip=pointer)]
    right = base.transform_filter(altair.FieldEqualPredicate(field="error", equal=False))
    layers.append(right.mark_rect(color=RIGHT).encode(x=x, y=y, tooltip=pointer))
    if size <= MOST_NUMBERED:
        bright = f"!datum.error || datum.share > {most / 2!r}"
        ink = altair.when(bright).then(altair.value("#000000")).otherwise(altair.value("#ffffff"))
        numbers = base.transform_calculate(shown="format(100 * datum.share, '.1f')")
        layers.append(numbers.mark_text(fontSize=10).encode(x=x, y=y, text="shown:N", color=ink, tooltip=pointer))
    return layered(*layers)


def _axis(field: str, labels: Labels, title: str) -> altair.X:
    # Many words side by side would leave each other no room.
    is_narrow = len(labels) <= MOST_WORDS or all(isinstance(label, int) for label in labels)
    angle = 0 if is_narrow else WORD_ANGLE
    return altair.X(f"{field}:O", sort=None, title=title).scale(domain=list(labels)).axis(labelAngle=angle)


def _labels(subject: ChartSource) -> Labels:
    """Return the labels of the classes as the data have them, or else their numbers."""
    points = subject.comparison.points
    records = [record for point in points for record in subject.measurement.records_of(point)]
    size = max((len(matrix) for point in points for matrix in _confusions(subject, point)), default=0)
    return class_labels(records, size) or list(range(size))


def _confusions(subject: ChartSource, point: Point) -> list[Confusion]:
    found = [answers_at(record, subject.selection.at) for record in subject.measurement.records_of(point)]
    return [matrix for answers in found if answers and (matrix := answers.get("confusion"))]


def _nothing(kind: str) -> RequestError:
    return RequestError(
        f"--kind {kind}: expected runs that have kept their answers to the test data at this moment; got none"
    )
