from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from gdbench.experiment.cost.estimate import Expectation, estimate, estimated_time
from gdbench.experiment.plan import load_plan
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.tuning.beginnings import beginnings
from gdbench.ledger import read
from gdbench.records import Record, Run
from tests.builders import a_record
from tests.configs import plan_of

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
CONFIGS = Path(__file__).parents[3] / "configs"


def run_of(folder: Path, text: str) -> Run:
    (run,) = plan_of(folder, f"seeds: 1\n{text}").runs
    return run


STACK = "{layers: [{name: Conv2D, filters: 4, kernel_size: [3, 5], strides: 2}, Flatten]}"


@pytest.mark.parametrize("architecture", [*sorted(set(FAMILIES["architecture"].entries) - {"layers"}), STACK])
def test_every_architecture_has_an_estimate(tmp_path: Path, architecture: str):
    assert estimate(run_of(tmp_path, f"architecture: {architecture}")) > 0


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("architecture: perceptron", "architecture: mlp"),
        ("architecture: {name: mlp, hidden: [128]}", "architecture: {name: mlp, hidden: [512, 512]}"),
        ("architecture: mlp", "architecture: rnn"),
        ("architecture: {name: rnn, hidden: [64]}", "architecture: {name: rnn, hidden: [64, 64]}"),
        ("architecture: rnn", "architecture: cnn"),
        ("architecture: rnn", "architecture: gru"),
        ("architecture: gru", "architecture: lstm"),
        ("architecture: {name: resnet, blocks: 1}", "architecture: {name: resnet, blocks: 2}"),
        ("architecture: cnn", "architecture: {name: cnn, padding: same}"),
        ("architecture: cnn", "architecture: {name: cnn, pool_size: 1}"),
        ("training: {epochs: 4}", "training: {epochs: 5}"),
        ("training: {steps: 100}", "training: {steps: 200}"),
        ("training: {steps: 100}", "training: {epochs: 1}"),
        ("training: {batch_size: full}", "training: {batch_size: 128}"),
        ("training: {batch_size: 128}", "training: {batch_size: 16}"),
        ("dataset: {train: 1000}", "dataset: {train: 10000}"),
        ("dataset: {test: 1000}", "dataset: {test: 10000}"),
        ("training: {evaluate_every: 5}", "training: {evaluate_every: 0.1}"),
        ("training: {evaluate_train: false}", "training: {evaluate_train: true}"),
        ("dataset: {validation: 9}\ntraining: {evaluate_test: false}", "dataset: {validation: 9}"),
    ],
)
def test_which_of_two_runs_takes_longer(tmp_path: Path, shorter: str, longer: str):
    assert estimate(run_of(tmp_path, shorter)) < estimate(run_of(tmp_path, longer))


# The catalog's runs take fractions of a second, most of it what starting a run costs, which an estimate leaves out.
@pytest.mark.parametrize(
    "folder",
    # A plan can only guess what a user's own data and code take.
    sorted(set(REFERENCE.iterdir()) - {REFERENCE / "catalog", REFERENCE / "own-code"}),
    ids=lambda folder: folder.name,
)
def test_the_reference_results_took_as_long_as_estimated_to_a_factor_of_two(folder: Path):
    runs = {run.id: run for run in load_plan(CONFIGS / f"{folder.name}.yaml").runs}
    done = [record for record in read(folder).values() if record.outcome.status == "done" and record.run.id in runs]
    taken = sum(record.outcome.seconds["train"] + record.outcome.seconds["evaluate"] for record in done)
    expected = sum(estimate(runs[record.run.id]) * _trained(record) for record in done)
    assert 0.5 < taken / expected < 2


def _trained(record: Record) -> float:
    """The part of a run that was trained: all of it, unless a rule ended it before."""
    training, history = settings_of(record.run).training, record.outcome.history
    return history["update"][-1] / training.steps if training.steps else history["epoch"][-1] / training.epochs


def test_measured_times_correct_the_estimates_of_their_program_and_of_the_others(tmp_path: Path):
    runs = plan_of(tmp_path, "seeds: 1\ngrid: {training.epochs: [1, 10], training.batch_size: [32, 64]}").runs
    short, other, long, _ = runs
    seconds = {"train": 9 * estimate(short), "evaluate": estimate(short), "compile": 7.0}
    expectation = Expectation(runs, {short.id: a_record(short.id, seconds=seconds)})
    assert expectation.known == 1
    assert expectation.seconds(long) == pytest.approx(10 * estimate(long))
    assert expectation.seconds(other) == pytest.approx(10 * estimate(other))
    assert expectation.total([long, other], programs=2) == pytest.approx(
        10 * estimate(long) + 10 * estimate(other) + 2 * 7.0
    )


@pytest.mark.parametrize("status", ["diverged", "failed", "interrupted"])
def test_a_run_that_is_not_done_tells_no_time(tmp_path: Path, status: str):
    run = run_of(tmp_path, "")
    expectation = Expectation([run], {run.id: a_record(run.id, status, seconds={"train": 1e9})})
    assert (expectation.known, expectation.seconds(run)) == (0, estimate(run))


def test_what_only_seed_and_optimizer_tell_apart_is_estimated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    grid = "{optimizer.learning_rate: [0.1, 0.2, 0.3], training.epochs: [1, 2], dataset.train: [100, 200]}"
    runs = plan_of(tmp_path, f"grid: {grid}\n", seeds=3).runs
    asked = []
    monkeypatch.setattr(
        "gdbench.experiment.cost.estimate.estimated_time", lambda run: asked.append(run) or estimated_time(run)
    )
    expectation = Expectation(runs, {})
    total = expectation.total(runs, 0)
    monkeypatch.undo()
    assert total == pytest.approx(sum(map(estimate, runs)))
    assert (len(runs), len(asked)) == (36, 4)


def test_a_run_that_goes_on_from_a_shorter_one_takes_the_time_of_the_rest(tmp_path: Path):
    tune = "{over: {optimizer.learning_rate: [0.1, 1]}, halving: {factor: 2}}"
    plan = plan_of(tmp_path, f"training: {{epochs: 4}}\ndataset: {{validation: 100}}\ntune: {tune}", seeds=1)
    before = beginnings(plan.experiment.comparisons)
    alone, going_on = Expectation(plan.runs, {}), Expectation(plan.runs, {}, before)
    [candidate, _] = plan.experiment.comparisons[0].tuning.rows[0].candidates
    runs = {run.id: run for run in plan.runs}
    rungs = [runs[trial] for (trial,) in candidate.trials]
    assert [run.training["epochs"] for run in rungs] == [1, 2, 4]
    assert sum(map(going_on.seconds, rungs)) == pytest.approx(alone.seconds(rungs[-1]))
    final = runs[candidate.runs[0]]
    assert going_on.seconds(final) == alone.seconds(final)


@pytest.mark.parametrize("optimizer", ["newton_cg", "{name: restarts, optimizer: adam, count: 2}"])
def test_a_longer_trial_without_a_state_to_go_on_from_takes_its_whole_time(tmp_path: Path, optimizer: str):
    tune = "{over: {architecture.hidden: [[4], [8]]}, halving: {factor: 2, first: 2}}"
    text = f"optimizer: {optimizer}\ntraining: {{epochs: 4}}\ndataset: {{validation: 100}}\ntune: {tune}"
    plan = plan_of(tmp_path, text, seeds=1)
    before = beginnings(plan.experiment.comparisons)
    assert before == {}
    alone, expected = Expectation(plan.runs, {}), Expectation(plan.runs, {}, before)
    assert [*map(expected.seconds, plan.runs)] == [*map(alone.seconds, plan.runs)]
