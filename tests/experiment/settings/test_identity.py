import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.architectures import mlp
from gdbench.catalog.entry import Activation, Entry
from gdbench.experiment.plan import load_plan
from gdbench.experiment.settings import identity
from gdbench.experiment.settings.identity import ENGINE_REVISION, run_ids
from tests.configs import plan_of

GOLDEN = Path(__file__).parent / "golden"
IDS = json.loads((GOLDEN / "ids.json").read_text(encoding="utf-8"))


def run_id(identities: Mapping[str, object], fingerprint: str, seed: int) -> str:
    return run_ids(identities, fingerprint, [seed])[0]


def id_of(folder: Path, text: str) -> str:
    (run,) = plan_of(folder, text, seeds=1).runs
    return run.id


@pytest.mark.parametrize("name", [path.stem for path in sorted(GOLDEN.glob("*.yaml"))])
def test_golden_ids(name: str):
    """Ids of known runs stay what they are: finished runs in users' ledgers are found by them.

    An id may change only together with a revision: an entry's, where one of its defaults changes or it computes
    something else; the engine's, where a default of the sections changes or the engine computes something else. Then,
    and only for the configurations that name what was revised, ids.json is written anew. A new argument with a
    default, a renamed label or a moved file is no reason.
    """
    assert [run.id for run in load_plan(GOLDEN / f"{name}.yaml").runs] == IDS[name]


def test_every_golden_id_has_its_configuration():
    assert set(IDS) == {path.stem for path in GOLDEN.glob("*.yaml")}


def test_an_id_is_12_hexadecimal_digits(tmp_path: Path):
    assert re.fullmatch("[0-9a-f]{12}", id_of(tmp_path, ""))


@pytest.mark.parametrize(
    "same",
    [
        "title: Another title",
        "name: another-name",
        "target: 90 %",
        "optimizer: adam",
        "optimizer: {name: adam, learning_rate: 1e-3}",
        "training: {epochs: 5.0, loss: {name: cross_entropy}}",
        "architecture: {hidden: [128], activation: {name: relu}, kernel_initializer: glorot_uniform}",
        "architecture: {output: {}}",
        "regularization: {dropout: 0, l1: 0, batch_norm: false}",
        "regularization: {dropout: {hidden: 0}}",
        "regularization: {gaussian_noise: 0}",
        "training: {loss: {name: cross_entropy, label_smoothing: 0}}",
        "grid: {optimizer: {any label: adam}}",
        "comparisons: {any: {}}",
        "claims: []",
    ],
)
def test_what_is_no_part_of_the_identity(tmp_path: Path, same: str):
    assert id_of(tmp_path, same) == id_of(tmp_path, "")


@pytest.mark.parametrize(
    "other",
    [
        "optimizer: sgd",
        "optimizer: {learning_rate: 0.002}",
        "dataset: {train: 60000}",
        "dataset: {seed: 1}",
        "training: {evaluate_train: true}",
        "dataset: {validation: 100}\ntraining: {evaluate_test: false}",
        "training: {evaluate_every: 0.5}",
        "architecture: {activation: tanh}",
        "architecture: {output: {activation: softmax}}",
        "regularization: {batch_norm: true}",
        "regularization: {gaussian_noise: {hidden: 0.1}}",
        "seeds: [1]",
    ],
)
def test_what_tells_runs_apart(tmp_path: Path, other: str):
    (run,) = plan_of(tmp_path, f"seeds: 1\n{other}" if "seeds" not in other else other).runs
    assert run.id != id_of(tmp_path, "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("optimizer: {learning_rate: 1}", "optimizer: {learning_rate: 1.0}"),
        ("regularization: {dropout: 0.5}", "regularization: {dropout: {hidden: 0.5}}"),
        ("regularization: {gaussian_noise: 1}", "regularization: {gaussian_noise: {input: 1.0}}"),
        ("regularization: {batch_norm: true}", "regularization: {batch_norm: {}}"),
        ("regularization: {batch_norm: true}", "regularization: {batch_norm: {momentum: 0.99}}"),
        ("dataset: {validation: 1e4}", "dataset: {validation: 10000}"),
        (
            "optimizer: {name: sgd, momentum: 0.9, nesterov: true}",
            "optimizer: {nesterov: true, momentum: 0.90, name: sgd}",
        ),
    ],
)
def test_values_are_converted_before_the_id_is_made(tmp_path: Path, one: str, other: str):
    assert id_of(tmp_path, one) == id_of(tmp_path, other)


def test_data_engine_and_seed_are_part_of_the_id(monkeypatch: pytest.MonkeyPatch):
    known = run_id({"optimizer": {"name": "sgd"}}, "fingerprint", 0)
    assert known == run_id({"optimizer": {"name": "sgd"}, "training": {}}, "fingerprint", 0)
    assert known != run_id({"optimizer": {"name": "sgd"}}, "fingerprint", 1)
    assert known != run_id({"optimizer": {"name": "sgd"}}, "other data", 0)
    monkeypatch.setattr(identity, "ENGINE_REVISION", 2)
    assert known != run_id({"optimizer": {"name": "sgd"}}, "fingerprint", 0)


def older(learning_rate: float = 0.1) -> Any:
    """An entry."""


def with_an_argument(learning_rate: float = 0.1, centered: bool = False) -> Any:
    """The entry with one argument more."""


def with_another_default(learning_rate: float = 0.2) -> Any:
    """The entry with another default."""


def with_a_component(activation: Activation = "mine") -> Any:
    """An entry whose default is an entry of another family."""
    return mlp([1], activation)


Put = Callable[..., None]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts a function into a family of the catalog, under the name `mine`."""

    def put_entry(noun: str, function: Callable[..., Any], revision: int = 1) -> None:
        monkeypatch.setitem(FAMILIES[noun].entries, "mine", Entry(function, revision))

    return put_entry


@pytest.mark.parametrize("text", ["optimizer: mine", "optimizer: {name: mine, learning_rate: 0.5}"])
def test_an_argument_with_a_default_changes_no_id(tmp_path: Path, put: Put, text: str):
    put("optimizer", older)
    before = id_of(tmp_path, text)
    put("optimizer", with_an_argument)
    assert id_of(tmp_path, text) == before
    assert id_of(tmp_path, "optimizer: {name: mine, centered: true}") != before


def test_a_raised_revision_changes_the_id(tmp_path: Path, put: Put):
    put("optimizer", older)
    before = id_of(tmp_path, "optimizer: mine")
    put("optimizer", older, revision=2)
    revised = id_of(tmp_path, "optimizer: mine")
    put("optimizer", with_another_default, revision=3)
    assert len({before, revised, id_of(tmp_path, "optimizer: mine")}) == 3


def test_a_revised_contract_changes_the_ids_of_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "own.py").write_text("def data(): ...\n")
    before = id_of(tmp_path, "dataset: own:data")
    family = FAMILIES["dataset"]
    monkeypatch.setattr(family, "plugins", replace(family.plugins, revision=family.plugins.revision + 1))
    assert id_of(tmp_path, "dataset: own:data") != before


def test_a_revised_component_changes_the_id_even_where_it_is_a_default(tmp_path: Path, put: Put):
    put("activation", older)
    put("architecture", with_a_component)
    before = id_of(tmp_path, "architecture: mine")
    put("activation", older, revision=2)
    put("architecture", with_a_component)
    assert id_of(tmp_path, "architecture: mine") != before


def test_recording_and_class_weights_are_part_of_a_run_however_they_are_listed(tmp_path: Path):
    def id_of(*overrides: str) -> str:
        return plan_of(tmp_path, "training: {record_every: 5}", *overrides, seeds=1).runs[0].id

    plain = id_of()
    assert id_of("training.record=off", "training.class_weight=off") == plain
    recorded = {id_of(f"training.record={listed}") for listed in ("[weight_norm, update_ratio]",)}
    recorded |= {id_of("training.record=[update_ratio, weight_norm, update_ratio]")}
    assert len(recorded) == 1
    others = {id_of("training.record=[weight_norm]"), id_of("training.class_weight=balanced")}
    assert len(recorded | others | {plain}) == 4


@pytest.mark.parametrize("identities", [{}, {"optimizer": {"name": "sgd"}}, {"training": {"epochs": 2}, "dataset": {}}])
def test_the_id_of_a_run_does_not_depend_on_what_other_seeds_there_are(identities):
    seeds = [0, 7, 10**20]
    assert run_ids(identities, "print", seeds) == [run_id(identities, "print", seed) for seed in seeds]
    parts = {section: identity for section, identity in identities.items() if identity}
    whole = {**parts, "data": "print", "engine": ENGINE_REVISION, "seed": 7}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    assert run_id(identities, "print", 7) == hashlib.sha256(text.encode()).hexdigest()[:12]
