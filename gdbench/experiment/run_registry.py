"""Turns the points of a grid into runs: each resolved, checked and identified."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gdbench.catalog.datasets.dataset import DatasetOptions, Facts
from gdbench.errors import DataError
from gdbench.experiment.experiment import NO_VALUE, Point
from gdbench.experiment.grid.grid import Grid
from gdbench.experiment.grid.points import GridPoint
from gdbench.experiment.grid.ragged import OwnAxis
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.quick_look import shortening
from gdbench.experiment.settings.checks import check
from gdbench.experiment.settings.identity import run_ids
from gdbench.experiment.settings.merge import Assignment
from gdbench.experiment.settings.resolve import has_what_it_needs
from gdbench.experiment.settings.resolved import PluginUse, Resolved
from gdbench.experiment.settings.run_settings import DatasetSettings, RunSettings
from gdbench.experiment.settings.sections import assign_point, place_of, refuse_both_lengths, resolve_section
from gdbench.experiment.settings.setting_labels import setting_at, setting_label
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, Place
from gdbench.records import SECTIONS, Run, Settings


class RunRegistry:
    """The runs of all comparisons of a file by id; points that share a run find it here."""

    def __init__(self, mistakes: Mistakes, *, quick: bool = False) -> None:
        """Start without runs; a point's mistakes are added to `mistakes`, and `quick` shortens every run."""
        self.quick = quick
        self.by_id: dict[str, Run] = {}
        self.plugins: dict[str, PluginUse] = {}
        self._mistakes = mistakes
        # Points share most of their sections. These caches are keyed by the identity of objects that their values hold.
        self._assigned: dict[tuple[int, ...], tuple[Node, Sequence[Assignment], Node]] = {}
        self._resolved: dict[tuple[str, int], tuple[Node, Resolved[Settings] | None]] = {}
        self._chained: dict[tuple[int, int], tuple[Resolved[Settings], Resolved[Settings], Resolved[Settings]]] = {}
        self._typed: dict[tuple[str, int], RunSettings] = {}
        self._facts: dict[int, tuple[Settings, Facts | None]] = {}
        self._counts: dict[int, ImageCounts | None] = {}
        self._identities: dict[str, Settings] = {}
        self._checked: set[tuple[Place, str]] = set()

    def points(
        self, grid: Grid, sections: Node, seeds: Sequence[int], more: Sequence[Sequence[Assignment]] = ()
    ) -> tuple[Point, ...]:
        """Resolve every point of a grid over the sections below it; a broken point has no runs.

        `more` is assigned on top of each point.
        """
        own_axes = grid.own_axes
        pairs = zip(grid.points, more or [()] * len(grid.points), strict=True)
        points = [replace(point, assignments=(*point.assignments, *above)) for point, above in pairs]
        return tuple(self._point(point, sections, seeds, own_axes) for point in points)

    def runs(self, sections: Node, assignments: Sequence[Assignment], seeds: Sequence[int]) -> tuple[str, ...]:
        """Resolve what is assigned over the sections, and return the ids of its runs, none where it is broken."""
        assigned = self._assign(sections, assignments)
        return self._add(self._shortened(assigned) if self.quick else assigned, seeds)

    def _point(self, point: GridPoint, sections: Node, seeds: Sequence[int], own_axes: Mapping[int, OwnAxis]) -> Point:
        runs = self.runs(sections, point.assignments, seeds)
        return Point(self._labels(point, runs, own_axes), runs, self._images(runs))

    def _labels(self, point: GridPoint, runs: Sequence[str], own_axes: Mapping[int, OwnAxis]) -> tuple[str, ...]:
        """Return the labels of a point; on the axes of other rows' ranges it has the value of its settings."""
        if not own_axes or not runs:
            return point.labels
        settings = self.by_id[runs[0]].settings
        return tuple(
            own_axes[index].label(_spelled(settings, own_axes[index].path))
            if label == NO_VALUE and index in own_axes
            else label
            for index, label in enumerate(point.labels)
        )

    def _images(self, runs: Sequence[str]) -> ImageCounts | None:
        """Return the image counts of the runs of a point, None where they are not known."""
        if not runs:
            return None
        dataset = self.by_id[runs[0]].dataset
        if id(dataset) not in self._counts:
            facts = self._facts_of(dataset)
            self._counts[id(dataset)] = DatasetSettings(dataset).image_counts(facts) if facts else None
        return self._counts[id(dataset)]

    def _assign(self, sections: Node, assignments: Sequence[Assignment]) -> Node:
        """Assign the values of a point; points with the same assignments to a section share its node."""
        assigned = dict(sections.mapping)
        by_section: dict[str, list[Assignment]] = {}
        for assignment in assignments:
            by_section.setdefault(assignment.path.partition(".")[0], []).append(assignment)
        for name, own in by_section.items():
            key = (id(sections.mapping[name]), *map(id, own))
            if key not in self._assigned:
                section = assign_point(sections, own).mapping[name]
                self._assigned[key] = (sections, own, section)
            assigned[name] = self._assigned[key][2]
        return Node(assigned, sections.place, keys=sections.keys)

    def _shortened(self, sections: Node) -> Node:
        resolved = self._resolve_all(sections)
        if resolved is None:
            return sections
        settings = {name: section.values for name, section in resolved.items()}
        try:
            facts = self._facts_of(settings["dataset"])
        except DataError:
            # Reported when the point is resolved for good.
            return sections
        return assign_point(sections, list(shortening(self._settings_of(settings), facts)))

    def _add(self, sections: Node, seeds: Sequence[int]) -> tuple[str, ...]:
        """Add the runs of one point, one per seed, and return their ids."""
        resolved = self._resolve_all(sections)
        if resolved is None:
            return ()
        settings = {name: section.values for name, section in resolved.items()}
        try:
            facts = self._facts_of(settings["dataset"])
        except DataError as error:
            # A mistake has been replaced by a default, so the data file was not read as the user asked.
            arguments = settings["dataset"].keys() - DatasetOptions.model_fields
            if not any(self._is_wrong(sections, f"dataset.{name}") for name in arguments):
                self._mistakes.state(place_of(sections, "dataset.path"), "dataset", str(error))
            return ()
        self._check(sections, self._settings_of(settings), facts)
        identities = {name: section.identity for name, section in resolved.items()}
        # Data made by user code have none; the hash of the code is part of the identity.
        fingerprint = facts.fingerprint if facts else ""
        ids = run_ids(identities, fingerprint, seeds)
        dataset, architecture, optimizer, training, regularization = (settings[name] for name in SECTIONS)
        own = (dataset, architecture, optimizer, training, regularization)
        runs = [Run(own_id, seed, *own, fingerprint) for own_id, seed in zip(ids, seeds, strict=True)]
        for run in runs:
            self.by_id.setdefault(run.id, run)
        return tuple(run.id for run in runs)

    def _check(self, sections: Node, settings: RunSettings, facts: Facts | None) -> None:
        refuse_both_lengths(sections.mapping["training"], self._mistakes)
        broken = self._mistakes.sections()
        # Values with mistakes have been replaced by defaults, which nobody wrote.
        if "optimizer" in broken and settings.parts:
            return
        for path, expected, got in check(settings, facts):
            # Recording has a rule about two keys, either of which may be the wrong one.
            unwritten = path == "training.record" and "training" in broken
            if not (unwritten or self._is_wrong(sections, path)):
                self._refuse(path, place_of(sections, path), expected, got)

    def _is_wrong(self, sections: Node, path: str) -> bool:
        """Whether part of the value at a path has been refused already and replaced by its default."""
        return any(place == place_of(sections, wrong) for place, wrong in self._mistakes.below(path))

    def _refuse(self, path: str, place: Place, expected: str, got: object) -> None:
        # The message may differ from point to point; one of them is enough.
        if (place, path) not in self._checked:
            self._mistakes.add(place, path, expected, got)
        self._checked.add((place, path))

    def _settings_of(self, sections: Mapping[str, Settings]) -> RunSettings:
        """Return the typed settings of a point; a section that points share is constructed once."""
        settings = RunSettings(sections)
        for name, values in sections.items():
            first = self._typed.setdefault((name, id(values)), settings)
            if first is not settings:
                settings.reuse(name, first)
        return settings

    def _resolve_all(self, sections: Node) -> dict[str, Resolved[Settings]] | None:
        """Resolve the five sections; None if one of them is too broken to go on."""
        resolved = {name: self._resolve(name, sections.mapping[name]) for name in SECTIONS}
        valid = {name: section for name, section in resolved.items() if section is not None}
        # Without its path, say, a dataset cannot be read; what is missing has its own line.
        if len(valid) < len(SECTIONS) or not has_what_it_needs("dataset", valid["dataset"].values):
            return None
        return self._with_length(valid, sections)

    def _with_length(self, resolved: dict[str, Resolved[Settings]], sections: Node) -> dict[str, Resolved[Settings]]:
        """Give a chain the sum of its stages' epochs; a length that the file has must agree."""
        total = sum(stage["epochs"] or 0 for stage in resolved["optimizer"].values.get("stages") or ())
        if resolved["optimizer"].values["name"] != "chain" or not total:
            return resolved
        training, key = resolved["training"], (id(resolved["optimizer"].values), id(resolved["training"].values))
        written = sections.mapping["training"].mapping.get("epochs")
        agrees = training.values["epochs"] == total or "optimizer" in self._mistakes.sections()
        if written is not None and not agrees:
            self._refuse("training.epochs", written.place, f"{total}, the sum of the stages' epochs", written.data())
        if key not in self._chained:
            identity = {name: value for name, value in training.identity.items() if name != "epochs"}
            chained = Resolved({**training.values, "epochs": total}, identity, training.plugins)
            self._chained[key] = (resolved["optimizer"], training, chained)
        return {**resolved, "training": self._chained[key][2]}

    def _resolve(self, name: str, node: Node) -> Resolved[Settings] | None:
        """Resolve a section; points share most of theirs, so each node is resolved once."""
        key = (name, id(node))
        if key not in self._resolved:
            resolved = self._as_first(resolve_section(name, node, self._mistakes))
            self._resolved[key] = (node, resolved)
            # A component that many points name is tried and trusted once.
            for plugin in resolved.plugins if resolved else ():
                self.plugins.setdefault(json.dumps(plugin.component, sort_keys=True), plugin)
        return self._resolved[key][1]

    def _as_first(self, resolved: Resolved[Settings] | None) -> Resolved[Settings] | None:
        """Give a section with user code the identity of the first one with the same values.

        The identity has the arguments that a file gives, and a default that one of them spells out makes no other run.
        """
        if resolved is None or not resolved.plugins:
            return resolved
        values = json.dumps(resolved.values, sort_keys=True)
        return replace(resolved, identity=self._identities.setdefault(values, resolved.identity))

    def _facts_of(self, dataset: Settings) -> Facts | None:
        if id(dataset) not in self._facts:
            self._facts[id(dataset)] = (dataset, DatasetSettings(dataset).facts())
        return self._facts[id(dataset)][1]


def _spelled(settings: Mapping[str, Settings], path: str) -> str:
    """Return the value of resolved settings at a path as a label; "-" where they have no single value there."""
    value = setting_at(settings, path)
    return NO_VALUE if isinstance(value, list) else setting_label(value)
