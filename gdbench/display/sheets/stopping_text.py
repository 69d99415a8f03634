"""Where a comparison with sequential seeds stands, in a sentence."""

from collections.abc import Sequence

from gdbench.comparison.sequential import DECISIVE, Ending, Stopping
from gdbench.display.sheets.headings import metric_words

_REASONS: dict[Ending, str] = {
    "separated": f"the best row is separated from all others in {metric_words(DECISIVE.metric)}",
    "one_row": "fewer than two rows are left to compare",
    "not_separated": f"the best row is not separated from all others in {metric_words(DECISIVE.metric)}",
}


def stopping_text(stopping: Stopping) -> str:
    """Return `stopped at 10 of at most 20 seeds: the best row is separated from all others`, or how far it has come."""
    seeds = f"{stopping.seeds} of at most {stopping.at_most} seeds"
    if stopping.ending is None:
        return f"{seeds} so far; {_next(stopping)}"
    stopped = "stopped at " if stopping.seeds < stopping.at_most else ""
    return f"{stopped}{seeds}: {_REASONS[stopping.ending]}"


def until_text(looks: Sequence[int]) -> str:
    """Return `5, 10 or 20 seeds, until the best row is separated from all others in ... at the last epoch`."""
    *first, last = map(str, looks)
    return (
        f"{', '.join(first)} or {last} seeds, until the best row is separated from all others in "
        f"{DECISIVE.metric.name} at the last epoch"
    )


def allowance_text(stopping: Stopping) -> str:
    """Return what the number of looks does to the p-values of a table."""
    looks = f"all {stopping.looks} looks, any of which could have been the last"
    return f"p-values and intervals of differences allow for {looks}"


def stopping_notes(stopping: Stopping | None) -> tuple[str, ...]:
    """Return the notes below a table of a comparison with looks; none below any other."""
    return (stopping_text(stopping), allowance_text(stopping)) if stopping else ()


def _next(stopping: Stopping) -> str:
    if stopping.next == stopping.seeds:
        return "the first look is taken once all of their runs have ended"
    return f"{_REASONS['not_separated']}, and the next look is at {stopping.next}"
