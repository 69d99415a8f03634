"""Sweeps in two stages, trials and final runs; the workers train with a fake whose best setting is known."""

import pytest

from gdbench.comparison.results import Results
from gdbench.display.sweep_summary import conclude_shard, table_files
from gdbench.errors import LedgerError
from gdbench.experiment.shard import Shard, runs_of
from gdbench.experiment.stored_experiment import read_experiment
from gdbench.experiment.tuning.tuned_rows import FIRST_TRIAL_SEED
from gdbench.ledger import Ledger, merge, read
from tests.configs import plan_of
from tests.execution import fakes
from tests.execution.test_sweep import StagedSweep

TEXT = """\
dataset: {validation: 100}
grid: {optimizer: [sgd, adam, rmsprop]}
seeds: 4
tune:
  over: {optimizer.learning_rate: {from: 1e-4, to: 10, per_decade: 1}}
  budget: 6
  seeds: 2
"""
ROWS, SETTINGS, SEEDS, TRIALS = 3, 6, 4, 2
# The default rates are 0.01 for SGD and 0.001 for the others, which is what adam chooses.
RUNS = ROWS * SETTINGS * TRIALS + (2 * ROWS - 1) * SEEDS


@pytest.fixture
def swept(tmp_path):
    return StagedSweep(tmp_path, fakes.make_with_known_best)


def chosen(folder):
    """What each row has chosen, by its table."""
    [table] = Results.load(folder).tables(["test_accuracy"], ["last"])
    return {key: (row.settings[0].text, row.settings[0].is_edge) for key, row in table.tuning.rows.items()}


def concluded(plan, folder, shard):
    """What a shard that has trained its runs says comes next."""
    said = []
    conclude_shard(Results.load(folder), runs_of(plan, shard), shard, folder, said.append)
    return said[-1]


def files_of(folder):
    """The files of a folder's tables."""
    return table_files(Results.load(folder))


def test_each_row_is_tuned_to_its_known_best_with_a_mark_at_an_edge(tmp_path, swept):
    plan = plan_of(tmp_path, TEXT)
    swept(plan)
    assert chosen(swept.folder) == {
        "sgd": ("0.1", False),
        "sgd (default)": ("0.01", False),
        # Its default, so that one row stands for both.
        "adam": ("0.001", False),
        "rmsprop": ("10", True),
        "rmsprop (default)": ("0.001", False),
    }
    assert len(swept.trained) == len(read(swept.folder)) == RUNS
    assert swept.said == [
        "config: 60 runs, 0 in the ledger",
        "config: all trials have ended; on to 20 final runs of what they chose",
    ]
    swept(plan)
    assert swept.trained == []
    assert swept.said == [f"config: {RUNS} runs, {RUNS} in the ledger"]
    assert read_experiment(swept.folder) == plan.experiment


def test_no_final_run_has_a_seed_of_a_trial_or_begins_before_all_trials_have_ended(tmp_path, swept):
    swept(plan_of(tmp_path, TEXT), workers=3)
    count = ROWS * SETTINGS * TRIALS
    assert set(swept.trained[:count]) == {FIRST_TRIAL_SEED, FIRST_TRIAL_SEED + 1}
    assert set(swept.trained[count:]) == {0, 1, 2, 3}


def test_no_trial_has_a_test_metric_and_every_final_run_has(tmp_path, swept):
    swept(plan_of(tmp_path, TEXT))
    for line in swept.lines():
        names = {*(line["metrics"] or {}), *line["history"]}
        is_trial = line["seed"] >= FIRST_TRIAL_SEED
        assert line["run"]["training"]["evaluate_test"] is not is_trial
        if line["status"] == "done":
            assert any(name.startswith("test_") for name in names) is not is_trial


@pytest.mark.parametrize("order", ["seeds", "longest"])
def test_the_tables_do_not_depend_on_workers_or_order(tmp_path, order):
    plan = plan_of(tmp_path, TEXT)
    made = {}
    for workers in (1, 3):
        one = StagedSweep(tmp_path / str(workers), fakes.make_with_known_best)
        one(plan, workers=workers, order=order)
        made[workers] = files_of(one.folder)
    assert set(made[1]) >= {"tables/config.csv", "tables/config-trials.csv", "tables/config-expected-best.csv"}
    assert made[1] == made[3]


@pytest.mark.parametrize("lines", [5, 40], ids=["in the trials", "in the final runs"])
def test_a_sweep_that_was_killed_goes_on_to_the_same_tables(tmp_path, swept, monkeypatch, lines):
    plan = plan_of(tmp_path, TEXT)
    whole = StagedSweep(tmp_path / "whole", fakes.make_with_known_best)
    whole(plan)
    append = Ledger.append

    def killed(ledger, record):
        if len(read(swept.folder)) == lines:
            raise LedgerError("killed")
        append(ledger, record)

    monkeypatch.setattr(Ledger, "append", killed)
    with pytest.raises(LedgerError):
        swept(plan, workers=1)
    assert all("inf" not in text for text in files_of(swept.folder)["tables/config.csv"].splitlines())
    monkeypatch.undo()
    swept(plan)
    assert len(swept.trained) == RUNS - lines
    assert files_of(swept.folder) == files_of(whole.folder)


def test_shards_train_one_stage_after_the_other(tmp_path, swept):
    plan = plan_of(tmp_path, TEXT)
    whole = StagedSweep(tmp_path / "whole", fakes.make_with_known_best)
    whole(plan)
    for seeds in ({FIRST_TRIAL_SEED, FIRST_TRIAL_SEED + 1}, {0, 1, 2, 3}):
        counts = []
        for number in (1, 2):
            swept(plan, shard=Shard(number, 2))
            assert set(swept.trained) == seeds
            is_last = 0 in seeds
            assert swept.said[0].endswith(" to train before the next stage") is not is_last
            said = concluded(plan, swept.folder, Shard(number, 2))
            assert ("finished with this stage" in said) is not is_last
            counts.append(len(swept.trained))
        # Both are busy, whatever is chosen.
        assert max(counts) - min(counts) <= SEEDS
        merge(swept.folder)
    assert files_of(swept.folder) == files_of(whole.folder)


def test_the_most_runs_are_told_where_the_first_setting_is_the_default(tmp_path, swept):
    text = TEXT.replace("[sgd, adam, rmsprop]", "[adam]").replace("budget: 6", "budget: 2")
    plan = plan_of(tmp_path, text.replace("{from: 1e-4, to: 10, per_decade: 1}", "[0.001, 0.01]"))
    swept(plan)
    # Four trials, and at most four final runs of the chosen setting beside those of the default.
    assert swept.said[0] == "config: 12 runs, 0 in the ledger"


def test_halving_trains_longer_trials_of_the_best_and_comes_to_the_same_choice(tmp_path, swept):
    whole = StagedSweep(tmp_path / "whole", fakes.make_with_known_best)
    whole(plan_of(tmp_path, TEXT))
    text = f"training: {{epochs: 9}}\n{TEXT}  halving: {{factor: 3, first: 2}}\n"
    swept(plan_of(tmp_path, text))
    assert chosen(swept.folder) == chosen(whole.folder)
    # Six settings for 2 epochs, two of them for 6, and of these none is left for 9 but one.
    lengths = [line["run"]["training"]["epochs"] for line in swept.lines() if line["seed"] >= FIRST_TRIAL_SEED]
    assert {epochs: lengths.count(epochs) for epochs in set(lengths)} == {2: 36, 6: 12, 9: 6}
    assert swept.said[1:] == [
        "config: rung 1 of 3 has ended; the best of each row go on",
        "config: rung 2 of 3 has ended; the best of each row go on",
        "config: all trials have ended; on to 20 final runs of what they chose",
    ]
    swept(plan_of(tmp_path, text))
    assert swept.trained == []


def test_a_failed_trial_loses_until_it_is_tried_again(tmp_path, swept):
    plan = plan_of(tmp_path, TEXT)
    best = next(row for row in plan.experiment.comparisons[0].tuning.rows if row.key == "sgd").candidates[3]
    swept(plan, make=make_failing_at_a_tenth)
    assert best.labels == ("0.1",)
    # Its neighbors are as good as each other.
    assert chosen(swept.folder)["sgd"][0] in ("0.01", "1")
    swept(plan, retry_failed=True)
    assert chosen(swept.folder)["sgd"] == ("0.1", False)


def fails_at_a_tenth(run):
    if run.optimizer["learning_rate"] == 0.1 and run.seed == FIRST_TRIAL_SEED:
        raise ValueError("no")
    return fakes.with_known_best(run)


def make_failing_at_a_tenth(_threads):
    return fails_at_a_tenth
