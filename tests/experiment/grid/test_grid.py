import time
from pathlib import Path

import pytest

from gdbench.errors import RequestError
from tests.configs import comparison_of, mistake_of, mistakes_of, plan_of, rows_of, values_of

GRID = (
    "grid:\n  optimizer: [sgd, {name: sgd, momentum: 0.9, label: momentum}, adam]\n  training.batch_size: [32, 128]\n"
)


def test_no_grid_is_one_point(tmp_path: Path):
    comparison = comparison_of(tmp_path, "optimizer: sgd")
    assert comparison.axes == ()
    assert [point.labels for point in comparison.points] == [()]


def test_the_product_of_all_axes_first_axis_outermost(tmp_path: Path):
    assert rows_of(tmp_path, GRID) == ["sgd/32", "sgd/128", "momentum/32", "momentum/128", "adam/32", "adam/128"]


def test_rows_whose_labels_join_to_one_name_are_refused(tmp_path: Path):
    text = "grid:\n  optimizer: {x/y: sgd, x: adam}\n  training.batch_size: {z: 32, y/z: 64}\n"
    line = "config.yaml:2: grid: expected distinct row names; got 'x/y/z' again (labels are joined by '/')"
    assert mistakes_of(tmp_path, text) == [line]
    assert rows_of(tmp_path, text.replace("y/z", "w")) == ["x/y/z", "x/y/w", "x/z", "x/w"]


@pytest.mark.parametrize("grid", ["{}", "[sgd]", "sgd"])
def test_a_grid_is_a_mapping(tmp_path: Path, grid: str):
    assert mistake_of(tmp_path, f"grid: {grid}").startswith(
        "config.yaml:1: grid: expected a mapping from path to values, such as {optimizer: [sgd, adam]}; "
    )


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ("optimizer.name: [adam]", "optimizer"),
        ('"optimizer, training.epochs": [[adam, 1]]', "optimizer"),
        ("variants: {a: {optimizer: adam}}", "optimizer"),
    ],
)
def test_two_axes_that_name_one_path(tmp_path: Path, other: str, path: str):
    key = other.partition(":")[0].strip('"')
    assert mistake_of(tmp_path, f"grid:\n  optimizer: [sgd]\n  {other}") == (
        f"config.yaml:3: {key}: expected a path that no other axis varies (optimizer does); got '{path}'"
    )


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ("{optimizer: sgd}", ["momentum/32", "momentum/128", "adam/32", "adam/128"]),
        (
            "{optimizer: momentum, training.batch_size: 3.2e1}",
            ["sgd/32", "sgd/128", "momentum/128", "adam/32", "adam/128"],
        ),
        ("{optimizer.name: {name: sgd, momentum: 0.90}}", ["sgd/32", "sgd/128", "adam/32", "adam/128"]),
    ],
)
def test_exclude_drops_the_points_that_match_every_path(tmp_path: Path, exclude: str, left: list[str]):
    assert rows_of(tmp_path, f"{GRID}exclude: [{exclude}]") == left


def test_exclude_leaves_something_to_train(tmp_path: Path):
    text = "grid:\n  optimizer: [sgd, adam]\nexclude: [{optimizer: sgd}, {optimizer: adam}]"
    complaint = "exclude: expected exclusions that leave at least one point of the grid; got {optimizer: 'adam'}"
    assert mistake_of(tmp_path, text) == f"config.yaml:3: {complaint}"


def test_exclude_by_one_path_of_linked_ones_and_of_variants(tmp_path: Path):
    linked = 'grid: {"training.epochs, dataset.seed": [[1, 2], [2, 1]]}\nexclude: [{training.epochs: 2}]'
    assert rows_of(tmp_path, linked) == ["1, 2"]
    variants = "grid: {variants: {plain: {}, small: {training.epochs: 2}}}\nexclude: [{training.epochs: 2}]"
    assert rows_of(tmp_path, variants) == ["plain"]


def test_exclude_removes_points_that_an_argument_spoils(tmp_path: Path):
    text = "grid:\n  optimizer: [sgd, adam]\n  optimizer.momentum: [0, 0.9]\nexclude:\n  - {optimizer: adam}"
    assert rows_of(tmp_path, text) == ["sgd/0", "sgd/0.9"]


@pytest.mark.parametrize(
    ("exclude", "complaint"),
    [
        ("{optimizer: rmsprop}", "exclude.optimizer: expected a value or label of the axis; got 'rmsprop'"),
        (
            "{optimizer: moment}",
            "exclude.optimizer: expected a value or label of the axis; got 'moment'; did you mean 'momentum'?",
        ),
        (
            "{dataset.seed: 3}",
            "exclude: expected an axis of this grid (optimizer, training.batch_size); got 'dataset.seed'",
        ),
        ("sgd", "exclude: expected a list of mappings from path to value; got ['sgd']"),
    ],
)
def test_exclude_names_points_of_the_grid(tmp_path: Path, exclude: str, complaint: str):
    assert mistake_of(tmp_path, f"{GRID}exclude: [{exclude}]") == f"config.yaml:4: {complaint}"


def test_include_adds_one_point_a_mapping(tmp_path: Path):
    text = GRID + (
        "include:\n"
        "  - {optimizer: adam, training.batch_size: 256, training.epochs: 10}\n"
        "  - {optimizer: {name: adam, beta_1: 0.5, label: slow}, training.batch_size: 32}\n"
    )
    assert rows_of(tmp_path, text)[6:] == ["adam/256", "slow/32"]
    assert values_of(tmp_path, text, "training.epochs")[5:] == [5, 10, 5]
    assert values_of(tmp_path, text, "optimizer")[-1]["beta_1"] == 0.5


def test_included_labels_are_on_the_axis(tmp_path: Path):
    text = GRID + "include: [{optimizer: adam, training.batch_size: 256}]"
    assert comparison_of(tmp_path, text).axes[1].labels == ("32", "128", "256")


def test_include_gives_every_axis_a_value_and_only_new_points(tmp_path: Path):
    text = GRID + "include:\n  - {optimizer: adam}\n  - {optimizer: adam, training.batch_size: 32}\n"
    assert mistakes_of(tmp_path, text) == [
        "config.yaml:5: include: expected a value for every axis, including training.batch_size; "
        "got {optimizer: 'adam'}",
        "config.yaml:6: include: expected a point that is not yet in the grid; got 'adam/32'",
    ]


def test_a_broken_axis_spoils_no_exclude_and_no_published_value(tmp_path: Path):
    grid = "grid:\n  optimizr: [sgd]\n  training.epochs: [1]\n"
    text = grid + "exclude: [{optimizr: sgd}]\npublished: {source: s, values: {sgd: 1}, claims: [sgd > adam]}"
    assert mistake_of(tmp_path, text).startswith("config.yaml:2: optimizr: expected a path that starts with one of ")


def test_a_bad_argument_on_an_axis_of_1000_points_is_reported_once(tmp_path: Path):
    grid = "grid: {dataset.seed: {from: 1, to: 1000, step: 1}, optimizer: [{name: sgd, momentun: 0.9}]}"
    assert mistake_of(tmp_path, grid) == (
        "config.yaml:1: optimizer.momentun: expected a key of sgd; got unknown key 'momentun'; did you mean 'momentum'?"
    )
    axis = "grid: {optimizer.momentun: {from: 0.001, to: 1, step: 0.001}}\noptimizer: sgd"
    assert mistake_of(tmp_path, axis) == mistake_of(tmp_path, grid)


def test_a_rule_between_sections_is_reported_once_too(tmp_path: Path):
    text = "training: {batch_size: 2000}\ngrid:\n  dataset.train: {from: 1, to: 1000, step: 1}"
    assert mistake_of(tmp_path, text).startswith(
        "config.yaml:1: training.batch_size: expected at most the 1 training images"
    )


def test_an_argument_that_some_components_lack_names_them_in_one_line(tmp_path: Path):
    text = "grid:\n  optimizer.momentum: [0, 0.9]\n  optimizer: [adam, sgd, adagrad]\n"
    assert mistake_of(tmp_path, text).startswith(
        "config.yaml:2: optimizer.momentum: expected a key of adam, adagrad; got unknown key 'momentum'"
    )


def test_a_thousand_points_are_a_thousand_runs(tmp_path: Path):
    text = "seeds: 1\ngrid: {dataset.seed: {from: 1, to: 1000, step: 1}}"
    assert len({run.id for run in plan_of(tmp_path, text).runs}) == 1000


LINKED = 'grid:\n  "optimizer, training.epochs": [[sgd, 1], [adam, 2]]\n'


@pytest.mark.parametrize("value", ["[adam, 3, 4]", "[adam]", "adam"])
def test_an_included_point_of_linked_paths_has_a_value_for_each(tmp_path: Path, value: str):
    text = f'{LINKED}include:\n  - {{"optimizer, training.epochs": {value}}}'
    (line,) = mistakes_of(tmp_path, text)
    assert line.startswith(
        "config.yaml:4: include.optimizer, training.epochs: expected a list of 2 values, one for each path; got"
    )


def test_an_included_point_names_a_variant_by_its_label(tmp_path: Path):
    text = "grid:\n  variants: {short: {training.epochs: 1}, long: {}}\ninclude: [{variants: shrt}]"
    assert mistake_of(tmp_path, text) == (
        "config.yaml:3: include.variants: expected the label of a variant; got 'shrt'; did you mean 'short'?"
    )


def test_a_setting_of_the_command_line_loses_to_no_included_point_in_silence(tmp_path: Path):
    text = "grid:\n  optimizer: [sgd]\ninclude: [{optimizer: adam, training.epochs: 9}]"
    assert mistake_of(tmp_path, text, "training.epochs=1").endswith(
        "training.epochs: expected a path that no grid varies (training.epochs is varied); got 'training.epochs'"
    )


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ("{optimizer: sgd, training.batch_size: 64, optimizer.name: adam}", "optimizer"),
        ("{optimizer: sgd, training.batch_size: 64, dataset.seed: 1, dataset.seed.name: 2}", "dataset.seed"),
    ],
)
def test_an_included_point_gives_each_path_once(tmp_path: Path, entry: str, path: str):
    text = f"{GRID}include: [{entry}]"
    assert mistake_of(tmp_path, text) == f"config.yaml:4: include: expected distinct paths; got '{path}' again"


def test_an_included_point_sets_no_path_that_its_variant_sets(tmp_path: Path):
    text = "grid: {variants: {short: {training.epochs: 1}}}\ninclude: [{variants: short, training.epochs: 2}]"
    assert mistake_of(tmp_path, text) == "config.yaml:2: include: expected distinct paths; got 'training.epochs' again"


def test_an_included_point_beside_one_of_the_grid_is_told_apart_by_what_it_sets(tmp_path: Path):
    text = GRID + (
        "include:\n"
        "  - {optimizer: adam, training.batch_size: 32, training.epochs: 10}\n"
        "  - {optimizer: adam, training.batch_size: 32, training.epochs: 20, optimizer.beta_1: 0.5}\n"
    )
    assert rows_of(tmp_path, text)[6:] == ["adam epochs=10/32", "adam epochs=20 beta_1=0.5/32"]
    assert values_of(tmp_path, text, "training.epochs")[4:] == [5, 5, 10, 20]
    same = GRID + "include: [{optimizer: adam, training.batch_size: 32, training.epochs: 5}]"
    assert "expected values that train different runs ('adam' trains the same)" in mistake_of(tmp_path, same)


def test_without_axes_there_is_no_label_to_tell_an_included_point_apart(tmp_path: Path):
    assert "include: expected a point that is not yet in the grid" in mistake_of(
        tmp_path, "include: [{training.epochs: 9}]"
    )


def test_a_new_value_of_an_included_point_is_told_apart_from_those_of_its_axis(tmp_path: Path):
    text = GRID + (
        "include:\n"
        "  - {optimizer: {name: adam, beta_1: 0.5}, training.batch_size: 32}\n"
        "  - {optimizer: {name: adam, beta_1: 0.5}, training.batch_size: 128}\n"
        "  - {optimizer: {name: sgd, label: long}, training.batch_size: 32, training.epochs: 10}\n"
    )
    assert rows_of(tmp_path, text)[6:] == ["adam beta_1=0.5/32", "adam beta_1=0.5/128", "long/32"]
    taken = GRID + "include: [{optimizer: {name: adam, beta_1: 0.5, label: momentum}, training.batch_size: 256}]"
    assert mistake_of(tmp_path, taken) == (
        "config.yaml:4: include.optimizer: expected a label that no other value of the axis has; got 'momentum'"
    )


def test_too_many_runs_are_counted_before_they_are_made(tmp_path: Path):
    axes = "".join(f"  {path}: {{from: 1, to: 1000, step: 1}}\n" for path in ("dataset.seed", "training.epochs"))
    assert mistake_of(tmp_path, f"seeds: 2\ngrid:\n{axes}") == (
        "config.yaml:3: grid: expected at most 500,000 points, since a plan has at most 1,000,000 runs; got 1000000"
    )


def test_the_runs_of_all_comparisons_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdbench.experiment.plan.MAX_RUNS", 10)
    grid = "{grid: {training.epochs: [%s]}}"
    text = f"comparisons:\n  a: {grid % '1, 2, 3'}\n  b: {grid % '3, 4'}\n"
    assert "got 2" in mistake_of(tmp_path, text)
    monkeypatch.setattr("gdbench.experiment.plan.MAX_RUNS", 15)
    assert len(plan_of(tmp_path, text).runs) == 12


def test_more_seeds_than_any_plan_has(tmp_path: Path):
    with pytest.raises(RequestError, match="--seeds: expected at most 100,000; got 100001"):
        plan_of(tmp_path, "", seeds=100_001)


def test_thousands_of_exclusions_and_inclusions(tmp_path: Path):
    axes = "  training.batch_size: {from: 1, to: 40, step: 1}\n  dataset.seed: {from: 1, to: 50, step: 1}\n"
    points = [(size, seed) for size in range(1, 41) for seed in range(1, 51)]
    excluded = "".join(f"  - {{training.batch_size: {size}, dataset.seed: {seed}}}\n" for size, seed in points[:1000])
    included = "".join(f"  - {{training.batch_size: 100, dataset.seed: {seed}}}\n" for seed in range(1, 201))
    begun = time.process_time()
    rows = rows_of(tmp_path, f"seeds: 1\ngrid:\n{axes}exclude:\n{excluded}include:\n{included}")
    assert rows == [*(f"{size}/{seed}" for size, seed in points[1000:]), *(f"100/{seed}" for seed in range(1, 201))]
    # Seconds if each entry is compared with every point.
    assert time.process_time() - begun < 10


def test_an_axis_after_too_many_points_is_not_made(tmp_path: Path):
    axes = "".join(f"  training.a{number}: {{from: 1, to: 100000, step: 1}}\n" for number in range(100))
    assert "expected at most 1,000,000 points" in mistake_of(tmp_path, f"seeds: 1\ngrid:\n{axes}")


def test_the_upper_end_of_a_range_may_be_the_largest_float(tmp_path: Path):
    text = "grid: {optimizer.learning_rate: {from: 1.0e+307, to: 1.7976931348623157e+308, per_decade: 2}}"
    assert rows_of(tmp_path, text)[-1] == "1e+308"


def test_a_method_that_takes_no_batches_has_one_row_of_them(tmp_path: Path):
    text = "grid: {optimizer: [adam, lbfgs], training.batch_size: [32, 128]}\n"
    assert mistake_of(tmp_path, text).endswith(
        "training.batch_size: expected one batch size for lbfgs, which takes no batches ('lbfgs/32' trains the same); "
        "leave out its other rows with `exclude`; got 128"
    )
    excluded = f"{text}exclude: [{{optimizer: lbfgs, training.batch_size: 128}}]\n"
    assert rows_of(tmp_path, excluded) == ["adam/32", "adam/128", "lbfgs/32"]
    # For a file whose other rows take it.
    assert rows_of(tmp_path, "training: {batch_size: 64}\ngrid: {optimizer: [adam, lbfgs]}") == ["adam", "lbfgs"]
