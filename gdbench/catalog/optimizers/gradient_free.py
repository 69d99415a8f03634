"""Methods that ask for the loss alone, so that it need not have a gradient; most keep a population of weights."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import NotNegative, Positive, Whole
from gdbench.catalog.optimizers.method import Method, Objective
from gdbench.catalog.tensors import Array

if TYPE_CHECKING:
    import numpy as np

Spread = Annotated[
    Positive,
    Field(description="standard deviation of the first weights around the initial ones; for a network try 0.03"),
]
Bound = Annotated[Positive, Field(description="largest absolute weight, where none of the initial ones is larger")]
Attraction = Annotated[NotNegative, Field(description="largest pull, relative to the distance")]
# The number of passes ends a run, not the number of steps.
_NO_LIMIT = 10**9


def random_search(
    spread: Annotated[
        Spread, Field(description="standard deviation of the weights around the initial ones; for a network try 0.03")
    ] = 0.1,
) -> Method:
    """Independent normal draws around the initial weights; the baseline of every other method."""

    def minimize(objective: Objective, generator: "np.random.Generator") -> None:
        start = objective.start
        objective.loss(start)
        while True:
            objective.loss(start + spread * generator.standard_normal(start.shape))

    return Method(minimize)


def simulated_annealing(
    bound: Bound = 1.0,
    initial_temp: Annotated[float, Field(gt=0.01, le=5e4, description="initial temperature")] = 5230.0,
    restart_temp_ratio: Annotated[
        float, Field(gt=0, lt=1, description="share of the initial temperature at which it starts again")
    ] = 2e-5,
    visit: Annotated[float, Field(gt=1, le=3, description="weight of the tails of the jumps")] = 2.62,
    accept: Annotated[float, Field(gt=-1e4, le=-5, description="how unlikely it is to accept a higher loss")] = -5.0,
) -> Method:
    """Random jumps, uphill ones too while the temperature is high (Tsallis and Stariolo 1996), by scipy.

    scipy's dual annealing without its local searches, with scipy's arguments and defaults. A lower temperature also
    means shorter jumps: on networks, `bound: 0.2, initial_temp: 0.02` finds lower losses than the defaults.
    """

    def minimize(objective: Objective, generator: "np.random.Generator") -> None:
        import scipy.optimize

        scipy.optimize.dual_annealing(
            objective.loss,
            _box(objective.start, bound),
            maxiter=_NO_LIMIT,
            maxfun=_NO_LIMIT,
            initial_temp=initial_temp,
            restart_temp_ratio=restart_temp_ratio,
            visit=visit,
            accept=accept,
            no_local_search=True,
            x0=objective.start,
            rng=generator,
        )

    return Method(minimize)


def differential_evolution(
    population: Annotated[Whole, Field(ge=5, description="weight vectors of a generation")] = 20,
    spread: Spread = 0.1,
    bound: Bound = 1.0,
    mutation: Annotated[float, Field(ge=0, lt=2, description="factor of the differences that are added")] = 0.5,
    recombination: Annotated[float, Field(ge=0, le=1, description="share of weights that a child takes over")] = 0.7,
) -> Method:
    """A genetic algorithm whose mutations are differences of the population (Storn and Price 1997), by scipy."""

    def minimize(objective: Objective, generator: "np.random.Generator") -> None:
        import scipy.optimize

        box = _box(objective.start, bound)
        scipy.optimize.differential_evolution(
            objective.loss,
            scipy.optimize.Bounds(*box.T),
            init=_population(objective.start, population, spread, generator).clip(*box.T),
            mutation=mutation,
            recombination=recombination,
            maxiter=_NO_LIMIT,
            # Converged only when the whole population has one loss.
            tol=0,
            polish=False,
            rng=generator,
        )

    return Method(minimize)


def particle_swarm(
    population: Annotated[Whole, Field(ge=2, description="particles")] = 20,
    spread: Spread = 0.1,
    inertia: Annotated[float, Field(ge=0, lt=1, description="share of the last step kept")] = 0.7298,
    cognitive: Annotated[Attraction, Field(description="pull to a particle's own best, relative to it")] = 1.49618,
    social: Annotated[Attraction, Field(description="pull to the swarm's best, relative to it")] = 1.49618,
) -> Method:
    """Particles drawn to their own best and to the swarm's (Kennedy and Eberhart 1995; Clerc and Kennedy 2002)."""

    def minimize(objective: Objective, generator: "np.random.Generator") -> None:
        import numpy as np

        positions = _population(objective.start, population, spread, generator)
        steps = spread * generator.standard_normal(positions.shape)
        best, losses = positions.copy(), np.full(population, np.inf)
        while True:
            now = np.array([objective.loss(position) for position in positions])
            better = now < losses
            best[better], losses[better] = positions[better], now[better]
            own, shared = generator.random(positions.shape), generator.random(positions.shape)
            pull = cognitive * own * (best - positions) + social * shared * (best[losses.argmin()] - positions)
            steps = inertia * steps + pull
            positions = positions + steps

    return Method(minimize)


def cma_es(
    population: Annotated[
        Annotated[Whole, Field(ge=2)] | Literal["auto"],
        Field(description="draws a generation; auto: 4 + 3 ln(weights)"),
    ] = "auto",
    spread: Spread = 0.1,
) -> Method:
    """Normal draws whose mean and variances adapt to the best (separable CMA-ES, Ros and Hansen 2008), by cma."""

    def minimize(objective: Objective, generator: "np.random.Generator") -> None:
        import cma
        import numpy as np

        options: dict[str, object] = {
            # One variance per weight: a whole covariance matrix of a network does not fit into memory.
            **{"CMA_diagonal": True, "verbose": -9, "verb_log": 0},
            # cma would draw from NumPy's global generator.
            **{"seed": np.nan, "randn": lambda *shape: generator.standard_normal(shape)},
            **({} if population == "auto" else {"popsize": population}),
        }
        # No draw is the start itself, and none may be better.
        objective.loss(objective.start)
        strategy = cma.CMAEvolutionStrategy(objective.start, spread, options)
        while not strategy.stop():
            drawn = strategy.ask()
            strategy.tell(drawn, [objective.loss(np.asarray(weights)) for weights in drawn])

    return Method(minimize)


def _population(start: Array, count: int, spread: float, generator: "np.random.Generator") -> Array:
    """Return normal draws around the initial weights, (count, size); the first are the initial weights themselves."""
    import numpy as np

    around = start + spread * generator.standard_normal((count - 1, start.size))
    population: Array = np.concatenate([start[None], around])
    return population


def _box(start: Array, bound: float) -> Array:
    """Return the lowest and highest value of each weight, (size, 2), between which the initial weights lie."""
    import numpy as np

    box: Array = np.stack([np.minimum(-bound, start), np.maximum(bound, start)], axis=1)
    return box
