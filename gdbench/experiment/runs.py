"""The points of a grid become runs: each resolved, checked and given its id."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gdbench.catalog.datasets.dataset import Facts
from gdbench.errors import DataError
from gdbench.experiment.experiment import Point
from gdbench.experiment.grid.grid import Grid
from gdbench.experiment.grid.points import GridPoint
from gdbench.experiment.quick import shortened
from gdbench.experiment.settings.checks import check
from gdbench.experiment.settings.identity import run_id
from gdbench.experiment.settings.overrides import parse_override
from gdbench.experiment.settings.resolved import PluginUse, Resolved
from gdbench.experiment.settings.run_settings import DatasetSettings, RunSettings
from gdbench.experiment.settings.sections import assign_point, lay, place_of, refuse_both_lengths, resolve_section
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, Place
from gdbench.records import SECTIONS, Run, Settings


class Runs:
    """The runs of all comparisons of a file by id; one that two points share is there once."""

    def __init__(self, mistakes: Mistakes, *, quick: bool = False) -> None:
        """Start without runs; what is wrong with a point is added to the mistakes. `quick` shortens every run."""
        self.quick = quick
        self.by_id: dict[str, Run] = {}
        self._mistakes = mistakes
        self._resolved: dict[tuple[str, int], tuple[Node, Resolved[Settings] | None]] = {}
        self._facts: dict[int, Facts | None] = {}
        self._checked: set[tuple[Place, str]] = set()
        self.plugins: dict[str, PluginUse] = {}

    def points(self, grid: Grid, sections: Node, seeds: Sequence[int]) -> tuple[Point, ...]:
        """Resolve every point of a grid over the sections below it; a broken point has no runs."""
        return tuple(Point(point.labels, self._ids(point, sections, seeds)) for point in grid.points)

    def _ids(self, point: GridPoint, sections: Node, seeds: Sequence[int]) -> tuple[str, ...]:
        assigned = assign_point(sections, point.assignments)
        return self._trained(self._shortened(assigned) if self.quick else assigned, seeds)

    def _shortened(self, sections: Node) -> Node:
        resolved = {name: self._resolve(name, sections.value[name]) for name in SECTIONS}
        settings = {name: section.values for name, section in resolved.items() if section is not None}
        if len(settings) < len(SECTIONS):
            return sections
        try:
            facts = self._facts_of(settings["dataset"])
        except DataError:
            return sections
        for text in shortened(RunSettings(settings), facts):
            override = parse_override(text, Path(), self._mistakes)
            if override:
                sections = lay(sections, override.tree)
        return sections

    def _trained(self, assigned: Node, seeds: Sequence[int]) -> tuple[str, ...]:
        resolved = {name: self._resolve(name, assigned.value[name]) for name in SECTIONS}
        whole = {name: section for name, section in resolved.items() if section is not None}
        if len(whole) < len(SECTIONS):
            return ()
        settings = {name: section.values for name, section in whole.items()}
        try:
            facts = self._facts_of(settings["dataset"])
        except DataError as error:
            self._mistakes.state(place_of(assigned, "dataset.path"), "dataset", str(error))
            return ()
        self._check(assigned, settings, facts)
        identities = {name: section.identity for name, section in whole.items()}
        fingerprint = facts.fingerprint if facts else ""
        runs = [Run(run_id(identities, fingerprint, seed), seed, **settings) for seed in seeds]
        for run in runs:
            self.by_id.setdefault(run.id, run)
        return tuple(run.id for run in runs)

    def _check(self, sections: Node, settings: Mapping[str, Any], facts: Facts | None) -> None:
        refuse_both_lengths(sections.value["training"], self._mistakes)
        for path, rule, received in check(RunSettings(settings), facts):
            place = place_of(sections, path)
            if (place, path) not in self._checked:
                self._mistakes.add(place, path, rule, received)
            self._checked.add((place, path))

    def _resolve(self, name: str, node: Node) -> Resolved[Settings] | None:
        """Resolve a section; points share most of theirs, so each node is resolved once."""
        key = (name, id(node))
        if key not in self._resolved:
            self._resolved[key] = (node, resolve_section(name, node, self._mistakes))
            resolved = self._resolved[key][1]
            for plugin in resolved.plugins if resolved else ():
                self.plugins.setdefault(json.dumps(plugin.component, sort_keys=True), plugin)
        return self._resolved[key][1]

    def _facts_of(self, dataset: Mapping[str, Any]) -> Facts | None:
        if id(dataset) not in self._facts:
            self._facts[id(dataset)] = DatasetSettings(dataset).facts()
        return self._facts[id(dataset)]
