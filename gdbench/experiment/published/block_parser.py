"""Parses the `published` block: what a source prints, checked against the grid that it is compared with."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Options
from gdbench.experiment.experiment import Axis, Claim, Published, PublishedValue, row_key
from gdbench.experiment.moment import At
from gdbench.experiment.published.claim_parser import parse_claims
from gdbench.experiment.published.measure_parser import parse_at, parse_metric, parse_tolerance, refuse_moment
from gdbench.experiment.published.printed_numbers import OUTCOMES, published_value
from gdbench.experiment.published.row_names import RowNames, labels_by_key
from gdbench.experiment.settings.resolve import section
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.text import MAX_MESSAGE, shortened

A_VALUE = "a number, a percentage, mean +- standard deviation, collapsed or diverged"
# Keys with a parser of their own, beside the plain ones of PlainKeys.
PARSED_KEYS = ("metric", "at", "values", "tolerance", "claims")
_Cell = tuple[tuple[str, ...], tuple[PublishedValue, ...]]


class PlainKeys(Options):
    """The plain keys of a published block."""

    source: Annotated[str, Field(description="where the source prints it")]
    runs: Annotated[Count, Field(description="runs behind each figure")] = 1
    assumed: Annotated[list[str], Field(description="what the source leaves open and we chose")] = Field([])
    compare: Literal["value", "ratio", "order"] = "value"
    words: Annotated[list[str], Field(description="words, from the smallest metric to the largest")] = Field([])


def parse_published(node: Node, axes: Sequence[Axis], rows: RowNames, mistakes: Mistakes) -> tuple[Published, ...]:
    """Parse one block or a list of blocks."""
    blocks = node.elements if node.is_list else [node]
    parsed = []
    for block in blocks:
        if block.is_mapping:
            parsed.append(_BlockParser(block, axes, rows, mistakes).block())
        else:
            mistakes.add(block.place, "published", "a mapping with source and values", block.data())
    return tuple(parsed)


class _BlockParser:
    """Parses one block; labels are matched outermost axis first."""

    def __init__(self, node: Node, axes: Sequence[Axis], rows: RowNames, mistakes: Mistakes) -> None:
        self.node = node
        self.axes = axes
        self.rows = rows
        self.mistakes = mistakes
        self.words: list[str] = []
        self.moments: tuple[At, ...] = ("last",)
        self.has_list_of_moments = False

    def block(self) -> Published:
        self._refuse_unknown_keys()
        plain = self.node.only(PlainKeys.model_fields)
        settings = PlainKeys.model_construct(**section(PlainKeys, plain, "published", self.mistakes).values)
        nodes = self.node.mapping
        metric = "test_accuracy"
        if "metric" in nodes:
            # After a mistake, the rest of the block is checked with the default.
            metric = parse_metric(nodes["metric"], "published.metric", self.rows, self.mistakes) or metric
        if "at" in nodes:
            self._read_moments(nodes["at"], metric)
        self.words = settings.words
        is_ratio = settings.compare == "ratio"
        values: list[_Cell] = []
        if "values" in nodes and self.rows.complete:
            values = list(self._cells(nodes["values"], (), "published.values"))
        claims = self._claims(nodes["claims"], metric, is_ratio=is_ratio) if "claims" in nodes else ()
        tolerance = None
        if "tolerance" in nodes:
            tolerance = parse_tolerance(nodes["tolerance"], "published.tolerance", self.mistakes, is_ratio=is_ratio)
        # Where there are other mistakes, these rules would only repeat them.
        if not values and not claims and not self.mistakes:
            self.mistakes.add(self.node.place, "published", "values or claims", self.node.data())
        if settings.compare != "order" and not self.mistakes:
            self._check_comparable(settings.compare, values)
        return Published(
            # None only where a missing source has been reported.
            source=settings.source or "",
            metric=metric,
            at=self.moments,
            runs=settings.runs,
            compare=settings.compare,
            tolerance=tolerance,
            values=tuple(values),
            words=tuple(self.words),
            assumed=tuple(settings.assumed),
            claims=claims,
        )

    def _claims(self, node: Node, metric: str, *, is_ratio: bool) -> tuple[Claim, ...]:
        # Beside figures at several epochs, claims are about the first.
        at = self.moments[0]
        return parse_claims(node, "published.claims", self.rows, metric, at, self.mistakes, is_ratio=is_ratio)

    def _refuse_unknown_keys(self) -> None:
        known = (*PlainKeys.model_fields, *PARSED_KEYS)
        for key, key_node, _ in self.node.items():
            if key not in known:
                self.mistakes.unknown_key(key_node.place, f"published.{key}", key, "published", known)

    def _read_moments(self, node: Node, metric: str) -> None:
        self.has_list_of_moments = node.is_list
        if node.is_list and len({element.text for element in node.elements}) < max(1, len(node.elements)):
            self.mistakes.add(node.place, "published.at", "one or more distinct epochs", node.data())
        moments = [
            parse_at(element, "published.at", self.rows, self.mistakes)
            for element in (node.elements if node.is_list else [node])
        ]
        self.moments = tuple(moment for moment in moments if moment is not None) or ("last",)
        for moment in self.moments:
            refuse_moment(node, "published.at", metric, moment, self.mistakes)

    def _check_comparable(self, compare: str, values: Sequence[_Cell]) -> None:
        """Refuse figures that no measurement can be compared with: words as numbers, and ratios to nothing."""
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
            expected = f"a figure for the first row, {row_key(first)}, to which the ratios refer"
            self._refuse("values", expected, row_key(values[0][0]))

    def _refuse(self, key: str, expected: str, got: float | str) -> None:
        place = self.node.keys[key].place if key in self.node.keys else self.node.place
        self.mistakes.add(place, f"published.{key}", expected, got)

    def _cells(self, node: Node, labels: tuple[str, ...], path: str) -> Iterator[_Cell]:
        """Yield the figures below a node, which is nested once for each axis beyond `labels`."""
        depth = len(labels)
        if depth == len(self.axes):
            values = self._values(node, path)
            if values:
                yield labels, values
            return
        if not node.is_mapping:
            # A row without a range of its own has one label on the axes that others have.
            if labels and len(alone := self.rows.labels_below(labels)) == 1:
                yield from self._cells(node, (*labels, alone[0]), path)
                return
            expected = f"a mapping from {self.axes[depth].key} to published values"
            self.mistakes.add(node.place, path, expected, node.data())
            return
        # Only the labels below these outer ones: `exclude` can leave a ragged grid.
        choices = self.rows.labels_below(labels)
        matches = labels_by_key(node, choices)
        seen: set[str] = set()
        for key, key_node, child in node.items():
            label = matches[key]
            if label is None:
                self.mistakes.add(key_node.place, path, "a point of the grid", key, choices)
            elif label in seen:
                self.mistakes.repeated(key_node.place, path, "points", key)
            else:
                seen.add(label)
                yield from self._cells(child, (*labels, label), f"{path}.{label}")

    def _values(self, node: Node, path: str) -> tuple[PublishedValue, ...] | None:
        if not self.has_list_of_moments:
            value = self._value(node, path)
            return (value,) if value else None
        if not node.is_list or len(node.elements) != len(self.moments):
            expected = f"a list of {len(self.moments)} values, one for each epoch of `at`"
            self.mistakes.add(node.place, path, expected, node.data())
            return None
        values = [self._value(element, path) for element in node.elements]
        return tuple(value for value in values if value) if all(values) else None

    def _value(self, node: Node, path: str) -> PublishedValue | None:
        # Words of the source's own replace numbers altogether.
        if self.words:
            if node.text in self.words:
                return PublishedValue(node.text)
            words = shortened(", ".join(self.words), MAX_MESSAGE // 2)
            self.mistakes.add(node.place, path, f"one of the words {words}", node.data(), self.words)
            return None
        value = published_value(node.value)
        if value is None:
            self.mistakes.add(node.place, path, A_VALUE, node.data(), OUTCOMES)
        return value
