import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.errors import LedgerError, SweepError
from gdbench.ledger import Ledger, missing, read, set_aside
from gdbench.records import SECTIONS
from tests.builders import a_record, a_run

HOLD = """
import sys, pathlib
from gdbench.ledger import Ledger
ledger = Ledger(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_what_was_appended_is_read_back(tmp_path):
    folder = tmp_path / "results" / "optimizers"
    records = [
        a_record(
            "a", metrics={"test_accuracy": 0.9781, "collapsed": False}, history={"epoch": [1], "val_loss": [None]}
        ),
        a_record("b", "diverged"),
        a_record("c", "failed", timing="exclusive"),
    ]
    with Ledger(folder) as ledger:
        assert ledger.repair() == []
        for record in records:
            ledger.append(record)
    assert list(read(folder).values()) == records


def test_no_folder_reads_as_an_empty_ledger(tmp_path):
    assert read(tmp_path / "nothing") == {}


def test_the_later_of_two_records_with_one_id_counts(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a", "failed"))
        ledger.append(a_record("b"))
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a", "done"))
    records = read(tmp_path)
    assert list(records) == ["a", "b"]
    assert records["a"].outcome.status == "done"
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 3


def test_an_append_is_one_write_of_a_whole_line(tmp_path, monkeypatch):
    with Ledger(tmp_path) as ledger:
        writes = []
        write = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: writes.append(data) or write(fd, data))
        ledger.append(a_record("a"))
    assert len(writes) == 1
    assert writes[0].endswith(b"}\n")


def test_a_reader_passes_over_a_line_that_is_being_written(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        with (tmp_path / "runs.jsonl").open("a") as file:
            file.write('{"schema": 1, "id": "b"')
        assert list(read(tmp_path)) == ["a"]


def test_a_torn_line_longer_than_what_is_read_at_once_is_moved_aside_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("gdbench.ledger.torn.TAIL_BYTES", 7)
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
    whole = (tmp_path / "runs.jsonl").read_bytes()
    (tmp_path / "runs.jsonl").write_bytes(whole + b"x" * 20)
    with Ledger(tmp_path) as ledger:
        assert list(ledger.read()) == ["a"]
        assert ledger.repair()
        assert ledger.repair() == []
    assert (tmp_path / "runs.jsonl").read_bytes() == whole
    assert (tmp_path / "runs.jsonl.torn").read_bytes() == b"x" * 20 + b"\n"


def test_a_ledger_of_a_torn_line_alone_is_empty_afterwards(tmp_path):
    (tmp_path / "runs.jsonl").write_text('{"schema"')
    with Ledger(tmp_path) as ledger:
        assert ledger.read() == {}
        ledger.append(a_record("a"))
    assert list(read(tmp_path)) == ["a"]
    assert (tmp_path / "runs.jsonl.torn").read_text() == '{"schema"\n'


def test_a_torn_last_line_is_moved_aside_and_reported(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
    for torn in ('{"schema": 1, "id"', '{"sch'):
        with (tmp_path / "runs.jsonl").open("a") as file:
            file.write(torn)
        with Ledger(tmp_path) as ledger:
            [notice] = ledger.repair()
            assert "unfinished" in notice
            assert "runs.jsonl.torn" in notice
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("b"))
    assert list(read(tmp_path)) == ["a", "b"]
    assert (tmp_path / "runs.jsonl.torn").read_text() == '{"schema": 1, "id"\n{"sch\n'


@pytest.mark.parametrize(
    "damaged",
    [
        *("{", "[]", "3", '{"schema": 1}', '{"schema": 1, "id": NaN}', "\x00\x00", '{"schema": 1, "run": []}'),
        *({"id": 3}, {"status": "finished"}, {"metrics": []}, {"metrics": {"test_accuracy": "0.9"}}, {"seed": "0"}),
        *({"history": {"epoch": 1}}, {"history": {"epoch": [1], "test_loss": []}}, {"seconds": None}, {"run": {}}),
        *(
            {"run": dict.fromkeys(SECTIONS)},
            {"timing": "alone"},
            {"environment": []},
            {"started": 0},
            {"metrics": None},
        ),
        *({"status": "diverged"}, {"status": "diverged", "diverged": {}}, {"status": "failed"}, {"error": ["no"]}),
    ],
)
@pytest.mark.parametrize("position", [1, 2])
def test_a_damaged_finished_line_is_an_error_that_names_it(tmp_path, damaged, position):
    good = a_record("a").to_json()
    lines = [json.dumps(good)] * 2
    if isinstance(damaged, dict):
        damaged = json.dumps(good | damaged)
    lines.insert(position, damaged)
    (tmp_path / "runs.jsonl").write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(LedgerError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/runs.jsonl:{position + 1}: the line is damaged")
    assert "\n" not in str(caught.value)


def test_a_line_of_another_schema_is_named(tmp_path):
    (tmp_path / "runs.jsonl").write_text(json.dumps({**a_record("a").to_json(), "schema": 2}) + "\n")
    with pytest.raises(LedgerError, match=r"runs\.jsonl:1: expected ledger schema 1, .*; got 2$"):
        read(tmp_path)


def test_nan_is_never_written(tmp_path):
    with Ledger(tmp_path) as ledger:
        with pytest.raises(LedgerError, match="run a: a number that is not finite"):
            ledger.append(a_record("a", metrics={"test_loss": float("nan")}))
        ledger.append(a_record("b"))
    assert list(read(tmp_path)) == ["b"]


def short_write(descriptor: int, data: bytes) -> int:
    return WRITE(descriptor, data[: len(data) // 2])


def refused_write(_descriptor: int, _data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


WRITE = os.write


@pytest.mark.parametrize("full_disk", [short_write, refused_write])
def test_a_full_disk_is_one_line_and_leaves_no_trace(tmp_path, monkeypatch, full_disk):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full_disk)
            with pytest.raises(LedgerError) as caught:
                ledger.append(a_record("b"))
        ledger.append(a_record("c"))
    assert str(caught.value) == f"{tmp_path}/runs.jsonl: No space left on device"
    assert list(read(tmp_path)) == ["a", "c"]


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_record_is_kept_at_ctrl_c_in_the_middle_of_writing_it(tmp_path, monkeypatch, step):
    function, interruptions = getattr(os, step), iter([KeyboardInterrupt])

    def interrupted(*arguments):
        for interruption in interruptions:
            raise interruption
        return function(*arguments)

    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        monkeypatch.setattr(os, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            ledger.append(a_record("b"))
        ledger.append(a_record("c"))
    assert read(tmp_path) == {run: a_record(run) for run in ("a", "b", "c")}


def test_a_broken_line_that_cannot_be_taken_back_ends_the_ledger(tmp_path, monkeypatch):
    ledger = Ledger(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short_write)
        patch.setattr(os, "ftruncate", refused_write)
        with pytest.raises(LedgerError):
            ledger.append(a_record("a"))
    with pytest.raises(LedgerError):
        ledger.append(a_record("b"))
    with Ledger(tmp_path) as ledger:
        assert ledger.repair()
        ledger.append(a_record("c"))
    assert list(read(tmp_path)) == ["c"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(LedgerError, match=r"^[^\n]*results: (Not a directory|File exists)$"):
        Ledger(tmp_path / "results")


def test_a_second_sweep_hears_who_holds_the_lock(tmp_path, holder):
    for _ in range(2):  # asking must not wipe the answer
        with pytest.raises(SweepError, match=rf"in use by process {holder.pid} on \S+ since 20\d\d-\d\d-\d\dT[\d:]+Z$"):
            Ledger(tmp_path)


@pytest.mark.usefixtures("holder")
def test_a_reader_needs_no_lock(tmp_path):
    assert read(tmp_path) == {}


def test_kill_minus_nine_releases_the_lock(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Ledger(tmp_path):
        assert json.loads((tmp_path / "lock").read_text())["pid"] == os.getpid()


def test_closing_releases_the_lock_and_a_holder_without_its_line_is_another_process(tmp_path):
    with Ledger(tmp_path):
        (tmp_path / "lock").write_text("")
        with pytest.raises(SweepError, match="in use by another process"):
            Ledger(tmp_path)
    Ledger(tmp_path).close()


def test_the_line_of_an_older_longer_holder_is_gone(tmp_path):
    (tmp_path / "lock").write_text("x" * 1000)
    with Ledger(tmp_path):
        assert set(json.loads((tmp_path / "lock").read_text())) == {"pid", "host", "time"}


def test_fresh_renames_to_the_next_free_number(tmp_path):
    folder = tmp_path / "optimizers"
    assert set_aside(folder) is None
    for number in (1, 2):
        with Ledger(folder) as ledger:
            ledger.append(a_record(f"run{number}"))
        assert set_aside(folder) == tmp_path / f"optimizers.{number}"
        assert not folder.exists()
        assert list(read(tmp_path / f"optimizers.{number}")) == [f"run{number}"]


def test_fresh_refuses_a_folder_in_use(tmp_path, holder):
    with pytest.raises(SweepError, match=f"in use by process {holder.pid}"):
        set_aside(tmp_path)
    assert tmp_path.exists()


def test_a_folder_set_aside_while_its_lock_was_opened_is_not_written(tmp_path, monkeypatch):
    folder = tmp_path / "optimizers"
    monkeypatch.setattr("fcntl.flock", lambda *_: folder.rename(tmp_path / "optimizers.1"))
    with pytest.raises(SweepError, match="set aside by another process"):
        Ledger(folder)


def test_interrupted_and_absent_runs_are_missing_in_the_order_of_the_plan():
    runs = [a_run(run_id) for run_id in ("new", "failed", "interrupted", "done", "diverged")]
    statuses = ("done", "diverged", "failed", "interrupted")
    records = {status: a_record(status, status) for status in statuses}
    assert [run.id for run in missing(runs, records)] == ["new", "interrupted"]
    assert [run.id for run in missing(runs, records, retry_failed=True)] == ["new", "failed", "interrupted"]


def test_the_ledger_loads_no_array_library():
    code = "import sys, gdbench.ledger; print({'numpy', 'pandas', 'scipy', 'keras'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "set()\n"


def test_of_several_damaged_lines_the_first_is_named_and_all_are_counted(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
    whole = (tmp_path / "runs.jsonl").read_bytes()
    (tmp_path / "runs.jsonl").write_bytes(whole + b"{\n" + whole + b"[]\n")
    with pytest.raises(LedgerError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/runs.jsonl:2: the line is damaged; ")
    assert str(caught.value).endswith(" (2 lines cannot be read; this is the first)")


def test_the_records_that_a_ledger_keeps_are_looked_up_on_the_disk_and_leave_nothing_behind(tmp_path):
    with Ledger(tmp_path, "1-of-2") as ledger:
        ledger.append(a_record("of another"))
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a", "failed"))
    with Ledger(tmp_path) as ledger:
        kept = ledger.keep(ledger.read())
        ledger.append(a_record("a"))
        ledger.append(a_record("b"))
        (tmp_path / "runs.jsonl").write_bytes((tmp_path / "runs.jsonl").read_bytes())
        assert dict(kept) == {run: a_record(run) for run in ("a", "b", "of another")}
        assert "c" not in kept
        assert sorted(path.name for path in tmp_path.iterdir() if "lock" not in path.name) == [
            *("runs.1-of-2.jsonl", "runs.jsonl"),
        ]
