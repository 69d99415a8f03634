"""What the sentences around a table say of its runs."""

from dataclasses import replace

import pytest

from gdbench.comparison.background import background
from gdbench.comparison.results import Results
from gdbench.comparison.selection import select
from gdbench.errors import RequestError
from tests.builders import a_record, an_experiment


def found(*records, metrics=("test_accuracy",)):
    points = {(str(number),): [record.run.id] for number, record in enumerate(records)}
    results = Results(an_experiment({"optimizer": []}, points), {record.run.id: record for record in records})
    return background(results.measurements[0], select(metrics, ["last"], results.own_records))


def changed(record, **settings):
    return replace(record, run=replace(record.run, **settings))


def test_the_last_epoch_is_known_where_all_finished_runs_share_it():
    five = a_record("a", history={"epoch": [1, 5]})
    half = a_record("b", history={"epoch": [0.5]})
    assert found(five).epoch == 5
    assert found(half).epoch == 0.5
    assert found(five, half).epoch is None
    assert found(five, a_record("c", "failed")).epoch == 5
    assert found(a_record("c", "failed")).epoch is None


def test_a_seed_draws_what_some_run_draws():
    plain = a_record("a")
    assert found(plain).drawn == ("initial weights", "batch order")
    full = changed(plain, training={"batch_size": "full"})
    assert found(full).drawn == ("initial weights",)
    newton, swarm = (changed(plain, optimizer={"name": name}) for name in ("newton_cg", "particle_swarm"))
    assert found(newton).drawn == ("initial weights",)
    assert found(swarm).drawn == ("initial weights", "draws of methods")
    dropping = changed(a_record("b"), regularization={"dropout": {"input": 0.0, "hidden": 0.5}})
    assert found(plain, dropping).drawn == ("initial weights", "batch order", "dropout")
    none = changed(plain, regularization={"dropout": {"input": 0.0, "hidden": 0.0}, "gaussian_noise": 0.1})
    assert found(none).drawn == ("initial weights", "batch order", "noise")
    layers = changed(plain, architecture={"name": "layers", "layers": [{"name": "SpatialDropout2D"}]})
    assert found(layers).drawn == ("initial weights", "batch order", "dropout")


def test_images_are_counted_where_a_metric_is_a_share_of_them():
    both = a_record("a", metrics={"test_accuracy": 0.9, "test_loss": 0.3})
    assert found(both, metrics=("test_accuracy", "test_loss")).images == (10_000, None)
    own = changed(a_record("b"), dataset={"name": "own:data"})
    assert found(both, own).images == (None,)


def test_some_of_the_comparisons():
    results = Results(an_experiment({"optimizer": []}, {("a",): ["a"]}), {"a": a_record("a")})
    [comparison] = results.experiment.comparisons
    both = replace(results.experiment, comparisons=(comparison, replace(comparison, name="rates")))
    several = replace(results, experiment=both)
    assert [table.comparison for table in several.of_comparisons(["rates"]).tables(["test_accuracy"], ["last"])] == [
        "rates"
    ]
    with pytest.raises(RequestError, match="expected a comparison; got 'rate'; did you mean 'rates'"):
        several.of_comparisons(["rate"])
