"""What a reader must know about the runs behind a table before relying on it."""

from collections.abc import Iterator

from gdbench.comparison.background import Background
from gdbench.display.sheets.sheet import CaptionNote
from gdbench.metrics import Metric


def background_notes(background: Background, metric: Metric) -> Iterator[str]:
    """Yield settings that differ from the configuration's, and what limits a cost or a time."""
    if background.overrides:
        yield CaptionNote(f"Trained with {' '.join(f'--set {text}' for text in background.overrides)}.")
    if metric.to_target and background.counts_whole_epochs:
        yield CaptionNote(
            "Accuracy is measured at most once an epoch, so a target counts as reached only at the end of an epoch; "
            "training.evaluate_every below 1 is more precise."
        )
    if metric.timed and background.has_shared_times:
        yield CaptionNote(
            "Other runs on the same machine may have slowed these down; `timing: exclusive` trains one run at a time."
        )
