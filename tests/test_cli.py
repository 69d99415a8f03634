"""The commands, called as a user calls them; the workers train with a fake, chosen by the seed."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger, read
from gdbench.records import Record
from tests.builders import ENVIRONMENT
from tests.conftest import Said
from tests.execution import fakes

CONFIG = """\
title: Rates
seeds: 2
grid:
  optimizer: [sgd, adam]
  training.batch_size: [32, 64]
"""


@pytest.fixture(autouse=True)
def _a_folder_with_a_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rates.yaml").write_text(CONFIG)


@pytest.fixture
def results():
    """The folder of a finished sweep, made by hand."""
    return finished(Path("rates.yaml"))


def finished(config, *overrides, seeds=None):
    plan = load_plan(config, overrides, seeds)
    folder = Path("results") / plan.experiment.name
    write_experiment(folder, plan)
    with Ledger(folder) as ledger:
        for run in plan.runs:
            ledger.append(Record(run, fakes.sound(run), "2026-01-02T03:04:05Z", ENVIRONMENT))
    return folder


def process(*arguments, **environment):
    """`python -m gdbench ARGUMENTS` on a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "gdbench", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def lines_of_table(text):
    """The words of each row of a plain table, by the first one."""
    return {line.split()[0]: line.split() for line in text.splitlines()[2:] if line.startswith("  ")}


# sweep


def test_a_sweep_prints_its_tables_on_stdout_and_all_else_on_stderr(call):
    said = call("sweep", "rates.yaml", "--workers", 2)
    assert said.code == 0
    title, header, *rows, _nothing_decided, intervals = said.out.splitlines()
    assert title == "Rates: test accuracy after epoch 2, 2 seeds"
    assert header.split()[:5] == ["optimizer", "batch_size", "mean", "95", "%"]
    assert [row.split()[:2] for row in rows] == [
        [optimizer, size] for optimizer in ("sgd", "adam") for size in ("32", "64")
    ]
    assert intervals.startswith("95 % intervals: Student's t over 2 seeds (initial weights, batch order; ")
    assert "rates: 8 runs, 0 in the ledger" in said.err
    assert "[8/8]" in said.err
    assert "written: results/rates/tables/rates.csv" in said.err
    assert len(read(Path("results/rates"))) == 8


def test_the_same_sweep_again_trains_nothing_and_prints_the_same_tables(call):
    first = call("sweep", "rates.yaml")
    again = call("sweep", "rates.yaml")
    assert again.out == first.out
    assert again.err == "rates: 8 runs, 8 in the ledger\n"


@pytest.mark.parametrize("changed", ["runs.jsonl", "experiment.yaml", "tables/rates.csv", "tables/rates-history.csv"])
def test_tables_that_are_older_than_the_records_or_missing_are_written_again(call, changed):
    call("sweep", "rates.yaml")
    path = Path("results/rates", changed)
    written = path.read_text()
    if path.parent.name == "tables":
        path.unlink()
    else:
        path.touch()
    again = call("sweep", "rates.yaml")
    assert again.err == (
        "rates: 8 runs, 8 in the ledger\nwritten: results/rates/tables/rates.csv\n"
        "written: results/rates/tables/rates-history.csv\n"
    )
    assert path.read_text() == written


@pytest.mark.parametrize("changed", ["tables/rates.csv", "tables/rates-history.csv"])
def test_tables_that_were_edited_are_written_again(call, changed):
    call("sweep", "rates.yaml")
    path = Path("results/rates", changed)
    written = path.read_text()
    path.write_text(written.replace("0.", "0.9"))
    assert f"written: {path}\n" in call("sweep", "rates.yaml").err
    assert path.read_text() == written
    assert "written" not in call("sweep", "rates.yaml").err


def test_tables_are_written_again_where_a_ledger_was_moved_into_place(call):
    call("sweep", "rates.yaml")
    ledger = Path("results/rates/runs.jsonl")
    # As old as before, and so older than the tables.
    ledger.rename("results/kept.jsonl").rename(ledger)
    assert "written: results/rates/tables/rates.csv\n" in call("sweep", "rates.yaml").err


def test_tables_of_an_older_gdbench_are_written_again(call, monkeypatch):
    call("sweep", "rates.yaml")
    Path("module.py").touch()
    monkeypatch.setattr("gdbench.display.sweep_summary.modules", lambda: [Path("module.py")])
    assert "written: results/rates/tables/rates.csv\n" in call("sweep", "rates.yaml").err


def test_a_finished_sweep_imports_neither_keras_nor_tensorflow(results):
    before = (results / "runs.jsonl").read_text()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gdbench", "sweep", "rates.yaml"], capture_output=True, text=True
    )
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "gdbench.execution.sweep" in imported
    assert not {"keras", "tensorflow", "gdbench.training"} & imported
    assert (results / "runs.jsonl").read_text() == before


def test_a_failed_run_exits_1_and_the_traceback_is_shown_by_show(call):
    Path("rates.yaml").write_text(f"seeds: [0, {fakes.RAISES}]")
    said = call("sweep", "rates.yaml", "--quiet")
    assert said.code == 1
    assert "1/2, 1 failed" in said.out.splitlines()[2]
    assert "Traceback" not in said.err
    *_, failure, hint = said.err.splitlines()
    assert failure.endswith(f"(rates, seed {fakes.RAISES}) failed: ValueError: no such layer")
    command = hint.partition("; gdbench ")[2].partition(" prints")[0].split()
    shown = call(*command)
    assert shown.code == 0
    assert "Traceback (most recent call last):" in shown.out


def test_retry_failed_trains_it_again(call, monkeypatch):
    Path("rates.yaml").write_text(f"seeds: [0, {fakes.RAISES}]")
    assert call("sweep", "rates.yaml").code == 1
    assert call("sweep", "rates.yaml").code == 1
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make_sound)
    said = call("sweep", "rates.yaml", "--retry-failed")
    assert said.code == 0
    assert "rates: 2 runs, 1 in the ledger" in said.err


def test_a_diverged_run_is_a_result(call):
    Path("rates.yaml").write_text(f"seeds: [{fakes.DIVERGES}]")
    said = call("sweep", "rates.yaml")
    assert said.code == 0
    assert "0/1, 1 diverged" in said.out


def test_a_run_past_the_timeout_fails(call):
    Path("rates.yaml").write_text(f"seeds: [0, {fakes.SLEEPS}]")
    said = call("sweep", "rates.yaml", "--timeout", 2)
    assert said.code == 1
    assert "failed: not finished after the 2 seconds of --timeout" in said.err


def test_other_numbers_of_a_run_trained_again_alone_exit_1(call, monkeypatch):
    Path("rates.yaml").write_text("seeds: 1\n")
    call("sweep", "rates.yaml")
    Path("rates.yaml").write_text("seeds: 1\ntiming: exclusive\n")
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make_other)
    said = call("sweep", "rates.yaml")
    assert said.code == 1
    assert said.err.endswith("trained again, alone, it gave other numbers; both records are in the ledger\n")


def test_fresh_keeps_the_old_results(call, results):
    said = call("sweep", "rates.yaml", "--fresh", "--quiet")
    assert said.code == 0
    assert "the old results are kept in results/rates.1" in said.err
    assert len(read(Path("results/rates.1"))) == len(read(results)) == 8


@pytest.mark.parametrize(("options", "again"), [((), "again"), (("--fresh",), "again without --fresh")])
def test_ctrl_c_exits_130_and_says_how_to_go_on(call, monkeypatch, options, again):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("gdbench.execution.local.pool.Pool.next_outcome", interrupted)
    said = call("sweep", "rates.yaml", *options)
    assert (said.code, said.out) == (130, "")
    assert said.err.endswith(f"interrupted; finished runs are kept; run the same command {again} to continue\n")


INTERRUPTED_IMPORT = """
import importlib.abc, os, runpy, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = ["gdbench", "sweep", "rates.yaml"]
runpy.run_module("gdbench", run_name="__main__")
"""


@pytest.mark.parametrize(
    "module", ["gdbench.cli.app", "typer", "gdbench.experiment.plan", "gdbench.display.live_progress.progress"]
)
def test_ctrl_c_while_it_starts_exits_130_in_one_line(module):
    code = INTERRUPTED_IMPORT.format(module=module)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
    assert not Path("results").exists()


def test_a_worker_that_cannot_start_exits_1(call, monkeypatch):
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make_nothing)
    said = call("sweep", "rates.yaml")
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith("RuntimeError: no keras here\n")


def test_set_seeds_and_results_change_what_is_trained_and_where(call, tmp_path):
    said = call("sweep", "rates.yaml", "--set", "training.epochs=7", "--seeds", 1, "--results", tmp_path / "else")
    assert said.code == 0
    records = read(tmp_path / "else" / "rates")
    assert {(record.run.training["epochs"], record.run.seed) for record in records.values()} == {(7, 0)}
    assert not Path("results").exists()


def test_a_dry_run_prints_the_plan_and_writes_nothing(call):
    said = call("sweep", "rates.yaml", "--dry-run")
    assert said.code == 0
    assert said.out == call("plan", "rates.yaml").out
    assert "8 to train, 4 programs to compile" in said.out
    assert not Path("results").exists()


def test_a_locked_folder_exits_1_and_names_the_holder(call):
    with Ledger(Path("results/rates")):
        said = call("sweep", "rates.yaml")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"results/rates is in use by process {os.getpid()} on ")
    assert said.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_exits_1(call):
    Path("results").write_text("a file")
    said = call("sweep", "rates.yaml")
    assert said.code == 1
    assert "results" in said.err
    assert said.err.count("\n") == 1


def test_more_than_10000_runs_need_yes(call, monkeypatch):
    said = call("sweep", "rates.yaml", "--seeds", 2501)
    assert said.code == 2
    assert said.err == "rates.yaml: 10,004 runs; to train more than 10,000, add --yes\n"
    assert not Path("results").exists()
    monkeypatch.setattr("gdbench.cli.sweep.MAX_RUNS", 3)
    assert call("sweep", "rates.yaml").code == 2
    assert call("sweep", "rates.yaml", "--yes").code == 0


def test_a_sweep_reads_its_ledger_once(call, results, ledger_readings):
    assert call("sweep", "rates.yaml").code == 0
    assert ledger_readings == [results / "runs.jsonl"]


# mistakes


@pytest.mark.parametrize("command", ["sweep", "plan", "annotate"])
def test_a_bad_config_is_a_line_a_mistake_and_makes_no_folder(call, command):
    Path("rates.yaml").write_text("optimizer: adm\ntraining: {epochs: -1}\n")
    said = call(command, "rates.yaml")
    assert (said.code, said.out) == (2, "")
    first, second = said.err.splitlines()
    assert first.startswith("rates.yaml:1: optimizer: ")
    assert first.endswith("did you mean 'adam'?")
    assert second.startswith("rates.yaml:2: training.epochs: ")
    assert not Path("results").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["sweep", "nowhere.yaml"],
        ["plan", "nowhere.yaml"],
        ["tables", "results/nowhere"],
        ["tables", "x" * 300],
        ["show", "x" * 300, "3f"],
        ["show", "results/nowhere", "3f"],
        ["list", "nothing"],
        ["annotate", "nowhere.yaml"],
        ["sweep", "rates.yaml", "--set", "optimizer"],
        ["sweep", "rates.yaml", "--set", "training.batch_size=16"],
    ],
)
def test_a_wrong_request_exits_2_in_one_line(call, arguments):
    said = call(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1, said.err


@pytest.mark.parametrize(
    "arguments",
    [["swep"], ["show"], ["sweep", "rates.yaml", "--worker", "2"], ["plan", "rates.yaml", "--seeds", "0"]],
)
def test_wrong_usage_exits_2(call, arguments):
    said = call(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1].startswith("Error: ")


def test_a_damaged_ledger_is_named_by_file_and_line(call, results):
    with (results / "runs.jsonl").open("a") as file:
        file.write("{}\n")
    for arguments in (["sweep", "rates.yaml"], ["plan", "rates.yaml"], ["tables", results], ["show", results, "0"]):
        said = call(*arguments)
        assert (said.code, said.out) == (1, "")
        assert "results/rates/runs.jsonl:9: the line is damaged" in said.err


# plan


def test_plan_as_json_has_counts_and_every_run(call):
    finished(Path("rates.yaml"), seeds=1)
    plan = json.loads(call("plan", "rates.yaml", "--json").out)
    counts = [plan[name] for name in ("points", "runs", "in_ledger", "to_train", "programs")]
    assert counts == [4, 8, 4, 4, 4]
    assert len(plan["settings"]) == 8


# tables


def test_tables_of_a_folder_or_of_its_config(call, results):
    of_folder = call("tables", results)
    assert of_folder.code == 0
    assert of_folder.err == ""
    assert of_folder.out.splitlines()[0] == "Rates: test accuracy after epoch 2, 2 seeds"
    assert call("tables", "rates.yaml").out == of_folder.out
    Path("results").rename("elsewhere")
    assert call("tables", "rates.yaml", "--results", "elsewhere").out == of_folder.out


def test_tables_of_some_metrics_at_some_epochs(call, results):
    said = call("tables", results, "--metric", "test_loss", "--metric", "train_error", "--at", "last,1")
    titles = [line for line in said.out.splitlines() if line.startswith("Rates")]
    assert titles == [
        "Rates: test loss after epoch 2, 2 seeds",
        "Rates: test loss after epoch 1, 2 seeds",
        "Rates: training error after epoch 2, 2 seeds",
        "Rates: training error after epoch 1, 2 seeds",
    ]
    commas = call("tables", results, "--metric", "test_loss,train_error", "--at", "last", "--at", "1")
    assert commas.out == said.out


def test_tables_turned_cut_sorted_and_rounded(call, results):
    turned = call("tables", results, "--by", "batch_size").out.splitlines()
    assert turned[1].split() == ["batch_size", "sgd", "adam"]
    assert [line.split()[0] for line in turned[2:4]] == ["32", "64"]
    cut = call("tables", results, "--only", "adam").out
    assert set(lines_of_table(cut)) == {"adam"}
    for several in (["--only", "adam,sgd/32"], ["--only", "adam", "--only", "sgd/32"]):
        rows = call("tables", results, *several).out.splitlines()[2:5]
        assert [row.split()[:2] for row in rows] == [["sgd", "32"], ["adam", "32"], ["adam", "64"]]
    means = [line.split()[2] for line in call("tables", results, "--sort", "mean").out.splitlines()[2:6]]
    assert means == sorted(means, reverse=True)
    assert len(set(means)) > 1
    assert all("." not in mean for mean in lines_of_table(call("tables", results, "--precision", 0).out)["sgd"][2:])


def test_tables_for_programs(call, results):
    rows = list(csv.DictReader(io.StringIO(call("tables", results, "--format", "csv").out)))
    assert [(row["optimizer"], row["training.batch_size"]) for row in rows] == [
        ("sgd", "32"),
        ("sgd", "64"),
        ("adam", "32"),
        ("adam", "64"),
    ]
    [table] = json.loads(call("tables", results, "--format", "json").out)
    assert [row["runs"] for row in table["rows"]] == [2, 2, 2, 2]
    assert call("tables", results, "--format", "markdown").out.startswith("### Rates")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--metric", "test_acuracy"], "did you mean 'test_accuracy'"),
        (["--at", "first"], "--at: expected last, best_val, max, epochs from 1 on or seconds such as 2s"),
        (["--at", "3"], "--at: expected an epoch that a run has (1, 2); got 3"),
        (["--at", "best_val"], "--at: expected runs with validation data for best_val"),
        (["--by", "optimiser"], "did you mean 'optimizer'"),
        (["--only", "adm"], "did you mean 'adam'"),
        (["--sort", "maen"], "did you mean 'mean'"),
        (["--format", "cvs"], "did you mean 'csv'"),
        (["--test", "moderate"], "--test: expected one of moderated, paired; got 'moderate'; did you mean 'moderated'"),
        (["--comparison", "rate"], "expected a comparison; got 'rate'; did you mean 'rates'"),
        (["--baseline", "sgd/23"], "did you mean 'sgd/32'"),
    ],
)
def test_a_wrong_flag_of_tables_is_one_line(call, results, arguments, error):
    said = call("tables", results, *arguments)
    assert (said.code, said.out) == (2, "")
    assert error in said.err
    assert said.err.count("\n") == 1


def test_tables_need_nothing_but_the_two_files(call, results):
    before = call("tables", results).out
    moved = Path("moved")
    moved.mkdir()
    for name in ("experiment.yaml", "runs.jsonl"):
        shutil.copy(results / name, moved / name)
    Path("rates.yaml").unlink()
    assert call("tables", moved).out == before


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}])
def test_a_pipe_gets_no_control_characters_and_no_cut_cells(results, environment):
    done = process("tables", results, COLUMNS="20", TERM="xterm-256color", **environment)
    assert done.returncode == 0
    assert (done.stdout + done.stderr).replace("±", "").replace("\n", "").isprintable()
    assert len(done.stdout.splitlines()) == 8


# show


def test_show_takes_a_unique_beginning_of_an_id(call, results):
    first, *others = read(results)
    length = next(n for n in range(1, 13) if not any(other.startswith(first[:n]) for other in others))
    for source in (results, "rates.yaml"):
        said = call("show", source, first[:length])
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith(f"run {first}, seed 0: done\n")
    assert json.loads(call("show", results, first, "--json").out)["id"] == first


def test_show_names_what_a_beginning_could_mean(call, results):
    digits = [run[0] for run in read(results)]
    most = max(digits, key=digits.count)
    said = call("show", results, most)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"results/rates: {digits.count(most)} run ids begin with '{most}' (")
    assert sum(run in said.err for run in read(results)) == min(digits.count(most), 3) > 1
    assert call("show", results, "xyz").err == "results/rates: no run id begins with 'xyz'\n"


@pytest.mark.parametrize("run_id", ["", " "])
def test_an_empty_beginning_is_no_id(call, results, run_id):
    line = "RUN_ID: expected the id of a run, or its first characters; got an empty one\n"
    assert call("show", results, run_id) == Said(2, "", line)


def test_show_says_that_there_are_no_results(call):
    said = call("show", "results/rates", "3f")
    assert said == Said(2, "", "results/rates: no results yet; run gdbench sweep rates first\n")


# list, annotate, help


def test_list_prints_a_family_and_everything_as_json(call):
    assert call("list", "optimizer").out.startswith("optimizer: ")
    assert [family["name"] for family in json.loads(call("list", "--json").out)][-1] == "metric"
    [family] = json.loads(call("list", "optimizer", "--json").out)
    assert "adam" in [entry["name"] for entry in family["entries"]]


def test_list_of_an_unknown_family_suggests_one(call):
    said = call("list", "optimiser")
    assert said.code == 2
    assert said.err.endswith("got 'optimiser'; did you mean 'optimizer'?\n")


def test_list_without_a_name_is_an_index_that_fits_a_screen(call):
    lines = call("list").out.splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    assert lines[2].split() == [
        "dataset",
        *["mnist,", "fashion_mnist,", "kmnist,", "emnist,", "cifar10,", "npz,", "idx,", "csv,"],
    ]
    assert lines[-1].startswith("metric          train_loss, ")


def test_list_of_an_entry_ends_with_a_line_to_copy(call):
    assert call("list", "adam").out.splitlines()[-1] == "  optimizer: {name: adam, learning_rate: 0.001}"
    [entry] = json.loads(call("list", "adam", "--json").out)
    assert (entry["family"], entry["arguments"][0]["default"]) == ("optimizer", 0.001)
    said = call("list", "adem")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.endswith("got 'adem'; did you mean 'adam'?\n")


@pytest.mark.usefixtures("results")
def test_annotate_rewrites_the_head_comment_once(call):
    Path("rates.yaml").write_text("# Mine.\n" + CONFIG)
    said = call("annotate", "rates.yaml")
    assert (said.code, said.out, said.err) == (0, "", "rates.yaml: head comment written\n")
    text = Path("rates.yaml").read_text()
    assert text.startswith(
        "# Rates.\n# gdbench sweep rates.yaml: 8 runs, about 5 seconds of one core on xeon.\n# Test acc"
    )
    assert text.endswith("#\n# Mine.\n" + CONFIG)
    assert call("annotate", "rates.yaml").err == "rates.yaml: head comment is up to date\n"
    assert Path("rates.yaml").read_text() == text


def test_tables_of_an_unfinished_sweep_say_how_to_go_on(call, results):
    assert "in the ledger" not in call("tables", results).err
    ledger = results / "runs.jsonl"
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[:5]))
    said = call("tables", results, "--format", "csv")
    assert said.code == 0
    begun = "results/rates: 5 of 8 runs are in the ledger"
    assert said.err == f"{begun}; to train the rest, run gdbench sweep rates again, with the same options\n"
    with Ledger(results):
        assert call("tables", "rates").err == f"{begun}; a sweep is running, which --watch follows\n"


def test_annotate_refuses_while_runs_are_missing(call):
    finished(Path("rates.yaml"), seeds=1)
    said = call("annotate", "rates.yaml")
    assert (said.code, said.err) == (
        2,
        "rates.yaml: 4 of 8 runs are not in the ledger; run gdbench sweep rates.yaml first\n",
    )
    assert Path("rates.yaml").read_text() == CONFIG


def test_help_shows_by_example_a_line_each(call):
    said = call("--help")
    assert said.code == 0
    lines = said.out.splitlines()
    assert "  gdbench plan quickstart           what a configuration would train" in lines
    assert "  gdbench list optimizer            what a file can name" in lines
    assert "\\b" not in said.out


def test_help_cuts_no_description(call):
    commands = call("--help").out.partition("Commands:\n")[2].splitlines()
    assert len(commands) >= 13
    assert all(line.endswith(".") and not line.endswith("...") for line in commands)


@pytest.mark.parametrize("command", ["sweep", "plan", "tables", "show", "list", "annotate"])
def test_each_command_has_its_help(call, command):
    said = call(command, "--help")
    assert said.code == 0
    assert f"{command} [OPTIONS]" in said.out.splitlines()[0]


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(call, option):
    assert call(option).out.startswith("gdbench ")


def test_completion_is_an_option(call):
    said = call("completion")
    assert said.code == 2
    assert said.err.endswith("gdbench --install-completion installs completion for the current shell\n")


def _listed(text: str) -> list[list[str]]:
    """The columns of each line."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines()]


@pytest.mark.parametrize("command", ["sweep", "plan"])
def test_without_a_configuration_those_that_there_are_are_listed(call, command):
    said = call(command)
    assert (said.code, said.out) == (2, "")
    assert "Error: Missing argument 'CONFIG_OR_RESULTS'." in said.err.splitlines()
    assert "\n  rates.yaml\n" in said.err
    assert ["quickstart", "Three optimizers on MNIST"] in _listed(said.err)


@pytest.mark.parametrize("command", ["sweep", "plan"])
def test_after_an_unknown_name_the_configurations_are_listed(call, command):
    said = call(command, "nothing-like-it")
    assert (said.code, said.out) == (2, "")
    first, second, *_ = said.err.splitlines()
    assert first == "nothing-like-it: no such file, and no configuration of that name"
    assert second == "configurations in this folder:"
    assert any(line[0] == "zeiler2012" and line[-1].startswith("Zeiler 2012") for line in _listed(said.err))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("quikstart", "no such file, and no configuration of that name; did you mean 'quickstart'?"),
        ("rates.yml", "no such file or folder; did you mean 'rates.yaml'?"),
        ("ratse.yaml", "no such file or folder; did you mean 'rates.yaml'?"),
        ("configs/quickstart.yaml", "no such file or folder; did you mean 'quickstart', which comes with gdbench?"),
    ],
)
def test_a_similar_name_is_suggested_in_place_of_a_list(call, name, message):
    said = call("plan", name)
    assert (said.code, said.out, said.err) == (2, "", f"{name}: {message}\n")


def test_a_file_without_settings_is_noticed(call):
    Path("blank.yaml").write_text("# nothing yet\n")
    said = call("plan", "blank")
    assert said.code == 0
    assert said.err == ("blank.yaml: no settings in this file, so gdbench uses its defaults: adam on mnist, 3 seeds\n")


def test_a_missing_argument_of_another_kind_lists_no_configurations(call):
    assert "quickstart" not in call("show").err
    assert "quickstart" not in call("plan", "--set").err


# odd arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ["tables", "results/rates", "--at", "9" * 5000],
        ["tables", "results/rates", "--at", "99999999999999999999"],
        ["tables", "results/rates", "--at", ""],
        ["tables", "results/rates", "--sort", ""],
        ["tables", "results/rates", "--only", ""],
        ["tables", "results/rates", "--by", ""],
        ["tables", "results/rates", "--metric", "\x1b[31m"],
        ["tables", "x" * 300],
        ["tables", "a\nb"],
        ["show", "results/rates", ""],
        ["show", "results/rates", "\x1b]0;x\x07\n"],
        ["show", "rates.yaml/x", "y"],
        ["list", "\u202e"],
        ["plan", "x" * 300],
        ["plan", "."],
        ["plan", "/dev/zero"],
        ["plan", "rates.yaml", "--seeds", "99999999999"],
        ["plan", "rates.yaml", "--set", "training.epochs=" + "[" * 1000],
        ["plan", "rates.yaml", "--set", "training" + ".a" * 1000 + "=1"],
        ["annotate", "."],
        ["reproduce", "x" * 300],
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("unicode_escape").decode(),
)
@pytest.mark.usefixtures("results")
def test_an_odd_argument_is_answered_in_one_line(call, arguments):
    said = call(*arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err[:-1].isprintable()


# options


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("tables", "results/rates", "--by", "optimizer", "--by=batch_size"), "--by"),
        (("tables", "results/rates", "--format", "csv", "--format", "csv"), "--format"),
        (("sweep", "rates.yaml", "--workers=1", "--workers", "2"), "--workers"),
        (("plan", "--seeds", "1", "rates.yaml", "--seeds", "2"), "--seeds"),
        (("reproduce", "--results", "a", "--results", "b"), "--results"),
    ],
)
@pytest.mark.usefixtures("results")
def test_an_option_for_a_single_value_is_given_once(call, arguments, option):
    said = call(*arguments)
    assert (said.code, said.out, said.err) == (2, "", f"{option}: expected a single value; got 2\n")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("tables", ""), "RESULTS_OR_CONFIG"),
        (("sweep", "rates.yaml", "--results="), "--results"),
        (("merge", "results/rates", ""), "RESULTS_OR_CONFIG..."),
        (("plot", "results/rates", "--out", ""), "--out"),
    ],
)
@pytest.mark.usefixtures("results")
def test_an_empty_path_is_not_the_current_folder(call, arguments, name):
    said = call(*arguments)
    assert (said.code, said.out, said.err) == (2, "", f"{name}: expected a path or a name; got an empty text\n")


def test_an_option_that_collects_values_and_a_switch_may_be_repeated(call, results):
    said = call("tables", results, "--metric", "test_accuracy", "--metric", "test_loss")
    assert (said.code, said.out.count("Rates: ")) == (0, 2)
    assert call("sweep", "rates.yaml", "--quiet", "--quiet").code == 0


SEQUENTIAL = """\
title: Batch sizes
seeds: {from: 3, until: separated, at_most: 6}
grid: {training.batch_size: [32, 64]}
"""


def test_sequential_seeds_from_the_plan_to_the_table(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    Path("sizes.yaml").write_text(SEQUENTIAL)
    dry = call("sweep", "sizes.yaml", "--dry-run")
    assert dry.out == call("plan", "sizes.yaml").out
    assert "sizes: 2 points, 6 to 12 runs, 0 in the ledger" in dry.out
    assert not Path("results").exists()
    said = call("sweep", "sizes.yaml")
    assert said.code == 0
    # The numbers of the fake are those of its ids, which separate nothing.
    assert "sizes: the best row is not separated from all others with 3; on to 6 of at most 6 seeds" in said.err
    assert "[12/12]" in said.err
    assert "6 of at most 6 seeds: the best row is not separated from all others" in said.out
    assert call("tables", "results/sizes").out == said.out
    [table] = json.loads(call("tables", "results/sizes", "--format", "json").out)
    assert table["stopping"] == {"seeds": 6, "at_most": 6, "looks": 2, "ending": "not_separated", "next": None}
    assert "of at most 6 seeds" in call("tables", "results/sizes", "--by", "training.batch_size").out
    fixed = call("sweep", "sizes.yaml", "--seeds", "2")
    assert "sizes: 4 runs, 4 in the ledger" in fixed.err
    assert "at most" not in fixed.out


def test_a_published_comparison_may_stand_beside_sequential_seeds(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    claimed = "claimed: {seeds: 2, grid: {optimizer: [sgd, adam]}, claims: [adam > sgd]}"
    looked = "looked: {seeds: {from: 3, until: separated, at_most: 4}, grid: {optimizer: [sgd, adam]}}"
    Path("both.yaml").write_text(f"comparisons:\n  {claimed}\n  {looked}\n")
    said = call("reproduce", "both.yaml")
    assert said.code == 0
    assert "both: 6 to 8 runs, 0 in the ledger" in said.err
    assert call("reproduce", "both.yaml").out == said.out
    assert call("reproduce", "both.yaml", "--quick").code == 0


@pytest.mark.parametrize(
    ("options", "seeds"),
    [((), [0, 0, 1, 1]), (("--order", "seeds"), [0, 0, 1, 1]), (("--order", "longest"), [0, 1, 0, 1])],
)
def test_runs_come_seed_by_seed_unless_the_longest_are_to_come_first(tmp_path, monkeypatch, call, options, seeds):
    monkeypatch.chdir(tmp_path)
    Path("sizes.yaml").write_text("seeds: 2\ngrid: {training.batch_size: [32, 64]}\n")
    call("sweep", "sizes.yaml", "--workers", "1", *options)
    lines = Path("results/sizes/runs.jsonl").read_text().splitlines()
    assert [json.loads(line)["seed"] for line in lines] == seeds


def test_an_order_that_there_is_not(tmp_path, call):
    said = call("sweep", tmp_path / "x.yaml", "--order", "shortest")
    assert said.code == 2
    assert said.err == "--order: expected one of seeds, longest; got 'shortest'\n"
