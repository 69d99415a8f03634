"""The `published` block: what a source prints, checked against the grid that it is compared with."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Options
from gdbench.experiment.experiment import Axis, row_key
from gdbench.experiment.published.claim_parser import Rows, labels_by_key, parse_at, parse_claims, parse_metric
from gdbench.experiment.published.printed_numbers import number, published_value
from gdbench.experiment.published.published import At, Published, PublishedValue
from gdbench.experiment.settings.resolve import section
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

A_VALUE = "a number, a percentage, mean +- standard deviation, collapsed or diverged"
_OWN = ("metric", "at", "values", "tolerance", "claims")
_Cells = list[tuple[tuple[str, ...], tuple[PublishedValue, ...]]]


class _Block(Options):
    """The plain keys of a published block."""

    source: Annotated[str, Field(description="where it stands")]
    runs: Annotated[Count, Field(description="runs behind each figure")] = 1
    assumed: Annotated[list[str], Field(description="what the source leaves unsaid and we chose")] = Field([])
    compare: Literal["value", "ratio", "order"] = "value"
    words: Annotated[list[str], Field(description="words, from the smallest metric to the largest")] = Field([])


def parse_published(node: Node, axes: Sequence[Axis], rows: Rows, mistakes: Mistakes) -> tuple[Published, ...]:
    """Read one block or a list of them."""
    blocks = node.value if node.is_list else [node]
    parsed = []
    for block in blocks:
        if block.is_mapping:
            parsed.append(_Parser(block, axes, rows, mistakes).block())
        else:
            mistakes.add(block.place, "published", "a mapping with source and values", block.data())
    return tuple(parsed)


class _Parser:
    """Reads one block; labels are matched outermost axis first."""

    def __init__(self, node: Node, axes: Sequence[Axis], rows: Rows, mistakes: Mistakes) -> None:
        self.node = node
        self.axes = axes
        self.rows = rows
        self.mistakes = mistakes
        self.words: list[str] = []
        self.moments: tuple[At, ...] = ("last",)
        self.listed = False

    def block(self) -> Published:
        own = {key: self.node.value[key] for key in _OWN if key in self.node.value}
        known = (*_Block.model_fields, *_OWN)
        for key, key_node, _ in self.node.items():
            if key not in known:
                self.mistakes.unknown_key(key_node.place, f"published.{key}", key, "published", known)
        plain = {key: value for key, value in self.node.value.items() if key in _Block.model_fields}
        keys = {key: self.node.keys[key] for key in plain}
        settings = section(_Block, Node(plain, self.node.place, keys=keys), "published", self.mistakes).values
        metric = "test_accuracy"
        if "metric" in own:
            metric = parse_metric(own["metric"], "published.metric", self.rows, self.mistakes) or metric
        if "at" in own:
            self._read_moments(own["at"])
        self.words = settings["words"]
        values = list(self._cells(own["values"], (), "published.values")) if "values" in own and self.rows.known else []
        claims = (
            parse_claims(own["claims"], "published.claims", self.rows, metric, self.moments[0], self.mistakes)
            if "claims" in own
            else ()
        )
        tolerance = self._tolerance(own.get("tolerance"), ratio=settings["compare"] == "ratio")
        if not values and not claims and not self.mistakes:
            self.mistakes.add(self.node.place, "published", "values or claims", self.node.data())
        if settings["compare"] != "order" and not self.mistakes:
            self._check_comparable(settings["compare"], values)
        return Published(
            source=settings["source"] or "",
            metric=metric,
            at=self.moments,
            runs=settings["runs"],
            compare=settings["compare"],
            tolerance=tolerance,
            values=tuple(values),
            words=tuple(self.words),
            assumed=tuple(settings["assumed"]),
            claims=claims,
        )

    def _read_moments(self, node: Node) -> None:
        self.listed = node.is_list
        if node.is_list and len({item.text for item in node.value}) < max(1, len(node.value)):
            self.mistakes.add(node.place, "published.at", "one or more distinct epochs", node.data())
        moments = [
            parse_at(item, "published.at", self.rows, self.mistakes)
            for item in (node.value if node.is_list else [node])
        ]
        self.moments = tuple(moment for moment in moments if moment is not None) or ("last",)

    def _tolerance(self, node: Node | None, *, ratio: bool) -> float | None:
        value = number(node.value) if node is not None else None
        if node is not None and (value is None or value < (1 if ratio else 0)):
            rule = "a factor of at least 1 between ratios" if ratio else "a number of at least 0, or a percentage"
            self.mistakes.add(node.place, "published.tolerance", rule, node.data())
        return value

    def _check_comparable(self, compare: str, values: _Cells) -> None:
        """Refuse figures that no number can be held against: words, and ratios to nothing."""
        if self.words:
            self._refuse("compare", "'order', since the source gives words", compare)
        if compare != "ratio" or not values:
            return
        figures = [figure.value for _, row in values for figure in row]
        unfit = [figure for figure in figures if isinstance(figure, str) or figure <= 0]
        first = self.rows.points[0].labels
        if unfit:
            self._refuse("values", "numbers above 0, since ratios are taken", unfit[0])
        elif first not in dict(values):
            rule = f"a figure for the first row, {row_key(first)}, to which the ratios refer"
            self._refuse("values", rule, row_key(values[0][0]))

    def _refuse(self, key: str, rule: str, received: float | str) -> None:
        place = self.node.keys[key].place if key in self.node.keys else self.node.place
        self.mistakes.add(place, f"published.{key}", rule, received)

    def _cells(self, node: Node, labels: tuple[str, ...], path: str) -> Iterator[tuple[Any, Any]]:
        if len(labels) == len(self.axes):
            values = self._values(node, path)
            if values:
                yield labels, values
            return
        if not node.is_mapping:
            axis = self.axes[len(labels)].key
            self.mistakes.add(node.place, path, f"a mapping from {axis} to published values", node.data())
            return
        valid = list(
            dict.fromkeys(p.labels[len(labels)] for p in self.rows.points if p.labels[: len(labels)] == labels)
        )
        matched = labels_by_key(node, valid)
        given: set[str] = set()
        for key, key_node, child in node.items():
            label = matched[key]
            if label is None:
                self.mistakes.add(key_node.place, path, "a point of the grid", key, valid)
            elif label in given:
                self.mistakes.repeated(key_node.place, path, "points", key)
            else:
                given.add(label)
                yield from self._cells(child, (*labels, label), f"{path}.{label}")

    def _values(self, node: Node, path: str) -> tuple[PublishedValue, ...] | None:
        if not self.listed:
            value = self._value(node, path)
            return (value,) if value else None
        if not node.is_list or len(node.value) != len(self.moments):
            self.mistakes.add(
                node.place, path, f"a list of {len(self.moments)} values, one for each epoch of `at`", node.data()
            )
            return None
        values = [self._value(item, path) for item in node.value]
        return tuple(value for value in values if value) if all(values) else None

    def _value(self, node: Node, path: str) -> PublishedValue | None:
        if self.words:
            if node.text in self.words:
                return PublishedValue(node.text)
            self.mistakes.add(node.place, path, "one of the words " + ", ".join(self.words), node.data(), self.words)
            return None
        value = published_value(node.value)
        if value is None:
            self.mistakes.add(node.place, path, A_VALUE, node.data(), ("collapsed", "diverged"))
        return value
