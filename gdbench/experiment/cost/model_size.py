"""How large the file of a run's Keras model is."""

from gdbench.experiment.cost.layer_cost import forward_cost
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run

_BYTES_OF_A_WEIGHT = 4
# What describes the layers and names the weights: 20 to 60 kB for the architectures of the catalog.
_BYTES_BESIDE_WEIGHTS = 30_000


def model_bytes(run: Run) -> int | None:
    """Return the bytes of the file, to a factor of two; None where the architecture or the data are not known yet."""
    settings = settings_of(run)
    spec, facts = settings.architecture.preview, settings.dataset.facts()
    if spec is None or facts is None:
        return None
    return _BYTES_BESIDE_WEIGHTS + _BYTES_OF_A_WEIGHT * forward_cost(spec, facts.shape, facts.classes)[1]
