"""Numbers in the arguments of user code, for which the catalog has no range."""

import sys

from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, join_path


def check_finite(node: Node, path: str, mistakes: Mistakes) -> bool:
    """Report numbers that no run's id or ledger line can hold; return whether all numbers are finite."""
    children = [(join_path(path, key), child) for key, child in node.mapping.items()]
    children += [(f"{path}[{index}]", child) for index, child in enumerate(node.elements)]
    if isinstance(node.value, int | float) and not abs(node.value) <= sys.float_info.max:
        # As it is spelled: Python itself refuses to print an integer of more than 4,300 digits.
        mistakes.add(node.place, path, "a finite number", node.value if isinstance(node.value, float) else node.text)
        return False
    finite = [check_finite(child, at, mistakes) for at, child in children]
    return all(finite)
