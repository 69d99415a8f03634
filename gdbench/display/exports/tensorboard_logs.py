"""Event files for TensorBoard: scalars by update, and the settings of runs for its HParams page."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from gdbench.display.exports.exported_run import ExportedRun


def write(_experiment: str, runs: Sequence[ExportedRun], folder: Path) -> str:
    """Write a folder of events for each run, in place of those of an earlier export; return how to look at them."""
    # TensorBoard's own way to do without TensorFlow, which would take seconds and write messages to stderr.
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("notf"))
    for run in runs:
        own = folder / run.folder
        own.mkdir(parents=True, exist_ok=True)
        for earlier in own.glob("events.out.tfevents.*"):
            earlier.unlink()
        _write_run(run, own)
    return f"tensorboard --logdir {folder}"


def _write_run(run: ExportedRun, folder: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    last = max((update for curve in run.curves.values() for update, _value in curve), default=0)
    writer = EventFileWriter(str(folder))

    def add(name: str, value: float, step: int) -> None:
        summary = Summary(value=[Summary.Value(tag=name, simple_value=value)])
        writer.add_event(Event(wall_time=run.started, step=step, summary=summary))

    hparams = hparams_pb(dict(run.parameters), trial_id=run.record.run.id, start_time_secs=run.started)
    writer.add_event(Event(wall_time=run.started, summary=Summary.FromString(hparams.SerializeToString())))
    for name, curve in run.curves.items():
        for update, value in curve:
            add(name, value, update)
    for name in run.finals.keys() - run.curves.keys():
        add(name, run.finals[name], last)
    writer.close()
