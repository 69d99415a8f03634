"""The lists of configs/language.md, made from the catalog: `python -m tests.language` writes them anew."""

import re
from collections.abc import Iterable
from pathlib import Path

from gdbench.catalog import FAMILIES
from gdbench.display.catalog_pages.argument_text import ArgumentText, arguments_of_model, own_arguments
from gdbench.display.catalog_pages.file_keys import FILE_ENTRIES
from gdbench.display.catalog_pages.metric_text import better, metric_text
from gdbench.experiment.keys import COMPARISON_KEYS, FILE_KEYS, SHARED_KEYS
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.metrics import METRICS
from gdbench.records import SECTIONS

PAGE = Path(__file__).parents[1] / "configs" / "language.md"
# Families whose entries stand in arguments of others.
OF_ARGUMENTS = ("loss", "schedule", "activation", "initializer", "regularizer", "constraint")
SECTION_TEXTS = {
    "dataset": "the data to train and evaluate on",
    "architecture": "the layers of the network",
    "optimizer": "how the weights are updated",
    "training": "length, batches, loss, schedule, evaluation",
    "regularization": "penalties, dropout, noise, normalization",
}
KEYS = {
    **{name: key.summary for name, key in FILE_ENTRIES.items()},
    **{section: f"{SECTION_TEXTS[section]}: see [{section}](#{section})" for section in SECTIONS},
}


def lists() -> dict[str, str]:
    """Each list by the name of its marks."""
    return {
        "keys": _keys(),
        **{section: _arguments(arguments_of_model(model)) for section, model in SECTION_MODELS.items()},
        **{noun: _family(noun) for noun in ("dataset", "architecture", "optimizer")},
        "layer": _names("layer"),
        "arguments": "\n".join(f"**{noun}**: {FAMILIES[noun].summary}\n\n{_family(noun)}" for noun in OF_ARGUMENTS),
        "metrics": _table(
            ("metric", "what it is"), ((f"`{m.name}`", f"{metric_text(m)}; {better(m)}") for m in METRICS.values())
        ),
    }


def updated(page: str) -> str:
    """The page with each list as it is now."""
    for name, text in lists().items():
        marked = re.compile(rf"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        assert marked.search(page), f"{PAGE.name} has no marks of {name}"
        page = marked.sub(lambda _, name=name, text=text: f"<!-- {name} -->\n{text}<!-- /{name} -->", page)
    return page


def _keys() -> str:
    rows = []
    for key in FILE_KEYS:
        of_comparison = "yes" if key in (*SHARED_KEYS, *COMPARISON_KEYS) else "no"
        rows.append((f"`{key}`", KEYS[key], of_comparison))
    return _table(("key", "what it is", "in a comparison too"), rows)


def _family(noun: str) -> str:
    family = FAMILIES[noun]
    rows = [
        (f"`{name}`", entry.summary, ", ".join(f"`{item.name}`" for item in own_arguments(family, name)) or "none")
        for name, entry in family.entries.items()
    ]
    text = _table((noun, "what it is", "its own arguments"), rows)
    options = list(arguments_of_model(family.options))
    return f"{text}\nOptions of all of them:\n\n{_arguments(options)}" if options else text


def _arguments(arguments: Iterable[ArgumentText]) -> str:
    rows = ((f"`{item.name}`", item.head.partition(": ")[2], item.description, item.rule) for item in arguments)
    return _table(("key", "default", "what it is", "takes"), rows)


def _names(noun: str) -> str:
    return _table(
        (noun, "what it is"), ((f"`{name}`", entry.summary) for name, entry in FAMILIES[noun].entries.items())
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(map(_escaped, row)) + " |" for row in rows]
    return "\n" + "\n".join(lines) + "\n\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
