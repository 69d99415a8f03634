"""Rules for test functions, which have neither data nor a network: what says nothing about them is refused."""

from collections.abc import Iterator, Mapping
from functools import cache

from gdbench.catalog.plugin_entry import BrokenRule
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.settings.sections import defaults, resolve_section
from gdbench.experiment.yaml.mistakes import Mistakes, Place
from gdbench.records import Settings

# How long to go on, and what else a function of two weights leaves of the training section.
_MEANINGFUL = (
    *("epochs", "steps", "schedule", "evaluate_every", "record_every"),
    *("early_stopping", "stop_at", "threads", "compile"),
)
_WATCHED = "train_loss"


def check_surface(settings: RunSettings) -> Iterator[BrokenRule]:
    """Yield what a run on a test function sets in vain: the path, what is expected there, and what the file has."""
    plain = _defaults()
    if settings.sections["architecture"] != plain["architecture"]:
        yield "architecture", "nothing beside test_function, which has no network", settings.architecture.name
    for option in settings.regularization.options_in_use:
        rule = "nothing beside test_function, which has no network"
        yield f"regularization.{option}", rule, settings.sections["regularization"][option]
    for key, value in settings.sections["training"].items():
        if key not in _MEANINGFUL and value != plain["training"][key]:
            # A component is said by its name.
            received = value["name"] if isinstance(value, Mapping) and "name" in value else value
            yield f"training.{key}", "nothing beside test_function, which has no images", received
    for option, stopping in settings.training.stopping_rules.items():
        if stopping.metric != _WATCHED:
            yield f"training.{option}.metric", f"{_WATCHED}, the only metric of test_function", stopping.metric
    if settings.optimizer.images_for(0):
        images = settings.optimizer.component["images"]
        yield "optimizer.images", "nothing beside test_function, which has no images", images


@cache
def _defaults() -> Mapping[str, Settings]:
    """Return the sections of a file that sets nothing."""
    nowhere = Place("", 0)
    found = {name: resolve_section(name, node, Mistakes()) for name, node in defaults(nowhere).mapping.items()}
    return {name: resolved.values for name, resolved in found.items() if resolved}
