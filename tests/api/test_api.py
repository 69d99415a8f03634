"""`gdbench.load`, `plan` and `sweep`, whose workers train with a fake that is chosen by the seed."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gdbench
from gdbench.ledger import read
from tests.execution import fakes

ROOT = Path(__file__).parents[2]
RATES = {"name": "rates", "seeds": 2, "grid": {"optimizer": ["sgd", "adam"], "training.batch_size": [32, 64]}}


@pytest.fixture(autouse=True)
def _fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make)
    monkeypatch.setattr("gdbench.execution.local.preloading.PRELOADED", ())


def run(script: str) -> subprocess.CompletedProcess[str]:
    """A script of its own, without `if __name__ == "__main__"`, with the fake trainer."""
    Path("script.py").write_text(PATCH + script)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, env=environment, timeout=120)


PATCH = """\
import gdbench.execution.local.preloading, gdbench.execution.local.worker
from tests.execution import fakes
gdbench.execution.local.worker.make_trainer = fakes.make
gdbench.execution.local.preloading.PRELOADED = ()
import gdbench
print("script")
"""


# sweep


def test_a_dictionary_is_trained_and_the_same_call_goes_on(capsys):
    results = gdbench.sweep(RATES, workers=2)
    assert isinstance(results, gdbench.Results)
    assert results.runs["status"].tolist() == ["done"] * 8
    assert results.folder == Path("results/rates")
    said = capsys.readouterr()
    # Without a terminal there is no progress.
    assert (said.out, said.err) == ("", "rates: 8 runs, 0 in the ledger\n")
    again = gdbench.sweep(RATES)
    assert capsys.readouterr().err == "rates: 8 runs, 8 in the ledger\n"
    assert again.runs.equals(results.runs)


def test_the_tables_are_written_and_equal_those_of_the_results():
    table = gdbench.sweep(RATES, quiet=True).tables()["rates"]
    rows = list(csv.DictReader(Path("results/rates/tables/rates.csv").read_text().splitlines()))
    assert list(table.columns) == list(rows[0])
    assert table["test_accuracy_mean"].tolist() == [float(row["test_accuracy_mean"]) for row in rows]
    assert Path("results/rates/tables/rates-history.csv").exists()


def test_quiet_says_nothing(capsys):
    gdbench.sweep({"name": "x", "seeds": [fakes.RAISES]}, quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_failed_run_is_a_row_and_a_line(capsys):
    results = gdbench.sweep({"name": "x", "seeds": [0, fakes.RAISES, fakes.DIVERGES]})
    assert results.runs["status"].tolist() == ["done", "failed", "diverged"]
    assert "ValueError: no such layer" in results.runs["error"].iloc[1]
    assert "1 of 3 runs failed" in capsys.readouterr().err
    assert repr(results) == "<gdbench results 'x' in 'results/x': 3 runs, 1 done, 1 failed, 1 diverged>"


def test_settings_and_seeds_are_changed_by_the_call():
    results = gdbench.sweep({"name": "x"}, set={"training.epochs": 2}, seeds=1, results="elsewhere", quiet=True)
    assert results.runs["training.epochs"].tolist() == [2]
    assert len(read(Path("elsewhere/x"))) == 1


def test_old_results_are_set_aside_and_kept():
    gdbench.sweep({"name": "x", "seeds": 1}, quiet=True)
    gdbench.sweep({"name": "x", "seeds": 2}, fresh=True, quiet=True)
    assert [len(read(Path("results") / name)) for name in ("x", "x.1")] == [2, 1]


def test_a_dictionary_does_not_take_the_folder_of_a_file():
    Path("x.yaml").write_text("seeds: 1")
    gdbench.sweep("x.yaml", quiet=True)
    with pytest.raises(gdbench.RequestError, match=r"^expected a name without results of another file; got 'x': "):
        gdbench.sweep({"name": "x", "seeds": 1, "optimizer": "sgd"})
    # With some of the same runs, the file has moved into the notebook.
    assert len(gdbench.sweep({"name": "x", "seeds": 2}, quiet=True).runs) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"workers": 0}, "workers: expected a number of at least 1; got 0"),
        ({"timeout": -1}, "timeout: expected a number of at least 0.001; got -1"),
        ({"memory_limit": "8"}, "memory_limit: expected a number of at least 0.001; got '8'"),
        ({"seeds": 0}, "seeds: expected a number of at least 1; got 0"),
        ({"order": "nope"}, "order: expected one of seeds, longest; got 'nope'"),
        ({"shard": "3/2"}, "shard: expected I/N with I from 1 to N, such as 2/8; got '3/2'"),
        (
            {"shard": "1/2", "fresh": True},
            "fresh=True and shard cannot be combined: the shards share one results folder",
        ),
        ({"cluster": "local:2", "workers": 2}, "cluster: expected a sweep without workers; got both"),
        ({"set": "a=b"}, "set: expected values by path, such as {'training.epochs': 10}; got 'a=b'"),
        ({"seeds": 5_001}, "sweep: expected at most 10,000 runs without yes=True; got 20,004"),
    ],
)
def test_a_wrong_argument_is_one_line_and_trains_nothing(arguments, message):
    with pytest.raises(gdbench.RequestError) as caught:
        gdbench.sweep(RATES, **arguments)
    assert str(caught.value) == message
    assert not Path("results").exists()


def test_code_runs_only_if_it_is_trusted(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    Path("mine.py").write_text("import keras\n\ndef mine(learning_rate=0.1):\n    return keras.optimizers.SGD()\n")
    with pytest.raises(gdbench.RequestError, match=r"^optimizer: mine.py is not trusted, .* with trust=True$"):
        gdbench.sweep({"name": "x", "optimizer": "mine:mine"})


def test_ctrl_c_keeps_what_is_finished():
    script = f"""
import os, signal, threading, time
from pathlib import Path
def interrupt():
    while not (ledger := Path("results/x/runs.jsonl")).exists() or ledger.read_text().count("done") < 2:
        time.sleep(0.05)
    # Until the third run is under way.
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
try:
    gdbench.sweep({{"name": "x", "seeds": [0, 1, {fakes.SLEEPS}]}}, workers=1)
except gdbench.InterruptionError as error:
    print(error)
"""
    done = run(script)
    assert done.stdout == "script\ninterrupted; finished runs are kept; run the same command again to continue\n", (
        done.stderr
    )
    assert [each.outcome.status for each in read(Path("results/x")).values()] == ["done", "done", "interrupted"]


def test_a_script_needs_no_guard_and_is_run_once():
    done = run("print(len(gdbench.sweep({'name': 'x', 'seeds': 3}, workers=2).runs))")
    assert done.stdout == "script\n3\n", done.stderr


# plan


def test_a_plan_says_what_is_missing():
    plan = gdbench.plan(RATES)
    assert isinstance(plan, gdbench.Plan)
    assert (len(plan), plan.missing, repr(plan)) == (8, 8, "<gdbench plan 'rates': 8 runs, 8 to train>")
    assert set(plan.runs["status"]) == {"missing"}
    assert plan.runs["training.batch_size"].tolist() == [32, 32, 64, 64] * 2
    gdbench.sweep({**RATES, "seeds": 1}, quiet=True)
    plan = gdbench.plan(RATES)
    assert plan.missing == 4
    assert plan.summary()["to_train"] == 4
    assert "8 runs, 4 in the ledger" in str(plan)
    assert "<table>" in plan._repr_html_()


def test_the_mistakes_of_a_dictionary_are_lines():
    with pytest.raises(gdbench.ConfigError) as caught:
        gdbench.plan({"name": "x", "optimizer": "sdg", "seeds": 0})
    assert [line.partition(":")[0] for line in caught.value.mistakes] == ["optimizer", "seeds"]


# load


def test_a_folder_a_name_and_a_file_are_loaded_alike():
    Path("mine.yaml").write_text("seeds: 1\ngrid: {optimizer: [sgd, adam]}\n")
    trained = gdbench.sweep("mine.yaml", quiet=True)
    for source in ("mine", "mine.yaml", "results/mine", Path("results/mine")):
        loaded = gdbench.load(source)
        assert loaded.runs.equals(trained.runs)
        assert loaded.name == "mine"
    with pytest.raises(gdbench.RequestError, match=r"did you mean 'mine'\?$"):
        gdbench.load("mines")
    with pytest.raises(gdbench.RequestError, match="got a mapping, which only sweep takes"):
        gdbench.load({"name": "mine"})


def test_tables_of_chosen_metrics_and_epochs():
    results = gdbench.sweep(RATES, quiet=True)
    table = results.tables("test_loss", [1, "last"])["rates"]
    assert {"test_loss_at_1_mean", "test_loss_mean"} <= set(table.columns)
    with pytest.raises(gdbench.RequestError, match="did you mean 'test_accuracy'"):
        results.tables("accuracy")


def test_runs_are_joined_with_the_rows_of_their_table():
    results = gdbench.sweep(RATES, quiet=True)
    curves = results.history.join(results.rows)
    assert curves.groupby("row").size().to_dict() == {"sgd/32": 4, "sgd/64": 4, "adam/32": 4, "adam/64": 4}


def test_a_notebook_shows_the_tables_as_html_without_markup_of_labels():
    grid = {"optimizer": {"<b>bold</b>": "sgd", "a & b": "adam"}}
    results = gdbench.sweep({"name": "x", "title": "<i>", "seeds": 1, "grid": grid}, quiet=True)
    text = results._repr_html_()
    assert '<td style="text-align: left">&lt;b&gt;bold&lt;/b&gt;</td>' in text
    assert "a &amp; b" in text
    assert "&lt;i&gt;" in text
    assert "<b>" not in text
    assert str(results).startswith("<i>: test accuracy after epoch 2")


def test_whatever_is_passed_is_answered_in_one_line():
    results = gdbench.load(ROOT / "results" / "reference" / "quickstart")
    calls = {
        "test: expected one of moderated, paired; got 'x'": lambda: results.tables(test="x"),
        "at: expected last, best_val, max, epochs from 1 on or seconds such as 2s, separated by commas; got '1.0'; "
        "epochs are whole numbers, here 1": lambda: results.tables(at=1.0),
        "metric: expected the name of one metric; got ['test_loss']": lambda: results.plot(
            "strip", metric=["test_loss"]
        ),
        "load: expected a results folder, a file or a name; got 3": lambda: gdbench.load(3),
        "load: expected a results folder, a file or a name; got nothing": lambda: gdbench.load(None),
        "expected a file, a name, a results folder or a mapping; got 3": lambda: gdbench.plan(3),
    }
    for message, mistaken in calls.items():
        with pytest.raises(gdbench.RequestError) as caught:
            mistaken()
        assert str(caught.value) == message


def test_a_chart_of_results_is_that_of_the_command():
    results = gdbench.load(ROOT / "results" / "reference" / "learning-rate")
    chart = results.plot("sensitivity").to_dict()
    marks = [layer["mark"]["type"] for layer in chart["layer"]]
    assert "line" in marks
    with pytest.raises(gdbench.RequestError, match=r"^kind: expected one of curves, "):
        results.plot("pie")


def test_verdicts_are_rows():
    results = gdbench.load(ROOT / "results" / "zeiler2012")
    verdicts = results.verdicts()
    assert list(verdicts.columns)[:3] == ["comparison", "comparison_verdict", "kind"]
    assert verdicts.groupby("kind").size().to_dict() == {"cell": 42, "claim": 3}
    assert verdicts["comparison"].unique().tolist() == ["sgd-momentum-adagrad", "adadelta"]
    # The claims stand below the tables.
    assert "claims about test_error, last epoch" in results._repr_html_()
    assert gdbench.sweep({"name": "x", "seeds": 1}, quiet=True).verdicts().empty


def test_every_committed_result_is_loaded():
    for file in sorted(ROOT.glob("results/**/experiment.yaml")):
        results = gdbench.load(file.parent)
        assert set(results.runs["status"]) <= {"done", "diverged"}
        assert len(results.history) >= len(results.runs) - (results.runs["status"] == "diverged").sum()
        assert set(results.tables()) == set(results.rows["comparison"])


def test_every_name_is_there():
    assert set(gdbench.__all__) <= set(dir(gdbench))
    for name in gdbench.__all__:
        assert getattr(gdbench, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'tables'"):
        gdbench.tables  # noqa: B018
    assert issubclass(gdbench.ConfigError, gdbench.GdbenchError)


def test_shards_are_trained_and_joined(capsys):
    first = gdbench.sweep(RATES, shard="1/2", order="longest")
    assert capsys.readouterr().err.endswith(
        "shard 1/2 is finished; when all are: gdbench merge results/rates, then the same sweep without --shard\n"
    )
    assert set(first.runs["status"]) == {"done", "missing"}
    assert not (first.folder / "tables").exists()
    gdbench.sweep(RATES, shard="2/2", quiet=True)
    assert sorted(path.name for path in first.folder.glob("runs*")) == ["runs.1-of-2.jsonl", "runs.2-of-2.jsonl"]
    assert set(gdbench.sweep(RATES, quiet=True).runs["status"]) == {"done"}


def test_an_option_is_named_as_the_argument_that_it_is():
    results = gdbench.load(ROOT / "results" / "reference" / "quickstart")
    with pytest.raises(gdbench.RequestError, match=r"^metrics: "):
        results.tables("test_los")
    with pytest.raises(gdbench.RequestError, match=r"^baseline: "):
        results.tables(baseline="sg")
