"""Optimizers, with Keras' arguments and defaults; where Keras' default is None a file says `off`.

Three arguments of Keras are left out. `name` only names variables. `loss_scale_factor` multiplies the loss and divides
the gradients again, which matters for half precision alone. `gradient_accumulation_steps: k` gives the updates of
a batch size k times as large.
"""

from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.catalog.optimizers.adam import adafactor, adam, adamax, adamw, lamb, nadam, schedule_free_adamw
from gdbench.catalog.optimizers.contract import PLUGIN_CONTRACT
from gdbench.catalog.optimizers.descent import lion, muon, sgd
from gdbench.catalog.optimizers.options import OptimizerOptions
from gdbench.catalog.optimizers.scaled import adadelta, adagrad, ftrl, rmsprop

OPTIMIZERS = Family(
    "optimizer",
    "how a gradient becomes a step",
    {
        "sgd": Entry(sgd),
        "adagrad": Entry(adagrad),
        "rmsprop": Entry(rmsprop),
        "adam": Entry(adam),
        "adadelta": Entry(adadelta),
        "adafactor": Entry(adafactor),
        "adamw": Entry(adamw),
        "adamax": Entry(adamax),
        "ftrl": Entry(ftrl),
        "lamb": Entry(lamb),
        "lion": Entry(lion),
        "muon": Entry(muon),
        "nadam": Entry(nadam),
        "schedule_free_adamw": Entry(schedule_free_adamw),
    },
    OptimizerOptions,
    plugins=PLUGIN_CONTRACT,
)
