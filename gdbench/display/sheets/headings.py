"""What a table shows, in words: the metric, the epoch, and how many seeds are behind each row."""

from gdbench.comparison.background import Background
from gdbench.comparison.selection import Selection
from gdbench.experiment.moment import Seconds, moment_text
from gdbench.metrics import Metric, SplitName
from gdbench.text import counted, plain_number

SPLIT_WORDS: dict[SplitName, str] = {
    "train": "training",
    "train_eval": "training (evaluated)",
    "val": "validation",
    "test": "test",
}
# By the source of a metric: what its name would not say in plain words.
ANSWER_WORDS = {
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "top_3": "top-3 accuracy",
    "top_5": "top-5 accuracy",
}
COST_WORDS = {"epoch": "epochs", "update": "updates", "clock": "seconds"}


def metric_words(metric: Metric) -> str:
    """Return `test accuracy` or `epochs to target`."""
    if metric.split is None:
        return metric.name.replace("_", " ")
    return f"{SPLIT_WORDS[metric.split]} {ANSWER_WORDS.get(metric.source, metric.kind)}"


def heading(title: str, selection: Selection, background: Background) -> str:
    """Return `Optimizers on MNIST: test accuracy after epoch 5, 3 seeds`."""
    what = f"{_metric(selection.metric, background)}{moment_words(selection, background)}"
    return f"{title}: {what}, {counted(background.seeds, 'seed')}"


def _metric(metric: Metric, background: Background) -> str:
    if not metric.to_target or background.target is None:
        return metric_words(metric)
    target = f"{plain_number(100 * background.target)} % {SPLIT_WORDS[background.target_split]} accuracy"
    return f"{COST_WORDS[metric.source]} to {target}"


def moment_words(selection: Selection, background: Background) -> str:
    """Return ` after epoch 5`, to stand behind a metric; nothing for one of the whole run."""
    if selection.metric.of_whole_run:
        return ""
    match selection.at:
        case "last":
            last = background.epoch
            return " after the last epoch" if last is None else f" after epoch {plain_number(last)}"
        case "best_val":
            return " at the epoch of the best validation accuracy"
        case "max":
            return " at each run's best epoch"
        case Seconds() as at:
            return f" within {moment_text(at)} of training"
        case epoch:
            return f" after epoch {epoch}"
