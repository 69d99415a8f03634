"""Paths in a configuration, which are relative to its folder."""

import os
from pathlib import Path

from gdbench.experiment.yaml.mistakes import Place

# No operating system takes longer ones.
MAX_LENGTH = 4096


def located(text: str, place: Place) -> Path | None:
    """Return the path that a text at a place of a file names; None if no path can be spelled like this."""
    if not text or "\0" in text or len(text) > MAX_LENGTH:
        return None
    try:
        # Refuses text that the file system cannot encode.
        os.fsencode(text)
        # Raises if `~name` names no user.
        return Path(place.folder) / Path(text).expanduser()
    except (ValueError, RuntimeError):
        return None
