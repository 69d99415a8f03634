"""Keras' own settings, which the user's keras.json and a user's code can change: part of no run, so always the same."""

from typing import NamedTuple

import keras

from gdbench.errors import PluginError


class KerasSettings(NamedTuple):
    """The settings on which numbers depend."""

    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    dtype_policy: str = "float32"

    def set(self) -> None:
        """Put these settings in force."""
        keras.config.set_floatx(self.floatx)
        keras.config.set_epsilon(self.epsilon)
        keras.config.set_image_data_format(self.image_data_format)
        keras.config.set_dtype_policy(self.dtype_policy)


def in_force() -> KerasSettings:
    """Return the settings in force."""
    config = keras.config
    return KerasSettings(config.floatx(), config.epsilon(), config.image_data_format(), config.dtype_policy().name)


def require_unchanged(before: KerasSettings) -> None:
    """Refuse a run whose code has changed the settings, and restore them for the runs after it.

    Raises:
        PluginError: they differ from those before.
    """
    after = in_force()
    if after != before:
        before.set()
        changed = (f"{name} {new}" for name, old, new in zip(after._fields, before, after, strict=True) if old != new)
        raise PluginError(f"expected code that leaves keras.config as it is; got {', '.join(changed)}")
