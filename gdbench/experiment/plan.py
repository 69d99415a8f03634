"""Plans a configuration file: every comparison, point and run of it, or every mistake in it at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison, Experiment, Plan
from gdbench.experiment.extends import bases, with_seeds_and_timing
from gdbench.experiment.grid.grid import MAX_RUNS, parse_grid
from gdbench.experiment.grid.idle_batches import refuse_idle_batches
from gdbench.experiment.header import (
    MAX_SEEDS,
    Header,
    PlannedSeeds,
    check_file_name,
    parse_header,
    parse_seeds,
    parse_target,
    refuse_file_of_another,
    refuse_unknown_keys,
)
from gdbench.experiment.keys import COMPARISON_KEYS, FILE_KEYS, SHARED_KEYS
from gdbench.experiment.published.block_parser import parse_published
from gdbench.experiment.published.claim_parser import claims_beside
from gdbench.experiment.published.missing_metrics import refuse_missing_metrics
from gdbench.experiment.published.row_names import row_names
from gdbench.experiment.quick_look import QUICK_SEEDS, as_quick_look
from gdbench.experiment.run_registry import RunRegistry
from gdbench.experiment.sequential_seeds import refuse_beside_looks
from gdbench.experiment.settings.overrides import Override, override_of, parse_override
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.settings.sections import defaults, lay, refuse_both_lengths, resolve_section
from gdbench.experiment.tuning.tuned_points import planned_points
from gdbench.experiment.universes import UniversePlanner
from gdbench.experiment.yaml.document import Node, read
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.experiment.yaml.python_values import node_of
from gdbench.interpreter.garbage_collection import without_collection
from gdbench.records import SECTIONS, Settings

_NOTHING: Mapping[str, object] = {}


@without_collection()
def load_plan(path: Path, overrides: Sequence[str] = (), seeds: int | None = None, *, quick: bool = False) -> Plan:
    """Plan a configuration; `overrides` are `path=value` texts, `seeds` means 0 to seeds - 1 in every comparison.

    `quick` plans a quick look at it: short runs under another name, with three seeds.

    Raises:
        RequestError: the file cannot be read, or there are more seeds than a plan may have.
        ConfigError: it has mistakes, all of which are listed.
    """
    if seeds is not None and seeds > MAX_SEEDS:
        raise RequestError(f"--seeds: expected at most {MAX_SEEDS:,}; got {seeds}")
    mistakes = Mistakes()
    root = read(path, mistakes)
    # A broken override has been reported; the file is still checked without it.
    valid = [override for text in overrides if (override := parse_override(text, path.parent, mistakes))]
    plan = _Planner(path, root, mistakes, valid, QUICK_SEEDS if quick else seeds, quick=quick).plan()
    mistakes.raise_if_any()
    return replace(plan, experiment=as_quick_look(plan.experiment)) if quick else plan


def plan_settings(
    settings: Path | Mapping[str, object], overrides: Mapping[str, object] = _NOTHING, seeds: int | None = None
) -> Plan:
    """Plan a configuration, or settings with its keys as Python values; `overrides` are values by path.

    Settings have a `name`, since no file gives them one, and paths in them are relative to the current folder.

    Raises:
        RequestError: the file cannot be read.
        ConfigError: there are mistakes, all of which are listed; those in settings by path, without lines.
    """
    path = settings if isinstance(settings, Path) else None
    mistakes = Mistakes()
    root = node_of(settings, mistakes) if path is None else read(path, mistakes)
    folder = Path() if path is None else path.parent
    parsed = [override_of(key, value, folder, mistakes) for key, value in overrides.items()]
    plan = _Planner(path, root, mistakes, [override for override in parsed if override], seeds, quick=False).plan()
    mistakes.raise_if_any()
    return plan


class _Planner:
    """Plans the comparisons of one file, which share runs, overrides and mistakes."""

    def __init__(
        self,
        path: Path | None,
        root: Node,
        mistakes: Mistakes,
        overrides: Sequence[Override],
        seeds: int | None,
        *,
        quick: bool,
    ) -> None:
        if not root.is_mapping:
            mistakes.add(root.place, "", "a mapping with keys such as optimizer and grid", root.data())
            root = Node({}, root.place)
        self.path = path
        self.bases = bases(root, path, FILE_KEYS, mistakes)
        self.root = with_seeds_and_timing(root, self.bases)
        self.mistakes = mistakes
        self.overrides = overrides
        self.seeds = seeds
        name = root.mapping.get("name")
        self.name = name.text if name is not None else path.stem if path else ""
        if self.name or name is not None:
            check_file_name(self.name, name or root, "name", mistakes)
        else:
            mistakes.add(root.place, "name", "a name, which the results folder takes", None)
        self.runs = RunRegistry(mistakes, quick=quick)
        self.universes = UniversePlanner(root, self.runs, seeds, mistakes)
        self.exclusive_runs: set[str] = set()
        self.runs_asked_for = 0

    def plan(self) -> Plan:
        # Mistakes in the sections of a base and of the file count even where something replaces them.
        for count in range(len(self.bases)):
            self._resolve_parts(self._laid(self.bases[: count + 1]))
        self._resolve_parts(self._sections(self.root))
        comparisons = []
        settings: dict[str, dict[str, Settings]] = {}
        for name, node in self._comparison_nodes():
            # Without `comparisons` the two nodes are one, which is laid once.
            sections = self._sections(*dict.fromkeys((self.root, node)))
            for override in self.overrides:
                sections = lay(sections, override.tree)
            settings[name] = self._resolve_parts(sections)
            comparisons.append(self._comparison(name, node, sections))
        self.universes.refuse_if_unused(comparisons)
        title = parse_header(self.root, self.root, self.mistakes).title or self.name
        experiment = Experiment(self.name, title, tuple(comparisons), tuple(each.text for each in self.overrides))
        own = set(experiment.run_ids)
        return Plan(
            experiment=experiment,
            runs=tuple(run for run in self.runs.by_id.values() if run.id in own),
            resolved=settings,
            exclusive_runs=frozenset(self.exclusive_runs),
            plugins=tuple(self.runs.plugins.values()),
            path=self.path,
            universe_runs=tuple(run for run in self.runs.by_id.values() if run.id not in own),
        )

    def _comparison_nodes(self) -> list[tuple[str, Node]]:
        """Return (name, node) for each comparison; a file without `comparisons` is itself one."""
        refuse_unknown_keys(self.root, FILE_KEYS, "", self.mistakes)
        comparisons = self.root.mapping.get("comparisons")
        if comparisons is None:
            return [(self.name, self.root)]
        for key, key_node, _ in self.root.only(COMPARISON_KEYS).items():
            self.mistakes.add(key_node.place, key, "this key inside one of the `comparisons`", key)
        if not comparisons.mapping:
            self.mistakes.add(comparisons.place, "comparisons", "a mapping from name to comparison", comparisons.data())
        named = []
        for name, key_node, node in comparisons.items():
            where = f"comparisons.{name}"
            check_file_name(name, key_node, where, self.mistakes)
            refuse_file_of_another(name, key_node, comparisons.mapping, where, self.mistakes)
            if node.is_mapping:
                refuse_unknown_keys(node, (*SHARED_KEYS, *COMPARISON_KEYS), where, self.mistakes)
                named.append((name, node))
            else:
                self.mistakes.add(node.place, where, "a mapping with keys such as grid", node.data())
        return named

    def _sections(self, *layers: Node) -> Node:
        """Return the five sections below a grid: the defaults, the bases, and each layer over those before it."""
        return self._laid((*self.bases, *layers))

    def _laid(self, layers: Sequence[Node]) -> Node:
        sections = defaults(self.root.place)
        for layer in layers:
            above = layer.only(SECTIONS)
            refuse_both_lengths(above.mapping.get("training"), self.mistakes)
            sections = lay(sections, above)
        return sections

    def _resolve_parts(self, sections: Node) -> dict[str, Settings]:
        """Resolve the sections below a grid, which may still lack what the grid adds; broken ones are left out."""
        view = self.mistakes.of_parts()
        resolved = {name: resolve_section(name, sections.mapping[name], view) for name in SECTIONS}
        return {name: part.values for name, part in resolved.items() if part}

    def _comparison(self, name: str, node: Node, sections: Node) -> Comparison:
        header = parse_header(self.root, node, self.mistakes)
        asked = self._seeds(header, node)
        seeds, nodes = asked.seeds, node.mapping
        # The limit is on the whole plan. Runs that comparisons share take time in each of them.
        max_points = (MAX_RUNS - self.runs_asked_for - self.universes.runs) // max(1, len(seeds))
        grid = parse_grid(nodes.get("grid"), nodes.get("include"), nodes.get("exclude"), max_points, self.mistakes)
        self.runs_asked_for += len(grid.points) * len(seeds)
        planned = planned_points(node, grid, sections, seeds, self.runs, self.mistakes)
        for override in self.overrides:
            override.refuse_if_varied(grid.paths | planned.tuned_paths, self.mistakes)
        # Points that a mistake has robbed of a setting may look equal.
        if not self.mistakes:
            grid.refuse_equal_values(planned.base, self.mistakes)
            refuse_idle_batches(grid, planned.base, self.runs.by_id, self.mistakes)
        if asked.looks:
            refuse_beside_looks(node, self._seeds_node(node), len(planned.points), self.mistakes)
        axes, points = planned.axes, planned.points
        runs = [self.runs.by_id[run] for run in planned.runs]
        # Where `tune` has a mistake, the rows of untuned settings are missing.
        rows = row_names(node, grid.complete and (planned.tuning is not None or "tune" not in nodes), points, runs)
        comparison = Comparison(
            name=name,
            title=header.title or name,
            axes=axes,
            points=points,
            seeds=seeds,
            looks=asked.looks,
            tuning=planned.tuning,
            target=parse_target(nodes.get("target"), self.mistakes),
            published=parse_published(nodes["published"], axes, rows, self.mistakes) if "published" in nodes else (),
            claims=claims_beside(node, rows, map(settings_of, runs), self.mistakes),
        )
        comparison = self.universes.added(comparison, node, grid, sections, self.runs_asked_for)
        self._check_runs(comparison, header, node)
        return comparison

    def _check_runs(self, comparison: Comparison, header: Header, node: Node) -> None:
        runs = [run for each in (comparison, *comparison.in_universes) for run in each.final_run_ids]
        # The seeds of a point share these sections, and most points do.
        planned = (self.runs.by_id[run] for run in runs)
        distinct = {(id(run.dataset), id(run.training)): run for run in planned}.values()
        settings = [settings_of(run) for run in distinct]
        refuse_missing_metrics(node, comparison, settings, self._seeds_node(node), self.mistakes)
        # Times compare only between runs that had the machine to themselves.
        if header.timing == "exclusive" or comparison.timed:
            self.exclusive_runs.update(runs)
        self._refuse_shared_times(comparison, node)

    def _refuse_shared_times(self, comparison: Comparison, node: Node) -> None:
        """Refuse `timing: shared` where it is written beside figures or claims that are times."""
        written = next((each for each in (node, self.root) if "timing" in each.mapping), None)
        if written is not None and comparison.timed and written.mapping["timing"].value == "shared":
            rule = f"exclusive, since {comparison.name} has figures or claims about times"
            self.mistakes.add(written.mapping["timing"].place, "timing", rule, "shared")

    def _seeds(self, header: Header, node: Node) -> PlannedSeeds:
        if self.seeds is not None:
            return PlannedSeeds(tuple(range(self.seeds)))
        return parse_seeds(header, self._seeds_node(node), self.mistakes)

    def _seeds_node(self, node: Node) -> Node:
        return node.mapping.get("seeds") or self.root.mapping.get("seeds") or node
