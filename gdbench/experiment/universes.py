"""Plans the universes of comparisons: their points under each protocol of a multiverse."""

from collections.abc import Sequence
from dataclasses import replace

from gdbench.experiment.experiment import Comparison, Multiverse, Point, Universe
from gdbench.experiment.grid.grid import MAX_RUNS, Grid
from gdbench.experiment.header import Header, parse_seeds
from gdbench.experiment.published.multiverse_parser import KEY, OFF, SEEDS, parse_multiverse
from gdbench.experiment.run_registry import RunRegistry
from gdbench.experiment.settings.resolve import section
from gdbench.experiment.settings.sections import assign_point
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes


class UniversePlanner:
    """Plans the universes of the comparisons of one file; a multiverse at file level applies to all of them."""

    def __init__(self, root: Node, registry: RunRegistry, seeds: int | None, mistakes: Mistakes) -> None:
        """Start with a file; `seeds` is the number of seeds that the user has asked for on the command line, if any."""
        self.runs = 0
        self._of_file = root.mapping.get(KEY)
        self._registry = registry
        self._seeds = seeds
        self._mistakes = mistakes

    def added(self, comparison: Comparison, node: Node, grid: Grid, sections: Node, runs: int) -> Comparison:
        """Return a comparison with its universes, if it has any; `runs` is the number of runs planned before.

        The values of a universe replace those of the sections, and are replaced by those of the grid.
        """
        return replace(comparison, multiverse=self._plan(comparison, node, grid, sections, runs))

    def _plan(self, comparison: Comparison, node: Node, grid: Grid, sections: Node, runs: int) -> Multiverse | None:
        own = node.mapping.get(KEY)
        asked = own or self._of_file
        if asked is None or asked.value == OFF:
            return None
        if comparison.tuning is not None:
            self._mistakes.add(asked.place, KEY, "a comparison without tune, or multiverse: off in it", "tune")
            return None
        if not comparison.is_published:
            if own is not None:
                self._refuse_without_claims(own)
            return None
        seeds = comparison.seeds if self._seeds else self._parse_seeds(asked, comparison.seeds)
        runs_of_each = max(1, len(grid.points) * len(seeds))
        parsed = parse_multiverse(asked, grid.paths, (MAX_RUNS - runs - self.runs) // runs_of_each, self._mistakes)
        if parsed is None:
            return None
        self.runs += len(parsed.grid.points) * runs_of_each
        universes = self._universes(parsed.grid, grid, sections, seeds)
        axes = parsed.grid.named_axes([Point(each.labels, ()) for each in universes])
        return Multiverse(axes, seeds, universes, parsed.left_out)

    def refuse_if_unused(self, comparisons: Sequence[Comparison]) -> None:
        """Refuse the multiverse of a file in which nothing is published."""
        if self._of_file is not None and not any(comparison.is_published for comparison in comparisons):
            self._refuse_without_claims(self._of_file)

    def _refuse_without_claims(self, node: Node) -> None:
        # After other mistakes, it may only seem so.
        if not self._mistakes:
            self._mistakes.add(node.place, KEY, "a published block or claims beside it, which it judges", None)

    def _parse_seeds(self, node: Node, seeds: tuple[int, ...]) -> tuple[int, ...]:
        """Return the seeds of a multiverse: its own, or else those of its comparison."""
        if SEEDS not in node.mapping:
            return seeds
        own = node.mapping[SEEDS]
        header = Header.model_construct(**section(Header, node.only((SEEDS,)), KEY, self._mistakes).values)
        planned = parse_seeds(header, own, self._mistakes)
        if planned.looks:
            self._mistakes.add(own.place, f"{KEY}.{SEEDS}", "a fixed number of seeds, or a list", "until: separated")
        return planned.seeds

    def _universes(self, protocols: Grid, grid: Grid, sections: Node, seeds: tuple[int, ...]) -> tuple[Universe, ...]:
        before = len(self._mistakes)
        universes = tuple(
            Universe(each.labels, self._registry.points(grid, assign_point(sections, each.assignments), seeds))
            for each in protocols.points
        )
        # Two universes that train the same would count the same verdict twice.
        if len(self._mistakes) == before:
            rows = [Point(each.labels, tuple(run for row in each.points for run in row.runs)) for each in universes]
            protocols.refuse_equal_values(rows, self._mistakes)
        return universes
