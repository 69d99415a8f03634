"""`extends`: the settings of another configuration, laid below a file's own."""

import os
from collections.abc import Sequence
from pathlib import Path

from gdbench.errors import RequestError
from gdbench.experiment.header import refuse_unknown_keys
from gdbench.experiment.yaml.document import Node, read
from gdbench.experiment.yaml.locations import located
from gdbench.experiment.yaml.mistakes import Mistakes

KEY = "extends"
# The keys of a base besides the sections that count; its title, grid and comparisons are its own.
TAKEN = ("seeds", "timing")
# Far more than anyone writes; all files of a chain are read.
MAX_FILES = 20


def bases(root: Node, path: Path | None, known: Sequence[str], mistakes: Mistakes) -> tuple[Node, ...]:
    """Return the files that a configuration extends, the lowest first; `known` are the keys that a file may have.

    `path` is that of the configuration, None for settings that stand in no file. Paths in a base are relative to its
    own folder, and its mistakes name its own file. A mistake in the chain itself is reported at the key that names the
    file.

    Raises:
        ConfigError: a base is not YAML at all.
    """
    chain: list[Node] = []
    files = [path] if path else []
    node = root.mapping.get(KEY)
    while node is not None:
        base = _read(node, files, mistakes)
        if base is None:
            break
        refuse_unknown_keys(base, known, "", mistakes)
        chain.insert(0, base)
        node = base.mapping.get(KEY)
    return tuple(chain)


def with_seeds_and_timing(root: Node, chain: Sequence[Node]) -> Node:
    """Return a configuration with the seeds and timing of its bases where it has none of its own."""
    layers = [base.only(TAKEN) for base in chain] + [root]
    values = {key: value for layer in layers for key, value in layer.mapping.items()}
    keys = {key: node for layer in layers for key, node in layer.keys.items()}
    return Node(values, root.place, root.text, root.plain, keys)


def _read(node: Node, files: list[Path], mistakes: Mistakes) -> Node | None:
    """Read the file that a key names and append its path; None after a mistake."""
    path = _path(node)
    if path is None:
        mistakes.add(node.place, KEY, "the path of one configuration, relative to this one", node.data())
        return None
    if os.path.realpath(path) in map(os.path.realpath, files):
        names = " -> ".join(file.name for file in (*files, path))
        mistakes.add(node.place, KEY, f"a file that does not itself extend this one ({names})", node.data())
        return None
    files.append(path)
    if len(files) > MAX_FILES:
        mistakes.add(node.place, KEY, f"a chain of at most {MAX_FILES} files", node.data())
        return None
    try:
        base = read(path, mistakes)
    except RequestError as error:
        # Mistakes of the base have been collected, and end the reading of everything.
        mistakes.raise_if_any()
        mistakes.state(node.place, KEY, str(error))
        return None
    if not base.is_mapping:
        mistakes.add(base.place, "", "a mapping with keys such as optimizer", base.data())
        return None
    return base


def _path(node: Node) -> Path | None:
    """Return the path that a value names; None if it cannot be a path."""
    return located(node.value, node.place) if isinstance(node.value, str) and node.value.strip() else None
