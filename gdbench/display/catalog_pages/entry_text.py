"""One entry of the catalog in full: what it computes, its arguments, and a line that names it."""

import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from gdbench.catalog import FAMILIES
from gdbench.display.catalog_pages.argument_text import (
    ArgumentText,
    arguments_of_field,
    arguments_of_model,
    lines_of,
    own_arguments,
    wrapped,
)
from gdbench.display.catalog_pages.catalog_examples import example_of_entry, example_of_key, example_of_metric, in_words
from gdbench.display.catalog_pages.catalog_text import METRIC, NOUNS, names_of
from gdbench.display.catalog_pages.file_keys import FILE, FILE_ENTRIES, keys_within
from gdbench.display.catalog_pages.metric_text import better, metric_text
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.errors import RequestError
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.metrics import METRICS
from gdbench.text import listing, suggestion

# A message names no more entries than this.
MOST_OWNERS = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry of a family, a key of a section or of a file, or a metric.

    `arguments` are its own, `options` those that all entries of its family take; `example` is valid YAML, or the
    command that shows a metric.
    """

    noun: str
    name: str
    summary: str
    details: str
    arguments: tuple[ArgumentText, ...]
    options: tuple[ArgumentText, ...]
    example: str

    def text(self) -> str:
        """Return it as lines for people, at most 80 columns wide."""
        lines = [f"{self.name}, {in_words(self.noun)}", *wrapped(self.summary, "  ", "  ")]
        for paragraph in filter(None, self.details.split("\n\n")):
            lines += ["", *wrapped(" ".join(paragraph.split()), "  ", "  ")]
        if self.arguments:
            # A key's own description is the summary.
            shown = (
                replace(item, description="") if item.description == self.summary else item for item in self.arguments
            )
            lines += ["", *lines_of(shown, "  ")]
        if self.options:
            lines += ["", f"  options common to every {self.noun}:", *lines_of(self.options, "  ")]
        return "\n".join([*lines, "", textwrap.indent(self.example, "  ")])

    def data(self) -> Mapping[str, JsonModel]:
        """Return it as JSON values."""
        return {
            "family": self.noun,
            "name": self.name,
            "summary": self.summary,
            "details": self.details,
            "arguments": list(map(asdict, self.arguments)),
            "options": list(map(asdict, self.options)),
            "example": self.example,
        }


@dataclass(frozen=True, slots=True)
class EntriesPrintout(Printout):
    """What `list` prints of entries that have one name."""

    subjects: Sequence[Subject]
    others: Sequence[str] = ()

    def sections(self) -> list[Section]:
        """Return a paragraph for each entry, and a line about others that are spelled alike."""
        also = (f"see also: {', '.join(f'gdbench list {name}' for name in self.others)}",) if self.others else ()
        return [Section((*(subject.text() for subject in self.subjects), *also))]

    def model(self) -> JsonModel:
        """Return the description of each entry."""
        return [subject.data() for subject in self.subjects]


def entries_named(name: str) -> EntriesPrintout:
    """Return every entry, key and metric of a name; of `family.name` the one in that family.

    Raises:
        RequestError: there is none.
    """
    noun, _, rest = name.partition(".")
    nouns, wanted = ((noun,), rest) if rest and noun in NOUNS else (NOUNS, name)
    pairs = [(noun, entry) for noun in nouns for entry in names_of(noun)]
    exact = [pair for pair in pairs if pair[1] == wanted]
    alike = [pair for pair in pairs if pair[1].lower() == wanted.lower()]
    found = exact or alike
    if not found:
        raise RequestError(_unknown(name, wanted, [entry for _, entry in pairs]))
    others = [entry for _, entry in alike if (_, entry) not in found]
    return EntriesPrintout([_subject(noun, entry) for noun, entry in found], others)


def _unknown(name: str, wanted: str, entries: Sequence[str]) -> str:
    """Return that nothing has a name, with the nearest one that has something."""
    choices = [*NOUNS, *entries]
    # What stands before the point may be an entry, which lists its arguments: sgd.momentum.
    hint = _owners(wanted) or suggestion(wanted, choices) or suggestion(name.partition(".")[0], choices)
    return f"list: expected a name that gdbench list shows; got '{name}'{hint}"


def _owners(name: str) -> str:
    """Return what lists a name that is no entry: it may be a key of another, an option of a family or an argument."""
    for key in FILE_ENTRIES:
        if any(name == item.name for item in keys_within(key)):
            return f"; it is a key of {key}: gdbench list {key}"
    for noun, family in FAMILIES.items():
        if any(name == option.name for option in arguments_of_model(family.options)):
            return f"; it is an option of {noun}: gdbench list {noun}"
    pairs = [(family, entry) for family in FAMILIES.values() for entry in family.entries]
    owners = [entry for family, entry in pairs if any(name == item.name for item in own_arguments(family, entry))]
    if not owners:
        return ""
    # Layers by their classes last: more people look for an optimizer's momentum than for that of a layer.
    owners.sort(key=lambda entry: entry[0].isupper())
    shown = owners if len(owners) <= MOST_OWNERS else [*owners[: MOST_OWNERS - 1], "others"]
    return f"; it is an argument of {listing(shown)}: gdbench list {owners[0]}"


def _subject(noun: str, name: str) -> Subject:
    if noun == METRIC:
        metric = METRICS[name]
        return Subject(noun, name, f"{metric_text(metric)}; {better(metric)}", "", (), (), example_of_metric(name))
    if noun == FILE:
        summary, lines, more = FILE_ENTRIES[name]
        return Subject(noun, name, summary, more, keys_within(name), (), lines)
    if noun in SECTION_MODELS:
        first, *nested = arguments_of_field(name, SECTION_MODELS[noun].model_fields[name])
        return Subject(noun, name, first.description, "", (first, *nested), (), example_of_key(noun, name))
    family = FAMILIES[noun]
    own = own_arguments(family, name)
    names = {argument.name for argument in own}
    options = family.entries[name].options or family.options
    shared = [argument for argument in arguments_of_model(options) if argument.name not in names]
    entry = family.entries[name]
    _, _, details = (inspect.getdoc(entry.function) or "").partition("\n")
    example = example_of_entry(noun, name)
    return Subject(noun, name, entry.summary, details.strip(), tuple(own), tuple(shared), example)
