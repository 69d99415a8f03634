"""The generated file beside the installed Keras."""

import pytest

from gdbench.catalog.keras_descriptions import ARGUMENTS
from gdbench.catalog.keras_signatures import KERAS, SIGNATURES
from gdbench.catalog.keras_summaries import SUMMARIES
from tests.generate_keras_signatures import signatures, without_words

pytestmark = pytest.mark.usefixtures("trainer")


def test_a_generation_anew_finds_no_difference():
    """Under the Keras that the file was made from all is equal.

    A later Keras may have more arguments, which no file can name until the file is made anew; but what files can name
    must still be there with the same default. Otherwise raise the revision of the entries whose default has changed.
    """
    import keras

    installed = signatures()
    if keras.__version__ == KERAS:
        assert installed == SIGNATURES
    for family, entries in SIGNATURES.items():
        for name, arguments in entries.items():
            found = {key: installed[family][name].get(key, "nothing") for key in arguments}
            assert found == arguments, name


def test_every_activation_and_initializer_of_keras_is_in_the_catalog():
    """A later Keras may have more; then words for them are due."""
    import keras

    if keras.__version__ != KERAS:
        pytest.skip(f"made from Keras {KERAS}")
    assert without_words() == {"activation": set(), "initializer": set()}


def test_nothing_is_described_that_keras_does_not_have():
    owners = {name for entries in SUMMARIES.values() for name in entries}
    arguments = {key for entries in SIGNATURES.values() for signature in entries.values() for key in signature}
    for key in ARGUMENTS:
        owner, _, argument = key.rpartition(".")
        assert argument in arguments
        assert owner in {"", "2D", *owners}
