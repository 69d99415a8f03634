from collections import Counter
from pathlib import Path

import pytest

from gdbench.experiment import run_registry
from gdbench.experiment.settings.sections import resolve_section
from tests.configs import plan_of, values_of

GRID = "grid:\n  optimizer.learning_rate: [0.1, 0.2, 0.3]\n  training.batch_size: [32, 64]\n"


def test_a_section_that_points_share_is_resolved_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    resolved: Counter[str] = Counter()

    def counted(name, node, mistakes):
        resolved[name] += 1
        return resolve_section(name, node, mistakes)

    monkeypatch.setattr(run_registry, "resolve_section", counted)
    plan = plan_of(tmp_path, GRID, seeds=1)
    assert len(plan.runs) == 6
    assert resolved == {"dataset": 1, "architecture": 1, "optimizer": 3, "training": 2, "regularization": 1}


def test_points_that_share_sections_have_settings_of_their_own(tmp_path: Path):
    pairs = zip(
        values_of(tmp_path, GRID, "optimizer.learning_rate"),
        values_of(tmp_path, GRID, "training.batch_size"),
        strict=True,
    )
    assert list(pairs) == [(rate, size) for rate in (0.1, 0.2, 0.3) for size in (32, 64)]


def test_comparisons_that_assign_the_same_value_over_other_sections_stay_apart(tmp_path: Path):
    text = """
comparisons:
  plain: {optimizer: sgd, grid: {optimizer.learning_rate: [0.1]}}
  momentum: {optimizer: {name: sgd, momentum: 0.9}, grid: {optimizer.learning_rate: [0.1]}}
"""
    assert values_of(tmp_path, text, "optimizer.momentum") == [0.0, 0.9]


OWN = "class Mine(Optimizer):\n    def __init__(self, learning_rate=0.001, beta=1): ...\n"


def test_a_default_of_own_code_that_the_file_spells_out_makes_no_other_run(tmp_path: Path):
    (tmp_path / "own.py").write_text(OWN)
    text = """
comparisons:
  bare: {optimizer: own:Mine}
  spelled: {optimizer: {name: own:Mine, learning_rate: 0.001}}
  float: {optimizer: {name: own:Mine, beta: 1.0}}
"""
    bare, spelled, other = (each.run_ids for each in plan_of(tmp_path, text).experiment.comparisons)
    assert bare == spelled
    # The code may tell 1.0 from 1.
    assert set(other).isdisjoint(bare)


def test_a_tuned_row_of_own_code_that_chooses_its_default_is_not_trained_twice(tmp_path: Path):
    (tmp_path / "own.py").write_text(OWN)
    text = """
dataset: {validation: 10000}
grid: {optimizer: {Mine: own:Mine, Adam: adam}}
tune: {budget: 3, over: {optimizer.learning_rate: [0.0001, 0.001, 0.01]}}
"""
    [comparison] = plan_of(tmp_path, text).experiment.comparisons
    assert comparison.tuning is not None
    runs = {point.key: point.runs for point in comparison.points}
    for row in comparison.tuning.rows:
        assert [candidate.runs == runs[str(row.default)] for candidate in row.candidates] == [False, True, False]
