"""Claims: statements about a comparison's rows that a measurement can show or refute."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gdbench.experiment.experiment import Point, row_key
from gdbench.experiment.published.printed_numbers import number
from gdbench.experiment.published.published import At, Claim
from gdbench.experiment.yaml.document import Node, comparable, scalar
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.metrics import METRICS

NO_VALIDATION = "validation data (set dataset.validation)"
NOT_EVALUATED = "an evaluation of the training images (set training.evaluate_train)"
NO_TARGET = "a target of the comparison, such as `target: 97 %`"
A_CLAIM = "a claim: 'A > B', 'A < B', 'A = B', best, order, rising, falling, 'spread < 1 %' or opposed"
_COMPARED = re.compile(r"(.+?)\s+([<>=])\s+(.+)")
_KINDS = {">": "greater", "<": "less", "=": "equal"}
_SPREAD = re.compile(r"spread\s*<\s*(.+)")
_MAPPINGS = ("best", "order", "opposed", "claim")


class Rows:
    """The rows that claims and published values may name: `outer/inner` labels, numbers by value too.

    They are not `known` when the grid itself has mistakes. `validated` says that their runs have validation data,
    `train_evaluated` that they are evaluated on the training images, `targeted` that the comparison has a target.
    """

    def __init__(
        self, points: Sequence[Point], *, known: bool, validated: bool, train_evaluated: bool, targeted: bool
    ) -> None:
        """Index the points of a comparison."""
        self.points = points
        self.known = known
        self.validated = validated
        self.train_evaluated = train_evaluated
        self.targeted = targeted
        self.names = [point.key for point in points]
        self.labels = {point.key: point.labels for point in points}
        self._by_value = {self._values(point.labels): point.key for point in points}

    def find(self, text: str) -> str | None:
        """Return the row of that name, or whose labels are the same numbers."""
        if text in self.names or not self.known:
            return text
        return self._by_value.get(self._values(text.split("/")))

    @staticmethod
    def _values(labels: Sequence[str]) -> tuple[object, ...]:
        return tuple(_value(label) for label in labels)


def _value(label: str) -> object:
    value = scalar(label)
    return label if value is None else (isinstance(value, bool), value)


def parse_at(node: Node, path: str, rows: Rows, mistakes: Mistakes) -> At | None:
    """Read one moment: last, best_val, max or a whole number of epochs."""
    value = node.value
    if value == "best_val" and not rows.validated:
        mistakes.add(node.place, path, NO_VALIDATION, value)
        return None
    if value in ("last", "best_val", "max") or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value  # type: ignore[no-any-return]
    mistakes.add(node.place, path, "last, best_val, max or an epoch", node.data(), ("last", "best_val", "max"))
    return None


def parse_metric(node: Node, path: str, rows: Rows, mistakes: Mistakes) -> str | None:
    """Read the name of a metric."""
    if isinstance(node.value, str) and node.value in METRICS:
        metric = METRICS[node.value]
        if metric.needs_validation and not rows.validated:
            mistakes.add(node.place, path, NO_VALIDATION, node.value)
        if metric.needs_train_evaluation and not rows.train_evaluated:
            mistakes.add(node.place, path, NOT_EVALUATED, node.value)
        if metric.to_target and not rows.targeted:
            mistakes.add(node.place, path, NO_TARGET, node.value)
        return node.value
    mistakes.add(node.place, path, "the name of a metric", node.data(), METRICS)
    return None


def parse_claims(node: Node, path: str, rows: Rows, metric: str, at: At, mistakes: Mistakes) -> tuple[Claim, ...]:
    """Read a list of claims about `metric` at `at`."""
    if not node.is_list:
        mistakes.add(node.place, path, "a list of claims", node.data())
        return ()
    parser = _Claims(path, rows, mistakes)
    return tuple(claim for item in node.value if (claim := parser.claim(item, metric, at)))


class _Claims:
    def __init__(self, path: str, rows: Rows, mistakes: Mistakes) -> None:
        self.path = path
        self.rows = rows
        self.mistakes = mistakes

    def claim(self, node: Node, metric: str, at: At) -> Claim | None:
        if isinstance(node.value, str):
            return self._words(node, Claim("", node.text, metric, at))
        if node.is_mapping and "claim" in node.value:
            return self._overridden(node, metric, at)
        if node.is_mapping and len(node.value) == 1:
            ((key, key_node, value),) = node.items()
            if key == "best":
                return self._best(value, Claim("best", "", metric, at))
            if key == "order" and value.is_list:
                rows = self._rows(value, [(item, item.text) for item in value.value], least=2)
                return Claim("order", "order: " + ", ".join(rows), metric, at, rows) if rows else None
            if key == "opposed" and value.is_list and len({item.text for item in value.value}) == len(value.value) == 2:
                names = [parse_metric(item, f"{self.path}.opposed", self.rows, self.mistakes) for item in value.value]
                known = tuple(name for name in names if name)
                return Claim("opposed", "opposed: " + ", ".join(known), metric, at, metrics=known)
            if key not in _MAPPINGS:
                self.mistakes.add(key_node.place, self.path, A_CLAIM, key, _MAPPINGS)
                return None
        self.mistakes.add(node.place, self.path, A_CLAIM, node.data())
        return None

    def _overridden(self, node: Node, metric: str, at: At) -> Claim | None:
        for key, key_node, value in node.items():
            if key == "metric":
                metric = parse_metric(value, f"{self.path}.metric", self.rows, self.mistakes) or metric
            elif key == "at":
                at = parse_at(value, f"{self.path}.at", self.rows, self.mistakes) or at
            elif key != "claim":
                choices = ("claim", "metric", "at")
                self.mistakes.unknown_key(key_node.place, f"{self.path}.{key}", key, "a claim", choices)
        return self.claim(node.value["claim"], metric, at)

    def _words(self, node: Node, claim: Claim) -> Claim | None:
        if node.text in ("rising", "falling"):
            return replace(claim, kind=node.text)
        spread = _SPREAD.fullmatch(node.text)
        bound = number(spread[1]) if spread else None
        if bound is not None:
            return replace(claim, kind="spread", bound=bound)
        compared = _COMPARED.fullmatch(node.text)
        if not compared:
            self.mistakes.add(node.place, self.path, A_CLAIM, node.data(), ("rising", "falling"))
            return None
        rows = self._rows(node, [(node, compared[1]), (node, compared[3])], least=2)
        return replace(claim, kind=_KINDS[compared[2]], rows=rows) if rows else None

    def _best(self, node: Node, claim: Claim) -> Claim | None:
        if not node.is_mapping:
            rows = self._rows(node, [(node, node.text)])
            return replace(claim, text=f"best: {rows[0]}", rows=rows) if rows else None
        rows = self._rows(node, [(value, f"{outer}/{value.text}") for outer, _, value in node.items()])
        if not rows:
            return None
        labels = (self.rows.labels.get(row, (row,)) for row in rows)
        pairs = tuple((outer, row_key(inner)) for outer, *inner in labels)
        return replace(claim, text="best: " + ", ".join(rows), rows=rows, best_of=pairs)

    def _rows(self, node: Node, wanted: Sequence[tuple[Node, str]], least: int = 1) -> tuple[str, ...] | None:
        """Return the rows that a claim names, by where and how it names them; None if one is none of the grid."""
        found = []
        for place, text in wanted:
            row = self.rows.find(text.strip())
            if row is None:
                self.mistakes.add(place.place, self.path, "a row of the grid", text.strip(), self.rows.names)
            else:
                found.append(row)
        if len(found) < len(wanted):
            return None
        if len(found) < least or len(set(found)) < len(found):
            self.mistakes.add(node.place, self.path, f"{least} or more distinct rows of the grid", node.data())
            return None
        return tuple(found)


def labels_by_key(node: Node, labels: Sequence[str]) -> Mapping[str, str | None]:
    """Match the keys of a mapping to labels: by value (`1`, `1.0` and `1e0` are one), then by label."""
    by_value = {_value(label): label for label in labels}
    return {
        key: by_value.get(comparable(key_node)) or (key if key in labels else None) for key, key_node, _ in node.items()
    }
