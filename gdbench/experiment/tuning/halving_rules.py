"""What halving cannot have beside it, since the short trials must be the beginning of the long ones."""

from collections.abc import Iterable

from gdbench.experiment.settings.run_settings import RunSettings, component_of
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

# The rates of these depend on the update alone.
_ENDLESS = ("constant", "exponential", "step", "inverse_square_root")


def refuse_beside_halving(node: Node, first: int, runs: Iterable[RunSettings], mistakes: Mistakes) -> None:
    """Refuse lengths in updates, rows of different lengths, and schedules that know the end of the run.

    `first` are the epochs of the first rung, which must be shorter than the last one.
    """
    lengths: set[int] = set()
    for settings in runs:
        training = settings.training
        lengths.add(training.epochs)
        if training.steps is not None:
            mistakes.add(node.place, "tune.halving", "a length in epochs: training.epochs", f"steps: {training.steps}")
        schedule = component_of(training.schedule)
        if schedule["name"] not in _ENDLESS and schedule.get("over") is None:
            rule = (
                "a schedule that does not depend on the length of the run ("
                + ", ".join(_ENDLESS)
                + ", or one with `over`)"
            )
            mistakes.add(node.place, "tune.halving", rule, schedule["name"])
    if len(lengths) > 1:
        mistakes.add(node.place, "tune.halving", "rows of one length", ", ".join(map(str, sorted(lengths))))
    elif first >= (shortest := min(lengths, default=first + 1)):
        rule = f"fewer than the {shortest} epochs of training, or the first rung would be the only one"
        mistakes.add(node.place, "tune.halving.first", rule, first)
