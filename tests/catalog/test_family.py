"""A plug-in stands in a family like an entry of the catalog, but is opaque, and a plan never runs it."""

from pathlib import Path
from typing import Any

import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import Layer, PluginLayer
from gdbench.catalog.architectures import ARCHITECTURES, has_its_own_layers
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.family import Family
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.catalog.plugin_entry import PluginEntry
from gdbench.catalog.plugins import find
from gdbench.experiment.cost.program_key import program_key
from tests.configs import plan_of

STOPS = "raise SystemExit('a plan has run user code')\n"


def component(folder: Path, noun: str, text: str, **arguments: Any) -> dict[str, Any]:
    (folder / "own.py").write_text(text)
    code = find("own:own", noun, folder)
    return {"name": "own:own", "code": {"family": noun, "file": code.file, "sha256": code.sha256}, **arguments}


@pytest.mark.parametrize("noun", FAMILIES)
def test_a_plugin_is_an_entry_of_every_family(noun: str):
    family = FAMILIES[noun]
    entry = family.entry("own:own")
    assert isinstance(entry, PluginEntry)
    assert family.model("own:own") is family.options
    assert family.inputs("own:own") == frozenset()


@pytest.mark.parametrize("noun", FAMILIES)
def test_a_preview_builds_what_the_catalog_has_and_runs_no_user_code(tmp_path: Path, noun: str):
    assert FAMILIES[noun].preview(component(tmp_path, noun, STOPS)) is None


def test_a_preview_of_an_entry_is_what_it_builds():
    mlp = {"name": "mlp", "hidden": [3], "activation": {"name": "relu"}}
    assert ARCHITECTURES.preview(mlp) == ARCHITECTURES.build(mlp)


def test_the_options_of_an_entry_all_count_and_those_of_a_plugin_where_they_are_changed(tmp_path: Path):
    options = {name: field.default for name, field in OPTIMIZERS.options.model_fields.items()}
    assert OPTIMIZERS.explicit_options({"name": "sgd", **options}) == options
    own = component(tmp_path, "optimizer", STOPS, **{**options, "clipnorm": 1.0})
    assert OPTIMIZERS.explicit_options(own) == {"clipnorm": 1.0}


def test_the_facts_of_a_plugin_are_unknown(tmp_path: Path):
    own = component(tmp_path, "dataset", STOPS)
    assert DATASETS.facts(own) is None
    DATASETS.fetch(own, print)
    facts = DATASETS.facts({"name": "mnist"})
    assert facts is not None
    assert facts.classes == 10


def test_layers_are_described_without_making_those_of_a_plugin(tmp_path: Path):
    own = component(tmp_path, "layer", STOPS, units=3)
    spec = ARCHITECTURES.preview({"name": "layers", "layers": [{"name": "Flatten"}, own]})
    assert spec is not None
    first, second = spec.layers
    assert first == Layer("Flatten")
    assert isinstance(second, PluginLayer)
    assert second.kind == "own:own"
    with pytest.raises(Exception, match="a plan has run user code"):
        second.make()


@pytest.mark.parametrize(("name", "own"), [("layers", True), ("own:network", True), ("mlp", False)])
def test_which_architectures_have_their_own_layers(name: str, own: bool):
    assert has_its_own_layers({"name": name}) == own


def test_every_argument_of_a_plugin_shapes_the_program(tmp_path: Path):
    (tmp_path / "own.py").write_text("def own(learning_rate=0.1):\n    pass\n")
    runs = [
        plan_of(tmp_path, f"optimizer: {{name: {name}, learning_rate: {rate}}}\n", seeds=1).runs[0]
        for name in ("own:own", "sgd")
        for rate in (0.1, 0.2)
    ]
    keys = [program_key(run) for run in runs]
    assert keys[0] != keys[1]
    assert keys[2] == keys[3]


def test_the_contract_tells_how_many_arguments_are_supplied():
    supplied = {noun: family.plugins.supplied for noun, family in FAMILIES.items() if family.plugins.supplied}
    assert supplied == {"loss": 2, "activation": 1}


def test_an_optimizer_needs_a_learning_rate():
    family: Family[object] = FAMILIES["optimizer"]
    wrong = [list(family.plugins.check({"learning_rate": rate})) for rate in (None, True, "fast", 0, -1.0)]
    assert [rules[0][:2] for rules in wrong] == [("learning_rate", "a number above 0")] * 5
    assert list(family.plugins.check({"learning_rate": 1})) == []
