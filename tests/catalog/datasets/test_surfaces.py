"""Test functions have their published minima."""

import numpy as np
import pytest

from gdbench.catalog.datasets.surfaces import SURFACES, surface_of

LOWEST = {"rosenbrock": 0.0, "rastrigin": 0.0, "beale": 0.0, "himmelblau": 0.0, "saddle": -1.0}


@pytest.mark.parametrize("name", SURFACES)
def test_nothing_around_is_lower_than_the_minima(name: str):
    surface = SURFACES[name]
    x, y = (np.linspace(low, high, 401) for low, high in zip(surface.lowest, surface.highest, strict=True))
    assert surface.value(*np.meshgrid(x, y), np.cos).min() >= LOWEST[name]
    for minimum in surface.minima:
        assert surface.value(*minimum, np.cos) == pytest.approx(LOWEST[name], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "point", "value"),
    [
        ("rosenbrock", (-1.2, 1.0), 24.2),
        ("rastrigin", (0.5, 0.5), 40.5),
        ("beale", (0.0, 0.0), 14.203125),
        ("himmelblau", (0.0, 0.0), 170.0),
        ("saddle", (1.0, 2.0), 1.0),
    ],
)
def test_values(name: str, point: tuple[float, float], value: float):
    assert SURFACES[name].value(*point, np.cos) == pytest.approx(value, rel=1e-12)


def test_starts_lie_in_the_domain():
    surface = SURFACES["rosenbrock"]
    assert surface.start(np.array([0.0, 0.5])).tolist() == [-2.0, 1.0]


def test_a_dataset_with_data_has_no_surface():
    assert surface_of({"name": "mnist"}) is None
    assert surface_of({"name": "test_function", "function": "beale"}) is SURFACES["beale"]
