from pathlib import Path

import pytest

from gdbench.experiment.experiment import Published, PublishedValue
from gdbench.experiment.published.printed_numbers import number, published_value
from tests.configs import comparison_of, mistake_of, mistakes_of, plan_of

GRID = "grid:\n  optimizer: [sgd, adam]\n  optimizer.learning_rate: [1, 0.1]\n"


def block_of(folder: Path, block: str, before: str = GRID) -> Published:
    (published,) = comparison_of(folder, f"{before}published: {{source: Table 1, {block}}}").published
    return published


def complaint_of(folder: Path, block: str, before: str = GRID) -> str:
    return mistake_of(folder, f"{before}published:\n  source: Table 1\n  {block}")


@pytest.mark.parametrize(
    ("text", "value", "spread"),
    [
        (0.9813, 0.9813, None),
        (3, 3.0, None),
        ("98.13 %", 0.9813, None),
        ("98.13%", 0.9813, None),
        ("0.9568 +- 0.0029", 0.9568, 0.0029),
        ("95.68 % +- 0.29 %", 0.9568, 0.0029),
        ("95.68 +- 0.29 %", 0.9568, 0.0029),
        ("1e-3 ± 1e-4", 0.001, 0.0001),
        ("collapsed", "collapsed", None),
        ("diverged", "diverged", None),
    ],
)
def test_a_value_as_a_source_prints_it(text: object, value: object, spread: float | None):
    assert published_value(text) == PublishedValue(value, spread)


@pytest.mark.parametrize("text", ["exploded", True, None, "98,13 %", "1 +-", [1]])
def test_what_is_no_value(text: object):
    assert published_value(text) is None


def test_a_percentage_is_a_number_over_100():
    assert number("0.3 %") == 0.003
    assert number(True) is None


def test_a_block_in_full(tmp_path: Path):
    block = block_of(
        tmp_path,
        "runs: 10, metric: test_error, at: max, tolerance: 1.2, compare: ratio, assumed: [seeds], "
        "values: {sgd: {1: 2 %}, adam: {0.1: 1.5 % +- 0.1 %}}",
    )
    assert block == Published(
        source="Table 1",
        metric="test_error",
        at=("max",),
        runs=10,
        compare="ratio",
        tolerance=1.2,
        values=(
            (("sgd", "1"), (PublishedValue(0.02),)),
            (("adam", "0.1"), (PublishedValue(0.015, 0.001),)),
        ),
        words=(),
        assumed=("seeds",),
        claims=(),
    )


def test_the_defaults_of_a_block(tmp_path: Path):
    block = block_of(tmp_path, "values: {sgd: {1: 0.9}}")
    assert (block.metric, block.at, block.runs, block.compare, block.tolerance) == (
        "test_accuracy",
        ("last",),
        1,
        "value",
        None,
    )


def test_without_axes_the_value_itself(tmp_path: Path):
    assert block_of(tmp_path, "values: 98 %", before="").values == (((), (PublishedValue(0.98),)),)


def test_under_a_list_of_epochs_a_list_of_values(tmp_path: Path):
    block = block_of(tmp_path, "at: [1, 2, last], values: {sgd: {1: [0.7, 80 %, collapsed]}}")
    assert block.at == (1, 2, "last")
    assert block.values == ((("sgd", "1"), (PublishedValue(0.7), PublishedValue(0.8), PublishedValue("collapsed"))),)


def test_a_list_of_blocks(tmp_path: Path):
    text = "published:\n  - {source: a, values: 0.9}\n  - {source: b, metric: train_seconds, values: 12}\n"
    assert [block.metric for block in comparison_of(tmp_path, text).published] == ["test_accuracy", "train_seconds"]


@pytest.mark.parametrize("key", ["1", "1.0", "1e0"])
def test_keys_match_by_value(tmp_path: Path, key: str):
    assert block_of(tmp_path, f"values: {{sgd: {{{key}: 0.9}}}}").values[0][0] == ("sgd", "1")


def test_keys_match_by_label_after_value(tmp_path: Path):
    before = "grid: {optimizer: {Adam: adam, 3: sgd}}\n"
    assert block_of(tmp_path, "values: {Adam: 0.9, 3.0: 0.8}", before).values == (
        (("Adam",), (PublishedValue(0.9),)),
        (("3",), (PublishedValue(0.8),)),
    )


def test_words_stand_in_the_source_s_order(tmp_path: Path):
    block = block_of(
        tmp_path,
        "metric: train_seconds, compare: order, words: [Very Fast, Slow], "
        "values: {sgd: {1: Slow}, adam: {1: Very Fast}}",
    )
    assert block.words == ("Very Fast", "Slow")
    assert [cell.value for _, (cell,) in block.values] == ["Slow", "Very Fast"]


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("runs: 0", "published.runs: expected a whole number of at least 1; got 0"),
        (
            "metric: test_acuracy",
            "published.metric: expected the name of a metric; got 'test_acuracy'; did you mean 'test_accuracy'?",
        ),
        ("at: 0", "published.at: expected last, best_val, max, an epoch, or seconds such as '2 s'; got 0"),
        ("at: []", "published.at: expected one or more distinct epochs; got []"),
        ("at: [1, 2, 1]", "published.at: expected one or more distinct epochs; got [1, 2, 1]"),
        (
            "metric: train_eval_accuracy",
            "published.metric: expected an evaluation on the training examples (set training.evaluate_train); "
            "got 'train_eval_accuracy'",
        ),
        ('values: {sgd: {1.0: 0.9, "1": 0.8}}', "published.values.sgd: expected distinct points; got '1' again"),
        ("at: best_val", "published.at: expected validation data (set dataset.validation); got 'best_val'"),
        ("metric: val_loss", "published.metric: expected validation data (set dataset.validation); got 'val_loss'"),
        (
            "metric: epochs_to_target",
            "published.metric: expected a target of the comparison, such as `target: 97 %`; got 'epochs_to_target'",
        ),
        ("tolerance: small", "published.tolerance: expected a number of at least 0, or a percentage; got 'small'"),
        ("compare: rank", "published.compare: expected one of 'value', 'ratio', 'order'; got 'rank'"),
        ("values: {adm: {1: 0.9}}", "published.values: expected a point of the grid; got 'adm'; did you mean 'adam'?"),
        ("values: {sgd: {3: 0.9}}", "published.values.sgd: expected a point of the grid; got '3'"),
        (
            "values: {sgd: 0.9}",
            "published.values.sgd: expected a mapping from optimizer.learning_rate to published values; got 0.9",
        ),
        (
            "values: {sgd: {1: colapsed}}",
            "published.values.sgd.1: expected a number, a percentage, mean +- standard deviation, "
            "collapsed or diverged; "
            "got 'colapsed'; did you mean 'collapsed'?",
        ),
        (
            "valeus: 1",
            "published.valeus: expected a key of published; got unknown key 'valeus'; did you mean 'values'?",
        ),
    ],
)
def test_what_a_block_may_not_say(tmp_path: Path, block: str, complaint: str):
    assert complaint_of(tmp_path, block) == f"config.yaml:6: {complaint}"


@pytest.mark.parametrize(
    ("block", "alone"),
    [
        ("at: 1, claims: [rising]", 0),
        ("at: [1, 2 s], claims: [rising]", 1),
        ("claims: [{claim: rising, at: 2 s}]", 1),
        ("claims: [{claim: falling, metric: train_seconds}]", 1),
    ],
)
def test_figures_and_claims_within_a_time_are_measured_alone(tmp_path: Path, block: str, alone: int):
    plan = plan_of(tmp_path, f"seeds: 1\npublished: {{source: a, {block}}}\ngrid: {{optimizer: [sgd]}}")
    assert len(plan.exclusive_runs) == alone


def test_best_val_with_validation_data(tmp_path: Path):
    before = "dataset: {validation: 100}\n"
    assert block_of(tmp_path, "at: best_val, metric: val_accuracy, values: 0.9", before).at == ("best_val",)


def test_a_point_that_exclude_drops_cannot_be_published(tmp_path: Path):
    before = GRID + "exclude: [{optimizer: sgd, optimizer.learning_rate: 1}]\n"
    assert complaint_of(tmp_path, "values: {sgd: {1: 0.9}}", before) == (
        "config.yaml:7: published.values.sgd: expected a point of the grid; got '1'"
    )


def test_values_for_each_epoch_and_words_from_the_list(tmp_path: Path):
    text = (
        "published:\n  - {source: a, at: [1, 2], values: [0.9]}\n"
        "  - {source: b, words: [Fast, Slow], values: Slwo}\n  - nothing\n  - {values: 1}\n"
    )
    assert mistakes_of(tmp_path, text) == [
        "config.yaml:2: published.values: expected a list of 2 values, one for each epoch of `at`; got [0.9]",
        "config.yaml:3: published.values: expected one of the words Fast, Slow; got 'Slwo'; did you mean 'Slow'?",
        "config.yaml:4: published: expected a mapping with source and values; got 'nothing'",
        "config.yaml:5: published.source: expected a string; got nothing",
    ]


@pytest.mark.parametrize("value", [".nan", ".inf", "9" * 400])
def test_a_figure_is_finite(tmp_path: Path, value: str):
    assert "tolerance: expected a number of at least 0" in complaint_of(tmp_path, f"tolerance: {value}").replace(
        "published.", ""
    )


def test_a_published_metric_of_the_training_images_that_are_evaluated(tmp_path: Path):
    before = "training: {evaluate_train: true}\n"
    assert block_of(tmp_path, "metric: train_eval_error, values: 0.1", before).metric == "train_eval_error"


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (
            "compare: ratio, tolerance: 0.9",
            "published.tolerance: expected a factor of at least 1 for ratios; got 0.9",
        ),
        (
            "compare: ratio, values: {sgd: {1: 2, 0.1: 0}}",
            "published.values: expected numbers above 0, since ratios are taken; got 0.0",
        ),
        (
            "compare: ratio, values: {adam: {1: 3}}",
            "published.values: expected a figure for the first row, sgd/1, to which the ratios refer; got 'adam/1'",
        ),
        (
            "words: [A], values: {sgd: {1: A}}",
            "published.compare: expected 'order', since the source gives words; got 'value'",
        ),
        ("runs: 2", "published: expected values or claims; got {source: 'Table 1', runs: 2}"),
    ],
)
def test_figures_that_nothing_can_be_held_against(tmp_path: Path, block: str, complaint: str):
    line = mistake_of(tmp_path, f"{GRID}published: {{source: Table 1, {block}}}")
    assert line == f"config.yaml:4: {complaint}"
