"""What a table shows, in words: the metric, the epoch, and how many seeds are behind each row."""

from gdbench.comparison.background import Background
from gdbench.comparison.selection import Selection
from gdbench.metrics import Metric, SplitName
from gdbench.text import counted

SPLIT_WORDS: dict[SplitName, str] = {
    "train": "training",
    "train_eval": "training (evaluated)",
    "val": "validation",
    "test": "test",
}


def metric_words(metric: Metric) -> str:
    """Return `test accuracy` or `epochs to target`."""
    return f"{SPLIT_WORDS[metric.split]} {metric.kind}" if metric.split else metric.name.replace("_", " ")


def heading(title: str, selection: Selection, background: Background) -> str:
    """Return `Optimizers on MNIST: test accuracy after epoch 5, 3 seeds`."""
    return f"{title}: {metric_words(selection.metric)}{_moment(selection, background)}, {_seeds(background)}"


def _moment(selection: Selection, background: Background) -> str:
    if selection.metric.of_whole_run:
        return ""
    match selection.at:
        case "last":
            return " after the last epoch" if background.epoch is None else f" after epoch {background.epoch:g}"
        case "best_val":
            return " at the epoch of the best validation accuracy"
        case "max":
            return " at each run's best epoch"
        case epoch:
            return f" after epoch {epoch}"


def _seeds(background: Background) -> str:
    return counted(background.seeds, "seed")
