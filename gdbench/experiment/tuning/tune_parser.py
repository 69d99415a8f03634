"""Parses `tune`: its plain keys, and what each row of a comparison tries."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdbench.experiment.experiment import row_key
from gdbench.experiment.grid.axes import check_path
from gdbench.experiment.settings.constructed import constructed
from gdbench.experiment.settings.merge import canonical
from gdbench.experiment.settings.resolve import section
from gdbench.experiment.tuning.candidates import MOST_CANDIDATES, Space, Tried, candidates, grid_size, parse_space
from gdbench.experiment.tuning.tune_keys import KEYS, Tune
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, join_path

_SPACES = "a mapping from path to values, such as {optimizer.learning_rate: {from: 1e-4, to: 1, per_decade: 2}}"
# Settings that would give trials other data or another cost.
_FIXED = (
    *("training.epochs", "training.steps", "training.evaluate_every", "training.evaluate_test"),
    *("training.record", "training.record_every", "training.save"),
)


@dataclass(frozen=True, eq=False, slots=True)
class TuneRequest:
    """What `tune` asks for: `over` for every row, and in its place what `rows` has under the name of a row."""

    node: Node
    options: Tune
    over: tuple[Space, ...]
    rows: Mapping[str, tuple[Space, ...]]

    @property
    def paths(self) -> set[str]:
        """Every path that some row tunes."""
        return {space.path for spaces in (self.over, *self.rows.values()) for space in spaces}

    @property
    def budget(self) -> int:
        """How many settings each row tries; 0 where that has a mistake."""
        if self.options.budget is not None or self.options.sampler == "random":
            return self.options.budget or 0
        return grid_size(self.over or next(iter(self.rows.values()), ()))

    def spaces_of(self, labels: Sequence[str]) -> tuple[Space, ...]:
        """Return what a row tries at each path."""
        name = name_in(self.rows, labels)
        return self.over if name is None else self.rows[name]

    def candidates_of(self, labels: Sequence[str]) -> list[tuple[Tried, ...]]:
        """Return the settings that a row tries."""
        return candidates(self.spaces_of(labels), self.options.sampler, self.budget)


def names_of(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names by which `rows` may call a row with these labels: its whole name, and its outer label."""
    return (row_key(labels), *labels[:1])


def name_in(rows: Container[str], labels: Sequence[str]) -> str | None:
    """Return the key of `rows` that a row with these labels has; the whole name goes before the outer label."""
    return next((name for name in names_of(labels) if name in rows), None)


def parse_tune(node: Node, varied: set[str], mistakes: Mistakes) -> TuneRequest | None:
    """Parse the key; None if it is too broken to go on. `varied` are the paths that the grid varies."""
    before = len(mistakes)
    if not node.is_mapping:
        mistakes.add(node.place, "tune", f"a mapping of {', '.join(KEYS)}", node.data())
        return None
    for key, key_node, _ in node.items():
        if key not in KEYS:
            mistakes.unknown_key(key_node.place, join_path("tune", key), key, "tune", KEYS)
    sections = len(mistakes)
    options = constructed(Tune, section(Tune, node.only(Tune.model_fields), "tune", mistakes).values)
    is_sound = len(mistakes) == sections
    sampler = "" if mistakes.below("tune.sampler") else options.sampler
    over = _spaces(node.mapping["over"], "tune.over", sampler, varied, mistakes) if "over" in node.mapping else ()
    rows = dict(_rows(node.mapping.get("rows"), sampler, varied, mistakes))
    if not over and not rows and len(mistakes) == before:
        mistakes.add(node.place, "tune", "over, or rows with what each row tries", node.data())
    request = TuneRequest(node, options, over, rows)
    # A wrong budget or sampler has a line of its own, and the sizes of grids say nothing beside it.
    if is_sound:
        _check_budgets(request, mistakes)
    return request if len(mistakes) == before else None


def _rows(
    node: Node | None, sampler: str, varied: set[str], mistakes: Mistakes
) -> Iterator[tuple[str, tuple[Space, ...]]]:
    if node is None:
        return
    if not node.mapping:
        mistakes.add(node.place, "tune.rows", "a mapping from row to what it tries", node.data())
    for name, _, row in node.items():
        yield name, _spaces(row, f"tune.rows.{name}", sampler, varied, mistakes)


def _spaces(node: Node, where: str, sampler: str, varied: set[str], mistakes: Mistakes) -> tuple[Space, ...]:
    if not node.mapping:
        mistakes.add(node.place, where, _SPACES, node.data())
    spaces: list[Space] = []
    for text, key, values in node.items():
        path = canonical(text.strip())
        if not check_path(path, key, mistakes):
            continue
        if path.split(".")[0] == "dataset" or path in _FIXED:
            rule = (
                "a path that does not change data, evaluation, length or what is kept, so that trials can be compared"
            )
            mistakes.add(key.place, where, rule, path)
        elif path in varied:
            mistakes.add(key.place, where, "a path that no axis of the grid varies", path)
        elif any(space.path == path for space in spaces):
            mistakes.repeated(key.place, where, "paths", path)
        elif space := parse_space(path, where, key, values, sampler, mistakes):
            spaces.append(space)
    return tuple(spaces)


def _check_budgets(request: TuneRequest, mistakes: Mistakes) -> None:
    """Refuse grids whose size is not the budget, which is the same for all rows."""
    node, budget = request.node, request.options.budget
    at = node.mapping.get("budget", node)
    if request.options.sampler == "random":
        if budget is None:
            mistakes.add(node.place, "tune.budget", "the number of draws of each row under sampler: random", None)
        elif budget > MOST_CANDIDATES:
            mistakes.add(at.place, "tune.budget", f"at most {MOST_CANDIDATES:,} settings of a row", budget)
        return
    for name, spaces in (("over", request.over), *((f"rows.{name}", row) for name, row in request.rows.items())):
        size = grid_size(spaces)
        where = node.mapping["over"] if name == "over" and spaces else node.mapping.get("rows", node)
        if not spaces:
            continue
        if size > MOST_CANDIDATES:
            mistakes.add(where.place, f"tune.{name}", f"at most {MOST_CANDIDATES:,} settings of a row", size)
        elif size != request.budget:
            rule = f"a grid of {request.budget} settings, the budget of every row"
            mistakes.add(where.place, f"tune.{name}", rule, size)
