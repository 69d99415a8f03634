"""Configurations made of valid ones, and what is wrong with how `plan` takes them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from gdbench.catalog import FAMILIES
from tests.fuzz import odd, samples
from tests.fuzz.command import Failure, called, failures, planned_quick
from tests.fuzz.trees import Tree, broken, mutated, paths, text_of, tree_of

CONFIGS = Path(__file__).parents[2] / "configs"
# Everything that a file can say, in few lines each.
EXAMPLES = (
    "",
    "seeds: 1\n",
    "dataset: {name: mnist, validation: 0.1, train: 1000, label_noise: 0.1, deform: {images: 70000, rotation: 5}}\n",
    "dataset: {name: npz, path: data.npz}\narchitecture: perceptron\n",
    "dataset: {name: csv, path: data.csv, label: label, test_share: 0.3}\narchitecture: perceptron\n",
    "dataset: {name: idx, path: idx}\n",
    "dataset: {name: synthetic, features: 20, classes: 3}\narchitecture: {name: mlp, hidden: [8, 8]}\n",
    """
optimizer: {name: own_code:Signum, momentum: 0.5}
training: {loss: {name: own_code:generalized_cross_entropy, q: 0.5}}
""",
    "dataset: {name: own_code:spirals, examples: 100}\narchitecture: perceptron\n",
    """
architecture:
  layers: [{name: Conv2D, filters: 3, kernel_size: 3}, Flatten, {name: Dense, units: 8, activation: relu}]
""",
    """
regularization:
  {l1: 1e-5, l2: 1e-4, max_norm: 2, batch_norm: {momentum: 0.9}, dropout: {input: 0.2, hidden: 0.5}}
""",
    """
training: {steps: 100, batch_size: full, evaluate_every: 0.5, record_every: 10, stop_at: off,
  schedule: {name: exponential, rate: 0.5, every: 10}, early_stopping: {metric: val_loss, patience: 2}}
dataset: {validation: 100}
""",
    """
seeds: [0, 5]
grid:
  optimizer: {SGD: sgd, Momentum: {name: sgd, momentum: 0.9}}
  optimizer.learning_rate: {from: 1e-4, to: 1, per_decade: 2}
exclude: [{optimizer: Momentum, optimizer.learning_rate: 1}]
""",
    "extends: base.yaml\noptimizer: {momentum: 0.9}\nseeds: 1\n",
    """
grid: {"architecture.hidden, training.epochs": [[[128], 5], [[512, 512], 10]]}
include: [{training.epochs: 3}]
""",
    """
grid: {variants: {plain: {}, dropout: {regularization.dropout: 0.5}}, training.batch_size: [32, 128]}
target: 97 %
""",
    """
comparisons:
  {one: {grid: {training.epochs: [1, 2]}}, two: {seeds: 2, training: {epochs: 2}, timing: exclusive}}
""",
    """
dataset: {validation: 100}
grid: {optimizer: [sgd, adam]}
published: {source: x, metric: test_accuracy, at: [1, best_val, 2 s], tolerance: 0.3 %,
  values: {sgd: [90 %, 0.91 +- 0.01, 0.9], adam: [collapsed, 95 %, 94 %]}, claims: [adam > sgd, spread < 1 %]}
""",
)
_SHIPPED = tuple(path.read_text(encoding="utf-8") for path in sorted(CONFIGS.rglob("*.yaml")))
TREES: tuple[Tree, ...] = tuple(tree_of(text) if text else "" for text in (*EXAMPLES, *_SHIPPED))
_KEYS = {key for text in (*EXAMPLES, *_SHIPPED) for key in re.findall(r"[\w.]+(?=:)", text)}
_NAMES = {name for family in FAMILIES.values() for name in family.entries}
_ARGUMENTS = {
    argument for family in FAMILIES.values() for name in family.entries for argument in family.model(name).model_fields
}
# Keys that gdbench itself puts into components.
WORDS = sorted(_KEYS | _NAMES | _ARGUMENTS | {"code", "file", "sha256", "family", "id", "revision"})
words = st.sampled_from(WORDS) | st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(".".join)


class Configuration(NamedTuple):
    """The text of a file, and what the command line adds."""

    text: str
    overrides: tuple[str, ...]
    as_json: bool
    quick: bool


@st.composite
def _part(draw: st.DrawFn) -> Tree:
    """Any part of any tree."""
    tree = draw(st.sampled_from(TREES))
    for index in draw(st.sampled_from(list(paths(tree)))):
        assert not isinstance(tree, str), "the path is one of this tree"
        tree = tree[index] if isinstance(tree, list) else tree.items[index][1]
    return tree


# Where each family stands; `*` is the component.
_USES = {
    "dataset": "dataset: *",
    "architecture": "architecture: *",
    "optimizer": "optimizer: *",
    "loss": "training: {loss: *}",
    "schedule": "training: {schedule: *}",
    "activation": "architecture: {activation: *}",
    "initializer": "architecture: {kernel_initializer: *, output: {bias_initializer: *}}",
    "layer": "architecture: {layers: [*, Flatten, {name: Dense, units: 8}]}",
    "regularizer": "architecture: {layers: [Flatten, {name: Dense, units: 8, kernel_regularizer: *}]}",
    "constraint": "architecture: {layers: [Flatten, {name: Dense, units: 8, kernel_constraint: *}]}",
}


@st.composite
def _use(draw: st.DrawFn) -> str:
    """A configuration that uses an entry of the catalog, with values for some of its arguments."""
    noun = draw(st.sampled_from(sorted(_USES)))
    name = draw(st.sampled_from(sorted(FAMILIES[noun].entries)))
    fields = FAMILIES[noun].model(name).model_fields
    arguments = draw(st.lists(st.sampled_from(sorted(fields)), max_size=3)) if fields else []
    given = [f"{argument}: {draw(odd.values)}" for argument in arguments]
    return _USES[noun].replace("*", f"{{{', '.join([f'name: {name}', *given])}}}") + "\n"


@st.composite
def strategy(draw: st.DrawFn) -> Configuration:
    """A configuration with a few changes."""
    # Short files are planned faster, and their mistakes are not hidden by others.
    trees = st.sampled_from(TREES[: len(EXAMPLES)]) | st.sampled_from(TREES)
    text = draw(_use() | trees.flatmap(lambda tree: mutated(tree, words, _part())).map(text_of).flatmap(broken))
    overrides = draw(st.lists(st.tuples(words, odd.values).map("=".join), max_size=1)) if draw(st.booleans()) else []
    # No argument of a process holds a zero byte.
    return Configuration(
        text, tuple(each.replace("\0", "") for each in overrides), draw(st.booleans()), draw(st.booleans())
    )


def prepare(folder: Path) -> None:
    """Put beside the configuration what a valid one may name."""
    code = (CONFIGS / "own_code.py").read_text(encoding="utf-8")
    (folder / "own_code.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n{code}", encoding="utf-8")
    (folder / "base.yaml").write_text("optimizer: {name: sgd, nesterov: true}\ntraining: {epochs: 2}\nseeds: 2\n")
    samples.write(folder)


def check(case: Configuration, folder: Path) -> Iterator[Failure]:
    """Yield what is wrong with how a configuration is planned."""
    file = folder / "case.yaml"
    # As bytes: half of a surrogate pair is no text.
    file.write_bytes(case.text.encode(errors="surrogatepass"))
    before = _contents(folder)
    options = [part for override in case.overrides for part in ("--set", override)]
    results = str(folder / "results")
    # What the command line adds begins its own mistakes.
    starts = (str(folder), "--set", "--quick")
    ended = called("plan", str(file), "--results", results, *options, *(["--json"] if case.as_json else []))
    yield from failures(ended, starts, for_people=not case.as_json)
    if case.quick and not case.overrides:
        yield from failures(planned_quick(file), starts)
    after = _contents(folder)
    for path in after - before:
        yield Failure("plan has written or run something", str(path))
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _contents(folder: Path) -> set[Path]:
    return {path for path in folder.iterdir() if path.name != "__pycache__"}
