"""The plain keys of a configuration and of its comparisons: title, seeds, timing, target, and names of files."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Options, Whole
from gdbench.experiment.published.printed_numbers import number
from gdbench.experiment.sequential_seeds import SequentialSeeds, read_looks
from gdbench.experiment.settings.familiar_names import key_hint
from gdbench.experiment.settings.merge import overlay
from gdbench.experiment.settings.resolve import section
from gdbench.experiment.tuning.tuned_rows import FIRST_TRIAL_SEED
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, join_path

MAX_SEEDS = 100_000
# File systems take 255 bytes; the suffixes of the files of tables need some of them.
MAX_NAME_LENGTH = 200
# Suffixes of the files that are written for a comparison beside its table: learning curves, verdicts on a published
# one, also in each universe, and the trials of a tuned one.
OTHER_TABLES = ("-history", "-verdicts", "-claims", "-multiverse", "-trials", "-expected-best")
# The file of all comparisons together.
PROFILE = "performance-profile"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Seeds = Annotated[
    Count | SequentialSeeds | list[Annotated[Whole, Field(ge=0)]],
    Field(description="how many, from 0, a list, or as many as it takes"),
]


class Header(Options):
    """The plain keys that a file and each of its comparisons may have."""

    title: str = ""
    seeds: Seeds = 3
    timing: Annotated[Literal["shared", "exclusive"], Field(description="exclusive: trained alone")] = "shared"


def parse_header(root: Node, node: Node, mistakes: Mistakes) -> Header:
    """Parse the header of a comparison: its own keys over those of the file, whose title is not inherited."""
    # Only keys of the header, so that `name` does not make the mapping a component.
    keys = overlay(root.only(Header.model_fields), node.only(Header.model_fields))
    header = Header.model_construct(**section(Header, keys, "", mistakes).values)
    return header if "title" in node.mapping else header.model_copy(update={"title": ""})


@dataclass(frozen=True, slots=True)
class PlannedSeeds:
    """The seeds of a comparison, and at how many of them it is looked at; no looks where their number is fixed."""

    seeds: tuple[int, ...]
    looks: tuple[int, ...] = ()


def parse_seeds(header: Header, node: Node, mistakes: Mistakes) -> PlannedSeeds:
    """Return the seeds that a header asks for: 0 to n - 1, or those listed; `node` is where mistakes are reported."""
    # What the model takes as a mapping is a plain one once it has been resolved.
    asked: object = header.seeds
    if isinstance(asked, int):
        if asked <= MAX_SEEDS:
            return PlannedSeeds(tuple(range(asked)))
        # No seeds and so no runs: planning this many would take forever.
        mistakes.add(node.place, "seeds", f"at most {MAX_SEEDS:,} seeds", asked)
        return PlannedSeeds(())
    if isinstance(asked, Mapping):
        looks = read_looks(asked["from"], asked["at_most"], MAX_SEEDS, node, mistakes)
        return PlannedSeeds(tuple(range(max(looks, default=0))), looks)
    assert isinstance(asked, list), "seeds are a number, a mapping or a list"
    if max(asked, default=0) >= FIRST_TRIAL_SEED:
        rule = f"seeds below {FIRST_TRIAL_SEED:,}, since tune uses those from there on"
        mistakes.add(node.place, "seeds", rule, max(asked))
    if len(set(asked)) < max(1, len(asked)):
        mistakes.add(node.place, "seeds", "one or more distinct seeds", asked)
    return PlannedSeeds(tuple(asked))


def parse_target(node: Node | None, mistakes: Mistakes) -> float | None:
    """Parse the accuracy that `epochs_to_target` and its like refer to."""
    value = number(node.value) if node is not None else None
    if node is not None and (value is None or not 0 < value <= 1):
        # What has its sign already is too large.
        lacks_sign = value is not None and not isinstance(node.value, str) and 1 < value <= 100
        hint = f"; write {value:g} %" if lacks_sign else ""
        mistakes.add(node.place, "target", "an accuracy above 0 % and at most 100 %", node.data(), hint=hint)
    return value


def check_file_name(name: str, node: Node, path: str, mistakes: Mistakes) -> None:
    """Check that an experiment's or comparison's name can be part of a file name; `node` says where it stands."""
    if not _FILE_NAME.fullmatch(name):
        expected = "a name of letters, digits, '.', '_' and '-', since it names a file"
        mistakes.add(node.place, path, expected, name)
    elif len(name) > MAX_NAME_LENGTH:
        expected = f"a name of at most {MAX_NAME_LENGTH} characters, since it names a file"
        mistakes.add(node.place, path, expected, name)


def refuse_file_of_another(name: str, node: Node, names: Container[str], path: str, mistakes: Mistakes) -> None:
    """Refuse a comparison whose table would have the name of another file, such as the trials of another one."""
    if name == PROFILE:
        mistakes.add(
            node.place, path, "another name, since the performance profile of all comparisons has this one", name
        )
    for suffix in OTHER_TABLES:
        if name.endswith(suffix) and name.removesuffix(suffix) in names:
            other = name.removesuffix(suffix)
            mistakes.add(node.place, path, f"a name that is not that of a file of the comparison {other}", name)


def refuse_unknown_keys(node: Node, known: Sequence[str], path: str, mistakes: Mistakes) -> None:
    """Refuse keys that the mapping at a path does not have."""
    for key, key_node, _ in node.items():
        if key not in known:
            hint = key_hint(key, key, known)
            mistakes.unknown_key(key_node.place, join_path(path, key), key, path or "a configuration", known, hint)
