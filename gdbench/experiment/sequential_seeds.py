"""`seeds: {from: 5, until: separated, at_most: 20}`: more seeds until a row stands out, at declared looks."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from gdbench.catalog.entry import Options, Whole
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

# Below this number of seeds no difference between rows is decided.
FEWEST_SEEDS = 3
# Above this number of rows no table says which of them differ.
MOST_ROWS = 100
# `from` is a keyword of Python, so the model cannot be written as a class.
_FIELDS: dict[str, Any] = {
    "from": (Annotated[Whole, Field(ge=FEWEST_SEEDS, description="seeds of the first look")], ...),
    "until": (Annotated[Literal["separated"], Field(description="the best row differs from all others")], ...),
    "at_most": (Annotated[Whole, Field(ge=FEWEST_SEEDS, description="seeds of the last look")], ...),
}
SequentialSeeds = create_model("SequentialSeeds", __base__=Options, **_FIELDS)


def looks_of(first: int, at_most: int) -> tuple[int, ...]:
    """Return the numbers of seeds at which a table is looked at: the first, its doubles, and `at_most`."""
    return (*_doubled(first, at_most), at_most)


def _doubled(first: int, at_most: int) -> Iterator[int]:
    while first < at_most:
        yield first
        first *= 2


def refuse_beside_looks(node: Node, at: Node, rows: int, mistakes: Mistakes) -> None:
    """Refuse keys and numbers of rows that sequential seeds exclude; `at` is the node of the seeds."""
    # Their verdicts would be taken at the moment that favors one row.
    for key, key_node, _ in node.only(("published", "claims", "tune")).items():
        mistakes.add(key_node.place, key, "a fixed number of seeds beside it, such as seeds: 10", "until: separated")
    # Without any, the grid has mistakes of its own.
    if rows and not 2 <= rows <= MOST_ROWS:
        expected = f"2 to {MOST_ROWS} points to tell apart beside until: separated"
        mistakes.add(at.place, "seeds", expected, rows)


def read_looks(first: int | None, at_most: int | None, limit: int, node: Node, mistakes: Mistakes) -> tuple[int, ...]:
    """Return the looks from `from` to `at_most`; none where the numbers do not fit, at most `limit` seeds."""
    # A number that is missing or none has a line of its own.
    if first is None or at_most is None:
        return ()
    place = node.mapping.get("at_most", node).place
    if at_most > limit:
        mistakes.add(place, "seeds.at_most", f"at most {limit:,} seeds", at_most)
    elif at_most <= first:
        mistakes.add(place, "seeds.at_most", f"more seeds than the {first} of the first look", at_most)
    else:
        return looks_of(first, at_most)
    return ()
