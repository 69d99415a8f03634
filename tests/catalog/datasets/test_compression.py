import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from gdbench.catalog.datasets.compression import read_decompressed
from gdbench.errors import DataError
from tests.catalog.datasets.files import idx_bytes


def test_compressed_and_plain_files_have_one_content(tmp_path: Path):
    whole = idx_bytes(np.arange(6, dtype=np.uint8))
    (tmp_path / "plain").write_bytes(whole)
    (tmp_path / "compressed").write_bytes(gzip.compress(whole))
    assert read_decompressed(tmp_path / "plain") == read_decompressed(tmp_path / "compressed") == whole


def test_a_compressed_file_that_ends_early_is_named(tmp_path: Path):
    (tmp_path / "torn.gz").write_bytes(gzip.compress(bytes(1000))[:-9])
    with pytest.raises(DataError, match=r"torn\.gz: expected complete gzip data; got a damaged file"):
        read_decompressed(tmp_path / "torn.gz")


def test_a_device_or_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe", tmp_path):
        with pytest.raises(DataError, match="cannot be read: a folder, device or pipe in place of a file"):
            read_decompressed(path)
