"""Results folders with a damaged ledger or experiment, and what is wrong with how the commands read them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from gdbench.display.formats import FORMATS
from gdbench.ledger import read
from gdbench.ledger.lines import line_of
from tests.fuzz import odd
from tests.fuzz.command import Failure, called, failures
from tests.fuzz.configurations import words
from tests.fuzz.trees import broken, mutated, text_of, tree_of

RESULTS = Path(__file__).parents[2] / "results"
# With and without figures of a source, two axes, runs that collapsed, and validation data.
FOLDERS = ("reference/quickstart", "reference/own-code", "keras-mnist-mlp", "reference/deformed")
_LEDGERS = {name: (RESULTS / name / "runs.jsonl").read_text(encoding="utf-8") for name in FOLDERS}
# The same with checksums, which the oldest of them lack.
_SEALED = {name: b"".join(map(line_of, read(RESULTS / name).values())).decode() for name in FOLDERS}
_EXPERIMENTS = {name: (RESULTS / name / "experiment.yaml").read_text(encoding="utf-8") for name in FOLDERS}
_TREES = {name: tree_of(text) for name, text in _EXPERIMENTS.items()}
Json = object


class Damaged(NamedTuple):
    """The contents of a results folder, and the run that is shown.

    `sound` is the ledger before a line with a checksum was damaged, where the damage must not pass unnoticed.
    """

    ledger: bytes
    experiment: bytes
    run: str
    sound: bytes | None = None


def _json_paths(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _json_paths(child, (*path, key))


@st.composite
def _line(draw: st.DrawFn, line: str) -> str:
    """A line with a value or two of other kinds, or without them."""
    record = json.loads(line)
    for _ in range(draw(st.sampled_from((1, 1, 2)))):
        places = [path for path in _json_paths(record) if path]
        # Most places are in the history; the others decide more.
        short = [path for path in places if len(path) < 3]
        *parents, last = draw(st.sampled_from(short) | st.sampled_from(places))
        owner = record
        for key in parents:
            owner = owner[key]
        match draw(st.sampled_from(("replace", "replace", "replace", "drop", "add", "scale"))):
            case "drop":
                del owner[last]
            case "add" if isinstance(owner, dict):
                owner[draw(words)] = draw(odd.json_values)
            case "scale" if isinstance(owner[last], float):
                owner[last] *= draw(st.sampled_from((1e300, 1e308, -1, 1e-320)))
            case _:
                owner[last] = draw(odd.json_values)
    return json.dumps(record)


@st.composite
def _bits(draw: st.DrawFn, content: bytes) -> bytes:
    turned = bytearray(content)
    for position in draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        turned[position] ^= 1 << draw(st.integers(0, 7))
    return bytes(turned)


@st.composite
def ledger(draw: st.DrawFn) -> Damaged:
    """A whole experiment beside a ledger that is damaged somewhere."""
    name = draw(st.sampled_from(FOLDERS))
    sound = draw(st.sampled_from((_LEDGERS[name], _SEALED[name])))
    lines = sound.splitlines()
    index = draw(st.integers(0, len(lines) - 1))
    run = json.loads(lines[index])["id"]
    kind = draw(st.sampled_from(("values",) * 5 + ("bits", "bits", "text", "swapped", "cut", "lines")))
    if kind == "values":
        lines[index] = draw(_line(lines[index]))
    elif kind == "lines":
        lines[index] = draw(
            st.sampled_from(("", "{}", "[]", "null", "1", "[" * 100_000, lines[0] + lines[0], " " + lines[0]))
        )
    elif kind == "swapped":
        lines[index] = lines[index].replace(run, json.loads(draw(st.sampled_from(lines)))["id"])
    content = "".join(f"{line}\n" for line in lines).encode()
    if kind == "bits":
        content = draw(_bits(content))
    elif kind == "cut":
        content = content[: draw(st.integers(0, len(content)))]
    elif kind == "text":
        content = draw(broken(content.decode())).encode(errors="surrogatepass")
    # What is cut off is missing, and who takes a checksum away can change anything.
    noticed = (
        kind in ("values", "bits", "swapped") and content.count(b'"sum": "') == len(lines) and content[-1:] == b"\n"
    )
    return Damaged(content, _EXPERIMENTS[name].encode(), run, sound.encode() if noticed else None)


@st.composite
def experiment(draw: st.DrawFn) -> Damaged:
    """A whole ledger beside an experiment that is damaged somewhere."""
    name = draw(st.sampled_from(FOLDERS))
    run = json.loads(_LEDGERS[name].splitlines()[0])["id"]
    if draw(st.booleans()):
        text = draw(broken(text_of(draw(mutated(_TREES[name], words, st.sampled_from(list(_TREES.values())))))))
        content = text.encode(errors="surrogatepass")
    else:
        content = draw(_bits(_EXPERIMENTS[name].encode()))
    return Damaged(_LEDGERS[name].encode(), content, run)


def _used_unnoticed(case: Damaged, results: Path) -> str:
    """Return the table of a damaged ledger if it is another one than before and nothing is said of it."""
    damaged = called("tables", str(results), "--format", "csv")
    (results / "runs.jsonl").write_bytes(case.sound or b"")
    sound = called("tables", str(results), "--format", "csv")
    return "" if damaged.code or damaged.err or damaged.out == sound.out else damaged.out


def check(case: Damaged, folder: Path) -> Iterator[Failure]:
    """Yield what is wrong with how `tables` and `show` read a folder."""
    results = folder / "results"
    results.mkdir()
    (results / "runs.jsonl").write_bytes(case.ledger)
    (results / "experiment.yaml").write_bytes(case.experiment)
    starts = (str(folder),)
    for name in FORMATS:
        yield from failures(called("tables", str(results), "--format", name), starts, for_people=name == "terminal")
    yield from failures(called("show", str(results), case.run), starts)
    more = ("--metric", "train_seconds", "--metric", "test_loss", "--at", "1,max", "--sort", "mean")
    yield from failures(called("tables", str(results), *more), (*starts, "--sort", "--at", "--metric"))
    if case.sound is not None and (used := _used_unnoticed(case, results)):
        yield Failure("a damaged line was used without a word", used)
    if {path.name for path in results.iterdir()} != {"runs.jsonl", "experiment.yaml"}:
        yield Failure("reading has written something", str(list(results.iterdir())))
    shutil.rmtree(results)
