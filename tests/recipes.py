"""The recipes of CONTRIBUTING.md, read as changes of files and followed in a copy of the repository."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("gdbench", "configs", "tests", "results")
BLOCK = re.compile(r"^```(python|diff)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`([\w/]+\.(?:py|md))`")


@dataclass(frozen=True)
class Change:
    """A block of a recipe: code that is new or goes to the end of a file, or a diff."""

    path: str
    kind: str
    text: str

    def make(self, root: Path) -> None:
        path = root / self.path
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if self.kind == "diff":
            after = patched(before, self.text)
        else:
            after = f"{before}\n\n{self.text}" if before else self.text
        path.write_text(after, encoding="utf-8")


def recipe(title: str) -> list[Change]:
    """The changes of the section with that title; a block belongs to the file named last before it."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition(f"\n### {title}\n")[2].partition("\n### ")[0]
    return [Change(PATH.findall(section[: block.start()])[-1], block[1], block[2]) for block in BLOCK.finditer(section)]


def patched(text: str, diff: str) -> str:
    """The text after a diff, in which `...` stands for whatever is there."""
    lines = [line or " " for line in diff.splitlines()]
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    pattern = "(.*)".join(re.escape(part) for part in old.split("..."))
    [match] = re.finditer(f"^{pattern}", text, re.MULTILINE)
    kept = iter(match.groups())
    return text[: match.start()] + re.sub(r"\.\.\.", lambda _: next(kept), new) + text[match.end() :]


def follow(title: str, folder: Path) -> set[str]:
    """Follow a recipe in a copy of the repository; return the files that changed."""
    for name in COPIED:
        if not (folder / name).exists():
            # Compiled modules too, which stay valid, since a copy has the time of its source; not while one is written.
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        if not (folder / path.name).exists():
            shutil.copy(path, folder / path.name)
    changes = recipe(title)
    for change in changes:
        change.make(folder)
    return {change.path for change in changes}
