"""Which shorter trials of a halving a longer one can resume from: those of its earlier rungs."""

from collections.abc import Iterable, Mapping

from gdbench.experiment.experiment import Comparison


def beginnings(comparisons: Iterable[Comparison]) -> Mapping[str, tuple[str, ...]]:
    """Return the shorter runs that each trial of a later rung can resume from, the longest first."""
    found: dict[str, dict[str, int]] = {}
    for tuning in (comparison.tuning for comparison in comparisons if comparison.tuning):
        candidates = (candidate for row in tuning.rows for candidate in row.candidates if candidate.resumes)
        # The rungs of one seed of one setting.
        for rungs in (rungs for candidate in candidates for rungs in zip(*candidate.trials, strict=True)):
            for place, run in enumerate(rungs[1:], 1):
                shorter = zip(rungs[:place], tuning.epochs[:place], strict=True)
                # Comparisons may share a trial and not the rungs before it.
                found.setdefault(run, {}).update((before, epochs or 0) for before, epochs in shorter)
    return {
        run: tuple(sorted(lengths, key=lambda before: lengths[before], reverse=True)) for run, lengths in found.items()
    }
