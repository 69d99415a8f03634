"""What a value may have been meant as: a quoted number, a percentage, a word for a boolean, an item of a list."""

from collections.abc import Iterator, Mapping

from gdbench.experiment.yaml.scalars import scalar

# Booleans of YAML 1.1, which are words in YAML 1.2.
_BOOLEANS: Mapping[str, bool] = {"yes": True, "on": True, "no": False, "off": False}


def spellings(value: object, *, is_plain: bool) -> Iterator[tuple[object, str]]:
    """Yield other values that a scalar may have been meant as, each with how a file spells it."""
    if isinstance(value, str):
        number = scalar(value.removesuffix("%").strip())
        if isinstance(number, int | float) and not isinstance(number, bool):
            if value.endswith("%"):
                yield number / 100, f"{number / 100:g}"
            elif not is_plain:
                yield number, f"{value.strip()} without quotes"
        if value.casefold() in _BOOLEANS:
            yield _BOOLEANS[value.casefold()], str(_BOOLEANS[value.casefold()]).lower()
    if isinstance(value, str | int | float):
        yield [value], f"[{value}]"
