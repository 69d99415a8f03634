"""Models that runs keep: where they lie, what a ledger and the commands say of them, what a killed sweep leaves."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import gdbench
from gdbench.execution.model_files import is_whole, removed_unfinished
from gdbench.experiment.shard import Shard
from gdbench.ledger import Ledger, read
from gdbench.text import counted
from tests.execution import fakes
from tests.execution.fakes import model_file

CONFIG = "training: {save: last}\nseeds: 2\ngrid: {optimizer: [sgd, adam]}\n"
UNFINISHED = f".{'a' * 12}.keras.{'0' * 16}"


@pytest.fixture
def sweep(call, monkeypatch, tmp_path):
    """Calls a command in a folder with a configuration whose runs keep their models."""
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make_with_model)
    monkeypatch.chdir(tmp_path)
    Path("kept.yaml").write_text(CONFIG)
    return call


def ledger(name="runs.jsonl", folder="results/kept"):
    return [json.loads(line) for line in (Path(folder) / name).read_text().splitlines()]


def test_each_run_leaves_its_model_and_a_ledger_without_it(sweep):
    assert "; 4 Keras models to save, about 1.7 MB" in sweep("plan", "kept.yaml").out.replace("\n", " ")
    said = sweep("sweep", "kept.yaml", "--workers", 1)
    assert (said.code, "4 Keras models: results/kept/models\n" in said.err) == (0, True)
    lines = ledger()
    assert [line["model"] for line in lines] == [{"epoch": 2}] * 4
    assert all("model_file" not in line for line in lines)
    models = gdbench.load("results/kept").models
    assert models == {line["id"]: Path(f"results/kept/models/{line['id']}.keras") for line in lines}
    assert all(path.read_bytes() == model_file(f"model of {run}") for run, path in models.items())

    run, path = next(iter(models.items()))
    assert f"model: {path}, after epoch 2\n" in sweep("show", "kept", run).out
    path.unlink()
    assert f"model: {path} (no such file), after epoch 2\n" in sweep("show", "kept", run).out
    assert len(gdbench.load("results/kept").models) == 3

    said = sweep("sweep", "kept.yaml", "--workers", 1)
    assert (
        f"1 Keras model missing from results/kept/models: {run}; to have them trained anew, delete the lines"
        in said.err
    )
    kept = [line for line in Path("results/kept/runs.jsonl").read_text().splitlines() if run not in line]
    Path("results/kept/runs.jsonl").write_text("".join(f"{line}\n" for line in kept))
    said = sweep("sweep", "kept.yaml", "--workers", 1)
    assert ("missing" in said.err, path.read_bytes()) == (False, model_file(f"model of {run}"))


def test_runs_that_keep_none_say_nothing_of_models(sweep):
    said = sweep("sweep", "kept.yaml", "--set", "training.save=off", "--workers", 1)
    assert "model" not in said.err
    assert not Path("results/kept/models").exists()
    # The other runs come beside them.
    plan = sweep("plan", "kept.yaml").out
    assert "; 4 runs with other settings stay in the ledger but not in the tables\n" in plan
    under_set = sweep("plan", "kept.yaml", "--set", "training.epochs=2").out
    assert under_set.endswith("stay in the ledger but not in the tables under --set\n")


def test_saving_is_part_of_the_id():
    ids = {save: gdbench.plan({"name": "x", "training": {"save": save}}).runs.index[0] for save in ("off", "last")}
    assert ids["off"] == gdbench.plan({"name": "x"}).runs.index[0]
    assert ids["last"] != ids["off"]


def test_merge_copies_the_models_of_other_folders(sweep):
    for shard in ("1/2", "2/2"):
        assert sweep("sweep", "kept.yaml", "--shard", shard, "--results", f"of/{shard[0]}", "--quiet").code == 0
    assert sweep("merge", "results/kept", "of/1/kept", "of/2/kept").code == 0
    assert len(gdbench.load("results/kept").models) == 4
    for path in Path("results/kept/models").iterdir():
        path.unlink()
        Path(f"of/1/kept/models/{path.name}").unlink(missing_ok=True)
    said = sweep("merge", "results/kept", "of/1/kept", "of/2/kept")
    kept = len(gdbench.load("results/kept").models)
    assert (
        f"results/kept: {counted(4 - kept, 'Keras model')} missing or damaged in all of these folders; a run whose "
        in said.err
    )
    assert 0 < kept < 4


def test_merge_copies_no_damaged_model_and_says_so(sweep):
    sweep("sweep", "kept.yaml", "--quiet")
    first, there = Path("results/kept"), Path("there/kept")
    shutil.copytree(first, there)
    names = sorted(path.name for path in (first / "models").iterdir())
    whole, theirs, both, own = names
    sound = (first / "models" / whole).read_bytes()
    for folder, name, damaged in (
        (there, theirs, sound[:-10]),
        (there, both, b""),
        (first, both, sound.replace(b"model of", b"model op")),
        (first, own, b"no archive"),
    ):
        (folder / "models" / name).write_bytes(damaged)
    said = sweep("merge", "results/kept", "there/kept")
    for path, rest in (
        (there / "models" / theirs, "; not copied"),
        (there / "models" / both, "; not copied"),
        (first / "models" / both, ""),
    ):
        assert f"{path}: damaged, no whole Keras model{rest}\n" in said.err
    assert "results/kept: 1 Keras model missing or damaged in all of these folders; a run whose " in said.err
    whole_now = [name for name in names if is_whole(first / "models" / name)]
    assert (whole_now, said.code) == ([whole, theirs, own], 0)


def test_of_two_records_with_other_numbers_the_model_of_the_one_that_counts_is_kept(sweep):
    sweep("sweep", "kept.yaml", "--quiet")
    first, there = Path("results/kept"), Path("there/kept")
    shutil.copytree(first, there)
    (there / "runs.jsonl").unlink()
    record = next(iter(read(first).values()))
    other = replace(record.outcome, metrics={**record.outcome.metrics, "test_accuracy": 0.123})
    with Ledger(there) as ledger_there:
        ledger_there.append(replace(record, outcome=other, started="2999-01-01T00:00:00.000Z"))
    other_model = model_file("the other model")
    Path(there, "models", f"{record.run.id}.keras").write_bytes(other_model)
    assert sweep("merge", "results/kept", "there/kept").code == 1
    files = {run: path.read_bytes() for run, path in gdbench.load(first).models.items()}
    assert files == {run: model_file(f"model of {run}") for run in files} | {record.run.id: other_model}
    # As if the merge had been killed before it copied the model.
    own, theirs = (folder / "models" / f"{record.run.id}.keras" for folder in (first, there))
    own.write_bytes(model_file(f"model of {record.run.id}"))
    sweep("merge", "results/kept", "there/kept")
    assert own.read_bytes() == other_model
    # A model of other numbers is no substitute for one that is gone.
    with Ledger(there) as ledger_there:
        newest = replace(other, metrics={**record.outcome.metrics, "test_accuracy": 0.456})
        ledger_there.append(replace(record, outcome=newest, started="2999-01-02T00:00:00.000Z"))
    theirs.unlink()
    said = sweep("merge", "results/kept", "there/kept")
    assert f"{own}: belongs to a record that no longer counts; moved to {own.name}.other\n" in said.err
    assert "results/kept: 1 Keras model missing or damaged in all of these folders; a run whose " in said.err
    assert own.with_name(f"{own.name}.other").read_bytes() == other_model
    assert record.run.id not in gdbench.load(first).models


def test_a_model_that_was_never_finished_is_removed_by_the_next_sweep(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    for name in (UNFINISHED, "0123456789ab.keras", "mine.txt"):
        (models / name).write_text("")
    # Another shard may be writing it.
    assert list(removed_unfinished(tmp_path, Shard(1, 2))) == []
    assert (models / UNFINISHED).exists()
    assert list(removed_unfinished(tmp_path, None)) == [f"removed, since it was never finished: {models / UNFINISHED}"]
    assert sorted(path.name for path in models.iterdir()) == ["0123456789ab.keras", "mine.txt"]
