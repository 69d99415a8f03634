"""Datasets: the embedded MNIST, published ones from a cache or a download, files, generated ones, functions."""

from gdbench.catalog.datasets.dataset import DatasetOptions
from gdbench.catalog.datasets.dataset_family import PLUGIN_CONTRACT, DatasetFamily
from gdbench.catalog.datasets.downloadable import CIFAR10, EMNIST, FASHION_MNIST, KMNIST
from gdbench.catalog.datasets.files import CSV, IDX, NPZ
from gdbench.catalog.datasets.mnist import MNIST
from gdbench.catalog.datasets.surfaces import TEST_FUNCTION
from gdbench.catalog.datasets.synthetic import SYNTHETIC

DATASETS = DatasetFamily(
    "dataset",
    "images or features with labels",
    {
        # First, as it is the default and needs no network.
        "mnist": MNIST,
        "fashion_mnist": FASHION_MNIST,
        "kmnist": KMNIST,
        "emnist": EMNIST,
        "cifar10": CIFAR10,
        "npz": NPZ,
        "idx": IDX,
        "csv": CSV,
        "synthetic": SYNTHETIC,
        "test_function": TEST_FUNCTION,
    },
    DatasetOptions,
    plugins=PLUGIN_CONTRACT,
)
