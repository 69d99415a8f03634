"""One Run becomes one Outcome. The only folder that imports keras and tensorflow at module level.

Importing it sets what would change numbers under the same id: the variables that the libraries read when they are
first imported, and the user's keras.json.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

import platformdirs

from gdbench.errors import SweepError
from gdbench.interpreter.library_variables import is_unset
from gdbench.interpreter.unused_packages import without_unused_packages
from gdbench.text import spelled

# What Keras accepts in a keras.json; which of them it is changes nothing here.
_CHOICES = {
    "floatx": ("float32", "float16", "float64"),
    "image_data_format": ("channels_last", "channels_first"),
}


def _keras_home() -> str:
    """Return where Keras may write its settings at its import: in the user's home only where they stand already."""
    with suppress(RuntimeError):
        if (own := Path.home() / ".keras" / "keras.json").exists():
            return str(own.parent)
    cache = Path(platformdirs.user_cache_path("gdbench"))
    # Without a home it would be in the current folder; nothing can be written below a device.
    return str(cache / "keras") if cache.is_absolute() else os.devnull


def _require_sound(file: Path) -> None:
    """Refuse a keras.json with which Keras cannot be imported; it ignores one that is no JSON.

    Raises:
        SweepError: Keras would end in a traceback.
    """
    try:
        settings = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return
    except OSError as error:
        raise SweepError(f"{file}: cannot be read: {error.strerror}") from None
    if not isinstance(settings, dict):
        raise SweepError(f"{file}: expected a mapping of Keras' settings; got {spelled(settings)}")
    for name, choices in _CHOICES.items():
        if settings.get(name, choices[0]) not in choices:
            raise SweepError(f"{file}: {name}: expected one of {', '.join(choices)}; got {spelled(settings[name])}")
    if not isinstance(settings.get("epsilon", 1e-7), float):
        raise SweepError(f"{file}: epsilon: expected a float; got {spelled(settings['epsilon'])}")


# Writing out what XLA compiles changes nothing.
_dumps = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if flag.startswith("--xla_dump_")]
for _name in filter(is_unset, list(os.environ)):
    del os.environ[_name]
if _dumps:
    os.environ["XLA_FLAGS"] = " ".join(_dumps)
os.environ.setdefault("KERAS_HOME", _keras_home())
# As Keras does it: Path.expanduser would raise where there is no home.
_require_sound(Path(os.path.expanduser(os.environ["KERAS_HOME"])) / "keras.json")  # noqa: PTH111
os.environ["KERAS_BACKEND"] = "tensorflow"
# What is measured and bit-identical is the processor, so no other device is looked for.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Only now, since Keras and TensorFlow read these variables when they are imported.
with without_unused_packages():
    from gdbench.training.keras_settings import KerasSettings

KerasSettings().set()
