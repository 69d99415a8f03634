"""What a reader must know about the runs behind a table before relying on it."""

from collections.abc import Iterator

from gdbench.comparison.background import Background
from gdbench.comparison.selection import Selection
from gdbench.display.sheets.sheet import CaptionNote
from gdbench.experiment.moment import Seconds, moment_text

SHARED_TIMES = (
    "Other runs on the same machine may have slowed these down; `timing: exclusive` trains one run at a time."
)


def background_notes(background: Background, selection: Selection) -> Iterator[str]:
    """Yield notes on settings that differ from the configuration's, and on the precision of costs and times."""
    metric = selection.metric
    if background.overrides:
        yield CaptionNote(f"Trained with {' '.join(f'--set {text}' for text in background.overrides)}.")
    if metric.to_target and background.counts_whole_epochs:
        yield CaptionNote(
            "Accuracy is measured at most once an epoch, so a target counts as reached only at the end of an epoch; "
            "training.evaluate_every below 1 is more precise."
        )
    if isinstance(selection.at, Seconds):
        yield CaptionNote(
            f"Figures are from each run's last evaluation within {moment_text(selection.at)} of training, "
            "not counting the time of evaluations."
        )
    if selection.timed and background.has_shared_times:
        yield CaptionNote(SHARED_TIMES)
