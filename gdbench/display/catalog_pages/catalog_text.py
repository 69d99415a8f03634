"""The catalog as `list` prints it by family: every entry with its arguments, their defaults and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel

from gdbench.catalog import FAMILIES
from gdbench.catalog.family import Family
from gdbench.display.catalog_pages.argument_text import (
    arguments_of_model,
    lines_of,
    own_arguments,
    takes_options,
    wrapped,
)
from gdbench.display.catalog_pages.file_keys import FILE, FILE_ENTRIES, FILE_SUMMARY
from gdbench.display.catalog_pages.metric_text import better, metric_text, metric_texts
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.metrics import METRICS
from gdbench.text import listing

METRIC = "metric"
NOUNS = (*FAMILIES, *SECTION_MODELS, FILE, METRIC)
INDENT = " " * 6
_METRIC_SUMMARY = "what is measured of a run, for --metric, `metric` and claims"


@dataclass(frozen=True, slots=True)
class CatalogPrintout(Printout):
    """What `list` prints of families and sections."""

    nouns: Sequence[str]

    def sections(self) -> list[Section]:
        """Return a paragraph for each noun."""
        return [Section(tuple(map(text, self.nouns)))]

    def model(self) -> JsonModel:
        """Return the description of each noun."""
        return [describe(noun) for noun in self.nouns]


def names_of(noun: str) -> tuple[str, ...]:
    """Return the entries of a family, the keys of a section or of a file, or the metrics."""
    if noun in (METRIC, FILE):
        return tuple(METRICS if noun == METRIC else FILE_ENTRIES)
    return tuple(SECTION_MODELS[noun].model_fields if noun in SECTION_MODELS else FAMILIES[noun].entries)


def describe(noun: str) -> Mapping[str, JsonModel]:
    """Return a family or section as JSON values: its entries, and default, rule and description of each argument."""
    if noun in (METRIC, FILE):
        texts = metric_texts() if noun == METRIC else {name: key.summary for name, key in FILE_ENTRIES.items()}
        entries = [{"name": name, "summary": text, "arguments": []} for name, text in texts.items()]
        summary = _METRIC_SUMMARY if noun == METRIC else FILE_SUMMARY
        return {"name": noun, "summary": summary, "arguments": [], "entries": entries}
    if noun in SECTION_MODELS:
        model = SECTION_MODELS[noun]
        return {"name": noun, "summary": _summary(model), "arguments": list(map(asdict, arguments_of_model(model)))}
    family = FAMILIES[noun]
    return {
        "name": noun,
        "summary": family.summary,
        "arguments": list(map(asdict, arguments_of_model(family.options))),
        "entries": [
            {"name": name, "summary": entry.summary, "arguments": list(map(asdict, own_arguments(family, name)))}
            for name, entry in family.entries.items()
        ],
    }


def text(noun: str) -> str:
    """Return a family or section as lines for people."""
    if noun == METRIC:
        lines = [f"{noun}: {_METRIC_SUMMARY}", ""]
        for metric in METRICS.values():
            lines += wrapped(f"{metric_text(metric)}; {better(metric)}", f"  {metric.name:<20}  ", " " * 24)
        return "\n".join(lines)
    if noun == FILE:
        lines = [f"{noun}: {FILE_SUMMARY}", ""]
        for name, key in FILE_ENTRIES.items():
            lines += wrapped(key.summary, f"  {name:<11}  ", " " * 15)
        return "\n".join(lines)
    if noun in SECTION_MODELS:
        model = SECTION_MODELS[noun]
        heading = wrapped(f"{noun}: {_summary(model)}", "", "  ")
        return "\n".join([*heading, "", "  keys", *lines_of(arguments_of_model(model), INDENT)])
    family = FAMILIES[noun]
    lines = [f"{noun}: {family.summary}"]
    for name, entry in family.entries.items():
        lines += [
            "",
            *wrapped(f"{name}: {entry.summary}", "  ", "    "),
            *lines_of(own_arguments(family, name), INDENT),
        ]
    if options := list(arguments_of_model(family.options)):
        lines += ["", *wrapped(f"options of {_takers(family)}:", "  ", "    "), *lines_of(options, INDENT)]
    return "\n".join(lines)


def _takers(family: Family[object]) -> str:
    """Return which entries take the options of the family: all except those with other options."""
    others = [name for name in family.entries if not takes_options(family, name)]
    return "all" + (f" except {listing(others)}" if others else "")


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0].rstrip(".").lower()
