import io
import re
from dataclasses import replace

from gdbench.comparison.stages_due import due_runs
from gdbench.display.formats import terminal
from gdbench.display.sheets.plan_sheet import PlanPrintout
from gdbench.execution.agenda import Agenda
from tests.builders import a_record
from tests.configs import EXAMPLE, plan_of
from tests.display.screens import at_a_terminal


def printout_of(folder, config, **statuses):
    """A plan, and how it is printed when its n-th run has that status in the ledger: run0="done"."""
    plan = plan_of(folder, config)
    ids = {f"run{number}": run.id for number, run in enumerate(plan.runs)}
    records = {ids[name]: a_record(ids[name], status) for name, status in statuses.items()}
    return plan, PlanPrintout(plan, records, Agenda(plan, records, due_runs), workers=2)


def described(*arguments, **statuses):
    plan, printout = printout_of(*arguments, **statuses)
    return plan, printout.model()


def text(printout):
    stream = io.StringIO()
    terminal.write(printout, stream)
    return stream.getvalue()


def test_the_example_is_8_points_24_runs_8_programs(tmp_path):
    plan, found = described(tmp_path, EXAMPLE)
    counts = {key: found[key] for key in ("experiment", "title", "points", "runs", "in_ledger", "to_train", "programs")}
    assert counts == {
        "experiment": "config",
        "title": "Optimizers on MNIST",
        "points": 8,
        "runs": 24,
        "in_ledger": 0,
        "to_train": 24,
        "programs": 8,
    }
    assert list(found["settings"]) == [run.id for run in plan.runs]


def test_seeds_and_rates_share_a_program_and_finished_runs_need_none(tmp_path):
    config = "seeds: 2\ngrid: {optimizer.learning_rate: [0.1, 0.2], training.batch_size: [32, 64]}"
    assert described(tmp_path, config)[1]["programs"] == 2
    _, found = described(tmp_path, config, run2="done", run3="failed", run6="diverged", run7="done")
    assert (found["in_ledger"], found["to_train"], found["programs"]) == (4, 4, 1)


def test_an_interrupted_run_is_to_be_trained(tmp_path):
    _, found = described(tmp_path, "seeds: 2", run0="interrupted")
    assert (found["in_ledger"], found["to_train"]) == (0, 2)
    assert [run["status"] for run in found["comparisons"][0]["points"][0]["runs"]] == ["interrupted", "missing"]


def test_the_plan_as_people_read_it(tmp_path):
    config = "title: Rates\nseeds: 2\ngrid: {optimizer: [sgd, adam], training.batch_size: [32, 128]}"
    plan, printout = printout_of(tmp_path, config, run0="done", run1="failed", run2="interrupted")
    ids = [run.id for run in plan.runs]
    assert text(printout) == (
        "Rates: 4 points\n"
        "  optimizer/training.batch_size  runs  in ledger  run ids\n"
        f"  sgd / 32                          2          2  {ids[0]} {ids[1]}\n"
        f"  sgd / 128                         2          0  {ids[2]} {ids[3]}\n"
        f"  adam / 32                         2          0  {ids[4]} {ids[5]}\n"
        f"  adam / 128                        2          0  {ids[6]} {ids[7]}\n"
        "\n"
        "config: 4 points, 8 runs, 2 in the ledger, 6 to train, 3 programs to compile; "
        "about 15 seconds on 2 workers (about 30 seconds of one core), estimated before any run, to a factor of two\n"
    )


def test_the_estimate_goes_by_the_times_of_finished_runs(tmp_path):
    plan = plan_of(tmp_path, "seeds: 4")
    done = {run.id: a_record(run.id, seconds={"train": 600.0, "compile": 20.0}) for run in plan.runs[:2]}
    printout = PlanPrintout(plan, done, Agenda(plan, done, due_runs), workers=1)
    found = printout.model()
    assert (found["estimated_seconds"], found["estimated_from_records"]) == (1220.0, 2)
    assert text(printout).endswith("; about 20 minutes on 1 worker, estimated from the times of 2 finished runs\n")
    finished = {run.id: a_record(run.id) for run in plan.runs}
    agenda = Agenda(plan, finished, due_runs)
    assert text(PlanPrintout(plan, finished, agenda)).endswith("0 to train\n")


def test_without_a_grid_there_is_one_point(tmp_path):
    plan, printout = printout_of(tmp_path, "seeds: 1")
    assert text(printout).splitlines()[:3] == [
        "config: 1 point",
        "  point  runs  in ledger  run ids",
        f"  -         1          0  {plan.runs[0].id}",
    ]


def test_no_label_breaks_a_line_or_reaches_the_screen_raw(tmp_path):
    _, printout = printout_of(tmp_path, 'title: "a\\eb"\ngrid: {optimizer: {"x\\ny": sgd}}')
    shown = text(printout)
    assert "\x1b" not in shown
    assert "  x\\ny  " in shown


def test_at_80_columns_the_ids_are_left_out_before_anything_breaks(tmp_path):
    _, printout = printout_of(tmp_path, "title: Rates\nseeds: 8\ngrid: {optimizer: [sgd, adam]}")
    lines = at_a_terminal(printout, 80).splitlines()
    assert lines[1:5] == [
        "  optimizer  runs  in ledger",
        "  sgd           8          0",
        "  adam          8          0",
        "Left out at 80 columns: run ids.",
    ]
    assert max(map(len, lines)) <= 80


def test_one_of_a_kind_is_no_plural(tmp_path):
    plan, _ = printout_of(tmp_path, "seeds: 1")
    _, printout = printout_of(tmp_path, "seeds: 1")
    assert "config: 1 point, 1 run, 0 in the ledger, 1 to train, 1 program to compile; " in text(printout)
    done = {run.id: a_record(run.id, seconds={"train": 60.0}) for run in plan.runs}
    agenda = Agenda(plan, {}, due_runs)
    assert text(PlanPrintout(plan, done, agenda)).endswith("estimated from the times of 1 finished run\n")


def data_lines(folder, config):
    return [line for line in text(printout_of(folder, config)[1]).splitlines() if line.startswith("data")]


def test_the_data_settings_in_force_are_said_where_they_are_not_the_defaults(tmp_path):
    assert data_lines(tmp_path, "seeds: 1\ngrid: {optimizer: [sgd, adam]}") == []
    given = "dataset: {validation: 0.1, scale: standard, deform: {images: 70000}}"
    assert data_lines(tmp_path, f"{given}\nseeds: 1\ngrid: {{optimizer: [sgd, adam]}}") == [
        "data: mnist, validation 0.1, scale standard, "
        "deform {images 70000, rotation 10.0, shift 1.0, elastic 1.0, smoothness 4.0}"
    ]


def test_a_split_that_has_nothing_to_draw_is_said(tmp_path):
    assert data_lines(tmp_path, "dataset: {split: random}\nseeds: 1") == [
        "data: mnist, split random; split random draws nothing and only shuffles, "
        "since validation is 0 and train is all"
    ]
    assert data_lines(tmp_path, "dataset: {split: random, train: 500}\nseeds: 1") == [
        "data: mnist, split random, train 500"
    ]


def test_the_data_of_points_that_differ_are_said_for_each(tmp_path):
    config = "dataset: {validation: 0.1}\nseeds: 1\ngrid: {dataset: [mnist, fashion_mnist], training.epochs: [1, 2, 3]}"
    assert data_lines(tmp_path, config) == [
        "data of mnist / 1, mnist / 2, mnist / 3: mnist, validation 0.1",
        "data of fashion_mnist / 1, fashion_mnist / 2, fashion_mnist / 3: fashion_mnist, validation 0.1",
    ]
    many = "seeds: 1\ngrid: {training.epochs: {from: 1, to: 6, step: 1}, dataset.scale: [unit, none]}"
    assert data_lines(tmp_path, many) == [
        "data of 1 / unit, 2 / unit, 3 / unit, 4 / unit and 2 more points: mnist",
        "data of 1 / none, 2 / none, 3 / none, 4 / none and 2 more points: mnist, scale none",
    ]


def test_how_a_file_was_read_is_said(tmp_path):
    lines = ["a,label", *(f"{row},{row % 2 + 1}" for row in range(20))]
    (tmp_path / "own.csv").write_text("\n".join(lines))
    config = "dataset: {name: csv, path: own.csv}\ntraining: {batch_size: 2}\nseeds: 1"
    assert data_lines(tmp_path, config) == [
        "data: csv, path own.csv; 1 feature, 2 classes; 16 training and 4 test examples; "
        "each feature with its own range; labels 1 and 2 taken as classes 0 and 1"
    ]


SEQUENTIAL = "title: Rates\nseeds: {from: 3, until: separated, at_most: 12}\ngrid: {optimizer: [sgd, adam]}"


def test_the_looks_of_sequential_seeds_are_shown_with_their_runs_and_times(tmp_path):
    plan, printout = printout_of(tmp_path, SEQUENTIAL)
    sgd, adam = (point.runs for point in plan.experiment.comparisons[0].points)
    assert text(printout) == (
        "Rates: 2 points\n"
        "  optimizer  runs  in ledger  run ids\n"
        f"  sgd           3          0  {' '.join(sgd[:3])}\n"
        f"  adam          3          0  {' '.join(adam[:3])}\n"
        "looks: 3, 6 or 12 seeds, until the best row is separated from all others in test_accuracy at the last epoch\n"
        "look at 3 seeds: 6 runs to train, about 25 seconds of one core\n"
        "look at 6 seeds: 6 more runs to train, about 25 seconds of one core\n"
        "look at 12 seeds: 12 more runs to train, about 55 seconds of one core\n"
        "\n"
        "config: 2 points, 6 to 24 runs, 0 in the ledger, 6 to 24 to train, 2 programs to compile; "
        "about 15 to 55 seconds on 2 workers "
        "(about 35 seconds to 2 minutes of one core), estimated before any run, to a factor of two\n"
    )
    found = printout.model()
    assert [found[key] for key in ("runs", "in_ledger", "to_train", "to_train_at_most")] == [24, 0, 6, 24]
    assert found["estimated_seconds"] < found["estimated_seconds_at_most"]
    assert found["comparisons"][0]["looks"] == [3, 6, 12]


def test_once_they_have_ended_nothing_is_left_to_train(tmp_path):
    plan = plan_of(tmp_path, SEQUENTIAL)
    accuracies = {"sgd": 0.9, "adam": 0.97}
    records = {
        run.id: a_record(run.id, metrics={"test_accuracy": accuracies[run.optimizer["name"]] + run.seed / 1000})
        for run in plan.runs
        if run.seed < 3
    }
    printout = PlanPrintout(plan, records, Agenda(plan, records, due_runs))
    *_, note, blank, counts = text(printout).splitlines()
    assert note == "stopped at 3 of at most 12 seeds: the best row is separated from all others in test accuracy"
    assert (blank, counts) == ("", "config: 2 points, 6 runs, 6 in the ledger, 0 to train")


def test_a_run_stays_whole_however_many_workers_there_are_and_exclusive_ones_come_one_by_one(tmp_path):
    for timing, expected in (("shared", 620.0), ("exclusive", 2420.0)):
        plan = plan_of(tmp_path, f"seeds: 5\ntiming: {timing}")
        done = {plan.runs[0].id: a_record(plan.runs[0].id, seconds={"train": 600.0, "compile": 20.0})}
        if timing == "exclusive":
            done = {run: replace(record, timing="exclusive") for run, record in done.items()}
        found = PlanPrintout(plan, done, Agenda(plan, done, due_runs), workers=64).model()
        said = text(PlanPrintout(plan, done, Agenda(plan, done, due_runs)))
        assert ("; 4 runs trained one at a time, for times that can be compared" in said) == (timing == "exclusive")
        assert (found["workers"], found["estimated_seconds"], found["estimated_wall_seconds"]) == (64, 2420.0, expected)


def test_where_evaluating_takes_longest_the_plan_names_what_to_do(tmp_path):
    small = "seeds: 1\ndataset: {train: 100}\ntraining: {epochs: 50, evaluate_every: %s}"
    _, printout = printout_of(tmp_path, small % 1)
    hint = re.search(
        r"; evaluating takes about (\d+) times as long as training: with training.evaluate_every: (\d+) both take "
        r"equally long\n$",
        text(printout),
    )
    assert hint, text(printout)
    assert abs(int(hint[1]) - int(hint[2])) <= 1
    for every in (hint[2], 50):
        assert "evaluating" not in text(printout_of(tmp_path, small % every)[1])
    assert "evaluating" not in text(printout_of(tmp_path, "seeds: 1")[1])
