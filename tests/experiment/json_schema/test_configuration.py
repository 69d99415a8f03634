"""The schema for editors: it takes what gdbench takes, and refuses what a schema can refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from gdbench.catalog import FAMILIES
from gdbench.display.catalog_pages.catalog_text import METRIC, NOUNS, names_of
from gdbench.display.catalog_pages.entry_text import entries_named
from gdbench.errors import ConfigError
from gdbench.experiment.json_schema.configuration import FILE, schema, text
from gdbench.experiment.keys import FILE_KEYS
from gdbench.experiment.plan import load_plan
from gdbench.experiment.yaml.document import parse
from gdbench.experiment.yaml.mistakes import Mistakes
from tests.configs import EXAMPLE
from tests.schema_validator import VALIDATOR

ROOT = Path(__file__).parents[3]
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))
GOLDEN = sorted((ROOT / "tests/experiment/settings/golden").glob("*.yaml"))
EXAMPLES = [
    entries_named(f"{noun}.{name}").subjects[0].example for noun in NOUNS if noun != METRIC for name in names_of(noun)
]
VALID = [
    EXAMPLE,
    "",
    "name: 5\nseeds: [3, 1e3]\ntarget: 97 %\ntiming: exclusive\n",
    "extends: base.yaml\noptimizer: {beta_1: 0.8}\n",
    "optimizer: {beta_1: 0.8}\ntraining: {loss: {label_smoothing: 0.1}, steps: 1e3}\n",
    "optimizer: own:Mine\narchitecture: {name: 'own:net', depth: 3}\ncomparisons: {a: {architecture: {depth: 4}}}\n",
    "grid: {optimizer: [sgd, {name: adam, learning_rate: {each: [1e-3, 1e-2]}}, {name: adamw, beta_1: {each: [0]}}]}\n",
    "grid: {variants: {a: {optimizer.learning_rate: {from: 0.1, to: 1, step: 0.1}, training.loss: {each: [hinge]}}}}\n",
    'grid: {"optimizer, optimizer.learning_rate": [[sgd, 0.1], [{name: adam, label: A}, 0.001]]}\n',
    "grid: {optimizer.learning_rate: {from: 1e-4, to: 1, per_decade: 2}, training.epochs: {from: 1, to: 3, step: 1}}\n",
    "grid: {variants: {plain: {}, noisy: {regularization.gaussian_noise: 0.1, optimizer: {name: sgd}}}}\n",
    "grid: {regularization: [{}, {l2: 1e-4, label: L2}], training.schedule.rate: [0.5]}\n",
    "training: {schedule: {name: exponential, every: 9}}\n",
    "grid: {optimizer.name: {A: sgd, B: adam}, dataset.deform: ['off', {images: 70000}]}\nexclude: [{optimizer: A}]\n",
    "grid: {architecture.output.activation: [softmax], architecture.activation.negative_slope: [0.1, 0.2]}\n",
    "published: {source: p. 3, values: 98.13 %, at: [1, max], runs: 1, tolerance: 0.3 %}\n",
    "claims: [rising, {best: a}]\n",
    "published: [{source: p. 3, claims: [a > b, {claim: spread < 1 %, metric: test_loss, at: 2}]}]\n",
    "architecture: {layers: [Flatten, {name: Dense, units: 64, kernel_regularizer: {name: l2}}, own:Layer]}\n",
]


def errors(config: str) -> list[str]:
    """What the schema says of a text, read as gdbench reads it."""
    document = parse(config, "config.yaml", Mistakes()).data()
    return [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize("config", VALID)
def test_it_takes_every_form_that_a_file_has(config: str) -> None:
    assert errors(config) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_it_takes_the_files_of_other_tests(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


def test_it_takes_the_example_of_every_entry() -> None:
    assert [example for example in EXAMPLES if errors(example)] == []


WRONG = {
    "a key of a file": "optimiser: adam\n",
    "a name": "optimizer: adem\n",
    "an argument of the default entry": "optimizer: {learning_rte: 0.1}\n",
    "an argument of a named entry": "optimizer: {name: sgd, beta_1: 0.9}\n",
    "a type": "training: {epochs: five}\n",
    "a range": "optimizer: {name: adam, learning_rate: -0.1}\n",
    "a word": "dataset: {scale: units}\n",
    "a component without its list": "grid: {optimizer: {name: sgd, momentum: 0.9}}\n",
    "a path": "grid: {training.epoch: [1, 2]}\n",
    "a range of one row": "grid: {optimizer: [{name: sgd, learning_rate: {each: [0.1], to: 1}}]}\n",
    "a value on an axis": "grid: {training.batch_size: [32, 0]}\n",
    "a range without its step": "grid: {optimizer.learning_rate: {from: 1e-3, to: 1}}\n",
    "a layer without an argument": "architecture: {layers: [{name: Dense, activation: relu}]}\n",
    "both lengths": "training: {epochs: 5, steps: 100}\n",
    "seeds": "seeds: 0\n",
    "a metric": "published: {source: p. 3, metric: accuracy, values: 0.9}\n",
    "a block without a source": "published: {values: 0.9}\n",
    "a grid beside comparisons": "grid: {training.epochs: [1]}\ncomparisons: {a: {}}\n",
    "a key of a comparison": "comparisons: {a: {extends: b.yaml}}\n",
    "a variant's path": "grid: {variants: {a: {learning_rate: 1}}}\n",
}


@pytest.mark.parametrize("config", WRONG.values(), ids=WRONG.keys())
def test_it_refuses_a_file_that_is_wrong_in_one_way_as_gdbench_does(tmp_path: Path, config: str) -> None:
    assert errors(config)
    (tmp_path / "config.yaml").write_text(config)
    with pytest.raises(ConfigError) as caught:
        load_plan(tmp_path / "config.yaml")
    assert len(caught.value.mistakes) == 1


def check(*files: Path) -> subprocess.CompletedProcess[str]:
    """`check-jsonschema` with the committed schema, which reads YAML as editors do."""
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(ROOT / "configs" / FILE), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True)


def test_check_jsonschema_takes_every_shipped_file() -> None:
    done = check(*CONFIGS)
    assert done.returncode == 0, done.stdout


def test_check_jsonschema_refuses_each_wrong_file(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.yaml" for number in range(len(WRONG))]
    for file, config in zip(files, WRONG.values(), strict=True):
        file.write_text(config)
    done = check(*files)
    assert done.returncode == 1
    assert [file.name for file in files if str(file) not in done.stdout] == []


def test_the_committed_schema_is_current() -> None:
    # Written by: gdbench schema --out configs/gdbench.schema.json
    assert (ROOT / "configs" / FILE).read_text(encoding="utf-8") == text()


def test_its_text_is_the_schema_and_a_schema() -> None:
    assert json.loads(text()) == schema()
    Draft7Validator.check_schema(schema())


def test_every_shipped_file_names_it_relative_to_itself() -> None:
    for path in CONFIGS:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve() == ROOT / "configs" / FILE


def test_every_key_and_entry_is_in_it_with_its_description() -> None:
    document = schema()
    assert list(document["properties"]) == list(FILE_KEYS)
    assert all(document["properties"].values())
    for noun, family in FAMILIES.items():
        for name in family.entries:
            entry = document["$defs"][f"{noun}.{name}"]
            assert entry["description"] == family.entries[name].summary
            assert set(entry["properties"]) - {"name", "label"} == set(family.model(name).model_fields) - {"label"}
    rate = document["$defs"]["optimizer.sgd"]["properties"]["learning_rate"]
    assert rate == {
        "default": 0.01,
        "description": "step size",
        "anyOf": [{"exclusiveMinimum": 0, "type": "number"}, {"$ref": "#/$defs/own_range"}],
    }
