"""The keys that a configuration and each of its comparisons may have."""

from gdbench.experiment.extends import KEY as EXTENDS
from gdbench.experiment.header import Header
from gdbench.experiment.published.multiverse_parser import KEY as MULTIVERSE
from gdbench.records import SECTIONS

COMPARISON_KEYS = ("grid", "include", "exclude", "tune", "target", "published", "claims")
# Those of a file count for all of its comparisons.
SHARED_KEYS = (*Header.model_fields, *SECTIONS, MULTIVERSE)
FILE_KEYS = ("name", EXTENDS, *SHARED_KEYS, "comparisons", *COMPARISON_KEYS)
