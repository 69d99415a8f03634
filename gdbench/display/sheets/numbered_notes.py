"""Notes below a table, and the marks in its cells that lead to them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberedNotes:
    """Notes on rows, each once."""

    notes: tuple[str, ...]

    @classmethod
    def of(cls, notes: Iterable[str]) -> "NumberedNotes":
        """Number the notes in their order."""
        return cls(tuple(dict.fromkeys(notes)))

    def marks(self, notes: Iterable[str]) -> str:
        """Return `[1, 2]` for some of the notes, nothing for none."""
        numbers = ", ".join(str(self.notes.index(note) + 1) for note in notes)
        return f"[{numbers}]" if numbers else ""

    def lines(self) -> list[str]:
        """Return the notes with their numbers."""
        return [f"[{number}] {note}" for number, note in enumerate(self.notes, start=1)]
