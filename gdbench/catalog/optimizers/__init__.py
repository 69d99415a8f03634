"""Optimizers, with Keras' arguments and defaults; where Keras' default is None a file says `off`.

Three arguments of Keras are left out. `name` only names variables. `loss_scale_factor` multiplies the loss and divides
the gradients again, which matters only in half precision. `gradient_accumulation_steps: k` gives the updates of
a batch size k times as large.

Methods that are not steps along a batch's gradient stand beside them, with options of their own, and wrappers, which
are made of the others.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.catalog.optimizers.adam import adafactor, adam, adamax, adamw, lamb, nadam, schedule_free_adamw
from gdbench.catalog.optimizers.contract import PLUGIN_CONTRACT
from gdbench.catalog.optimizers.curvature import conjugate_gradient, lbfgs, newton_cg, trust_ncg
from gdbench.catalog.optimizers.descent import lion, muon, sgd
from gdbench.catalog.optimizers.gradient_free import (
    cma_es,
    differential_evolution,
    particle_swarm,
    random_search,
    simulated_annealing,
)
from gdbench.catalog.optimizers.method import Method, MethodEntry
from gdbench.catalog.optimizers.options import OptimizerOptions
from gdbench.catalog.optimizers.scaled import adadelta, adagrad, ftrl, rmsprop
from gdbench.catalog.optimizers.wrappers import Wrapper, WrapperEntry, chain, restarts

if TYPE_CHECKING:
    from keras.optimizers import Optimizer

# A high rate is chaotic, and an epsilon of 1e-7 turns rounding into whole steps where a gradient would be zero, as that
# of a bias before batch normalization. Keras rounds a weight decay to float32; a power of two stays what it is.
DECAY = 2.0**-8

# Classes of Keras, which turn a batch's gradient into an update.
STEPS: Mapping[str, Entry["Optimizer"]] = {
    "sgd": Entry(sgd, gentle={"learning_rate": 0.002, "momentum": 0.9}),
    "adagrad": Entry(adagrad, gentle={"learning_rate": 0.005}),
    "rmsprop": Entry(rmsprop, gentle={"epsilon": 1e-4}),
    "adam": Entry(adam, gentle={"epsilon": 1e-4}),
    "adadelta": Entry(adadelta, gentle={"learning_rate": 0.02, "epsilon": 1e-4}),
    "adafactor": Entry(adafactor, gentle={"learning_rate": 0.01, "epsilon_1": 1e-4}),
    "adamw": Entry(adamw, gentle={"epsilon": 1e-4, "weight_decay": DECAY}),
    "adamax": Entry(adamax, gentle={"learning_rate": 3e-4, "epsilon": 1e-3}),
    "ftrl": Entry(ftrl, gentle={"learning_rate": 0.01}),
    "lamb": Entry(lamb, gentle={"epsilon": 1e-4}),
    "lion": Entry(lion, gentle={"learning_rate": 1e-4}),
    "muon": Entry(muon, gentle={"epsilon": 1e-4, "weight_decay": DECAY, "adam_weight_decay": DECAY}),
    "nadam": Entry(nadam, gentle={"learning_rate": 3e-4, "epsilon": 1e-3}),
    "schedule_free_adamw": Entry(schedule_free_adamw, gentle={"learning_rate": 3e-4, "epsilon": 1e-3}),
}
METHODS: Mapping[str, MethodEntry] = {
    "lbfgs": MethodEntry(lbfgs, computes=("gradient",)),
    "conjugate_gradient": MethodEntry(conjugate_gradient, computes=("gradient",)),
    "newton_cg": MethodEntry(newton_cg, computes=("gradient", "product")),
    "trust_ncg": MethodEntry(trust_ncg, computes=("gradient", "product")),
    "random_search": MethodEntry(random_search, computes=("loss",)),
    "simulated_annealing": MethodEntry(simulated_annealing, computes=("loss",)),
    "differential_evolution": MethodEntry(differential_evolution, computes=("loss",)),
    "particle_swarm": MethodEntry(particle_swarm, computes=("loss",)),
    "cma_es": MethodEntry(cma_es, computes=("loss",), package="cma"),
}
WRAPPERS: Mapping[str, WrapperEntry] = {"chain": WrapperEntry(chain), "restarts": WrapperEntry(restarts)}
OPTIMIZERS: Family["Optimizer | Method | Wrapper"] = Family(
    "optimizer",
    "how gradients change the weights, and methods without such steps",
    {**STEPS, **METHODS, **WRAPPERS},
    OptimizerOptions,
    plugins=PLUGIN_CONTRACT,
)
