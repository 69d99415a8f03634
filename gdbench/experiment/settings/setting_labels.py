"""The value of resolved settings at a path, as a label."""

from collections.abc import Mapping

from gdbench.experiment.experiment import NO_VALUE


def setting_at(settings: Mapping[str, object], path: str) -> object:
    """Return the value at a path such as `optimizer.learning_rate`, None where there is none."""
    value: object = settings
    for segment in path.split("."):
        value = value.get(segment) if isinstance(value, Mapping) else None
    return value


def setting_label(value: object) -> str:
    """Return a value as a label, a component by its name; "-" where there is none."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list):
        return ", ".join(map(setting_label, value))
    if isinstance(value, bool) or value is None:
        return NO_VALUE if value is None else str(value).lower()
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)
