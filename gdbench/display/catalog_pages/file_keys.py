"""The keys of a file beside its five sections: what each is, and an example that is a configuration."""

from collections.abc import Mapping
from typing import NamedTuple

from gdbench.display.catalog_pages.argument_text import ArgumentText, arguments_of_model
from gdbench.experiment.published.block_parser import PlainKeys
from gdbench.experiment.tuning.tune_keys import Tune

FILE = "file"
FILE_SUMMARY = "the keys of a configuration beside the five sections of a run"


class FileKey(NamedTuple):
    """What a key is, in one sentence; more about it, if need be; and lines of a file that have it."""

    summary: str
    example: str
    details: str = ""


FILE_ENTRIES: Mapping[str, FileKey] = {
    "name": FileKey("the name of the results folder; by default that of the file", "name: first-try"),
    "extends": FileKey("a file to take sections, seeds and timing from; this one overrides it", "extends: base.yaml"),
    "title": FileKey("a line above the tables", "title: Optimizers on MNIST"),
    "seeds": FileKey(
        "how many runs each point has: n for the seeds 0 to n - 1, or a list",
        "seeds: 5",
        "A seed decides the initial weights and the order of the examples. {from: 5, until: separated, at_most: 20} "
        "adds seeds until the best row differs from all others.",
    ),
    "timing": FileKey(
        "exclusive: one run at a time where times are compared; shared: runs on all workers",
        "timing: exclusive",
    ),
    "multiverse": FileKey(
        "plausible values for what a source leaves open, by path; every combination is judged",
        "grid: {optimizer: [sgd, adam]}\nclaims: [adam > sgd]\nmultiverse: {training.epochs: [5, 20]}",
    ),
    "comparisons": FileKey(
        "several grids in one file, by name; each may have sections, seeds and a title of its own",
        "comparisons:\n  rates: {grid: {optimizer.learning_rate: [0.1, 0.01]}}\n"
        "  sizes: {grid: {training.batch_size: [32, 128]}}",
    ),
    "grid": FileKey(
        "what is varied: each key is a path, and all values of all keys are combined",
        "grid:\n  optimizer: [sgd, {name: sgd, momentum: 0.9, label: momentum}, adam]\n"
        "  training.batch_size: [32, 128]",
        "A range is {from: 1e-4, to: 1, per_decade: 2} or {from: 1, to: 5, step: 1}. A mapping gives the values "
        "labels. `variants` names points that set several paths.",
    ),
    "include": FileKey(
        "points added to the grid, each a mapping from path to value",
        "grid: {optimizer: [sgd, adam]}\ninclude: [{optimizer: {name: adam, learning_rate: 0.01}}]",
    ),
    "exclude": FileKey(
        "points dropped from the grid: those that match every value or label of a mapping",
        "grid: {optimizer: [sgd, adam], training.batch_size: [32, 128]}\n"
        "exclude: [{optimizer: sgd, training.batch_size: 128}]",
    ),
    "tune": FileKey(
        "chooses each row's settings by trials with validation data, before its final runs",
        "dataset: {validation: 10000}\ngrid: {optimizer: [sgd, adam]}\n"
        "tune: {over: {optimizer.learning_rate: {from: 1e-4, to: 1, per_decade: 1}}}",
        "All rows have the same number of trials. The table shows the settings that were chosen, on fresh seeds.",
    ),
    "target": FileKey(
        "the accuracy that epochs_to_target, updates_to_target and seconds_to_target refer to",
        "target: 97 %",
    ),
    "published": FileKey(
        "figures that a source prints, shown beside the measured ones with a verdict",
        "grid: {optimizer: [sgd, adam]}\npublished: {source: Table 1, values: {sgd: 90.8 %, adam: 97.3 %}}",
    ),
    "claims": FileKey(
        "statements that measurements can confirm or refute",
        "grid: {optimizer: [sgd, adam]}\nclaims: [adam > sgd, {best: adam}]",
    ),
}


def keys_within(name: str) -> tuple[ArgumentText, ...]:
    """Return the keys of a mapping that stands under a key of the file; none where those are a user's own names."""
    if name == "tune":
        return (
            _key("over", "what every row tries", "a mapping from path to values"),
            _key("rows", "what single rows try instead", "a mapping from row to such a mapping"),
            *arguments_of_model(Tune),
        )
    if name == "published":
        return (
            *arguments_of_model(PlainKeys),
            _key("metric", "what is measured", "the name of a metric", "test_accuracy"),
            _key("at", "when", "last, best_val, max, an epoch or seconds such as 2 s, or a list of these", "last"),
            _key("values", "the figures", "a mapping from label to figure, nested once for each axis"),
            _key("tolerance", "how far a figure may be off", "in the metric's unit; a factor under compare: ratio"),
            _key("claims", "what the source says of these figures", "a list of claims"),
        )
    return ()


def _key(name: str, description: str, rule: str, default: str | None = None) -> ArgumentText:
    return ArgumentText(name, default, rule, description, required=False)
