"""Rules for runs that are made of several trainings: those of each training, and those of the whole."""

from collections.abc import Callable, Iterator

from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.optimizers import WRAPPERS
from gdbench.catalog.optimizers.options import unless_off
from gdbench.catalog.plugin_entry import BrokenRule
from gdbench.experiment.settings.run_settings import RunSettings

Check = Callable[[RunSettings, Facts | None], Iterator[BrokenRule]]


def check_parts(settings: RunSettings, facts: Facts | None, check: Check) -> Iterator[BrokenRule]:
    """Yield each rule that a run made of several trainings breaks; `check` yields those of a single one."""
    wrapper, name = settings.optimizer.wrapper, settings.optimizer.name
    if wrapper is None:
        return
    yield from _check_stages(settings) if wrapper.continues else _check_starts(settings)
    for index, part in enumerate(settings.parts):
        place = f"optimizer.stages[{index}]" if wrapper.continues else "optimizer"
        if part.optimizer.name in WRAPPERS:
            rule = f"an optimizer or method within {name}, since chain and restarts cannot be nested"
            yield f"{place}.optimizer", rule, part.optimizer.name
            continue
        own_batches = wrapper.parts[index].batch_size is not None
        for path, rule, received in check(part, facts):
            yield _placed(path, place, own_batches=own_batches), rule, received


def _placed(path: str, place: str, *, own_batches: bool) -> str:
    """Return the path in the file of a path in the settings of one training."""
    if path == "optimizer" or path.startswith("optimizer."):
        return f"{place}.{path}"
    return f"{place}.batch_size" if own_batches and path == "training.batch_size" else path


def _check_stages(settings: RunSettings) -> Iterator[BrokenRule]:
    stages = settings.optimizer.component["stages"]
    if len(stages) < 2:
        yield "optimizer.stages", "two stages or more", len(stages)
    if settings.training.steps:
        yield "training.steps", "nothing beside chain, whose stages give its length", settings.training.steps


def _check_starts(settings: RunSettings) -> Iterator[BrokenRule]:
    training, count = settings.training, len(settings.parts)
    key, length = ("steps", training.steps) if training.steps else ("epochs", training.epochs)
    if length % count:
        yield f"training.{key}", f"a multiple of {count}, since the {count} starts share it equally", length
    if unless_off(training.record_every):
        yield "training.record_every", "off beside restarts, which train several times", training.record_every
    if training.save == "best":
        yield "training.save", "last or off beside restarts, which keep the start with the best training loss", "best"
    start = settings.dataset.component.get("start", "random")
    if settings.dataset.surface and start != "random":
        yield "dataset.start", "random beside restarts, which start at several points", start
