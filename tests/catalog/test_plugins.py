"""What a plan learns of a user's code without running it."""

from pathlib import Path

import pytest

from gdbench.catalog.plugins import REQUIRED, UNKNOWN_DEFAULT, find, signature
from gdbench.errors import PluginError
from tests.configs import mistake_of, mistakes_of, plan_of

MINE = '''\
"""Ends the process of whoever imports it."""
import math
from elsewhere import Imported

LIMIT = math.inf
raise SystemExit(3)

class Mine:
    def __init__(self, rate=0.5, *, power, steps=LIMIT, name="mine", **others):
        pass

class Bare(Imported):
    pass

def loss(targets, outputs, sharpness=0.7):
    pass
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


def test_a_module_is_found_beside_the_configuration_and_hashed(mine: Path):
    code = find("mine:Mine", "optimizer", mine)
    assert (code.family, code.file, code.needs_trust) == ("optimizer", str(mine / "mine.py"), True)
    (mine / "mine.py").write_text(MINE + "\n")
    assert find("mine:Mine", "optimizer", mine).sha256 != code.sha256


@pytest.mark.parametrize("file", ["pack/inner.py", "pack/inner/__init__.py"])
def test_a_module_in_a_package_is_found(tmp_path: Path, file: str):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("x = 1\n")
    assert find("pack.inner:x", "loss", tmp_path).file == str(tmp_path / file)


def test_a_module_of_an_installed_package_is_found_without_importing_it(tmp_path: Path):
    code = find("keras.src.optimizers.adam:Adam", "optimizer", tmp_path)
    assert code.needs_trust
    assert signature(code, "Adam").arguments["beta_1"] == 0.9


def test_arguments_and_plain_defaults_are_read_from_the_text(mine: Path):
    taken = signature(find("mine:Mine", "optimizer", mine), "Mine")
    assert taken.arguments == {"rate": 0.5, "power": REQUIRED, "steps": UNKNOWN_DEFAULT}
    assert taken.is_open


def test_what_gdbench_gives_itself_is_no_argument(mine: Path):
    taken = signature(find("mine:loss", "loss", mine), "loss", supplied=2)
    assert taken.arguments == {"sharpness": 0.7}
    assert not taken.is_open


@pytest.mark.parametrize("attribute", ["Bare", "Imported", "LIMIT"])
def test_what_the_text_does_not_say_may_take_anything(mine: Path, attribute: str):
    taken = signature(find(f"mine:{attribute}", "optimizer", mine), attribute)
    assert (taken.arguments, taken.is_open) == ({}, True)


def test_a_name_that_a_branch_may_give_is_let_pass(tmp_path: Path):
    (tmp_path / "mine.py").write_text("try:\n    from fast import A\nexcept ImportError:\n    A = None\n")
    assert signature(find("mine:A", "loss", tmp_path), "A").is_open


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mine:Mien", "a function or class named Mien; got math, Imported, LIMIT, Mine, Bare, loss"),
        ("mien:Mine", "a module mien in "),
        ("mine.py:Mine", "on the Python path; got 'mine.py:Mine'; did you mean 'mine:Mine'?"),
        ("mine:Mine:x", "module:attribute, two Python identifiers"),
        ("../mine:Mine", "module:attribute, two Python identifiers"),
        (":Mine", "module:attribute, two Python identifiers"),
    ],
)
def test_a_plugin_that_is_not_there_is_one_line(mine: Path, name: str, said: str):
    with pytest.raises(PluginError) as caught:
        signature(find(name, "optimizer", mine), name.partition(":")[2])
    assert said in str(caught.value)


def test_a_file_nested_too_deeply_is_one_line(tmp_path: Path):
    (tmp_path / "mine.py").write_text(f"x = {'-' * 20_000}1\n")
    with pytest.raises(PluginError, match=r"mine\.py: expected Python source; got one nested too deeply"):
        signature(find("mine:x", "loss", tmp_path), "x")


def test_a_file_that_is_no_python_is_one_line(tmp_path: Path):
    (tmp_path / "mine.py").write_text("def loss(:\n")
    with pytest.raises(PluginError, match=r"mine\.py, line 1: expected Python source; got "):
        signature(find("mine:loss", "loss", tmp_path), "loss")


@pytest.mark.parametrize("name", ["builtins:exec", "sys:exit", "math:sqrt", "numpy._core._multiarray_umath:add"])
def test_a_module_without_source_cannot_be_trusted_and_is_refused(tmp_path: Path, name: str):
    with pytest.raises(PluginError, match=r"expected a module of Python source, which can be read and hashed; got '"):
        find(name, "dataset", tmp_path)


@pytest.mark.parametrize(
    "name", ["os:system", "subprocess:getoutput", "keras.saving:deserialize_keras_object", "six:x"]
)
def test_an_installed_module_needs_trust_like_any_other(tmp_path: Path, name: str):
    assert find(name, "dataset", tmp_path).needs_trust


def test_a_name_too_long_for_a_file_is_one_line(tmp_path: Path):
    with pytest.raises(PluginError, match="cannot be read: File name too long"):
        find(f"{'m' * 300}:x", "dataset", tmp_path)


def test_a_file_that_changes_while_it_is_read_is_refused(mine: Path):
    code = find("mine:loss", "loss", mine)
    (mine / "mine.py").write_text("def loss(targets, outputs, another=1):\n    pass\n")
    with pytest.raises(PluginError, match="expected the code as planned; got a changed file"):
        signature(code, "loss")


OPTIMIZER = "training: {batch_size: 100}\noptimizer:\n  name: mine:Mine\n  learning_rate: 0.1\n  power: 2\n"


def test_a_plan_has_the_arguments_of_a_plugin_and_the_options_of_its_family(mine: Path):
    optimizer = plan_of(mine, f"{OPTIMIZER}  clipnorm: 1.0\n", seeds=1).runs[0].optimizer
    assert optimizer["code"]["sha256"] == find("mine:Mine", "optimizer", mine).sha256
    assert {key: value for key, value in optimizer.items() if key != "code"} == {
        "name": "mine:Mine",
        "rate": 0.5,
        "learning_rate": 0.1,
        "power": 2,
        "weight_decay": "off",
        "clipnorm": 1.0,
        "clipvalue": "off",
        "global_clipnorm": "off",
        "use_ema": False,
        "ema_momentum": 0.99,
        "ema_overwrite_frequency": "off",
    }


def test_the_id_follows_code_and_arguments(mine: Path):
    ids = [plan_of(mine, OPTIMIZER, *set_, seeds=1).runs[0].id for set_ in ([], ["optimizer.rate=0.4"])]
    (mine / "mine.py").write_text(MINE.replace("0.5", "0.25"))
    ids.append(plan_of(mine, OPTIMIZER, seeds=1).runs[0].id)
    assert len(set(ids)) == 3


def test_an_argument_without_a_default_must_be_given(mine: Path):
    line = mistake_of(mine, OPTIMIZER.replace("  power: 2\n", ""))
    assert (
        line == "config.yaml:3: optimizer.power: expected a value, since mine:Mine has no default for it; got nothing"
    )


def test_a_learning_rate_that_the_text_does_not_say_must_be_given(mine: Path):
    line = mistake_of(mine, OPTIMIZER.replace("  learning_rate: 0.1\n", ""))
    assert (
        line == "config.yaml:3: optimizer.learning_rate: expected a number above 0, since mine:Mine has no "
        "default for it; got nothing"
    )


def test_a_learning_rate_is_a_number_above_0(mine: Path):
    lines = mistakes_of(mine, OPTIMIZER.replace("0.1", "fast")) + mistakes_of(mine, OPTIMIZER.replace("0.1", "0"))
    assert lines == [
        "config.yaml:3: optimizer.learning_rate: expected a number above 0; got 'fast'",
        "config.yaml:3: optimizer.learning_rate: expected a number above 0; got 0",
    ]


def test_an_option_that_the_code_takes_itself_is_there_even_if_only_the_code_knows_its_default(tmp_path: Path):
    (tmp_path / "mine.py").write_text("SEED = 3\ndef data(n=10, seed=SEED):\n    pass\n")
    plain, given = (
        plan_of(tmp_path, f"dataset: {{name: mine:data{seed}}}\n", seeds=1).runs[0].dataset
        for seed in ("", ", seed: 5")
    )
    assert (plain["seed"], given["seed"], plain["n"]) == (0, 5, 10)


def test_an_argument_that_is_not_taken_has_a_hint(mine: Path):
    line = mistake_of(mine, "training: {loss: {name: mine:loss, sharpnes: 0.5}}\n")
    said = "expected a key of mine:loss; got unknown key 'sharpnes'; did you mean 'sharpness'?"
    assert line == f"config.yaml:1: training.loss.sharpnes: {said}"


def test_a_wrong_option_beside_a_plugin_is_said(mine: Path):
    lines = mistakes_of(mine, OPTIMIZER.replace("power: 2", "power: 2\n  clipnorm: -1"))
    assert [line.partition(";")[0] for line in lines] == [
        "config.yaml:6: optimizer.clipnorm: expected a number above 0 or 'off'"
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("optimizer: {name: mine:Mine, power: 1, learning_rate: 1}", "optimizer"),
        ("architecture: {name: mlp, activation: mine:Bare}", "architecture.activation"),
        ("architecture: {name: mlp, kernel_initializer: mine:Bare}", "architecture.kernel_initializer"),
        ("architecture: {layers: [Flatten, mine:Bare]}", "architecture.layers[1]"),
        ("training: {loss: mine:loss}", "training.loss"),
        ("training: {schedule: mine:Bare}", "training.schedule"),
        ("architecture: mine:Bare", "architecture"),
        ("dataset: mine:Bare", "dataset"),
    ],
)
def test_a_plan_knows_the_plugins_of_every_family_and_where_they_are_named(mine: Path, text: str, where: str):
    plan = plan_of(mine, f"seeds: 2\n{text}\n")
    (plugin,) = plan.plugins
    assert (plugin.path, plugin.place.line) == (where, 2)


SHA = "{family: loss, file: six.py, sha256: c51c91f703d3d4b3696c923cb5fec213e05e75d9215393befac7f2fa6a3904df}"
OPEN = "class Open:\n    def __init__(self, learning_rate=0.1, **given):\n        pass\n"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("dataset: {name: open:Open, code: 1}", "dataset"),
        (f"dataset: {{name: open:Open, code: {SHA}}}", "dataset"),
        (f"optimizer: {{name: open:Open, code: {SHA}}}", "optimizer"),
        (f"architecture: {{name: open:Open, code: {SHA}}}", "architecture"),
        (f"architecture: {{name: mlp, activation: {{name: open:Open, code: {SHA}}}}}", "architecture.activation"),
        (f"architecture: {{layers: [{{name: open:Open, code: {SHA}}}]}}", "architecture.layers[0]"),
        (f"training: {{loss: {{name: open:Open, code: {SHA}}}}}", "training.loss"),
        (f"training: {{schedule: {{name: open:Open, code: {SHA}}}}}", "training.schedule"),
        (f"grid: {{optimizer: [sgd, {{name: open:Open, code: {SHA}}}]}}", "optimizer"),
    ],
)
def test_the_code_that_was_found_cannot_be_replaced_by_a_file(tmp_path: Path, text: str, where: str):
    (tmp_path / "open.py").write_text(OPEN)
    line = mistake_of(tmp_path, f"{text}\n")
    assert (
        line.partition("; open:Open has ")[0]
        == f"config.yaml:1: {where}.code: expected a key of open:Open; got unknown key 'code'"
    )


@pytest.mark.parametrize("value", ["1", SHA])
def test_nor_from_the_command_line_or_at_a_path_of_a_grid(tmp_path: Path, value: str):
    (tmp_path / "open.py").write_text(OPEN)
    (line,) = mistakes_of(tmp_path, "optimizer: open:Open\n", f"optimizer.code={value}")
    assert "optimizer.code: expected a key of open:Open; got unknown key 'code'" in line
    (line,) = mistakes_of(tmp_path, f"optimizer: open:Open\ngrid: {{optimizer.code: [{value}]}}\n")
    assert "optimizer.code: expected a key of open:Open; got unknown key 'code'" in line


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e999", "9" * 400, "0x" + "f" * 5000, "[1, {a: .inf}]"])
def test_an_argument_that_no_id_could_hold_is_one_line(tmp_path: Path, value: str):
    (tmp_path / "open.py").write_text(OPEN)
    line = mistake_of(tmp_path, f"optimizer: {{name: open:Open, any: {value}}}\n")
    assert line.startswith("config.yaml:1: optimizer.any")
    assert ": expected a finite number; got " in line


@pytest.mark.parametrize("default", ["1e999", "[1e999]", "{1: 2, 'a': 3}", "[(1, 2)]", "b'x'", "{[]: 1}"])
def test_a_default_that_no_id_could_hold_is_left_to_the_code(tmp_path: Path, default: str):
    (tmp_path / "mine.py").write_text(f"def data(n={default}):\n    pass\n")
    assert plan_of(tmp_path, "dataset: mine:data\n", seeds=1).runs[0].dataset.get("n") is None
