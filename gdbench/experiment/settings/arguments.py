"""The arguments of a model: what each of them takes, and the check of a plain value."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from gdbench.catalog.describe import choices, family_of, family_of_items, item_rule, model_of, model_of_items, rule
from gdbench.catalog.entry import LOCATION
from gdbench.experiment.settings.resolved import Resolved
from gdbench.experiment.settings.several_values import range_hint
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.locations import located
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.experiment.yaml.spellings import spellings


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a model.

    It takes a component of a `family`, a list of components of `item_family`, a mapping with the keys of `model`, a
    list of mappings with those of `item_model`, or what `validate` lets pass; `rule` says so in words, `item_rule` of
    the items of a list. `choices` are the words that it takes.
    """

    field: FieldInfo
    family: str | None
    item_family: str | None
    model: type[BaseModel] | None
    item_model: type[BaseModel] | None
    rule: str
    item_rule: str
    choices: tuple[str, ...]
    validate: Callable[[object], object]

    @property
    def is_location(self) -> bool:
        """Whether the argument is a path, whose content and not its place is part of a run's identity."""
        return LOCATION in self.field.metadata

    def check(self, node: Node, path: str, mistakes: Mistakes) -> Resolved[object] | None:
        """Return a plain value, converted to the declared type; None where it breaks the rule."""
        try:
            value = self.validate(node.data())
        except ValidationError as error:
            self._add_mistakes(error, node, path, mistakes)
            return None
        if self.is_location and value is not None:
            return self._located(str(value), node, path, mistakes)
        return Resolved(value, value)

    def _located(self, value: str, node: Node, path: str, mistakes: Mistakes) -> Resolved[object] | None:
        """Return a path relative to the configuration's folder."""
        found = located(value, node.place)
        if found is None:
            mistakes.add(node.place, path, "the path of a file or folder", node.data())
            return None
        return Resolved(str(found), str(found))

    def _add_mistakes(self, error: ValidationError, node: Node, path: str, mistakes: Mistakes) -> None:
        """Blame the items of a list that are wrong, each at its own line, and otherwise the value as a whole."""
        locations = [part["loc"] for part in error.errors(include_url=False, include_context=False)]
        indices = [index for location in locations for index in location if isinstance(index, int)]
        if not node.is_list or not indices:
            mistakes.add(node.place, path, self.rule, node.data(), self.choices, self._spelling(node, path))
            return
        for index in indices:
            item = node.elements[index]
            mistakes.add(item.place, f"{path}[{index}]", self.item_rule, item.data(), self.choices)

    def _spelling(self, node: Node, path: str) -> str:
        """Return `; write [128]` where the argument takes another spelling of a value, or how to try several."""
        if node.elements and all(self._takes(element.data()) for element in node.elements):
            return range_hint(path)
        for value, text in spellings(node.value, is_plain=node.plain):
            # A number that is out of bounds is not meant as a list.
            if isinstance(value, list) and not self.rule.startswith("a list"):
                continue
            if self._takes(value):
                return f"; write {text}"
        return ""

    def _takes(self, value: object) -> bool:
        try:
            self.validate(value)
        except ValidationError:
            return False
        return True


@cache
def arguments_in(model: type[BaseModel]) -> dict[str, Argument]:
    """Return the arguments of a model by name."""
    return {name: _argument(field) for name, field in model.model_fields.items()}


def _argument(field: FieldInfo) -> Argument:
    model = model_of(field)
    return Argument(
        field,
        family_of(field),
        family_of_items(field),
        model,
        model_of_items(field),
        rule(field),
        item_rule(field),
        choices(field),
        _validator(field, has_model=model is not None),
    )


def _validator(field: FieldInfo, *, has_model: bool) -> Callable[[object], object]:
    adapter: TypeAdapter[object] | None = None

    def validate(value: object) -> object:
        nonlocal adapter
        # Making one takes a millisecond, and most arguments keep their default.
        if adapter is None:
            annotated: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            # A model brings its own configuration, and refuses another.
            adapter = TypeAdapter(annotated, config=None if has_model else _STRICT)
        return adapter.validate_python(value, strict=True)

    return validate


_STRICT = ConfigDict(strict=True, allow_inf_nan=False)
