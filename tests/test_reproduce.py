"""`gdbench reproduce` as a user calls it; the workers train with a fake, whose accuracy is a function of the run."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from gdbench.display.formats import FORMATS
from gdbench.experiment.plan import load_plan
from gdbench.experiment.shipped_configurations import published
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger, read
from gdbench.records import Outcome, Record
from tests.builders import ENVIRONMENT
from tests.execution import fakes
from tests.published_pages import NAMES

PAPER = """\
title: A paper
seeds: 5
grid:
  optimizer: [sgd, adam]
published:
  source: A paper, Table 1
  assumed: [the batch size]
  tolerance: 0.5 %
  values: {sgd: 90 %, adam: 98 %}
  claims: [adam > sgd]
"""
ACCURACIES = {"sgd": [0.899, 0.900, 0.901, 0.902, 0.898], "adam": [0.979, 0.980, 0.981, 0.982, 0.978]}


@pytest.fixture(autouse=True)
def _a_folder_with_a_paper(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("paper.yaml").write_text(PAPER)


@pytest.fixture
def measured():
    """The folder of a finished re-run with the accuracies above, made by hand."""
    plan = load_plan(Path("paper.yaml"))
    folder = Path("results/paper")
    write_experiment(folder, plan)
    with Ledger(folder) as ledger:
        for run in plan.runs:
            accuracy = ACCURACIES[run.optimizer["name"]][run.seed]
            metrics = {"test_accuracy": accuracy, "test_loss": 0.1, "train_loss": 0.1, "train_accuracy": accuracy}
            seconds = {"train": 30.0, "evaluate": 2.0, "compile": 1.0, "data": 0.0}
            outcome = Outcome("done", {**metrics, "collapsed": False}, {}, seconds)
            ledger.append(Record(run, outcome, "2026-01-02T03:04:05Z", ENVIRONMENT))
    return folder


@pytest.mark.usefixtures("measured")
def test_published_stands_beside_measured_with_verdicts(call):
    said = call("reproduce", "paper.yaml")
    assert said.code == 0
    assert "A paper: 10 runs, 10 from a ledger of 2026-01-02, xeon" in said.err.splitlines()[0]
    lines = said.out.splitlines()
    assert lines[0] == "A paper: test_accuracy, last epoch"
    cells = {line.split()[0]: line.split("  ") for line in lines[2:4]}
    assert "90.00 %" in said.out
    assert [cells[name][-1].strip() for name in ("sgd", "adam")] == ["reproduced", "reproduced"]
    assert "source: A paper, Table 1" in lines
    assert "assumed: the batch size" in lines
    claim = next(line for line in lines if line.strip().startswith("adam > sgd"))
    assert claim.split()[3:] == ["holds", "0.0020"]
    assert "A paper: claims about test_accuracy, last epoch" in lines
    assert lines[-1] == "A paper: reproduced (2 cells: 2 reproduced; 1 claim: 1 holds)"


def test_sweep_and_tables_print_the_claims_as_reproduce_does(call, measured):
    def claims(text):
        return next(block for block in text.split("\n\n") if ": claims about " in block).strip()

    reproduced = claims(call("reproduce", "paper.yaml").out)
    assert reproduced.splitlines()[-1].split() == ["adam", ">", "sgd", "holds", "0.0020"]
    assert claims(call("tables", measured).out) == reproduced
    assert claims(call("tables", measured, "--by", "optimizer").out) == reproduced
    assert claims(call("sweep", "paper.yaml").out) == reproduced
    [table] = json.loads(call("tables", measured, "--format", "json").out)
    [paper] = json.loads(call("reproduce", "paper.yaml", "--format", "json").out)
    assert table["claims"] == paper["comparisons"][0]["claims"]


@pytest.mark.usefixtures("measured")
def test_a_changed_figure_changes_the_verdict_and_not_the_exit_code(call):
    Path("paper.yaml").write_text(PAPER.replace("adam: 98 %", "adam: 93 %"))
    said = call("reproduce", "paper.yaml")
    assert (said.code, said.out.splitlines()[-1]) == (
        0,
        "A paper: contradicted (2 cells: 1 reproduced, 1 off; 1 claim: 1 holds)",
    )


def test_the_folder_gets_tables_and_a_readme_that_say_the_same(call, measured):
    said = call("reproduce", "paper.yaml")
    assert sorted(path.name for path in (measured / "tables").iterdir()) == [
        "paper-claims.csv",
        "paper-verdicts.csv",
        "paper.csv",
    ]
    readme = (measured / "README.md").read_text()
    assert "10 runs, 10 from a ledger of 2026-01-02, xeon; about 6 minutes of one core in all; Python 3.12.3" in readme
    assert "| sgd | 90.00 % | 90.00 % |" in readme
    assert f"## {said.out.splitlines()[-1]}" in readme


def test_csv_has_a_row_a_cell_in_full_precision_then_one_a_claim(call, measured):
    cells, claims = call("reproduce", "paper.yaml", "--format", "csv").out.split("\n\n")
    first, second = csv.DictReader(io.StringIO(cells))
    assert (first["experiment"], first["optimizer"], first["published"], first["verdict"]) == (
        "paper",
        "sgd",
        "0.9",
        "reproduced",
    )
    assert float(second["measured_mean"]) == pytest.approx(0.98)
    assert [first[name] for name in ("runs", "done", "diverged", "failed")] == ["5", "5", "0", "0"]
    [claim] = csv.DictReader(io.StringIO(claims))
    assert (claim["claim"], claim["verdict"], claim["comparison_verdict"]) == ("adam > sgd", "holds", "reproduced")
    assert cells == (measured / "tables" / "paper-verdicts.csv").read_text().rstrip("\n")


@pytest.mark.usefixtures("measured")
def test_json_has_it_all(call):
    [experiment] = json.loads(call("reproduce", "paper.yaml", "--format", "json").out)
    [comparison] = experiment["comparisons"]
    assert experiment["origin"] == "10 runs, 10 from a ledger of 2026-01-02, xeon"
    assert comparison["verdict"] == "reproduced"
    assert [cell["verdict"] for cell in comparison["published"][0]["cells"]] == ["reproduced"] * 2
    [claim] = comparison["claims"]
    assert (claim["tolerance"], claim["verdict"], claim["p"]) == (None, "holds", 2 * 4.0**-5)


def test_markdown_is_that_of_the_readme(call, measured):
    markdown = call("reproduce", "paper.yaml", "--format", "markdown").out
    body = markdown.partition("\n\n")[2]
    assert body
    assert (measured / "README.md").read_text().endswith(body)


def test_what_the_ledger_lacks_is_trained(call, measured):
    ledger = measured / "runs.jsonl"
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[:7]))
    said = call("reproduce", "paper.yaml")
    assert "10 runs, 7 from a ledger" in said.err
    assert len(read(measured)) == 10


def test_fresh_trains_all_again_and_keeps_the_old_folder(call, measured):
    said = call("reproduce", "paper.yaml", "--fresh")
    assert "A paper: 10 runs, none from a ledger" in said.err
    assert len(read(Path("results/paper.1"))) == len(read(measured)) == 10
    assert next(iter(read(measured).values())).environment["python"] != ENVIRONMENT["python"]


PROTOCOLS = "multiverse: {training.epochs: [5, 20], training.batch_size: [32, 128], seeds: 3}\n"


def test_universes_are_trained_and_judged_on_request(call, measured):
    Path("paper.yaml").write_text(PAPER + PROTOCOLS)
    plain = call("reproduce", "paper.yaml")
    assert plain.code == 0
    assert len(read(measured)) == 10
    assert "Under other protocols" not in (measured / "README.md").read_text()
    assert "multiverse: 4 protocols, 3 seeds each: 24 runs, 6 in the ledger, " in call("plan", "paper.yaml").out

    said = call("reproduce", "paper.yaml", "--multiverse")
    # The base protocol, 5 epochs in batches of 32, is one of the four and has been trained.
    assert len(read(measured)) == 10 + 18
    lines = said.out.splitlines()
    assert lines[0].startswith("24 runs under these protocols, trained on 2")
    assert [line.split()[:2] for line in lines[lines.index("A paper: 4 protocols") + 2 :][:4]] == [
        ["5", "32"],
        ["5", "128"],
        ["20", "32"],
        ["20", "128"],
    ]
    last = said.out.splitlines()[-1]
    assert last.startswith("A paper: ")
    assert " of 4 " in last
    assert call("reproduce", "paper.yaml").out == plain.out
    readme = (measured / "README.md").read_text()
    assert f"## {last}" in readme
    assert "# Under other protocols that the source leaves open\n\n24 runs under these protocols, " in readme

    rows = list(csv.DictReader(io.StringIO(call("reproduce", "paper.yaml", "--multiverse", "--format", "csv").out)))
    assert len(rows) == 4 * 3
    assert (measured / "tables" / "paper-multiverse.csv").read_text().splitlines()[0] == ",".join(rows[0])
    [experiment] = json.loads(call("reproduce", "paper.yaml", "--multiverse", "--format", "json").out)
    [comparison] = experiment["comparisons"]
    assert f"A paper: {comparison['outcome']}" == last
    assert (comparison["protocols"], comparison["missing"], len(comparison["universes"])) == (4, 0, 4)
    assert "decided by" in call("reproduce", "paper.yaml", "--multiverse", "--format", "latex").out
    assert "| epochs | batch_size |" in call("reproduce", "paper.yaml", "--multiverse", "--format", "markdown").out


def test_a_failed_run_makes_exit_code_1_and_is_named(call):
    Path("paper.yaml").write_text(PAPER.replace("seeds: 5", f"seeds: [0, 1, {fakes.RAISES}]"))
    said = call("reproduce", "paper.yaml")
    assert said.code == 1
    assert "2 of 6 runs failed" in said.err
    assert "reproduced" in said.out or "undecided" in said.out


def test_quick_has_a_folder_and_titles_of_its_own_and_no_verdict(call, measured):
    before = (measured / "runs.jsonl").read_text()
    said = call("reproduce", "paper.yaml", "--quick")
    mark = "quick look: 3 seeds, a 10th of the training, no re-run"
    records = read(Path("results/paper-quick"))
    assert len(records) == 6
    assert {record.run.dataset["train"] for record in records.values()} == {6000}
    assert mark in said.out.splitlines()[0]
    assert said.out.splitlines()[-1] == f"A paper ({mark}): no verdict"
    assert mark in Path("results/paper-quick/README.md").read_text()
    rows = list(csv.DictReader(io.StringIO(Path("results/paper-quick/tables/paper-verdicts.csv").read_text())))
    assert [(row["experiment"], row["verdict"]) for row in rows] == [("paper-quick", "")] * 2
    assert all(row["difference"] for row in rows)
    texts = [said.out, Path("results/paper-quick/README.md").read_text(), call("tables", "paper-quick").out]
    words = ("reproduced", "off", "undecided", "holds", "fails", "contradicted", "adam > sgd", "tolerance")
    assert not [word for word in words for text in texts if word in text]
    assert "90.00 %" in said.out
    assert (
        json.loads(call("reproduce", "paper.yaml", "--quick", "--format", "json").out)[0]["comparisons"][0]["verdict"]
        is None
    )
    assert (measured / "runs.jsonl").read_text() == before


@pytest.mark.usefixtures("measured")
def test_what_claims_alone_are_about_is_shown_measured(call):
    Path("paper.yaml").write_text(PAPER.replace("  values: {sgd: 90 %, adam: 98 %}\n", ""))
    lines = call("reproduce", "paper.yaml").out.splitlines()
    assert lines[:2] == [
        "A paper: test_accuracy, last epoch",
        "  optimizer  measured       95 % interval  runs  done  diverged  failed",
    ]
    assert [line.split()[:3] for line in lines[2:4]] == [["sgd", "90.00", "%"], ["adam", "98.00", "%"]]
    assert lines.count("source: A paper, Table 1; assumed: the batch size") == 1
    assert lines[-1] == "A paper: reproduced (1 claim: 1 holds)"
    quick = call("reproduce", "paper.yaml", "--quick").out.splitlines()
    assert quick[0].endswith("no re-run): test_accuracy, last epoch")
    assert [line.split()[0] for line in quick[2:4]] == ["sgd", "adam"]
    assert "source: A paper, Table 1" in quick


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["zeiler2021"], "zeiler2021: no such file, and no configuration of that name; did you mean 'zeiler2012'?"),
        (["paper.yml"], "paper.yml: "),
        (["plain.yaml"], "plain.yaml: expected a comparison with a `published` block or `claims`; got none"),
        (["paper.yaml", "--format", "html"], f"--format: expected one of {', '.join(FORMATS)}; got 'html'"),
        (["--quick"], "--quick: expected the name of a configuration, as "),
        (["--fresh"], "--fresh: expected the name of a configuration, as "),
        (["--multiverse"], "--multiverse: expected the name of a configuration, as "),
        (["--workers", "3"], "--workers: expected the name of a configuration, as "),
        (["--memory-limit", "2"], "--memory-limit: expected the name of a configuration, as "),
        (
            ["paper.yaml", "--multiverse"],
            "paper.yaml: --multiverse: expected a `multiverse` with a path that no ",
        ),
        (
            ["paper.yaml", "--multiverse", "--quick"],
            "--multiverse: expected a run in full, since a quick look gives no ",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(call, arguments, line):
    Path("plain.yaml").write_text("grid: {optimizer: [sgd, adam]}\n")
    said = call("reproduce", *arguments)
    assert said.code == 2
    assert said.err.startswith(line)
    assert len(said.err.splitlines()) == 1
    assert not Path("results").exists()


def test_without_a_name_there_is_the_list(call):
    said = call("reproduce", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert said.code == 0
    assert {row["name"] for row in rows} == set(NAMES)
    assert {row["verdict"] for row in rows} == {"not re-run", "nothing published"}
    assert [row["comparison"] for row in rows if row["verdict"] == "nothing published"] == [
        "Learning rates, on validation images and a seed of their own",
        "Learning rates, on seeds of their own",
        "Strengths, on validation images and a seed of their own",
    ]
    assert sum(row["name"] == "article" for row in rows) == 9
    assert all(float(row["seconds"]) > 0 and int(row["runs"]) >= 5 for row in rows)
    # What a re-run trains, as `plan` counts it.
    in_all = {row["name"]: int(row["runs_of_file"]) for row in rows}
    assert (in_all["article"], in_all["kingma2015"]) == (145, 87)
    assert sum(int(row["runs"]) for row in rows if row["name"] == "kingma2015") == 87
    assert "article trains 145, not 175" in call("reproduce", "--format", "markdown").out
    assert json.loads(call("reproduce", "--format", "json").out)[0]["axis"] == "optimizer"
    assert call("reproduce", "--format", "markdown").out.startswith("| name | what |")


def test_at_a_terminal_the_list_is_an_index(call):
    lines = call("reproduce").out.splitlines()
    assert lines[0].split() == ["name", "runs", "verdicts", "protocols", "date", "what"]
    index = {line.split()[0]: re.split("  +", line)[1:5] for line in lines[1:-2]}
    assert set(index) == {path.stem for path in published()}
    assert index["article"] == ["145", "not re-run", "0 of 44 trained", "-"]
    assert index["keras-convnet"] == ["5", "not re-run", "-", "-"]


def test_the_list_knows_what_has_been_re_run(call):
    plan = load_plan(Path(__file__).parents[1] / "configs" / "published" / "keras-mnist-mlp.yaml")
    folder = Path("results/keras-mnist-mlp")
    write_experiment(folder, plan)
    with Ledger(folder) as ledger:
        for run in plan.runs:
            ledger.append(Record(run, fakes.sound(run), "2026-01-02T03:04:05Z", ENVIRONMENT))
    rows = csv.DictReader(io.StringIO(call("reproduce", "--format", "csv").out))
    row = next(row for row in rows if row["name"] == "keras-mnist-mlp")
    assert (row["in_ledger"], row["seconds"], row["verdict"]) == ("5", "1.9", "contradicted")
    assert (row["date"], row["multiverse"]) == ("2026-01-02", "")
    assert row["cells"] == "1 cell: 1 off"


def test_a_name_stands_for_a_configuration_that_comes_along(call):
    assert call("plan", "quickstart").out.splitlines()[-1].startswith("quickstart: 3 points, 9 runs")
    shutil.copy("paper.yaml", "quickstart")
    assert call("plan", "quickstart").out.splitlines()[-1].startswith("quickstart: 2 points, 10 runs")


def test_the_ledger_is_read_once(call, measured, ledger_readings):
    assert call("reproduce", "paper.yaml").code == 0
    assert ledger_readings == [measured / "runs.jsonl"]
