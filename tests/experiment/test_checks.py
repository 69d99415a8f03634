import pytest

from gdbench.catalog.datasets import Facts
from gdbench.experiment.checks import counts

FACTS = Facts(train=1000, test=200, shape=(2, 2), classes=2, fingerprint="")


@pytest.mark.parametrize(
    ("validation", "train", "test", "expected"),
    [
        (0, "all", "all", (1000, 0, 200)),
        (100, "all", "all", (900, 100, 200)),
        (0.25, "all", 50, (750, 250, 50)),
        (100, 30, "all", (30, 100, 200)),
    ],
)
def test_how_many_images_are_left(validation: float, train: object, test: object, expected: tuple[int, int, int]):
    assert counts({"validation": validation, "train": train, "test": test}, FACTS) == expected
