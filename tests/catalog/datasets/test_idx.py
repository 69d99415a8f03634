import struct

import numpy as np
import pytest

from gdbench.catalog.datasets.idx import parse
from gdbench.errors import DataError
from tests.catalog.datasets.files import idx_bytes

NOT_IDX = "expected an IDX file, which begins with two zero bytes and a type; got "


@pytest.mark.parametrize("kind", [">u1", ">i1", ">i2", ">i4", ">f4", ">f8"])
def test_every_type_and_any_number_of_dimensions_is_read(kind: str):
    array = np.arange(24).reshape(2, 3, 4).astype(kind)
    read = parse(idx_bytes(array), "x")
    assert np.array_equal(read, array)
    assert read.dtype.isnative


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (lambda whole: whole[:-1], "expected 40 bytes for an array of shape (2, 3, 4); got 39"),
        (lambda whole: whole + b"\0", "got 41"),
        (lambda whole: whole[:9], "expected a header of 16 bytes; got 9 bytes in all"),
        (
            lambda whole: b"PK\3\4" + whole[4:],
            NOT_IDX,
        ),
        (
            lambda whole: whole[:2] + b"\x07" + whole[3:],
            NOT_IDX,
        ),
        (lambda whole: whole[:3], NOT_IDX),
        (lambda _whole: b"", NOT_IDX),
        (
            lambda whole: whole[:4] + struct.pack(">I", 2**32 - 1) + whole[8:],
            "expected 51539607556 bytes for an array of shape",
        ),
        (
            lambda _whole: struct.pack(">HBB5I", 0, 8, 5, 2**31, 2**32 - 1, 2**31, 0, 2**31),
            "expected examples; got an array of shape (2147483648, 4294967295, 2147483648, 0, 2147483648)",
        ),
    ],
)
def test_a_file_that_is_not_what_it_says_is_named(damaged, said: str):
    with pytest.raises(DataError) as caught:
        parse(damaged(idx_bytes(np.zeros((2, 3, 4), np.uint8))), "train-images")
    assert str(caught.value).startswith("train-images: ")
    assert said in str(caught.value)
