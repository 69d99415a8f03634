"""Files of data, damaged or with the wrong things in them, and what is wrong with how `plan` takes them."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.lib import format as npy

from tests.fuzz import samples
from tests.fuzz.archives import gzip_bomb, with_flag, with_size, zip_bomb
from tests.fuzz.command import Failure, called, failures

Content = bytes
_NUMBER = count()


class DataFiles(NamedTuple):
    """Files by name, and the component that names them."""

    component: str
    files: Mapping[str, Content]


@st.composite
def _damaged(draw: st.DrawFn, content: Content) -> Content:
    """Bytes that are cut, have some of their bits turned, something put in, or are as they were."""
    kind = draw(st.sampled_from(("whole", "cut", "bits", "bits", "insert", "compressed")))
    place = draw(st.integers(0, max(0, len(content) - 1)))
    if kind == "cut":
        return content[:place]
    if kind == "insert":
        return content[:place] + draw(st.binary(max_size=8)) + content[place:]
    if kind == "compressed":
        return gzip.compress(content, mtime=0)
    if kind == "bits" and content:
        turned = bytearray(content)
        # The headers are small, and more is decided there.
        places = st.integers(0, min(len(content), 200) - 1) | st.integers(0, len(content) - 1)
        for position in draw(st.lists(places, min_size=1, max_size=4)):
            turned[position] ^= 1 << draw(st.integers(0, 7))
        return bytes(turned)
    return content


_DTYPES = ("f8", "f4", "f2", "i8", "u1", "i1", "u8", "?", "c16", "S3", "U3", "M8[s]", "m8[s]", ">i4", "V4", "f8,i4")
_SHAPES = (
    (),
    (0,),
    (30,),
    (30, 4),
    (30, 1),
    (1, 4),
    (0, 4),
    (30, 0),
    (2, 4),
    (30, 3, 3),
    (30, 3, 3, 1),
    (30, 2, 2, 2, 2),
)


@st.composite
def _array(draw: st.DrawFn) -> bytes:
    """An array as a file of its own, sometimes with a header that promises too much."""
    dtype, shape = np.dtype(draw(st.sampled_from(_DTYPES))), draw(st.sampled_from(_SHAPES))
    stream = io.BytesIO()
    filled = np.zeros(shape, dtype) if draw(st.booleans()) else _filled(shape, dtype)
    np.save(stream, filled, allow_pickle=False)
    if draw(st.integers(0, 5)):
        return stream.getvalue()
    promised: dict[str, object] = {
        "descr": draw(st.sampled_from(("<f8", "|u1", "|O", "<U1000000000"))),
        "fortran_order": False,
    }
    promised["shape"] = draw(st.sampled_from(((10**10, 4), (2**62, 4), (-1, 4), (30, 10**9), (10**20,), (30,))))
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, promised)  # type: ignore[arg-type, no-untyped-call]
    return stream.getvalue() + bytes(100)


def _filled(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    try:
        return (values % 3 if values.ndim < 2 else values * 0.37 - 3).astype(dtype)
    except (TypeError, ValueError):
        return np.zeros(shape, dtype)


_NPZ_NAMES = (
    ("x", "y"),
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
)


@st.composite
def _npz(draw: st.DrawFn) -> DataFiles:
    examples, labels = samples.features()
    arrays = {"x": examples, "y": labels}
    stream = io.BytesIO()
    method = draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))
    with zipfile.ZipFile(stream, "w", method) as archive:
        for index, name in enumerate(draw(st.sampled_from(_NPZ_NAMES))):
            member = io.BytesIO()
            np.save(member, arrays["y" if index % 2 else "x"])
            content = draw(_array()) if not draw(st.integers(0, 2)) else member.getvalue()
            suffix = draw(st.sampled_from((".npy", ".npy", ".npy", "", "/")))
            # A fixed date, so that every search has the same bytes.
            archive.writestr(zipfile.ZipInfo(name + suffix), content, method)
    content = stream.getvalue()
    match draw(st.sampled_from(("damaged", "damaged", "damaged", "encrypted", "bomb", "size"))):
        case "encrypted":
            content = with_flag(content, 1)
        case "bomb":
            content = zip_bomb()
        case "size":
            content = with_size(content, draw(st.sampled_from((0, 10**9, 2**32 - 1))))
    name = draw(st.sampled_from(("x.npz", "x.npz", "x.npy", "x.NPZ.gz", "x")))
    return DataFiles(f"{{name: npz, path: {name}}}", {name: draw(_damaged(content))})


@st.composite
def _idx(draw: st.DrawFn) -> DataFiles:
    files = {f"idx/{name}": content for name, content in samples.idx_files().items()}
    name = draw(st.sampled_from(sorted(files)))
    match draw(st.sampled_from(("damaged", "damaged", "header", "bomb", "swapped", "absent"))):
        case "damaged":
            files[name] = draw(_damaged(files[name]))
        case "header":
            sizes = draw(st.lists(st.sampled_from((0, 1, 30, 2**31, 2**32 - 1)), max_size=5))
            kind = draw(st.sampled_from((8, 9, 11, 12, 13, 14, 0, 255)))
            head = struct.pack(f">HBB{len(sizes)}I", 0, kind, draw(st.sampled_from((len(sizes), 255))), *sizes)
            files[name] = head + bytes(draw(st.sampled_from((0, 1, 30, 120))))
        case "bomb":
            files[name] = gzip_bomb()
        case "swapped":
            other = draw(st.sampled_from(sorted(files)))
            files[name], files[other] = files[other], files[name]
        case "absent":
            del files[name]
    return DataFiles("{name: idx, path: idx}", files)


_CELLS = (
    *(
        "",
        " ",
        "?",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "1,5",
        '"1,000"',
        "True",
        "False",
        "None",
        "NA",
        "0x10",
        "1e-320",
        "-1",
    ),
    *(
        "9" * 400,
        "\u0663",
        "\0",
        '"',
        '"a\nb"',
        "2020-01-01",
        "1+2j",
        "\x1b[31m",
        "\u202e",
        "=1+1",
        "label",
        "x" * 5000,
    ),
)


@st.composite
def _csv(draw: st.DrawFn) -> DataFiles:
    rows = [line.split(",") for line in samples.csv_text().splitlines()]
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.integers(0, len(rows) - 1))
        match draw(st.sampled_from(("cell", "cell", "label", "add", "drop", "column", "header", "blank"))):
            case "cell" if rows[row]:
                rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(st.sampled_from(_CELLS))
            case "label":
                wrong = draw(st.sampled_from((*_CELLS, "1000000", "99999999999999999999", "0.5")))
                rows[1:] = [[*cells[:-1], wrong] for cells in rows[1:]]
            case "add":
                rows[row] = [*rows[row], draw(st.sampled_from(_CELLS))]
            case "drop":
                rows[row] = rows[row][:-1]
            case "column":
                wrong = draw(st.sampled_from(_CELLS))
                rows[1:] = [[wrong, *cells[1:]] for cells in rows[1:]]
            case "header":
                rows = rows[: draw(st.integers(0, 2))]
                break
            case "blank":
                rows.insert(row, [])
    text = draw(st.sampled_from(("\n", "\n", "\r\n", "\r"))).join(map(",".join, rows)) + draw(
        st.sampled_from(("\n", ""))
    )
    content = text.encode(draw(st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32"))))
    suffix = draw(
        st.sampled_from((".csv", ".csv", ".csv", ".csv.gz", ".csv.zip", ".csv.xz", ".csv.bz2", ".csv.zst", ".tar", ""))
    )
    more = draw(
        st.sampled_from(
            ("", "", f", test_path: x{suffix}", ", label: a", ", shape: [2, 2]", ", test_share: 0.01", ", classes: 2")
        )
    )
    return DataFiles(f"{{name: csv, path: x{suffix}{more}}}", {f"x{suffix}": draw(_damaged(content))})


_KINDS: tuple[Callable[[], st.SearchStrategy[DataFiles]], ...] = (_npz, _idx, _csv)
strategy = st.one_of(*(kind() for kind in _KINDS))


def check(case: DataFiles, folder: Path) -> Iterator[Failure]:
    """Yield what is wrong with how a dataset is read."""
    # A folder of its own: facts of files that look unchanged are remembered.
    own = folder / f"{next(_NUMBER):06}"
    for name, content in case.files.items():
        file = own / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (own / "case.yaml").write_text(
        f"dataset: {case.component}\narchitecture: perceptron\ntraining: {{batch_size: 1}}\n"
    )
    ended = called("plan", str(own / "case.yaml"), "--results", str(own / "results"))
    yield from failures(ended, (str(own),))
    for file in sorted(own.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    own.rmdir()
