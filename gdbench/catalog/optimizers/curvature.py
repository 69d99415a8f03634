"""Methods that learn the curvature of the loss: scipy's, with its arguments and defaults."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gdbench.catalog.entry import Count, NotNegative, Positive
from gdbench.catalog.optimizers.method import Method, Objective

if TYPE_CHECKING:
    import numpy as np

GradientTolerance = Annotated[NotNegative, Field(description="converged below this largest slope")]
# The number of passes ends a run, not the number of steps.
_NO_LIMIT = 10**9


def lbfgs(
    maxcor: Annotated[Count, Field(description="steps and gradients that are remembered")] = 10,
    ftol: Annotated[
        NotNegative, Field(description="converged when a step lowers the loss by less, relative to it")
    ] = 2.220446049250313e-09,
    gtol: GradientTolerance = 1e-5,
    maxls: Annotated[Count, Field(description="passes of one line search at most")] = 20,
) -> Method:
    """Newton's method with a Hessian estimated from past gradients (Liu and Nocedal 1989), by scipy."""
    options = {"maxcor": maxcor, "ftol": ftol, "gtol": gtol, "maxls": maxls, "maxfun": _NO_LIMIT}
    return _of_scipy("L-BFGS-B", options)


def conjugate_gradient(gtol: GradientTolerance = 1e-5) -> Method:
    """Line searches along conjugate directions (Polak and Ribiere 1969), by scipy."""
    return _of_scipy("CG", {"gtol": gtol})


def newton_cg(
    xtol: Annotated[NotNegative, Field(description="converged when a step moves the weights less, on average")] = 1e-5,
) -> Method:
    """Newton's method; each step is solved for by conjugate gradients with Hessian-vector products, by scipy."""
    return _of_scipy("Newton-CG", {"xtol": xtol}, products=True)


def trust_ncg(
    initial_trust_radius: Annotated[Positive, Field(description="largest length of the first step")] = 1.0,
    max_trust_radius: Annotated[Positive, Field(description="largest length of any step")] = 1000.0,
    eta: Annotated[
        float, Field(ge=0, lt=0.25, description="share of the predicted descent that a step must bring to be taken")
    ] = 0.15,
    gtol: Annotated[GradientTolerance, Field(description="converged below this norm of the gradient")] = 1e-4,
) -> Method:
    """Newton's method within a region where it is trusted (Steihaug 1983), by scipy."""
    options = {
        **{"initial_trust_radius": initial_trust_radius, "max_trust_radius": max_trust_radius},
        **{"eta": eta, "gtol": gtol},
    }
    return _of_scipy("trust-ncg", options, products=True)


def _of_scipy(name: str, options: dict[str, float], *, products: bool = False) -> Method:
    def minimize(objective: Objective, _generator: "np.random.Generator") -> None:
        import scipy.optimize

        # scipy-stubs know the methods and their options by literal names only.
        scipy.optimize.minimize(  # type: ignore[call-overload]
            objective.loss_and_gradient,
            objective.start,
            jac=True,
            hessp=objective.product if products else None,
            method=name,
            options={**options, "maxiter": _NO_LIMIT},
        )

    return Method(minimize)
