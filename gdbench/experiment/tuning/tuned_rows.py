"""The frozen types of a tuned comparison: its rows, what each of them tries, and the runs of both stages."""

from dataclasses import dataclass

# Trials have seeds from here on; no other run has one.
FIRST_TRIAL_SEED = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One setting that a row tries: a label for each tuned path, and the ids of its runs.

    `trials` are those of the trials, an inner tuple of one run a trial seed for each rung; without halving there is one
    rung. `runs` are the final ones, one a seed of the comparison. `edges` says of each path whether the value is the
    smallest or the largest number that the row tries there. Only one that `resumes` goes on from its shorter trials:
    methods and wrappers keep no state, and train each trial from the start.
    """

    labels: tuple[str, ...]
    trials: tuple[tuple[str, ...], ...]
    runs: tuple[str, ...]
    edges: tuple[bool, ...]
    resumes: bool = True


@dataclass(frozen=True, slots=True)
class TunedRow:
    """A row whose setting is chosen: the key of its row, the paths that it tunes, and its candidates in order.

    `default` is the key of the row with the settings as the file has them, on the same final seeds; empty without one.
    """

    key: str
    paths: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    default: str = ""

    @property
    def resumes(self) -> bool:
        """Whether the longer trials of every candidate go on from shorter ones."""
        return all(candidate.resumes for candidate in self.candidates)

    @property
    def trial_ids(self) -> tuple[str, ...]:
        """The ids of all of its trials, also of those that a halving may leave out."""
        return tuple(run for candidate in self.candidates for rung in candidate.trials for run in rung)


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the rows of a comparison are tuned: by `metric` at the end of each trial, the mean over `seeds` trials.

    `epochs` are the lengths of the rungs, None where a run is no whole number of epochs; after each rung but the last
    the best 1 / `factor` of a row's candidates go on.
    """

    metric: str
    sampler: str
    seeds: tuple[int, ...]
    epochs: tuple[int | None, ...]
    factor: int
    rows: tuple[TunedRow, ...]

    @property
    def budget(self) -> int:
        """How many settings each row tries."""
        return len(self.rows[0].candidates)

    @property
    def final_ids(self) -> tuple[str, ...]:
        """The ids of the final runs of every candidate."""
        return tuple(run for row in self.rows for candidate in row.candidates for run in candidate.runs)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The distinct ids of all runs that tuning may take: trials, and the final runs of every candidate."""
        return tuple(dict.fromkeys((*(run for row in self.rows for run in row.trial_ids), *self.final_ids)))

    def survivors(self, rung: int) -> int:
        """Return how many candidates of a row take part in a rung."""
        return max(1, self.budget // int(self.factor**rung))
