"""Requirements for user code used as an optimizer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gdbench.catalog.plugin_checks import instance_of, require_finite
from gdbench.catalog.plugin_entry import BrokenRule, PluginContract, TrialSizes
from gdbench.records import Settings

if TYPE_CHECKING:
    from keras.optimizers import Optimizer


def _check_learning_rate(component: Settings) -> Iterator[BrokenRule]:
    """Require a learning rate, which schedules scale and grids vary, in the file or as the code's default."""
    rate = component.get("learning_rate")
    # In Python true is a number.
    if isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0:
        yield "learning_rate", "a number above 0", rate


def _try(optimizer: "Optimizer", _sizes: TrialSizes) -> None:
    """Take one step with a kernel and a bias."""
    import keras
    import numpy as np

    shapes = {"kernel": (3, 2), "bias": (2,)}
    variables = [keras.Variable(np.ones(shape, np.float32), name=name) for name, shape in shapes.items()]
    optimizer.build(variables)
    optimizer.apply([keras.ops.ones(variable.shape) for variable in variables])
    for variable in variables:
        require_finite(variable.numpy(), "weights after a step along a gradient of ones")


PLUGIN_CONTRACT: PluginContract["Optimizer"] = PluginContract(
    instance_of("optimizers", "Optimizer"), _try, check=_check_learning_rate
)
