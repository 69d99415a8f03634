"""One Run becomes one Outcome. The only folder that imports keras and tensorflow at module level.

Importing it sets what would change numbers under the same id: the variables that the libraries read when they are
first imported, and the user's keras.json.
"""

import os
from contextlib import suppress
from pathlib import Path

import platformdirs

from gdbench.library_variables import is_unset


def _keras_home() -> str:
    """Return where Keras may write its settings at its import: in the user's home only where they stand already."""
    with suppress(RuntimeError):
        if (own := Path.home() / ".keras" / "keras.json").exists():
            return str(own.parent)
    cache = Path(platformdirs.user_cache_path("gdbench"))
    # Without a home it would be in the current folder; nothing can be written below a device.
    return str(cache / "keras") if cache.is_absolute() else os.devnull


# Writing out what XLA compiles changes nothing.
_dumps = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if flag.startswith("--xla_dump_")]
for _name in filter(is_unset, list(os.environ)):
    del os.environ[_name]
if _dumps:
    os.environ["XLA_FLAGS"] = " ".join(_dumps)
os.environ.setdefault("KERAS_HOME", _keras_home())
os.environ["KERAS_BACKEND"] = "tensorflow"
# What is measured and bit-identical is the processor, so no other device is looked for.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Only now, since Keras and TensorFlow read these variables when they are imported.
from gdbench.training.keras_settings import KerasSettings  # noqa: E402

KerasSettings().set()
