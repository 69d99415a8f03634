"""A configuration file becomes a plan: every comparison, every point, every run, or every mistake at once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from gdbench.catalog.entry import Options
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison, Experiment, Plan
from gdbench.experiment.grid.grid import MOST_RUNS, parse_grid
from gdbench.experiment.published.block_parser import parse_published
from gdbench.experiment.published.claim_parser import Rows, parse_claims
from gdbench.experiment.published.printed_numbers import number
from gdbench.experiment.quick import SEEDS as QUICK_SEEDS
from gdbench.experiment.quick import marked
from gdbench.experiment.runs import Runs
from gdbench.experiment.settings.overrides import Override, parse_override
from gdbench.experiment.settings.resolve import below, section
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.settings.schema import Seeds
from gdbench.experiment.settings.sections import defaults, lay, refuse_both_lengths, resolve_section
from gdbench.experiment.yaml.document import Node, read
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.metrics import METRICS
from gdbench.records import SECTIONS, Settings

COMPARISON_KEYS = ("grid", "include", "exclude", "target", "published", "claims")
MOST_SEEDS = 100_000
# File systems take 255 bytes, of which the files of tables need some for themselves.
MOST_LETTERS = 200
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class _Header(Options):
    """The plain keys of a file or a comparison."""

    title: str = ""
    seeds: Seeds = 3
    timing: Annotated[Literal["shared", "exclusive"], Field(description="exclusive: trained alone")] = "shared"


def load_plan(path: Path, overrides: Sequence[str] = (), seeds: int | None = None, *, quick: bool = False) -> Plan:
    """Read a configuration; `overrides` are `path=value` texts, `seeds` stands for 0 to seeds - 1 everywhere.

    `quick` makes a quick look of it: short runs under another name, with three seeds.

    Raises:
        RequestError: the file cannot be read, or there are more seeds than any plan has.
        ConfigError: it has mistakes, all of which are named.
    """
    if seeds is not None and seeds > MOST_SEEDS:
        raise RequestError(f"--seeds: expected at most {MOST_SEEDS:,}; got {seeds}")
    mistakes = Mistakes()
    root = read(path, mistakes)
    parsed = [parse_override(text, path.parent, mistakes) for text in overrides]
    plan = _Planner(path, root, mistakes, parsed, QUICK_SEEDS if quick else seeds, quick=quick).plan()
    mistakes.raise_if_any()
    return replace(plan, experiment=marked(plan.experiment)) if quick else plan


class _Planner:
    """Holds what the comparisons of one file share while they are planned."""

    def __init__(
        self,
        path: Path,
        root: Node,
        mistakes: Mistakes,
        overrides: Sequence[Override | None],
        seeds: int | None,
        *,
        quick: bool,
    ) -> None:
        if not root.is_mapping:
            mistakes.add(root.place, "", "a mapping with keys such as optimizer and grid", root.data())
            root = Node({}, root.place)
        self.root = root
        self.mistakes = mistakes
        self.overrides = [override for override in overrides if override]
        self.all_seeds = seeds
        self.name = self._folder_name("name", root.value.get("name"), path.stem)
        self.runs = Runs(mistakes, quick=quick)
        self.exclusive_runs: set[str] = set()

    def plan(self) -> Plan:
        comparisons = []
        settings: dict[str, Any] = {}
        self._resolve_parts(self._sections(self.root))
        for name, node in self._comparison_nodes():
            sections = self._sections(*dict.fromkeys((self.root, node)))
            for override in self.overrides:
                sections = lay(sections, override.tree)
            settings[name] = self._resolve_parts(sections)
            comparisons.append(self._comparison(name, node, sections))
        header = self._header(self.root)
        experiment = Experiment(self.name, header["title"] or self.name, tuple(comparisons))
        runs, plugins = tuple(self.runs.by_id.values()), tuple(self.runs.plugins.values())
        return Plan(experiment, runs, settings, frozenset(self.exclusive_runs), plugins)

    def _comparison_nodes(self) -> list[tuple[str, Node]]:
        """Return (name, node) for each comparison; a file without `comparisons` is one itself."""
        comparisons = self.root.value.get("comparisons")
        self._only_keys(self.root, ("name", *_Header.model_fields, *SECTIONS, "comparisons", *COMPARISON_KEYS), "")
        if comparisons is None:
            return [(self.name, self.root)]
        for key in COMPARISON_KEYS:
            if key in self.root.value:
                place = self.root.keys[key].place
                self.mistakes.add(place, key, "this key inside one of the `comparisons`", key)
        if not comparisons.is_mapping or not comparisons.value:
            self.mistakes.add(comparisons.place, "comparisons", "a mapping from name to comparison", comparisons.data())
            return []
        named = []
        for name, key, node in comparisons.items():
            where = f"comparisons.{name}"
            self._folder_name(where, key, name)
            if node.is_mapping:
                self._only_keys(node, (*_Header.model_fields, *SECTIONS, *COMPARISON_KEYS), where)
                named.append((name, node))
            else:
                self.mistakes.add(node.place, where, "a mapping with keys such as grid", node.data())
        return named

    def _only_keys(self, node: Node, allowed: Sequence[str], path: str) -> None:
        for name, key, _ in node.items():
            if name not in allowed:
                self.mistakes.unknown_key(key.place, below(path, name), name, path or "a configuration", allowed)

    def _folder_name(self, path: str, node: Node | None, default: str) -> str:
        name = node.text if node is not None else default
        place = node.place if node is not None else self.root.place
        if not _FOLDER_NAME.fullmatch(name):
            self.mistakes.add(place, path, "a name of letters, digits, '.', '_' and '-', since it names a file", name)
        elif len(name) > MOST_LETTERS:
            self.mistakes.add(place, path, f"a name of at most {MOST_LETTERS} characters, since it names a file", name)
        return name

    def _header(self, node: Node) -> Settings:
        own = {key: node.value[key] for key in _Header.model_fields if key in node.value}
        return section(_Header, Node(own, node.place, keys=node.keys), "", self.mistakes).values

    def _sections(self, *layers: Node) -> Node:
        """Return the five sections below a grid: those of each layer over those before it."""
        merged = defaults(self.root.place)
        for layer in layers:
            own = {name: layer.value[name] for name in SECTIONS if name in layer.value}
            refuse_both_lengths(own.get("training"), self.mistakes)
            merged = lay(merged, Node(own, layer.place, keys=layer.keys))
        return merged

    def _resolve_parts(self, sections: Node) -> dict[str, Any]:
        """Resolve what stands below a grid: its mistakes count even where the grid replaces it."""
        view = self.mistakes.of_parts()
        resolved = {name: resolve_section(name, sections.value[name], view) for name in SECTIONS}
        return {name: part.values if part else None for name, part in resolved.items()}

    def _comparison(self, name: str, node: Node, sections: Node) -> Comparison:
        given = node.value
        whole, own = self._header(self.root), self._header(node)
        title, header = own["title"], {**whole, **{key: value for key, value in own.items() if key in given}}
        seeds = self._seeds(header["seeds"], node)
        most_points = (MOST_RUNS - len(self.runs.by_id)) // max(1, len(seeds))
        grid = parse_grid(given.get("grid"), given.get("include"), given.get("exclude"), most_points, self.mistakes)
        for override in self.overrides:
            override.refuse_if_varied(grid.paths, self.mistakes)
        points = self.runs.points(grid, sections, seeds)
        if not self.mistakes:
            grid.refuse_equal_values(points, self.mistakes)
        axes = grid.named_axes()
        asked = [self.runs.by_id[run] for point in points for run in point.runs]
        rows = Rows(
            points,
            known=grid.whole,
            validated=all(settings_of(run).dataset.options.validation for run in asked),
            train_evaluated=all(settings_of(run).training.evaluate_train for run in asked),
            targeted="target" in given,
        )
        published = parse_published(given["published"], axes, rows, self.mistakes) if "published" in given else ()
        if header["timing"] == "exclusive" or any(METRICS[block.metric].timed for block in published):
            self.exclusive_runs.update(run.id for run in asked)
        return Comparison(
            name=name,
            title=title or name,
            axes=axes,
            points=points,
            seeds=seeds,
            target=self._target(given.get("target")),
            published=published,
            claims=(
                parse_claims(given["claims"], "claims", rows, "test_accuracy", "last", self.mistakes)
                if "claims" in given
                else ()
            ),
        )

    def _seeds(self, value: int | list[int], node: Node) -> tuple[int, ...]:
        if self.all_seeds is not None:
            return tuple(range(self.all_seeds))
        if isinstance(value, int) and value <= MOST_SEEDS:
            return tuple(range(value))
        if isinstance(value, int):
            place = (node.value.get("seeds") or self.root.value["seeds"]).place
            self.mistakes.add(place, "seeds", f"at most {MOST_SEEDS:,} seeds", value)
            return ()
        if len(set(value)) < len(value) or not value:
            given = node.value.get("seeds") or self.root.value["seeds"]
            self.mistakes.add(given.place, "seeds", "one or more distinct seeds", value)
        return tuple(value)

    def _target(self, node: Node | None) -> float | None:
        value = number(node.value) if node is not None else None
        if node is not None and (value is None or not 0 < value <= 1):
            self.mistakes.add(node.place, "target", "an accuracy above 0 % and at most 100 %", node.data())
        return value
