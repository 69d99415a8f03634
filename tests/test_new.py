"""`gdbench new`: files to start from, runnable as they are, and nothing overwritten."""

from pathlib import Path

import pytest

from gdbench.experiment.json_schema.configuration import FILE, text
from gdbench.experiment.plan import load_plan
from gdbench.experiment.shipped_configurations import configurations
from gdbench.experiment.starting_file import templates
from gdbench.experiment.yaml.document import read
from gdbench.experiment.yaml.mistakes import Mistakes
from tests.schema_validator import VALIDATOR

MODELINE = f"# yaml-language-server: $schema={FILE}\n"
MINE = """\
import keras


class Mine(keras.optimizers.SGD):
    def __init__(self, learning_rate=0.05, name="mine", **options):
        super().__init__(learning_rate=learning_rate, name=name, **options)


class Inherited(keras.optimizers.SGD):
    pass


class Required(keras.optimizers.SGD):
    def __init__(self, learning_rate, **options):
        super().__init__(learning_rate=learning_rate, **options)


class NoRate:
    def __init__(self, size=1):
        pass


class NoDefault:
    def __init__(self, learning_rate, size):
        pass
"""


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_templates_are_named_apart_from_shipped_configurations() -> None:
    assert templates()[0] == "starter"
    assert len(set(templates())) == len(templates())
    assert set(configurations()) < set(templates())


@pytest.mark.parametrize("template", templates())
def test_a_copy_of_each_is_a_configuration_with_its_comments(call, template: str) -> None:
    said = call("new", "mine", "--from", template)
    assert (said.code, said.out) == (0, "")
    assert "written: mine.yaml" in said.err.splitlines()
    written = Path("mine.yaml").read_text(encoding="utf-8")
    assert written.startswith(f"{MODELINE}# ")
    assert " mine.yaml" in written
    assert "NAME" not in written
    assert list(VALIDATOR.iter_errors(read(Path("mine.yaml"), Mistakes()).data())) == []
    plan = load_plan(Path("mine.yaml"))
    assert plan.experiment.name == "mine"
    if template in configurations() and template != "own-code":
        assert plan.runs == load_plan(configurations()[template]).runs


def test_the_starter_is_short_and_every_line_that_it_leaves_out_is_valid() -> None:
    from gdbench.experiment.starting_file import from_template

    starter = from_template("mine", "starter").text
    assert len(starter.splitlines()) < 40
    more = starter.replace("# regularization:", "regularization:").replace("  # architecture:", "  architecture:")
    assert more != starter
    Path("more.yaml").write_text(more)
    assert len(load_plan(Path("more.yaml")).runs) == 2 * len(load_plan_of(starter).runs)


def load_plan_of(starter: str):
    Path("plain.yaml").write_text(starter)
    return load_plan(Path("plain.yaml"))


def test_the_schema_is_written_beside_it_once(call) -> None:
    assert f"written: {FILE}, " in call("new", "one").err
    assert Path(FILE).read_text(encoding="utf-8") == text()
    Path(FILE).write_text("mine")
    assert FILE not in call("new", "two.yaml").err
    assert Path(FILE).read_text() == "mine"
    assert Path("two.yaml").exists()


@pytest.mark.parametrize("name", ["../x", "a/b", "/tmp/x", ".hidden", "", "-", "x" * 201, "a b", "\x1b[31m", ".yaml"])
def test_a_name_with_a_path_or_odd_signs_is_refused(call, name: str) -> None:
    said = call("new", "--", name)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.startswith("new: expected a name of letters, digits, ")
    assert list(Path().iterdir()) == []


def test_nothing_is_overwritten_and_no_link_followed(call) -> None:
    Path("mine.yaml").write_text("seeds: 1\n")
    Path("link.yaml").symlink_to("target.yaml")
    for name in ("mine", "link"):
        said = call("new", name)
        assert said.code == 2
        assert said.err == f"{name}.yaml already exists; choose another name\n"
    assert Path("mine.yaml").read_text() == "seeds: 1\n"
    assert not Path("target.yaml").exists()
    Path("own_code.py").write_text("# mine\n")
    assert "own_code.py already exists; nothing was written\n" in call("new", "other", "--from", "own-code").err
    assert not Path("other.yaml").exists()


def test_an_unknown_template_is_refused_with_the_nearest(call) -> None:
    said = call("new", "mine", "--from", "quikstart")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.endswith("; did you mean 'quickstart'?\n")


def test_an_optimizer_is_tuned_beside_four_others_for_the_same_price_on_two_data_sets(call) -> None:
    Path("my_optimizer.py").write_text(MINE)
    said = call("new", "versus", "--optimizer", "my_optimizer.py:Mine")
    assert said.code == 0
    assert said.err.splitlines()[-1].endswith("gdbench sweep versus.yaml --trust")
    plan = load_plan(Path("versus.yaml"))
    assert {run.dataset["name"] for run in plan.runs} == {"mnist", "fashion_mnist"}
    for comparison in plan.experiment.comparisons:
        assert comparison.tuning is not None
        assert [row.key for row in comparison.tuning.rows] == ["Mine", "Momentum", "Adam", "AdamW", "Muon"]
        assert comparison.tuning.budget == 7
        assert comparison.seeds == tuple(range(5))
    text = Path("versus.yaml").read_text()
    assert "Mine: my_optimizer:Mine" in text
    assert list(VALIDATOR.iter_errors(read(Path("versus.yaml"), Mistakes()).data())) == []
    # The time in its head is that of the plan.
    assert "about 2 minutes of one core" in text
    assert "about 2 minutes of one core" in call("plan", "versus.yaml").out


@pytest.mark.parametrize("name", ["Inherited", "Required"])
def test_an_optimizer_without_a_default_rate_gets_one(call, name: str) -> None:
    Path("my_optimizer.py").write_text(MINE)
    assert call("new", "versus", "--optimizer", f"my_optimizer.py:{name}").code == 0
    assert f"{name}: {{name: my_optimizer:{name}, learning_rate: 0.001}}, " in Path("versus.yaml").read_text()
    comparison = load_plan(Path("versus.yaml")).experiment.comparisons[0]
    assert [point.key for point in comparison.points][:2] == [name, f"{name} (default)"]


@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        ("nowhere.py:Mine", "got 'nowhere.py:Mine': no such file\n"),
        ("my_optimizer.py:Other", "expected a function or class named Other"),
        ("my_optimizer.py", "expected FILE:CLASS, such as my_code.py:MyOptimizer; got 'my_optimizer.py'\n"),
        ("../my_optimizer.py:Mine", "expected FILE:CLASS"),
        ("my_optimizer.py:NoRate", "expected a class that takes a learning_rate"),
        ("my_optimizer.py:NoDefault", "without one for size"),
        ("sgd", "expected FILE:CLASS, such as my_code.py:MyOptimizer; got 'sgd'\n"),
    ],
)
def test_what_is_no_optimizer_is_refused_before_anything_is_written(call, optimizer: str, reason: str) -> None:
    Path("my_optimizer.py").write_text(MINE)
    said = call("new", "versus", "--optimizer", optimizer)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.startswith("--optimizer: expected ")
    assert reason in said.err
    assert not Path("versus.yaml").exists()


def test_from_and_optimizer_exclude_each_other(call) -> None:
    assert call("new", "x", "--from", "paper", "--optimizer", "a.py:B").code == 2


def test_what_was_written_sweeps_at_once(call) -> None:
    call("new", "first")
    said = call("sweep", "first.yaml", "--seeds", "1")
    assert said.code == 0
    assert said.out.startswith("My first comparison")
    Path("my_optimizer.py").write_text(MINE)
    call("new", "versus", "--optimizer", "my_optimizer.py:Mine")
    # One data set, two rows, and two rates of each are enough to see it run.
    text = Path("versus.yaml").read_text().partition("  fashion-mnist:")[0].replace("budget: 7", "budget: 2")
    text = text.replace(", Adam: adam, AdamW: adamw, Muon: muon", "").replace("train: 10000", "train: 1000")
    text = text.replace("from: 1e-4, to: 1e-1, per_decade: 2", "from: 1e-2, to: 1e-1, per_decade: 1")
    text = text.replace("from: 1e-3, to: 1, per_decade: 2", "from: 1e-1, to: 1, per_decade: 1")
    Path("versus.yaml").write_text(text)
    said = call("sweep", "versus.yaml", "--seeds", "1", "--trust")
    assert said.code == 0
    assert "Mine (default)" in said.out
    assert "validation loss in trials" in said.out
