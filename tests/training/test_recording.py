"""What is recorded of each layer, held against plain TensorFlow; and that recording changes no number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import LayerCurves, Outcome, Run
from gdbench.training import program, recording
from gdbench.training.program import Program
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.training.programs import data_of, program_of

RunOf = Callable[..., Run]

ALL = "record: [gradient_norm, update_ratio, weight_norm]"
ADAM = "optimizer={name: adam, learning_rate: 0.01}"
MOMENTUM = "optimizer={name: sgd, learning_rate: 0.1, momentum: 0.9, clipnorm: 0.5}"
AVERAGED = "optimizer={name: rmsprop, weight_decay: 0.01, use_ema: true, ema_overwrite_frequency: 3}"
EVERYTHING = "regularization={l1: 1e-5, l2: 1e-4, dropout: 0.2, batch_norm: true, max_norm: 2}"


def layers_of(outcome: Outcome) -> LayerCurves:
    assert outcome.layers is not None
    return outcome.layers


def norm(values: Any) -> float:
    """The Euclidean norm of arrays together."""
    return float(np.sqrt(sum(np.square(np.asarray(value, np.float64)).sum() for value in values)))


def numbers(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.status, outcome.metrics, outcome.history, outcome.losses, outcome.diverged, outcome.answers


def test_the_norms_are_those_of_plain_tensorflow(trainer: Trainer, run_of: RunOf):
    """Two updates of SGD with l2 and clipping, made by hand; the gradient has the penalty and is not clipped."""
    run = run_of(
        "optimizer={name: sgd, learning_rate: 0.5, clipnorm: 0.1}",
        "regularization.l2=0.01",
        f"training={{steps: 2, record_every: 1, {ALL}}}",
    )
    layers = layers_of(trainer(run))
    assert layers["names"] == ["hidden_1", "output"]
    assert layers["every"] == 1
    program = program_of(run)
    data, model = program.data.train, program.model.keras
    order = permutation(0, 0, 1000)
    for update in range(2):
        chosen = order[128 * update : 128 * (update + 1)]
        kernels = [layer.kernel.value for layer in model.layers if layer.trainable_variables]
        with tf.GradientTape() as tape:
            logits = model(program.data.pixels(tf.gather(data.images, chosen)))
            labels = tf.gather(data.labels, chosen)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            loss += 0.01 * tf.add_n([tf.reduce_sum(tf.square(kernel)) for kernel in kernels])
        gradients = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
        steps = [-0.5 * tf.clip_by_norm(gradient, 0.1) for gradient in gradients]
        for index in range(2):
            own = slice(2 * index, 2 * index + 2)
            weights = norm(variable.numpy() for variable in model.trainable_variables[own])
            expected = {
                "gradient_norm": norm(gradients[own]),
                "update_ratio": norm(steps[own]) / weights,
                "weight_norm": weights,
            }
            found = {name: curve[index][update] for name, curve in layers["curves"].items()}
            assert found == pytest.approx(expected, rel=1e-4)
        for variable, step in zip(model.trainable_variables, steps, strict=True):
            variable.assign_add(step)


@pytest.mark.parametrize(
    ("optimizer", "architecture", "compiler"),
    [
        # Under `auto` XLA compiles all but the last batch of an epoch, and no convolution, which a graph computes with
        # gdbench's own.
        *((ADAM, "mlp", "auto"), (ADAM, "plain", "auto"), (ADAM, "cnn", "auto")),
        *((ADAM, "plain", "eager"), (ADAM, "rnn", "graph"), (MOMENTUM, "mlp", "graph"), (AVERAGED, "mlp", "graph")),
        # With clipping to a norm, the step's own gradients are used only where no penalty is added to them.
        (MOMENTUM, "bare", "auto"),
        # Each optimizer, network and compiler is above; these are other combinations of them.
        *(
            pytest.param(*others, marks=pytest.mark.long)
            for others in (
                *((ADAM, "mlp", "graph"), (ADAM, "mlp", "xla"), (ADAM, "mlp", "eager")),
                *((ADAM, "rnn", "auto"), (ADAM, "rnn", "xla"), (ADAM, "cnn", "xla")),
                *((MOMENTUM, "mlp", "xla"), (AVERAGED, "mlp", "xla")),
                *((AVERAGED, "plain", "xla"), (MOMENTUM, "plain", "auto"), (MOMENTUM, "rnn", "auto")),
                *(("optimizer=lamb", "bare", "auto"), ("optimizer=muon", "bare", "auto")),
                ("optimizer=adafactor", "bare", "auto"),
                *((ADAM, "lstm", "auto"), (AVERAGED, "gru", "auto")),
            )
        ),
    ],
)
def test_recording_changes_no_number(trainer: Trainer, run_of: RunOf, optimizer: str, architecture: str, compiler: str):
    # With batch normalization, XLA computes its gradients once more.
    regularization = {"mlp": EVERYTHING, "cnn": EVERYTHING, "bare": "regularization.dropout=0.2"}
    some = "regularization={l2: 1e-4, dropout: 0.2}"
    small = {
        "bare": "architecture={name: mlp, hidden: [16, 12], activation: tanh}",
        "mlp": "architecture={name: mlp, hidden: [12]}",
        "plain": "architecture={name: mlp, hidden: [16, 12]}",
        "cnn": "architecture={name: cnn, filters: [2, 3]}",
        "rnn": "architecture={name: rnn, hidden: [6]}",
        "lstm": "architecture={name: lstm, hidden: [6]}",
        "gru": "architecture={name: gru, hidden: [6]}",
    }
    plain, recorded = (
        trainer(
            run_of(
                *(optimizer, small[architecture], regularization.get(architecture, some)),
                "dataset={train: 300, test: 100, validation: 100}",
                f"training={{epochs: 2, batch_size: 32, record_every: 3, compile: {compiler}{record}}}",
            )
        )
        for record in ("", f", {ALL}")
    )
    assert numbers(recorded) == numbers(plain)
    assert plain.layers is None
    curves = layers_of(recorded)["curves"].values()
    assert {len(values) for curve in curves for values in curve} == {20 // 3}
    assert all(value is not None and value > 0 for curve in curves for values in curve for value in values)


def test_both_ways_under_xla_record_what_graph_mode_records(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    def recorded(compiler: str) -> LayerCurves:
        # Ten updates, the last of which is not recorded.
        training = f"training={{steps: 10, batch_size: 125, record_every: 3, compile: {compiler}, {ALL}}}"
        return layers_of(
            trainer(run_of("optimizer.name=adam", "regularization={l2: 0.01, batch_norm: true}", training))
        )

    expected = recorded("graph")
    # The step's own gradients of dense layers, and those of batch normalization computed before it.
    own = recorded("xla")
    # As if using a step's own gradients had changed its numbers.
    monkeypatch.setattr(program, "records_exactly", lambda *_: False)
    for found in (own, recorded("auto")):
        for name, curves in expected["curves"].items():
            for layer, curve in enumerate(curves):
                assert found["curves"][name][layer] == pytest.approx(curve, rel=1e-4)
                assert len(curve) == 3


def test_a_recording_is_compiled_once_for_all_epochs(run_of: RunOf):
    """Batch normalization has its gradients computed before the step, at an update that is an argument."""
    program = program_of(
        run_of("regularization.batch_norm=true", f"training={{batch_size: 500, record_every: 2, compile: xla, {ALL}}}")
    )
    data = program.data.train

    def compiled(update: int) -> str:
        arguments = np.zeros(1000, np.int32), np.zeros(2, np.float32), np.int32(2), np.int32(update)
        lowered = program._train.experimental_get_compiler_ir(
            data.images, data.labels, *map(tf.constant, arguments), 500
        )
        return str(lowered(stage="hlo"))

    assert compiled(0) == compiled(7)


def test_every_kth_update_is_recorded_whatever_the_stretches(trainer: Trainer, run_of: RunOf):
    each, seldom = (
        layers_of(trainer(run_of(f"training={{epochs: 2, {options}, {ALL}}}")))
        for options in ("record_every: 1", "record_every: 3, evaluate_every: 0.3")
    )
    assert {len(values) for curve in each["curves"].values() for values in curve} == {16}
    thinned = {name: [values[2::3] for values in curve] for name, curve in each["curves"].items()}
    assert seldom == {"every": 3, "names": each["names"], "curves": thinned}


def test_only_what_is_asked_for_is_recorded(trainer: Trainer, run_of: RunOf):
    both = layers_of(trainer(run_of(f"training={{steps: 4, record_every: 2, {ALL}}}")))
    one = layers_of(trainer(run_of("training={steps: 4, record_every: 2, record: [weight_norm]}")))
    assert one["curves"] == {"weight_norm": both["curves"]["weight_norm"]}


def test_runs_that_record_at_other_updates_share_a_program(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    made: list[int] = []
    compile_program = Program._compile
    monkeypatch.setattr(
        Program, "_compile", lambda program, settings: (made.append(id(program)), compile_program(program, settings))
    )
    trainer(run_of("architecture.hidden=[7]", "training.steps=1"))
    for every in (1, 2):
        trainer(run_of("architecture.hidden=[8]", f"training={{steps: 4, record_every: {every}, {ALL}}}"))
    assert len(made) == 2


def test_a_diverged_run_keeps_what_was_recorded_up_to_the_update(trainer: Trainer, run_of: RunOf):
    outcome = trainer(
        run_of(
            "optimizer={name: sgd, learning_rate: 1e6}",
            "training={epochs: 3, loss: {name: squared_error, reduction: sum}, record_every: 1, "
            "record: [gradient_norm, weight_norm]}",
            "architecture={activation: relu, output: {activation: linear}}",
        )
    )
    assert outcome.diverged is not None
    gradients, weights = (layers_of(outcome)["curves"][name] for name in ("gradient_norm", "weight_norm"))
    assert {len(values) for values in gradients} == {outcome.diverged["step"]}
    # The weights before the update were finite still, and had grown.
    assert all(value is not None for values in weights for value in values)
    assert max(weights[-1][-1] or 0, weights[0][-1] or 0) > 1e3


def test_a_gradient_that_vanishes_over_depth_is_seen(trainer: Trainer, run_of: RunOf):
    """Six sigmoid layers weaken it by more than a thousand, six ReLU layers by less than ten."""
    ratios = {}
    for activation in ("sigmoid", "relu"):
        run = run_of(
            f"architecture={{name: mlp, hidden: [32, 32, 32, 32, 32, 32], activation: {activation}}}",
            "optimizer=sgd",
            "training={steps: 8, record_every: 1, record: [gradient_norm]}",
        )
        layers = layers_of(trainer(run))
        assert layers["names"] == [*(f"hidden_{number}" for number in range(1, 7)), "output"]
        means = [np.mean([value or 0 for value in values]) for values in layers["curves"]["gradient_norm"]]
        ratios[activation] = means[0] / means[-1]
    assert ratios["sigmoid"] < 1e-3
    assert 0.1 < ratios["relu"] < 10


def test_gradients_beyond_the_squares_of_single_precision_have_a_norm(run_of: RunOf):
    """Their squares would be zero in float32, from 1e-23 on."""
    run = run_of("training={steps: 1, record_every: 1, record: [gradient_norm], compile: eager}")
    program = Program(settings_of(run), data_of(run))
    recorder = program.recorder
    assert recorder is not None
    gradients = [tf.fill(variable.shape, 1e-30) for variable in program.variables]
    found = recorder.gradient_norms(tf.constant(True), lambda: gradients).numpy()
    assert found == pytest.approx([1e-30 * (785 * 16) ** 0.5, 1e-30 * 170**0.5], rel=1e-5)


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1.0, 1e25])
def test_norms_of_vanishing_and_of_exploding_numbers_are_right(scale: float):
    values = np.random.default_rng(0).normal(size=(784, 128)).astype(np.float32) * np.float32(scale)
    # Whole rows of sums, rows and a rest, and only a rest.
    others = values[0, :100], values[1, :3]
    found = tf.function(recording._norm, jit_compile=True)([tf.constant(values), None, *map(tf.constant, others)])
    assert float(found) == pytest.approx(norm([values, *others]), rel=1e-5)
    rest = tf.function(recording._norm, jit_compile=True)([tf.constant(others[1])])
    assert float(rest) == pytest.approx(norm(others[1:]), rel=1e-5)
