"""What a plan learns of a user's code without running it."""

from pathlib import Path

import pytest

from gdbench.catalog.plugins import REQUIRED, UNKNOWN_DEFAULT, Code, find, signature
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
    assert (code.family, code.file, code.installed) == ("optimizer", str(mine / "mine.py"), False)
    (mine / "mine.py").write_text(MINE + "\n")
    assert find("mine:Mine", "optimizer", mine).sha256 != code.sha256


@pytest.mark.parametrize("file", ["pack/inner.py", "pack/inner/__init__.py"])
def test_a_module_in_a_package_is_found(tmp_path: Path, file: str):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("x = 1\n")
    assert find("pack.inner:x", "loss", tmp_path).file == str(tmp_path / file)


def test_a_module_of_an_installed_package_is_found_without_importing_it(tmp_path: Path):
    code = find("keras.src.optimizers.adam:Adam", "optimizer", tmp_path)
    assert code.installed
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
        ("mine.py:Mine", "a module mine.py in "),
        ("mine:Mine:x", "module:attribute, two Python identifiers"),
        ("../mine:Mine", "module:attribute, two Python identifiers"),
        (":Mine", "module:attribute, two Python identifiers"),
    ],
)
def test_a_plugin_that_is_not_there_is_one_line(mine: Path, name: str, said: str):
    with pytest.raises(PluginError) as caught:
        signature(find(name, "optimizer", mine), name.partition(":")[2])
    assert said in str(caught.value)


def test_a_file_that_is_no_python_is_one_line(tmp_path: Path):
    (tmp_path / "mine.py").write_text("def loss(:\n")
    with pytest.raises(PluginError, match=r"mine\.py, line 1: expected Python source; got "):
        signature(find("mine:loss", "loss", tmp_path), "loss")


def test_code_of_python_itself_is_installed():
    import json

    assert Code("loss", json.__file__, "").installed


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
