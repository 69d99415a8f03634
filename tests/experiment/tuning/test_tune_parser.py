from pathlib import Path

import pytest

from tests.configs import comparison_of, mistake_of, mistakes_of, plan_of

HEAD = """\
dataset: {validation: 100}
seeds: 2
grid: {optimizer: [sgd, {name: sgd, momentum: 0.9, label: momentum}, adam]}
"""
RATES = "{optimizer.learning_rate: {from: 1e-3, to: 1, per_decade: 1}}"


def tuned(folder: Path, text: str):
    comparison = comparison_of(folder, HEAD + text)
    assert comparison.tuning is not None
    return comparison.tuning


def labels(tuning):
    return {row.key: [candidate.labels for candidate in row.candidates] for row in tuning.rows}


def test_every_row_tries_every_value_and_has_its_default_beside_it(tmp_path: Path):
    comparison = comparison_of(tmp_path, f"{HEAD}tune: {{over: {RATES}}}")
    assert [point.key for point in comparison.points] == [
        *("sgd", "sgd (default)", "momentum", "momentum (default)", "adam", "adam (default)"),
    ]
    tuning = comparison.tuning
    assert tuning is not None
    rates = [("0.001",), ("0.01",), ("0.1",), ("1",)]
    assert labels(tuning) == dict.fromkeys(("sgd", "momentum", "adam"), rates)
    assert [candidate.edges for candidate in tuning.rows[0].candidates] == [(True,), (False,), (False,), (True,)]
    assert (tuning.budget, tuning.metric, tuning.seeds) == (4, "val_loss", (1_000_000,))


def test_a_row_that_is_called_as_the_untuned_row_of_another_is_refused(tmp_path: Path):
    text = HEAD.replace("label: momentum", "label: sgd (default)") + f"tune: {{over: {RATES}%s}}"
    line = "config.yaml:3: grid: expected distinct row names; got 'sgd (default)' again "
    assert mistakes_of(tmp_path, text % "") == [f"{line}(the untuned row of 'sgd' is called so)"]
    tuning = comparison_of(tmp_path, text % ", default: false").tuning
    assert tuning is not None
    assert list(labels(tuning)) == ["sgd", "sgd (default)", "adam"]


def test_rows_try_ranges_of_their_own_by_name_or_outer_label(tmp_path: Path):
    text = """\
grid: {optimizer: [sgd, adam], training.batch_size: [32, 64]}
dataset: {validation: 100}
tune:
  over: {optimizer.learning_rate: [0.1, 1]}
  rows:
    adam: {optimizer.learning_rate: {each: [0.001, 0.01]}}
    sgd/64: {optimizer.momentum: [0.5, 0.9]}
"""
    tuning = comparison_of(tmp_path, text).tuning
    assert tuning is not None
    assert labels(tuning) == {
        "sgd/32": [("0.1",), ("1",)],
        "sgd/64": [("0.5",), ("0.9",)],
        "adam/32": [("0.001",), ("0.01",)],
        "adam/64": [("0.001",), ("0.01",)],
    }
    assert [row.default for row in tuning.rows] == [
        *("sgd (default)/32", "sgd (default)/64", "adam (default)/32", "adam (default)/64")
    ]


def test_trials_hold_no_test_metric_and_share_no_seed_with_final_runs(tmp_path: Path):
    plan = plan_of(tmp_path, f"{HEAD}tune: {{over: {RATES}, seeds: 3}}")
    [comparison] = plan.experiment.comparisons
    assert comparison.tuning is not None
    trials = {run for row in comparison.tuning.rows for run in row.trial_ids}
    assert len(trials) == 3 * 4 * 3
    for run in plan.runs:
        assert run.training["evaluate_test"] is (run.id not in trials)
        assert run.seed in ((1_000_000, 1_000_001, 1_000_002) if run.id in trials else (0, 1))


def test_random_draws_are_alike_for_all_rows_and_do_not_depend_on_their_number(tmp_path: Path):
    text = "tune: {over: {optimizer.learning_rate: {from: 1e-4, to: 1}}, rows: {sgd: {optimizer.learning_rate: "
    text += "{from: 1e-3, to: 10}}}, sampler: random, budget: %d}"
    more, fewer = (labels(tuned(tmp_path, text % budget)) for budget in (20, 5))
    assert {key: values[:5] for key, values in more.items()} == fewer
    assert more["adam"] == more["momentum"]
    rates = [float(rate) for (rate,) in more["adam"]]
    assert [float(rate) for (rate,) in more["sgd"]] == pytest.approx([10 * rate for rate in rates], rel=0.01)
    assert 1e-4 <= min(rates) < 1e-3 < 0.1 < max(rates) <= 1


def test_the_least_draw_from_a_range_is_at_no_edge_and_the_end_of_a_list_is(tmp_path: Path):
    text = "tune: {over: {optimizer.learning_rate: {from: 1e-4, to: 1}}, sampler: random, budget: 5}"
    drawn = [candidate.edges for row in tuned(tmp_path, text).rows for candidate in row.candidates]
    assert drawn == [(False,)] * 15
    listed = text.replace("{from: 1e-4, to: 1}", "[0.1, 1]")
    assert {candidate.edges for candidate in tuned(tmp_path, listed).rows[0].candidates} == {(True,)}


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        (f"over: {RATES}, budget: x", "budget: expected a whole number of at least 1; got 'x'"),
        (
            "over: {optimizer.learning_rate: {from: 1e-3, to: 1}}, budget: 0, sampler: random",
            "budget: expected a whole number of at least 1; got 0",
        ),
        (
            "over: {optimizer.learning_rate: {from: 1e-3, to: 1}}, budget: 7, sampler: rndom",
            "sampler: expected one of 'grid', 'random'; got 'rndom'; did you mean 'random'?",
        ),
        (f"over: {RATES}, budget: 7, sampler: gird", "sampler: expected one of 'grid', 'random'; got 'gird'"),
    ],
)
def test_a_wrong_budget_or_sampler_is_one_mistake(tmp_path: Path, keys: str, complaint: str):
    found = mistake_of(tmp_path, f"{HEAD}tune: {{{keys}}}\nclaims: [sgd > sgd (default)]")
    assert found.startswith(f"config.yaml:4: tune.{complaint}")


@pytest.mark.parametrize(
    "tune",
    [
        f"{{rows: {{SDG: {RATES}, Adam: {RATES}}}}}",
        f"{{over: {RATES}, rows: {{SDG: {RATES}}}}}",
    ],
)
def test_a_misspelled_row_is_one_mistake(tmp_path: Path, tune: str):
    text = f"dataset: {{validation: 9}}\ngrid: {{optimizer: {{SGD: sgd, Adam: adam}}}}\ntune: {tune}"
    assert mistake_of(tmp_path, text) == (
        "config.yaml:3: tune.rows: expected the name of a row, or its outer label; got 'SDG'; did you mean 'SGD'?"
    )


def test_an_outer_label_whose_rows_are_all_named_in_full_is_no_name(tmp_path: Path):
    grid = "{optimizer: {SGD: sgd}, training.batch_size: [32]}"
    text = f"dataset: {{validation: 9}}\ngrid: {grid}\ntune: {{rows: {{SGD/32: {RATES}, SGD: {RATES}}}}}"
    assert mistake_of(tmp_path, text) == (
        "config.yaml:3: tune.rows: expected the outer label of a row that is not named in full beside it; got 'SGD'"
    )


def test_without_a_grid_the_tuned_row_stands_beside_its_default(tmp_path: Path):
    comparison = comparison_of(tmp_path, f"dataset: {{validation: 9}}\ntune: {{over: {RATES}}}")
    assert [point.key for point in comparison.points] == ["tuned", "default"]
    assert comparison.axes[0].labels == ("tuned", "default")


def test_without_defaults_a_row_may_lack_what_it_tries(tmp_path: Path):
    (tmp_path / "own.py").write_text(
        "import keras\n\n\nclass Own(keras.optimizers.SGD):\n"
        "    def __init__(self, learning_rate, **kwargs):\n"
        "        super().__init__(learning_rate, **kwargs)\n"
    )
    text = f"dataset: {{validation: 9}}\ngrid: {{optimizer: [own:Own]}}\ntune: {{default: false, over: {RATES}}}"
    assert [point.key for point in comparison_of(tmp_path, text).points] == ["own:Own"]
    lines = mistakes_of(tmp_path, text.replace("default: false, ", ""))
    assert lines
    assert all("since own:Own has no default for it" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tune: 9", "tune: expected a mapping of over, rows, budget, sampler, metric, seeds, halving, default; got 9"),
        ("tune: {budget: 3}", "tune: expected over, or rows with what each row tries; got {budget: 3}"),
        ("tune: {over: {}}", "tune.over: expected a mapping from path to values, such as "),
        ("tune: {over: {optimizer.learning_rate: 0.1}}", "tune.over.optimizer.learning_rate: expected a list of "),
        (f"tune: {{over: {RATES}, budget: 5}}", "tune.over: expected a grid of 5 settings, the budget of every row"),
        (f"tune: {{over: {RATES}, rows: {{sgd: {{optimizer.momentum: [0.1]}}}}}}", "tune.rows.sgd: expected a grid"),
        (f"tune: {{over: {RATES}, rows: {{sdg: {RATES}}}}}", "tune.rows: expected the name of a row, or its outer "),
        (f"tune: {{rows: {{sgd: {RATES}}}}}", "tune.rows: expected settings to try for every row, here or in `over`"),
        (f"tune: {{over: {RATES}, metric: test_loss}}", "tune.metric: expected one of 'val_loss', 'val_accuracy', "),
        ("tune: {over: {optimizer.learning_rate: [1]}, sampler: random}", "tune.budget: expected the number"),
        (f"tune: {{over: {RATES}, sampler: random, budget: 2}}", "tune.over.optimizer.learning_rate: expected an incr"),
        (f"tune: {{over: {RATES}, bugdet: 4}}", "tune.bugdet: expected a key of tune; got unknown key 'bugdet'; did"),
        ("tune: {over: {optimizer: [sgd, adam]}}", "tune.over: expected a path that no axis of the grid varies; got "),
        ("tune: {over: {dataset.train: [10, 20]}}", "tune.over: expected a path that does not change data"),
        ("tune: {over: {training.epochs: [1, 2]}}", "tune.over: expected a path that does not change data"),
        ("tune: {over: {training.save: [last, best]}}", "tune.over: expected a path that does not change data"),
        ("tune: {over: {optimizer.learning_rate: [1, 1.0]}}", "tune.over.optimizer.learning_rate: expected distinct"),
        ("tune: {over: {optimizer.learning_rate: [fast]}}", "optimizer.learning_rate: expected a "),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, HEAD + text).startswith(f"config.yaml:4: {complaint}")


def test_validation_images_are_needed_and_seeds_are_fixed_and_below_those_of_trials(tmp_path: Path):
    without = f"grid: {{optimizer: [sgd, adam]}}\ntune: {{over: {RATES}}}"
    rule = "expected validation data to choose by: set dataset.validation; got 'val_loss'"
    assert mistake_of(tmp_path, without) == f"config.yaml:2: tune: {rule}"
    surface = f"dataset: test_function\n{without}"
    rule = "expected no tuning on test_function, which has no validation data to choose by; got 'val_loss'"
    assert mistake_of(tmp_path, surface) == f"config.yaml:3: tune: {rule}"
    looks = f"dataset: {{validation: 9}}\nseeds: {{from: 3, until: separated, at_most: 9}}\n{without}"
    assert "tune: expected a fixed number of seeds beside it" in mistake_of(tmp_path, looks)
    seeds = "expected seeds below 1,000,000, since tune uses those from there on; got 1000000"
    assert mistake_of(tmp_path, "seeds: [0, 1000000]") == f"config.yaml:1: seeds: {seeds}"


@pytest.mark.parametrize(
    ("training", "received"),
    [
        ("{schedule: cosine}", "expected a schedule that does not depend on the length of the run "),
        ("{steps: 100}", "expected a length in epochs: training.epochs; got 'steps: 100'"),
    ],
)
def test_halving_needs_short_trials_that_are_the_beginning_of_long_ones(tmp_path: Path, training: str, received: str):
    text = f"{HEAD}training: {training}\ntune: {{over: {RATES}, halving: {{}}}}"
    assert mistakes_of(tmp_path, text)[0].startswith(f"config.yaml:5: tune.halving: {received}")
    over = f"{HEAD}training: {{schedule: {{name: cosine, over: 50}}}}\ntune: {{over: {RATES}, halving: {{first: 2}}}}"
    assert comparison_of(tmp_path, over).tuning.epochs == (2, 5)


def test_a_first_rung_as_long_as_the_runs_is_refused(tmp_path: Path):
    text = f"{HEAD}training: {{epochs: 3}}\ntune: {{over: {RATES}, halving: {{first: 3}}}}"
    rule = "expected fewer than the 3 epochs of training, or the first rung would be the only one; got 3"
    assert mistake_of(tmp_path, text) == f"config.yaml:5: tune.halving.first: {rule}"


def test_a_row_may_try_lists(tmp_path: Path):
    tuning = tuned(tmp_path, "tune: {over: {architecture.hidden: [[8], [16, 16]]}}")
    assert labels(tuning)["adam"] == [("8",), ("16, 16",)]
    assert [candidate.edges for candidate in tuning.rows[0].candidates] == [(False,), (False,)]


def test_a_multiverse_has_no_place_beside_it(tmp_path: Path):
    text = f"{HEAD}tune: {{over: {RATES}}}\nclaims: [sgd > adam]\nmultiverse: {{training.epochs: [1, 2]}}"
    rule = "expected a comparison without tune, or multiverse: off in it; got 'tune'"
    assert mistake_of(tmp_path, text) == f"config.yaml:6: multiverse: {rule}"


def test_a_path_of_tune_cannot_be_set_beside_it(tmp_path: Path):
    lines = mistakes_of(tmp_path, f"{HEAD}tune: {{over: {RATES}}}", "optimizer.learning_rate=0.1")
    assert len(lines) == 1
    assert lines[0].startswith("--set optimizer.learning_rate=0.1: optimizer.learning_rate: expected ")
