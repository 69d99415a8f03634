"""Several ledgers of one folder: who may write, which record counts, and how they become one."""

import os
import shutil
from dataclasses import replace

import pytest

from gdbench.errors import LedgerError, SweepError
from gdbench.ledger import Ledger, has_ledger, ledgers, merge, merging, read, set_aside
from gdbench.ledger.lines import line_of
from tests.builders import a_record


def write(folder, part, *records):
    with Ledger(folder, part) as ledger:
        for record in records:
            ledger.append(record)


def at(record, started):
    return replace(record, started=started)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def accuracy_of(record):
    return record.outcome.metrics["test_accuracy"]


# locks


def test_shards_write_at_once_each_into_its_own_ledger(tmp_path):
    with Ledger(tmp_path, "1-of-2") as first, Ledger(tmp_path, "2-of-2") as second:
        first.append(a_record("a"))
        second.append(a_record("b"))
        assert list(first.read()) == ["a", "b"]
    assert names(tmp_path) == ["lock", "lock.1-of-2", "lock.2-of-2", "runs.1-of-2.jsonl", "runs.2-of-2.jsonl"]
    assert has_ledger(tmp_path)
    assert list(read(tmp_path)) == ["a", "b"]


def test_one_shard_has_one_writer(tmp_path):
    with Ledger(tmp_path, "1-of-2"), pytest.raises(SweepError, match=f"in use by process {os.getpid()} on "):
        Ledger(tmp_path, "1-of-2")


def test_nobody_has_the_whole_folder_while_shards_are_written_and_each_is_named(tmp_path):
    write(tmp_path, None)
    write(tmp_path, "3-of-3")
    with Ledger(tmp_path, "1-of-3"), Ledger(tmp_path, "2-of-3"):
        for refused in (Ledger, set_aside, merge):
            with pytest.raises(SweepError) as caught:
                refused(tmp_path)
            said = str(caught.value)
            assert said.startswith(f"{tmp_path} is in use by process {os.getpid()} on ")
            assert "(1-of-3), process " in said
            assert said.endswith("(2-of-3)")


def test_no_shard_begins_while_somebody_has_the_whole_folder(tmp_path):
    with Ledger(tmp_path), pytest.raises(SweepError, match=f"in use by process {os.getpid()} on "):
        Ledger(tmp_path, "1-of-2")


# which record counts


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (a_record("a", "interrupted"), a_record("a", "failed")),
        (a_record("a", "failed"), a_record("a", "diverged")),
        (at(a_record("a", "failed"), "2027"), a_record("a")),
        (at(a_record("a"), "2027"), a_record("a", timing="exclusive")),
        (at(a_record("a"), "2026"), at(a_record("a"), "2027")),
    ],
)
@pytest.mark.parametrize("in_first", [True, False])
def test_of_two_ledgers_the_better_record_counts(tmp_path, worse, better, in_first):
    first, second = (better, worse) if in_first else (worse, better)
    write(tmp_path, "1-of-2", first)
    write(tmp_path, "2-of-2", second)
    assert read(tmp_path) == {"a": better}
    merge(tmp_path)
    assert read(tmp_path) == {"a": better}
    assert names(tmp_path) == ["lock", "runs.jsonl"]


# merging


def test_shards_of_several_folders_become_one_ledger(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    write(here, None, a_record("a"))
    write(here, "1-of-2", a_record("b"))
    write(there, "2-of-2", a_record("b"), a_record("c"))
    before = {path: path.read_bytes() for path in there.iterdir()}
    merged = merge(here, [there])
    assert list(merged.records) == list(read(here)) == ["a", "b", "c"]
    assert merged.lines == (
        f"{here}: 1 ledger of shards, 1 record, 1 added to {here}/runs.jsonl",
        f"{there}: 1 ledger of shards, 2 records, 1 added to {here}/runs.jsonl",
    )
    assert merged.unequal == ()
    assert {path: path.read_bytes() for path in there.iterdir()} == before
    whole = (here / "runs.jsonl").read_bytes()
    merge(here, [there])
    assert (here / "runs.jsonl").read_bytes() == whole


def test_other_numbers_of_one_run_are_said_and_both_kept(tmp_path):
    old, new = a_record("a"), at(a_record("a", metrics={"test_accuracy": 0.8}), "2027")
    write(tmp_path, "1-of-2", old)
    write(tmp_path, "2-of-2", new)
    paths = f"{tmp_path}/runs.1-of-2.jsonl and {tmp_path}/runs.2-of-2.jsonl"
    assert merge(tmp_path).unequal == (f"a: {paths} have other numbers",)
    assert (tmp_path / "runs.jsonl").read_bytes() == line_of(old) + line_of(new)


def test_other_numbers_are_kept_once_however_often_they_are_merged(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    write(here, None, at(a_record("a"), "2027"))
    write(there, "1-of-2", a_record("a", metrics={"test_accuracy": 0.8}))
    for _again in range(2):
        assert len(merge(here, [there]).unequal) == 1
        assert len((here / "runs.jsonl").read_bytes().splitlines()) == 3
    assert accuracy_of(read(here)["a"]) == 0.9


def test_seconds_and_machines_may_differ(tmp_path):
    write(tmp_path, "1-of-2", a_record("a", seconds={"train": 1.0}))
    write(tmp_path, "2-of-2", a_record("a", seconds={"train": 2.0}, machine="arm"))
    assert merge(tmp_path).unequal == ()


def test_a_damaged_line_is_named_and_nothing_is_changed(tmp_path):
    write(tmp_path, "1-of-2", a_record("a"))
    write(tmp_path, "2-of-2", a_record("b"), a_record("c"))
    damaged = tmp_path / "runs.2-of-2.jsonl"
    damaged.write_bytes(damaged.read_bytes().replace(b"0.9", b"0.8", 1))
    before = damaged.read_bytes()
    with pytest.raises(LedgerError, match=r"runs\.2-of-2\.jsonl:1: the line is damaged"):
        merge(tmp_path)
    assert damaged.read_bytes() == before
    assert (tmp_path / "runs.1-of-2.jsonl").exists()
    assert (tmp_path / "runs.jsonl").read_bytes() == b""


def test_the_unfinished_last_line_of_a_shard_is_kept_aside(tmp_path):
    write(tmp_path, "1-of-2", a_record("a"))
    there = tmp_path / "there"
    shutil.copytree(tmp_path, there)
    for folder in (tmp_path, there):
        with (folder / "runs.1-of-2.jsonl").open("ab") as file:
            file.write(b'{"schema"')
    *_, elsewhere, _there, torn = merge(tmp_path, [there]).lines
    assert elsewhere == f"{there}/runs.1-of-2.jsonl: the last line is unfinished, its run counts as missing"
    assert torn.startswith(
        f"{tmp_path}/runs.1-of-2.jsonl: the last line was unfinished; moved to runs.1-of-2.jsonl.torn"
    )
    assert (tmp_path / "runs.1-of-2.jsonl.torn").read_bytes() == b'{"schema"\n'
    assert list(read(tmp_path)) == ["a"]


def test_what_was_rescued_of_a_shard_is_merged(tmp_path):
    write(tmp_path, "1-of-2", a_record("a"))
    (tmp_path / "runs.1-of-2.jsonl").rename(tmp_path / "runs.1-of-2.jsonl.rescued")
    assert list(read(tmp_path)) == ["a"]
    assert list(merge(tmp_path).records) == ["a"]
    assert names(tmp_path) == ["lock", "runs.jsonl"]


@pytest.mark.parametrize("call", range(8))
def test_a_merge_that_is_killed_loses_nothing_and_can_be_repeated(tmp_path, monkeypatch, call):
    for number in (1, 2, 3):
        write(tmp_path, f"{number}-of-3", a_record(f"a{number}"), a_record(f"b{number}"))
    monkeypatch.setattr(merging, "_BATCH", 2)
    calls = []
    for module, name in ((os, "unlink"), (os, "write")):
        original = getattr(module, name)

        def killed(*arguments, original=original, **options):
            calls.append(1)
            if len(calls) > call:
                raise KeyboardInterrupt
            return original(*arguments, **options)

        monkeypatch.setattr(module, name, killed)
    with pytest.raises(KeyboardInterrupt):
        merge(tmp_path)
    monkeypatch.undo()
    assert len(read(tmp_path)) == 6
    merge(tmp_path)
    assert names(tmp_path) == ["lock", "runs.jsonl"]
    assert len((tmp_path / "runs.jsonl").read_bytes().splitlines()) == len(read(tmp_path)) == 6


def test_a_shard_that_changes_while_it_is_merged_is_kept(tmp_path, monkeypatch):
    write(tmp_path, "1-of-2", a_record("a"))
    path = tmp_path / "runs.1-of-2.jsonl"
    extend = Ledger.extend

    def copied_over(ledger, records):
        extend(ledger, records)
        path.write_bytes(path.read_bytes() + line_of(a_record("b")))

    monkeypatch.setattr(Ledger, "extend", copied_over)
    assert merge(tmp_path).lines[-1] == f"{path}: kept, since it was changed meanwhile; merge again"
    monkeypatch.undo()
    assert list(merge(tmp_path).records) == ["a", "b"]


@pytest.mark.parametrize("name", ["runs.copy.jsonl", "runs.1-of-2.jsonl.bak", "runs2.jsonl", "runs.1-of-2.copy.jsonl"])
def test_a_copy_that_someone_keeps_beside_the_ledgers_counts_for_nothing(tmp_path, name):
    with Ledger(tmp_path, "1-of-2") as ledger:
        ledger.append(a_record("a"))
    (tmp_path / name).write_bytes(line_of(at(a_record("a", metrics={"test_accuracy": 1.0}), "2030-01-01T00:00:00Z")))
    assert ledgers(tmp_path) == ["runs.jsonl", "runs.1-of-2.jsonl"]
    assert read(tmp_path) == {"a": a_record("a")}


def test_a_plain_ledger_is_not_called_that_of_shards(tmp_path):
    for folder, run in (("here", "a"), ("there", "b")):
        with Ledger(tmp_path / folder) as ledger:
            ledger.append(a_record(run))
    merged = merge(tmp_path / "here", [tmp_path / "there"])
    assert merged.lines == (f"{tmp_path}/there: 1 ledger, 1 record, 1 added to {tmp_path}/here/runs.jsonl",)
