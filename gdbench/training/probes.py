"""Tries user code before it is trained with: on a few numbers, then in one step of runs that use it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import shape_in
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data, Facts
from gdbench.catalog.plugin_entry import TrialSizes
from gdbench.catalog.plugin_loading import culprit, reporting
from gdbench.catalog.plugins import Code
from gdbench.errors import ArchitectureError, DataError, PluginError
from gdbench.experiment.settings.run_settings import RunSettings, settings_of
from gdbench.records import Run, Settings
from gdbench.training.methods.whole_program import built_program
from gdbench.training.splits import Prepared, Split

# More than one, so that a batch is told from an image.
_IMAGES = 4
# What went wrong in a step of a run, by its id.
_ERRORS: dict[str, Exception | None] = {}


@dataclass(frozen=True, eq=False)
class _Use:
    """A run that uses a plug-in, and the facts of its dataset."""

    run: Run
    facts: Facts

    @property
    def sizes(self) -> TrialSizes:
        settings = settings_of(self.run)
        training, images = settings.training, settings.dataset.counts(self.facts).train
        per_epoch = max(1, -(-images // max(1, training.batch_size_for(images))))
        rate = settings.optimizer.component.get("learning_rate", TrialSizes().learning_rate)
        return TrialSizes(self.facts.classes, training.updates_for(per_epoch), rate)


def probe(component: Settings, runs: Sequence[Run] = (), files: Collection[str] = ()) -> Facts | None:
    """Build a component that names a plug-in and use it as the runs do; return its facts if it is a dataset.

    `files` are those of all plug-ins of the runs, so that an error is reported of the one that it comes from.

    Raises:
        PluginError: it cannot be built, or cannot be trained with.
    """
    code = Code(**component["code"])
    family = FAMILIES[code.family]
    facts = _facts(json.dumps(component)) if code.family == DATASETS.noun else None
    uses = [_Use(run, known) for run in runs if (known := _facts_of(run)) is not None]
    sizes = {use.sizes for use in uses} or {TrialSizes()}
    # The facts of a dataset are its trial.
    if facts is None:
        family.probe(component, sizes)
    # What a step compiles depends on the shapes of the data, not on what is in it.
    for use in {(use.facts.shape, use.facts.classes): use for use in uses}.values():
        # One plug-in after the other may be tried in the same run.
        if use.run.id not in _ERRORS:
            _ERRORS[use.run.id] = _error_of_a_step(use)
        error = _ERRORS[use.run.id]
        if error is not None and _is_to_blame(error, code.file, files):
            with reporting(component["name"], code):
                raise error
    return facts


def _is_to_blame(error: Exception, file: str, files: Collection[str]) -> bool:
    source = culprit(error, {file, *files})
    # What a contract asks of user code is said after that code has returned.
    return source == file or (source is None and isinstance(error, PluginError))


def _facts_of(run: Run) -> Facts | None:
    """Return the facts of a run's dataset; None where it cannot be had, which is reported elsewhere."""
    try:
        return _facts(json.dumps(run.dataset))
    except (DataError, PluginError):
        return None


@cache
def _facts(dataset: str) -> Facts:
    component: Settings = json.loads(dataset)
    facts = DATASETS.facts(component)
    if facts is None:
        built: Data = DATASETS.probe(component, ())
        return built.facts()
    return facts


def _error_of_a_step(use: _Use) -> Exception | None:
    """Compile a run's program and take a step; return what user code raised, if anything."""
    try:
        _take_a_step(settings_of(use.run), use.facts)
    except ArchitectureError:
        # Layers that do not fit fail the runs that have them.
        return None
    except Exception as error:
        return error
    finally:
        keras.utils.clear_session()
    return None


def _take_a_step(settings: RunSettings, facts: Facts) -> None:
    small = {**settings.sections, "training": {**settings.sections["training"], "batch_size": _IMAGES}}
    shape = shape_in(settings.architecture.spec.form, facts.shape)
    if shape is None:
        return
    images = np.random.default_rng(0).random((_IMAGES, *shape), np.float32)
    labels = np.arange(_IMAGES, dtype=np.int32) % facts.classes
    split = Split(tf.constant(images), tf.constant(labels), _IMAGES)
    built_program(RunSettings(small, settings.seed), Prepared(split, None, split, 0.0, 1.0, facts.classes))
