"""YAML as a tree that keeps what a parser would refuse: repeated keys, odd scalars, text that is no YAML."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml
from hypothesis import strategies as st

from tests.fuzz import odd

Path = tuple[int, ...]
Tree = "str | list[Tree] | Pairs"


@dataclass(frozen=True)
class Pairs:
    """A mapping: keys as written, any of them twice."""

    items: "tuple[tuple[str, Tree], ...]"


def tree_of(text: str) -> "Tree":
    """Return the tree of YAML text."""
    return _tree(yaml.compose(text, Loader=yaml.SafeLoader))


def _tree(node: yaml.Node) -> "Tree":
    if isinstance(node, yaml.MappingNode):
        return Pairs(tuple((_scalar(key), _tree(value)) for key, value in node.value))
    if isinstance(node, yaml.SequenceNode):
        return [_tree(child) for child in node.value]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str:
    return node.value if node.style is None else "'" + node.value.replace("'", "''") + "'"


def text_of(tree: "Tree") -> str:
    """Return the block style of a tree; its scalars stand as they are, well formed or not."""
    return f"{tree}\n" if isinstance(tree, str) else "".join(f"{line}\n" for line in _lines(tree, ""))


def _lines(tree: "Tree", indent: str) -> Iterator[str]:
    entries = tree.items if isinstance(tree, Pairs) else [("-", child) for child in tree]
    mark = ":" if isinstance(tree, Pairs) else ""
    if not entries:
        yield indent + ("{}" if mark else "[]")
    for key, child in entries:
        if isinstance(child, str):
            yield f"{indent}{key}{mark} {child}"
        else:
            yield f"{indent}{key}{mark}"
            yield from _lines(child, indent + "  ")


def paths(tree: "Tree", path: Path = ()) -> Iterator[Path]:
    """Yield where each node of a tree stands, outermost first."""
    yield path
    if not isinstance(tree, str):
        for index, child in enumerate(_children(tree)):
            yield from paths(child, (*path, index))


def _children(tree: "list[Tree] | Pairs") -> "list[Tree]":
    return [child for _, child in tree.items] if isinstance(tree, Pairs) else tree


def changed(tree: "Tree", path: Path, change: "Callable[[Tree], Tree]") -> "Tree":
    """Return a tree with another node at a path."""
    if not path:
        return change(tree)
    assert not isinstance(tree, str), "the path is one of this tree"
    first, rest = path[0], path[1:]
    if isinstance(tree, Pairs):
        key, child = tree.items[first]
        return Pairs((*tree.items[:first], (key, changed(child, rest, change)), *tree.items[first + 1 :]))
    return [*tree[:first], changed(tree[first], rest, change), *tree[first + 1 :]]


@st.composite
def mutated(draw: st.DrawFn, tree: "Tree", words: st.SearchStrategy[str], others: "st.SearchStrategy[Tree]") -> "Tree":
    """A tree with one to three changes; `words` are keys, `others` trees whose parts may come in."""
    # Mostly a single one, since the first mistake of a part hides what comes after it.
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        places = list(paths(tree))
        # What replaces the whole is soon refused.
        place = draw(st.sampled_from(places[1:] or places))
        change = draw(st.sampled_from(_CHANGES))
        tree = changed(tree, place, lambda node, change=change: change(draw, node, words, others))
    return tree


Words = st.SearchStrategy[str]
Change = "Callable[[st.DrawFn, Tree, Words, st.SearchStrategy[Tree]], Tree]"


def _odd(draw: st.DrawFn, _node: "Tree", _words: Words, _others: object) -> "Tree":
    return draw(odd.values)


def _foreign(draw: st.DrawFn, _node: "Tree", _words: Words, others: "st.SearchStrategy[Tree]") -> "Tree":
    return draw(others)


def _wrapped(draw: st.DrawFn, node: "Tree", words: Words, _others: object) -> "Tree":
    return draw(st.sampled_from([[node], [node, node], Pairs(((draw(words), node),)), Pairs((("name", node),))]))


def _shuffled(draw: st.DrawFn, node: "Tree", words: Words, others: "st.SearchStrategy[Tree]") -> "Tree":
    """Drop, repeat, rename or add an entry of a mapping or list; a scalar is replaced."""
    if isinstance(node, str):
        return draw(words | odd.values)
    entries: list[tuple[str, Tree]] = list(node.items) if isinstance(node, Pairs) else [("-", child) for child in node]
    kind = draw(st.sampled_from(("add", "drop", "repeat", "rename")))
    if kind == "add" or not entries:
        entries.append((draw(words), draw(odd.values | others)))
    else:
        index = draw(st.integers(0, len(entries) - 1))
        key, child = entries.pop(index)
        if kind == "repeat":
            entries += [(key, child), (key, draw(st.sampled_from([child, draw(odd.values)])))]
        elif kind == "rename":
            entries.insert(index, (draw(words | odd.values), child))
    return Pairs(tuple(entries)) if isinstance(node, Pairs) else [child for _, child in entries]


_CHANGES = (_odd, _odd, _foreign, _wrapped, _shuffled, _shuffled, _shuffled)


@st.composite
def broken(draw: st.DrawFn, text: str) -> str:
    """Text that is mostly as it was, sometimes cut, with something put in or a part left out or repeated."""
    kind = draw(st.sampled_from(("whole",) * 12 + ("cut", "insert", "leave out", "repeat")))
    if kind == "whole":
        return text
    start = draw(st.integers(0, len(text)))
    if kind == "cut":
        return text[:start]
    if kind == "insert":
        return text[:start] + draw(odd.fragments) + text[start:]
    end = draw(st.integers(start, min(len(text), start + 80)))
    return text[:start] + text[end:] if kind == "leave out" else text[:end] + text[start:]
