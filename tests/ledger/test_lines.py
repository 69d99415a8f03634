import gc
import json
import random
from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.errors import LedgerError
from gdbench.ledger import Ledger, find, read
from gdbench.ledger.decoding import decoded
from gdbench.ledger.lines import line_of, parse
from tests.builders import a_record

RECORD = a_record("a", metrics={"test_accuracy": 0.9781, "collapsed": False}, history={"epoch": [1], "val_loss": [0.5]})
LINE = line_of(RECORD).rstrip(b"\n")


def test_the_checksum_is_the_last_key_of_a_line_and_no_part_of_the_record():
    values = json.loads(LINE)
    assert list(values)[-1] == "sum"
    del values["sum"]
    assert values == json.loads(json.dumps(RECORD.to_json()))
    assert parse(LINE, "") == RECORD


def test_a_record_keeps_the_labels_of_its_classes():
    labelled = replace(RECORD, outcome=replace(RECORD.outcome, labels=["auk", "wren"]))
    assert parse(line_of(labelled).rstrip(b"\n"), "").outcome.labels == ["auk", "wren"]
    assert "labels" not in RECORD.to_json()


def test_a_line_of_an_early_version_has_no_checksum():
    assert parse(json.dumps(RECORD.to_json()).encode(), "") == RECORD


def test_no_flipped_bit_goes_unnoticed():
    for bit in range(8 * len(LINE)):
        flipped = bytearray(LINE)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerError, match=r"^runs.jsonl:7: "):
            parse(bytes(flipped), "runs.jsonl:7")


def test_no_other_damage_goes_unnoticed():
    draw = random.Random(0)
    for _ in range(2000):
        begin, end = sorted(draw.choices(range(len(LINE)), k=2))
        damaged = LINE[:begin] + draw.randbytes(draw.randrange(20)) + LINE[end:]
        if damaged != LINE:
            with pytest.raises(LedgerError):
                parse(damaged, "")


def test_an_edited_setting_is_named_and_not_used(tmp_path: Path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        ledger.append(a_record("b"))
    path = tmp_path / "runs.jsonl"
    first, second = path.read_text().splitlines()
    edited = second.replace('"learning_rate": 0.001', '"learning_rate": 0.002')
    assert edited != second
    path.write_text(f"{first}\n{edited}\n")
    with pytest.raises(LedgerError, match=r"runs.jsonl:2: the line is damaged; delete it"):
        read(tmp_path)


@pytest.mark.parametrize("schema", [True, 1.0, "1", 2, None, [1]])
def test_only_the_number_of_the_schema_is_the_schema(schema: object):
    line = RECORD.to_json() | {"schema": schema}
    with pytest.raises(LedgerError, match=r"expected ledger schema 1, .*; got "):
        decoded(json.dumps(line).encode())


@pytest.mark.parametrize("is_enabled", [True, False])
def test_reading_leaves_the_garbage_collector_as_it_was(tmp_path, is_enabled):
    (tmp_path / "runs.jsonl").write_bytes(b"damaged\n")
    before = gc.isenabled()
    (gc.enable if is_enabled else gc.disable)()
    try:
        with pytest.raises(LedgerError):
            read(tmp_path)
        after = gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()
    assert after == is_enabled


def test_a_run_is_found_by_the_beginning_of_its_id_and_other_lines_are_checked_alone(tmp_path, monkeypatch):
    with Ledger(tmp_path) as ledger:
        for run in ("ab1", "ab2", "cd1", "ab1"):
            ledger.append(a_record(run, metrics={"test_accuracy": len(ledger.read_own()) / 10}))
    with Ledger(tmp_path, "1-of-2") as ledger:
        ledger.append(a_record("cd1", "failed"))
    parsed = []

    def counted(line, where):
        parsed.append(where)
        return parse(line, where)

    monkeypatch.setattr("gdbench.ledger.reading.parse", counted)
    assert [record.run.id for record in find(tmp_path, "ab")] == ["ab1", "ab2"]
    assert len(parsed) == 3
    monkeypatch.undo()
    for prefix in ("", "a", "cd", "cd1", "x"):
        expected = [record for run, record in read(tmp_path).items() if run.startswith(prefix)]
        assert find(tmp_path, prefix) == expected


def test_a_damaged_line_of_another_run_is_named_by_a_search(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("ab"))
        ledger.append(a_record("cd"))
    path = tmp_path / "runs.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0.9", b"0.8", 1))
    with pytest.raises(LedgerError, match=r"runs\.jsonl:1: the line is damaged"):
        find(tmp_path, "cd")


def test_lines_without_a_checksum_are_searched_too(tmp_path):
    (tmp_path / "runs.jsonl").write_text("".join(f"{json.dumps(a_record(run).to_json())}\n" for run in ("ab", "cd")))
    assert [record.run.id for record in find(tmp_path, "c")] == ["cd"]


@pytest.mark.parametrize("head", [b"", BOM_UTF8, BOM_UTF8 + b"\n"])
def test_lines_as_an_editor_under_windows_leaves_them_are_read_and_blank_ones_passed_over(tmp_path, head):
    with Ledger(tmp_path) as ledger:
        for run in ("ab", "cd", "ef"):
            ledger.append(a_record(run))
    path = tmp_path / "runs.jsonl"
    before = read(tmp_path)
    early = json.dumps(a_record("gh").to_json()).encode() + b"\n"
    blank = b"" if head == BOM_UTF8 else b"\n"
    path.write_bytes((head + blank + path.read_bytes() + b" \t\n\n" + early).replace(b"\n", b"\r\n"))
    assert read(tmp_path) == before | {"gh": a_record("gh")}
    assert [record.run.id for record in find(tmp_path, "c")] == ["cd"]
    with Ledger(tmp_path) as ledger:
        assert ledger.repair() == []
        assert ledger.keep() == read(tmp_path)
        ledger.append(a_record("ij"))
    assert list(read(tmp_path)) == ["ab", "cd", "ef", "gh", "ij"]
    path.write_bytes(path.read_bytes().replace(b"0.001", b"0.002"))
    with pytest.raises(LedgerError, match=r"runs\.jsonl:\d: the line is damaged.* \(4 lines cannot be read"):
        read(tmp_path)


def test_a_carriage_return_within_a_line_is_damage(tmp_path):
    (tmp_path / "runs.jsonl").write_bytes(LINE.replace(b", ", b",\r", 1) + b"\n")
    with pytest.raises(LedgerError, match=r"runs\.jsonl:1: the line is damaged"):
        read(tmp_path)
