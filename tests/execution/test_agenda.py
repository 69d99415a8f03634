"""Which runs are due: made-up rules decide after each look."""

from gdbench.execution.agenda import Agenda
from gdbench.experiment.due_runs import DueRuns, every_run
from tests.builders import a_record
from tests.configs import plan_of

TEXT = """\
seeds: {from: 3, until: separated, at_most: 6}
comparisons:
  shared: {grid: {optimizer: [sgd, adam]}}
  other: {seeds: {at_most: 12}, grid: {optimizer: [adam, rmsprop]}}
  fixed: {seeds: 1, grid: {optimizer: [sgd, lion]}}
"""


def taking(decide):
    """Find the runs of so many seeds as are decided on."""

    def find(comparison, records):
        if not comparison.looks:
            return every_run(comparison, records)
        seeds, runs = decide(comparison, records), comparison.run_ids
        now = comparison.with_first(seeds).run_ids
        is_over = decide is stop or all(run in records for run in runs)
        note = f"on to {seeds} of at most {comparison.looks[-1]} seeds" * (seeds > comparison.looks[0])
        return DueRuns(now, now if is_over else runs, now, note)

    return find


def every_look(comparison, records):
    """Take every look."""
    for look in comparison.looks:
        if any(run not in records for run in comparison.with_first(look).run_ids):
            return look
    return len(comparison.seeds)


def stop(comparison, _records):
    """End after the first look."""
    return comparison.looks[0] if comparison.looks else len(comparison.seeds)


go_on = taking(every_look)


def names(plan, runs):
    """Optimizer and seed of each run."""
    del plan
    return sorted((run.optimizer["name"], run.seed) for run in runs)


def a_sweep(agenda, records=None):
    """Train all that is due, and what comes due; return the runs in the order in which they came, and what was said."""
    records, said = dict(records or {}), []
    queue = list(agenda.due)
    trained = []
    while queue:
        run = queue.pop(0)
        trained.append(run)
        records[run.id] = a_record(run.id)
        queue += agenda.ended(run.id, records, said.append)
    return trained, said


def test_first_the_runs_of_every_first_look_are_due_each_once(tmp_path):
    plan = plan_of(tmp_path, TEXT)
    agenda = Agenda(plan, {}, go_on)
    first = [(name, seed) for name in ("adam", "rmsprop", "sgd") for seed in range(3)]
    assert names(plan, agenda.due) == sorted([*first, ("lion", 0)])
    assert (agenda.fewest_runs, agenda.most_runs) == (10, 6 + 12 + 12 + 1)
    assert agenda.counts == "10 to 31 runs, 0 in the ledger"
    assert len(agenda.possible) == 31


def test_a_look_that_does_not_end_its_comparison_brings_the_next_one_and_says_so(tmp_path):
    plan = plan_of(tmp_path, TEXT)
    trained, said = a_sweep(Agenda(plan, {}, go_on))
    assert len(trained) == len({run.id for run in trained}) == 31
    assert said == [
        "shared: on to 6 of at most 6 seeds",
        "other: on to 6 of at most 12 seeds",
        "other: on to 12 of at most 12 seeds",
    ]


def test_comparisons_stop_each_by_itself(tmp_path):
    plan = plan_of(tmp_path, TEXT)
    trained, said = a_sweep(
        Agenda(plan, {}, lambda each, records: (taking(stop) if each.name == "shared" else go_on)(each, records))
    )
    seeds = {name: sum(run.optimizer["name"] == name for run in trained) for name in ("sgd", "adam", "rmsprop")}
    assert seeds == {"sgd": 3, "adam": 12, "rmsprop": 12}
    assert said == ["other: on to 6 of at most 12 seeds", "other: on to 12 of at most 12 seeds"]


def test_it_goes_on_at_the_look_that_the_ledger_has_come_to(tmp_path):
    plan = plan_of(tmp_path, TEXT)
    whole, _ = a_sweep(Agenda(plan, {}, go_on))
    for count in (0, 4, 10, 17, 30, 31):
        records = {run.id: a_record(run.id) for run in whole[:count]}
        agenda = Agenda(plan, records, go_on)
        assert agenda.in_ledger == count
        rest, _ = a_sweep(agenda, records)
        assert {run.id for run in rest} == {run.id for run in whole[count:]}


def test_a_failed_run_that_is_tried_again_says_nothing_before(tmp_path):
    plan = plan_of(tmp_path, "seeds: {from: 3, until: separated, at_most: 6}\ngrid: {optimizer: [sgd, adam]}")
    failed = plan.runs[0].id
    records = {run.id: a_record(run.id, "failed" if run.id == failed else "done") for run in plan.runs}
    assert Agenda(plan, records, go_on).due == []
    assert [run.id for run in Agenda(plan, records, go_on, retry_failed=True).due] == [failed]
