"""What a command prints, as one object: for people by section, for programs as flat sheets or as a model."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdbench.display.sheets.sheet import Sheet

# Infinite numbers are allowed here; JSON writes them as "diverged".
JsonModel = Mapping[str, "JsonModel"] | Sequence["JsonModel"] | str | int | float | None


@dataclass(frozen=True, slots=True)
class Section:
    """Sheets and paragraphs that belong together.

    `summary` is what they come to: a heading on a page, and the last line at a terminal, where the end stays in view.
    `title` is the heading of a page; a terminal does without, since sheets have titles of their own. `brief` is what a
    terminal shows in place of the blocks, if anything.
    """

    blocks: tuple[Sheet | str, ...] = ()
    summary: str = ""
    title: str = ""
    brief: tuple[Sheet, ...] = ()


class Printout(ABC):
    """What a command prints, made only in the form that a format asks for."""

    @abstractmethod
    def sections(self) -> Sequence[Section]:
        """Return what people read."""

    @abstractmethod
    def model(self) -> JsonModel:
        """Return everything for programs."""

    def flat(self) -> Sequence[Sheet]:
        """Return sheets of plain values in full precision, one row per item; by default those that people read."""
        return list(self._sheets())

    def _sheets(self) -> Iterator[Sheet]:
        for section in self.sections():
            yield from (block for block in section.blocks if isinstance(block, Sheet))
