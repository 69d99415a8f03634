"""Parses claims: statements about a comparison's rows that a measurement can show or refute."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gdbench.experiment.experiment import TOLERANT_KINDS, Claim, row_key
from gdbench.experiment.moment import At
from gdbench.experiment.published.measure_parser import parse_at, parse_metric, parse_tolerance, refuse_moment
from gdbench.experiment.published.printed_numbers import number
from gdbench.experiment.published.row_names import RowNames
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.text import suggestion

A_CLAIM = "a claim: 'A > B', 'A < B', 'A = B', best, order, rising, falling, 'spread < 1 %' or opposed"
# Labels may contain these signs too; the first one between spaces separates the rows.
MAX_LENGTH = 1000
_COMPARED = re.compile(r"(.+?)\s+([<>=])\s+(.+)")
_KINDS = {">": "greater", "<": "less", "=": "equal"}
_SPREAD = re.compile(r"spread\s*<\s*(.+)")
A_LIST = "a list of claims, such as [A > B, {best: A}]"
MAPPINGS = ("best", "order", "opposed", "claim")
OVERRIDE_KEYS = ("claim", "metric", "at", "tolerance")
A_TOLERANT_CLAIM = "a claim that can hold within a tolerance: 'A = B', best, order, rising or falling"


def parse_claims(
    node: Node, path: str, rows: RowNames, metric: str, at: At, mistakes: Mistakes, *, is_ratio: bool = False
) -> tuple[Claim, ...]:
    """Parse a list of claims, which are about `metric` at `at` unless they say otherwise.

    Under `is_ratio` the tolerances of claims about `metric` are factors.
    """
    if not node.is_list:
        mistakes.add(node.place, path, A_LIST, node.data())
        return ()
    parser = _ClaimParser(path, rows, mistakes, is_ratio=is_ratio)
    return tuple(claim for element in node.elements if (claim := parser.claim(element, metric, at)))


def claims_beside(node: Node, rows: RowNames, settings: Iterable[RunSettings], mistakes: Mistakes) -> tuple[Claim, ...]:
    """Parse the claims beside published blocks, which are about test accuracy, or about the value of functions."""
    if "claims" not in node.mapping:
        return ()
    metric = "train_loss" if all(each.dataset.surface for each in settings) else "test_accuracy"
    return parse_claims(node.mapping["claims"], "claims", rows, metric, "last", mistakes)


class _ClaimParser:
    def __init__(self, path: str, rows: RowNames, mistakes: Mistakes, *, is_ratio: bool) -> None:
        self.path = path
        self.rows = rows
        self.mistakes = mistakes
        self.is_ratio = is_ratio

    def claim(self, node: Node, metric: str, at: At) -> Claim | None:
        if isinstance(node.value, str):
            return self._sentence(node, Claim("", node.text, metric, at))
        if "claim" in node.mapping:
            return self._overridden(node, metric, at)
        if len(node.mapping) == 1:
            ((key, key_node, value),) = node.items()
            if key == "best":
                return self._best(value, Claim("best", "", metric, at))
            # `order` and `opposed` with anything but a list fall through to the mistake at the end.
            if key == "order" and value.is_list:
                rows = self._rows(value, [(element, element.text) for element in value.elements], least=2)
                return Claim("order", "order: " + ", ".join(rows), metric, at, rows) if rows else None
            if key == "opposed" and len({element.text for element in value.elements}) == len(value.elements) == 2:
                return self._opposed(value, Claim("opposed", "", metric, at))
            if key not in MAPPINGS and (hint := suggestion(key, MAPPINGS)):
                self.mistakes.add(key_node.place, self.path, A_CLAIM, key, hint=hint)
                return None
        self.mistakes.add(node.place, self.path, A_CLAIM, node.data(), hint=_hint(node))
        return None

    def _overridden(self, node: Node, metric: str, at: At) -> Claim | None:
        """Parse {claim, metric, at, tolerance}, a claim that differs from its block in some of these."""
        nodes, own_metric = node.mapping, metric
        for key, key_node, value in node.items():
            if key == "metric":
                own_metric = parse_metric(value, f"{self.path}.metric", self.rows, self.mistakes) or metric
            elif key == "at":
                at = parse_at(value, f"{self.path}.at", self.rows, self.mistakes) or at
            elif key not in OVERRIDE_KEYS:
                self.mistakes.unknown_key(key_node.place, f"{self.path}.{key}", key, "a claim", OVERRIDE_KEYS)
        if "at" in nodes or own_metric != metric:
            refuse_moment(nodes.get("at", nodes["claim"]), f"{self.path}.at", own_metric, at, self.mistakes)
        claim = self.claim(nodes["claim"], own_metric, at)
        if claim is None or "tolerance" not in nodes:
            return claim
        path = f"{self.path}.tolerance"
        if claim.kind not in TOLERANT_KINDS:
            self.mistakes.add(node.keys["tolerance"].place, path, A_TOLERANT_CLAIM, claim.text)
            return claim
        is_factor = self.is_ratio and own_metric == metric
        return replace(claim, tolerance=parse_tolerance(nodes["tolerance"], path, self.mistakes, is_ratio=is_factor))

    def _sentence(self, node: Node, claim: Claim) -> Claim | None:
        if node.text in ("rising", "falling"):
            return replace(claim, kind=node.text)
        # Longer than any sentence about two rows; matching it would take time.
        if len(node.text) > MAX_LENGTH:
            self.mistakes.add(node.place, self.path, A_CLAIM, node.text)
            return None
        # Before the comparisons, since `spread < 1 %` looks like one.
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
        # In an incomplete grid a name has no labels; there the claim is never judged.
        labels = (self.rows.labels.get(row, (row,)) for row in rows)
        pairs = tuple((outer, row_key(inner)) for outer, *inner in labels)
        text = ", ".join(f"{outer}: {inner}" for outer, inner in pairs)
        return replace(claim, text=f"best: {{{text}}}", rows=rows, best_of=pairs)

    def _opposed(self, node: Node, claim: Claim) -> Claim:
        names = [parse_metric(element, f"{self.path}.opposed", self.rows, self.mistakes) for element in node.elements]
        metrics = tuple(name for name in names if name)
        for name in metrics:
            refuse_moment(node, f"{self.path}.at", name, claim.at, self.mistakes)
        return replace(claim, text="opposed: " + ", ".join(metrics), metrics=metrics)

    def _rows(self, node: Node, names: Sequence[tuple[Node, str]], least: int = 1) -> tuple[str, ...] | None:
        """Return the keys of the rows that a claim names, each name with its node; None if one is unknown."""
        rows = []
        for name_node, text in names:
            name = text.strip()
            row = self.rows.find(name)
            if row is None:
                self.mistakes.add(name_node.place, self.path, "a row of the grid", name, self.rows.labels)
            else:
                rows.append(row)
        if len(rows) < len(names):
            return None
        if len(rows) < least or len(set(rows)) < len(rows):
            self.mistakes.add(node.place, self.path, f"{least} or more distinct rows of the grid", node.data())
            return None
        return tuple(rows)


def _hint(node: Node) -> str:
    """Return how a mapping that is no claim may have been meant: its claim belongs under the key `claim`."""
    keys = list(node.mapping)
    if sentence := next((key for key in keys if _COMPARED.fullmatch(key[:MAX_LENGTH])), None):
        return f"; a claim about two rows is one text: '{sentence}', or {{claim: {sentence}, metric: ...}}"
    if kind := next((key for key in keys if key in MAPPINGS and len(keys) > 1), None):
        return f"; with other keys, {kind} belongs under `claim`: {{claim: {{{kind}: ...}}, metric: ...}}"
    return "; a claim about two rows is one text, such as 'A > B'" if len(keys) == 1 and keys[0] not in MAPPINGS else ""
