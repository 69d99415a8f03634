"""What is said when the disk is full: what is kept, and how to go on."""

import errno

import pytest

from gdbench.errors import SweepError
from gdbench.execution.full_disk import full_disk_explained
from gdbench.filesystem.atomic_write import write_inside

ADVICE = "runs in the ledger are kept; free some space, then run the same command again to continue"


def test_a_table_that_the_disk_has_no_room_for(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("gdbench.filesystem.atomic_write.os.fsync", full)
    with pytest.raises(SweepError) as caught, full_disk_explained():
        write_inside(tmp_path, "tables/a.csv", "a")
    assert str(caught.value) == f"{tmp_path}/tables/a.csv: cannot write: Disk quota exceeded; {ADVICE}"


@pytest.mark.parametrize("error", [PermissionError(errno.EACCES, "Permission denied"), None])
def test_other_errors_stay_as_they_are(error):
    with pytest.raises(SweepError, match=r"^cannot write$"), full_disk_explained():
        raise SweepError("cannot write") from error
