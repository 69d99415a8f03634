"""A run of gdbench and `model.fit` on the same batches, from the same weights."""

from typing import Any

import keras
import numpy as np

from gdbench.records import Run
from gdbench.training.data import Split
from gdbench.training.loop import Loop
from gdbench.training.program import Program
from gdbench.training.streams import permutation
from tests.training.programs import data_of

# Under seed 0 one unit of the mlp stands 1e-7 from the kink of its ReLU in update 22, where rounding decides: in
# float32 the two sides part by 1e-4 there. No unit comes as near under seed 1.
SEED = 1
IMAGES, BATCH = 100, 16
PER_EPOCH = 7  # six batches of 16 and one of 4


class Batches(keras.utils.PyDataset):
    """The batches of a gdbench run, in their order."""

    def __init__(self, program: Program, updates: int) -> None:
        super().__init__()
        self.images, self.labels = arrays(program.data.train)
        self.updates = updates

    def __len__(self) -> int:
        return self.updates

    def __getitem__(self, update: int) -> tuple[np.ndarray, np.ndarray]:
        epoch, batch = divmod(update, PER_EPOCH)
        chosen = permutation(SEED, epoch, IMAGES)[batch * BATCH : (batch + 1) * BATCH]
        return self.images[chosen], self.labels[chosen]


def arrays(split: Split) -> tuple[np.ndarray, np.ndarray]:
    return split.images.numpy() / np.asarray(255, keras.config.floatx()), split.labels.numpy()


def apart(run: Run, optimizer: Any, model: keras.Model, updates: int) -> tuple[float, float]:
    """Train both and return the largest differences of their weights and of their test metrics."""
    program = Program(run.settings, data_of(run))
    program.start(run.seed, run.regularization)
    model.build((None, *program.data.shape))
    mine = program.model.keras.trainable_variables
    for theirs, variable in zip(model.trainable_variables, mine, strict=True):
        theirs.assign(variable)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(Batches(program, updates), shuffle=False, verbose=0)
    Loop(run, program).outcome()
    weights = max(
        float(np.abs(theirs.numpy() - variable.numpy()).max())
        for theirs, variable in zip(model.trainable_variables, mine, strict=True)
    )
    evaluation = program.evaluate(program.data.test)
    images, labels = arrays(program.data.test)
    probabilities = model(images).numpy()
    loss = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    return weights, max(abs(evaluation.loss - loss), abs(evaluation.accuracy - accuracy))
