"""What tables say of tuned rows, in every format."""

import csv
import io
import json
from dataclasses import replace

import pytest

from gdbench.comparison.arrange import pivot, rows_with
from gdbench.comparison.results import Results
from gdbench.display.formats import FORMATS
from gdbench.display.sheets.claims_sheet import claims_sheet
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.display.sheets.tuning_sheet import halving_notes, trial_counts, tuning_sheet
from gdbench.display.sweep_summary import table_files
from gdbench.experiment.stored_experiment import read_experiment, write_experiment
from gdbench.records import Outcome
from tests.builders import a_record
from tests.configs import plan_of
from tests.tuned import TWO, tuned_results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tuned_results(tmp_path_factory.mktemp("tuned"))


def written(results, format_: str) -> str:
    stream = io.StringIO()
    tables = results.tables(["test_accuracy"], ["last"])
    FORMATS[format_](TablesPrintout(tables, verdicts=results.verdicts(), profile=results.profile), stream)
    return stream.getvalue()


def test_chosen_values_stand_beside_those_of_the_defaults_with_a_mark_at_the_edge(results):
    text = written(results, "markdown")
    rows = [line.split(" | ")[:2] for line in text.splitlines() if line.startswith("|")]
    cells = [(cell.strip("|* "), value.strip("* ")) for cell, value in rows]
    assert {("sgd", "0.1"), ("sgd (default)", "0.01"), ("rmsprop", "1\\")} <= set(cells)
    assert "at the edge of what the row tried: extend the range" in text


def test_a_turned_table_has_the_chosen_values_and_the_marks_too(results):
    stream = io.StringIO()
    tables = pivot(results.tables(["test_accuracy"], ["last"]), "optimizer")
    FORMATS["markdown"](TablesPrintout(tables), stream)
    cells = [line for line in stream.getvalue().splitlines() if line.startswith("| rmsprop ")]
    assert "at 1\\*" in cells[0]
    assert "at the edge of what the row tried: extend the range" in stream.getvalue()
    assert "tuned: the best of 5 settings a row" in stream.getvalue()


def test_a_gain_needs_all_final_runs_of_both_rows(results):
    [table, _noisy] = results.tables(["test_accuracy"], ["last"])
    finals = {run for point in results.comparisons[0].points for run in point.runs}
    without = {point.key: dict(results.records) for point in results.comparisons[0].points}
    for point in results.comparisons[0].points:
        del without[point.key][point.runs[0]]
    gains = {}
    for key, records in [("", results.records), *without.items()]:
        [table, _noisy] = Results(results.experiment, records).tables(["test_accuracy"], ["last"])
        rows = tuning_sheet(table, table.tuning).rows
        gains[key] = {row[0]: row[-1] for row in rows}
    assert len(finals) > 3
    assert all(gain is not None for gain in gains[""].values())
    for key in without:
        row = key.removesuffix(" (default)")
        assert [name for name, gain in gains[key].items() if gain is None] == [row]


@pytest.mark.parametrize("name", ["adam", "adam (default)"])
def test_a_row_that_chose_its_default_is_found_by_both_names(tmp_path, name):
    text = (
        TWO.partition("comparisons:")[0]
        + """\
grid: {optimizer: [sgd, adam]}
tune: {over: {optimizer.learning_rate: [0.001, 0.01, 0.1]}}
"""
    )
    found = tuned_results(tmp_path, text)
    assert [point.key for point in found.comparisons[0].points] == ["sgd", "sgd (default)", "adam"]
    [table] = found.tables(["test_accuracy"], ["last"], baseline=name)
    assert table.separations[0].baseline == "adam"
    assert [row.key for row in rows_with([table], name)[0].rows] == ["adam"]


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ("[sgd, adam]", "continue from where they are; a row's trials take 8 epochs instead of 16"),
        (
            "[sgd, newton_cg]",
            "continue from where they are; a row's trials take 8 epochs instead of 16; "
            "those of newton_cg start anew and take 12",
        ),
        ("[newton_cg]", "are trained anew for longer; a row's trials take 12 epochs instead of 16"),
    ],
)
def test_under_halving_only_trials_that_can_resume_do_so(tmp_path, rows, note):
    text = f"""\
training: {{epochs: 4}}
dataset: {{validation: 100}}
grid: {{optimizer: {rows}}}
tune: {{over: {{regularization.l2: [0, 1e-4, 1e-3, 1e-2]}}, halving: {{factor: 2}}}}
"""
    plan = plan_of(tmp_path, text, seeds=1)
    [tuning] = [comparison.tuning for comparison in plan.experiment.comparisons]
    assert halving_notes(tuning) == (f"halving: after 1 and 2 epochs the best 1 / 2 of a row's settings {note}",)
    write_experiment(tmp_path, plan)
    assert read_experiment(tmp_path) == plan.experiment
    assert ("resumes: false" in (tmp_path / "experiment.yaml").read_text()) == ("newton_cg" in rows)


def test_the_trials_have_a_sheet_that_calls_their_scores_optimistic(results):
    text = written(results, "markdown")
    assert "plain: validation loss in trials" in text
    assert "optimistic since it is the best of 5" in text
    assert "the figures in the rows are from fresh seeds" in text


@pytest.mark.parametrize("format_", ["terminal", "markdown", "latex", "csv", "json"])
def test_every_format_has_the_choice(results, format_):
    text = written(results, format_)
    assert "learning" in text
    assert "0.1" in text


def test_json_and_csv_have_the_choice_of_each_row(results):
    rows = json.loads(written(results, "json"))[0]["rows"]
    assert rows[0]["tuning"] | {"expected_best": [], "selected": 0} == {
        "default_of": None,
        "settings": {"optimizer.learning_rate": "0.1"},
        "at_edge": [],
        "trials": 5,
        "trials_ended": 5,
        "selected": 0,
        "expected_best": [],
    }
    assert rows[0]["tuning"]["expected_best"][-1] == rows[0]["tuning"]["selected"]
    assert rows[1]["tuning"]["default_of"] == "sgd"
    header, first, *_ = table_files(results)["tables/plain.csv"].splitlines()
    named = dict(zip(header.split(","), first.split(","), strict=False))
    assert (named["tuned_optimizer.learning_rate"], named["at_edge"]) == ("0.1", "no")
    assert (named["trials"], named["trials_ended"]) == ("5", "5")


def test_json_and_csv_count_the_trials_of_a_stage_that_has_not_ended_alike(tmp_path):
    part = tuned_results(tmp_path, runs=7)
    tuned = [row["tuning"] for table in json.loads(written(part, "json")) for row in table["rows"]]
    lines = [
        line
        for name in ("plain", "noisy")
        for line in csv.DictReader(io.StringIO(table_files(part)[f"tables/{name}.csv"]))
    ]
    counts = [(row["trials"], row["trials_ended"]) for row in tuned]
    assert counts == [(int(line["trials"]), int(line["trials_ended"])) for line in lines]
    assert counts[:4] == [(5, 5), (0, 0), (5, 2), (0, 0)]


def test_a_score_worse_than_any_number_is_told_from_a_missing_one(tmp_path):
    part = tuned_results(tmp_path, runs=0)
    trials = [run for row in part.experiment.comparisons[0].tuning.rows for run in row.trial_ids]
    records = {run: a_record(run, "diverged") for run in trials}
    rows = json.loads(written(replace(part, records=records), "json"))[0]["rows"]
    assert rows[0]["tuning"]["selected"] == "diverged"
    assert rows[0]["tuning"]["expected_best"] == ["diverged"] * 5


def test_the_files_of_trials_hold_every_setting_and_mark_the_chosen_one(results):
    files = table_files(results)
    lines = files["tables/plain-trials.csv"].splitlines()
    assert lines[0] == "optimizer,optimizer.learning_rate,rungs,val_loss,chosen"
    assert len(lines) == 1 + 3 * 5
    assert [line.split(",")[:2] for line in lines if line.endswith(",yes")] == [
        ["sgd", "0.1"],
        ["adam", "0.001"],
        ["rmsprop", "1"],
    ]
    assert len(files["tables/noisy-expected-best.csv"].splitlines()) == 1 + 3 * 5


def test_the_profile_is_of_the_seeds_of_both_comparisons(results):
    text = written(results, "markdown")
    assert "Performance profile: updates to the target" in text
    assert "shares are of 6 problems" in text
    assert table_files(results)["tables/performance-profile.csv"].startswith("row,problem,ratio_of_updates,area\n")
    assert results.of_comparisons(["plain"]).profile is None


def test_a_target_that_no_row_reached_is_told_and_no_row_is_marked_best(tmp_path):
    text = written(tuned_results(tmp_path, TWO.replace("89 %", "100 %")), "markdown").partition("Performance profile")[
        2
    ]
    assert "no row reached its target in any problem" in text
    assert "**" not in text


def test_halved_trials_are_compared_after_their_common_length(results, tmp_path):
    told = "accuracies are those after 1 epoch, the longest that all values were trained"
    halved = tuned_results(tmp_path, TWO.replace("per_decade: 1}}", "per_decade: 1}}, halving: {factor: 2}"))
    assert told in written(halved, "markdown")
    assert told not in written(results, "markdown")


def test_json_has_the_whole_profile_with_every_table_that_is_in_it(results):
    titled = tuple(replace(each, title=f"On {each.name} images") for each in results.experiment.comparisons)
    results = replace(results, experiment=replace(results.experiment, comparisons=titled))
    plain, noisy = (table["performance_profile"] for table in json.loads(written(results, "json")))
    assert plain == noisy
    assert (plain["cost"], plain["comparisons"], plain["problems"]) == ("updates", ["plain", "noisy"], 6)
    lines = csv.DictReader(io.StringIO(table_files(results)["tables/performance-profile.csv"]))
    ratios = [None if line["ratio_of_updates"] == "inf" else float(line["ratio_of_updates"]) for line in lines]
    assert [ratio for row in plain["rows"] for ratio in row["ratios"]] == ratios
    assert {row["row"]: row["reached"] for row in plain["rows"]}["sgd"] == 1


def test_before_any_choice_a_table_says_how_far_trials_have_come(tmp_path):
    text = written(tuned_results(tmp_path, runs=7), "terminal")
    assert "no setting chosen yet for 2 rows: 2 of 10 trials have ended" in text
    assert "no setting chosen yet for 3 rows: 0 of 15 trials have ended" in text


def test_an_interrupted_trial_has_not_ended(tmp_path):
    part = tuned_results(tmp_path, runs=7)
    last = list(part.records)[-1]
    records = {**part.records, last: replace(part.records[last], outcome=Outcome("interrupted"))}
    assert "no setting chosen yet for 2 rows: 1 of 10 trials have ended" in written(
        replace(part, records=records), "terminal"
    )


def test_a_table_shows_the_expected_best_of_few_numbers_of_trials():
    assert trial_counts(1) == [1]
    assert trial_counts(9) == [1, 2, 4, 8, 9]
    assert trial_counts(1000) == [1, 2, 4, 8, 16, 1000]


@pytest.mark.parametrize(
    ("budget", "factor", "epochs", "after"),
    [(7, 2, 6, "after 1 and 2 epochs the best 1 / 2"), (5, 3, 30, "after 1 epoch the best 1 / 3"), (1, 3, 9, None)],
)
def test_only_the_rungs_that_choose_are_named(tmp_path, budget, factor, epochs, after):
    text = f"""\
dataset: {{validation: 100}}
training: {{epochs: {epochs}}}
tune: {{over: {{optimizer.learning_rate: {[0.001 * (n + 1) for n in range(budget)]}}}, halving: {{factor: {factor}}}}}
"""
    [comparison] = plan_of(tmp_path, text).experiment.comparisons
    notes = halving_notes(comparison.tuning)
    assert [after in note for note in notes] == ([True] if after else [])


def test_a_claim_about_a_row_and_the_default_that_it_chose_says_so(tmp_path):
    text = TWO.replace("    target: 89 %\n", "    claims: [adam = adam (default), sgd > sgd (default)]\n", 1)
    text = text.replace("comparisons:", "training: {epochs: 2}\ncomparisons:")
    [verdict] = tuned_results(tmp_path, text).verdicts()
    sheet = claims_sheet(verdict)
    assert [row[1] for row in sheet.rows] == ["holds (same runs)", "holds"]
    assert "Same runs: adam and adam (default) have the same settings, so there is nothing to compare." in sheet.notes


def test_in_latex_letters_stand_above_means_and_not_above_chosen_settings(results):
    rows = [line.split(" & ") for line in written(results, "latex").splitlines() if line.lstrip().startswith("sgd ")]
    rate, mean = rows[0][1], " ".join(rows[0][2:4])
    assert rate.strip() == "0.1"
    assert "superscript" in mean
