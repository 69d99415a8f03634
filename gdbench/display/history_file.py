"""The learning curves of a comparison as CSV: one row for each run and evaluation."""

from io import StringIO

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.display.formats.csv import safe


def history_files(results: Results) -> dict[str, str]:
    """Return the learning curves of each comparison by their path in the results folder, once a run was evaluated."""
    texts = {f"tables/{each.comparison.name}-history.csv": history_text(each) for each in results.measurements}
    return {path: text for path, text in texts.items() if text}


def history_text(measurement: Measurement) -> str:
    """Return the learning curves of a comparison as CSV; empty while no run was evaluated.

    Columns are the full axis paths with the labels of a row, seed, id and status of the run, then epoch, update, every
    metric that was recorded, and `train_seconds`, the seconds of training up to there, where records have them.
    """
    # Imported here, since pandas takes longer to import than most commands to run.
    from gdbench.comparison.frames import curves_frames

    text, axes = StringIO(), [axis.key for axis in measurement.comparison.axes]
    count = 0
    for frame in curves_frames(measurement):
        for axis in axes:
            # Each label once, since there may be a million rows.
            frame[axis] = frame[axis].map({label: safe(label) for label in frame[axis].unique()})
        frame.rename(columns=safe).to_csv(text, index=False, lineterminator="\n", header=not text.tell())
        count += len(frame)
    return text.getvalue() if count else ""
