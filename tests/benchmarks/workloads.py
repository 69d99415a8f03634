"""The sweeps that gdbench and what people use instead train alike: one architecture, Adam, several learning rates."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Workload:
    """`runs` learning rates between 0.0003 and 0.003, each trained for `epochs` epochs of `images` images."""

    name: str
    architecture: str
    batch_size: int
    runs: int
    epochs: int
    images: int = 60_000

    @property
    def learning_rates(self) -> list[float]:
        """The rates, evenly spaced on a logarithmic scale, to four digits."""
        return [float(f"{3e-4 * 10 ** (index / (self.runs - 1)):.4g}") for index in range(self.runs)]

    @property
    def yaml(self) -> str:
        """The workload as a configuration; one seed a rate, the test images measured after each epoch."""
        return f"""\
architecture: {self.architecture}
dataset: {{train: {self.images}}}
training: {{batch_size: {self.batch_size}, epochs: {self.epochs}}}
seeds: 1
grid: {{optimizer.learning_rate: {self.learning_rates}}}
"""


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("mlp-32", "mlp", 32, runs=12, epochs=10),
        Workload("mlp-128", "mlp", 128, runs=12, epochs=10),
        Workload("cnn-128", "cnn", 128, runs=12, epochs=1),
        Workload("rnn-128", "rnn", 128, runs=12, epochs=3),
    )
}
WorkloadName = StrEnum("WorkloadName", {name: name for name in WORKLOADS})
