"""Datasets from files, planned as a configuration names them and built as a worker does."""

import bz2
import gzip
import hashlib
import lzma
import re
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from tests.catalog.datasets.files import idx_bytes, idx_folder, npz_file, some_images
from tests.configs import mistake_of, mistakes_of, plan_of

REMEDY = "leave text out with drop: [a], or encode it with pandas.get_dummies"
LINES = ["a,b,kind,label", *(f"{row},{row * 0.5},{row % 2},{row % 3}" for row in range(30))]


def run_of(folder: Path, dataset: str) -> Run:
    text = f"dataset: {{{dataset}, train: 3, test: 2}}\ntraining: {{batch_size: 2}}\n"
    return plan_of(folder, text, seeds=1).runs[0]


def data_of(folder: Path, dataset: str) -> Data:
    data: Data = DATASETS.build(run_of(folder, dataset).dataset)
    return data


def csv_file(path: Path, lines: list[str] = LINES) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_an_archive_is_read_as_it_is(tmp_path: Path):
    npz_file(tmp_path / "own.npz")
    data = data_of(tmp_path, "name: npz, path: own.npz")
    assert np.array_equal(data.train_images, some_images()[0])
    assert np.array_equal(data.test_labels, some_images(10, seed=1)[1])
    assert data.classes == 3


def test_an_archive_without_test_examples_has_a_share_held_out(tmp_path: Path):
    images, labels = some_images(40)
    np.savez(tmp_path / "own.npz", x=images, y=labels)
    data = data_of(tmp_path, "name: npz, path: own.npz, test_share: 0.25")
    assert (len(data.train_labels), len(data.test_labels)) == (30, 10)


@pytest.mark.parametrize("compressed", [True, False])
def test_a_folder_of_idx_files_is_read_compressed_or_not(tmp_path: Path, compressed: bool):
    idx_folder(tmp_path / "own", compressed)
    data = data_of(tmp_path, "name: idx, path: own")
    assert np.array_equal(data.train_images, some_images()[0])
    assert np.array_equal(data.test_images, some_images(10, seed=1)[0])


def test_compressed_or_not_is_one_run(tmp_path: Path):
    idx_folder(tmp_path / "own", compressed=True)
    compressed = run_of(tmp_path, "name: idx, path: own").id
    idx_folder(tmp_path / "plain", compressed=False)
    assert run_of(tmp_path, "name: idx, path: plain").id == compressed


def test_a_table_gives_features_and_labels(tmp_path: Path):
    csv_file(tmp_path / "own.csv")
    csv_file(tmp_path / "test.csv", LINES[:4])
    data = data_of(tmp_path, "name: csv, path: own.csv, test_path: test.csv")
    assert data.train_images.dtype == np.float32
    assert data.train_images[5].tolist() == [5, 2.5, 1]
    assert data.train_labels[:4].tolist() == [0, 1, 2, 0]
    assert (len(data.test_labels), data.classes) == (3, 3)


def test_rows_of_pixels_become_images_and_words_classes_in_the_order_of_the_alphabet(tmp_path: Path):
    lines = ["species,p0,p1,p2,p3", "wren,0,1,2,3", "auk,4,5,6,7", "wren,8,9,10,11", "tit,0,0,0,255", "auk,1,1,1,1"]
    csv_file(tmp_path / "birds.csv", lines)
    csv_file(tmp_path / "test.csv", lines[:4])
    data = data_of(tmp_path, "name: csv, path: birds.csv, test_path: test.csv, label: species, shape: [2, 2]")
    assert data.train_images[2].tolist() == [[8, 9], [10, 11]]
    assert data.train_images.dtype == np.uint8
    csv_file(tmp_path / "birds.csv", [line.replace("255", "15") for line in lines])
    assert data_of(
        tmp_path, "name: csv, path: birds.csv, test_path: test.csv, label: species, shape: [2, 2]"
    ).notes == ("images with their own range",)
    assert data.train_labels.tolist() == [2, 0, 2, 1, 0]


def test_the_seed_of_the_data_draws_what_is_held_out(tmp_path: Path):
    csv_file(tmp_path / "own.csv")
    tests = [data_of(tmp_path, f"name: csv, path: own.csv, seed: {seed}").test_images[:, 0].tolist() for seed in (0, 1)]
    assert tests[0] != tests[1]
    assert len(tests[0]) == 6


def test_the_id_follows_the_content_and_not_the_place(tmp_path: Path):
    npz_file(tmp_path / "own.npz")
    before = run_of(tmp_path, "name: npz, path: own.npz").id
    (tmp_path / "folder").mkdir()
    (tmp_path / "own.npz").rename(tmp_path / "folder" / "other.npz")
    assert run_of(tmp_path, "name: npz, path: folder/other.npz").id == before
    npz_file(tmp_path / "own.npz", y_test=np.array([2, 1, 0] * 3 + [1]))
    assert run_of(tmp_path, "name: npz, path: own.npz").id != before


def test_a_path_is_meant_from_the_folder_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    npz_file(tmp_path / "own.npz")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run_of(tmp_path, "name: npz, path: own.npz").dataset["path"] == str(tmp_path / "own.npz")


def archive_of(member: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive whose arrays are all these bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name in ("x", "y"):
            archive.writestr(f"{name}.npy", member)
    return stream.getvalue()


def damaged_archive() -> bytes:
    """An archive in whose compressed data a byte is wrong."""
    array = BytesIO()
    np.save(array, np.random.default_rng(0).normal(size=(30, 4)))
    content = archive_of(array.getvalue(), zipfile.ZIP_LZMA)
    return content[:400] + bytes([content[400] ^ 255]) + content[401:]


NAN = np.full((20, 6, 5), np.nan)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"x_train": NAN}, "training examples: expected finite numbers; got nan in example 1"),
        (
            {"y_test": np.array([0, 1, 2, 3] * 2 + [-1, 0])},
            "test labels: expected only those of training examples; got labels -1 and 3",
        ),
        ({"y_train": np.ones(20), "y_test": np.ones(10)}, "expected labels of at least two classes; got only 1"),
        (
            {"y_test": None},
            "expected arrays x_train, y_train, x_test, y_test, or x and y; got x_train, y_train, x_test",
        ),
        ({"x_test": np.zeros((10, 9))}, "expected training and test examples of one shape; got (6, 5) and (9,)"),
    ],
)
def test_an_archive_that_cannot_be_trained_with_is_refused_in_one_line(
    tmp_path: Path, changed: dict[str, object], said: str
):
    npz_file(tmp_path / "own.npz", **changed)
    line = mistake_of(tmp_path, "seeds: 1\ndataset:\n  name: npz\n  path: own.npz\n").replace(f"{tmp_path}/", "")
    assert line.startswith(f"config.yaml:4: dataset: own.npz: {said}")


def test_eleven_classes_into_ten_outputs_are_refused(tmp_path: Path):
    npz_file(tmp_path / "own.npz", y_test=np.arange(10) + 1)
    line = mistake_of(tmp_path, "dataset: {name: npz, path: own.npz, classes: 10}\n")
    assert line.endswith("own.npz: expected labels from 0 to 9, since classes is 10; got 10")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("npz", b"P5 6 5 255", "expected a .npz file; got another format"),
        ("npz", b"PK\3\4 torn", "expected a .npz file; got another format"),
        ("npz", b"", "expected a .npz file; got another format"),
        ("npz", damaged_archive(), "expected a .npz file; got another format"),
        ("npz", archive_of(b"\x93NUMPY\1\0\2\0('"), "expected a .npz file; got another format"),
        ("csv", b"", "expected a first line that names columns; got an empty file"),
        ("csv", b"a,b\n1,2\n", "a column named 'label'; got a, b"),
        ("csv", b"a,label\n1,0\n,1\n", "expected a value in every cell of column 'a'; got none in line 3"),
        ("csv", b"a,label\n1,0\nx,1\n", "numbers in column 'a'; got 'x' in line 3"),
        ("csv", b"a,label\n1,0\n2,1\n\xff\xfe,2\n", "expected UTF-8 text; got another encoding, from line 4"),
        ("csv", b"a,label\n1,0\n2,1.5\n", "whole numbers or words in column 'label'; got '1.5' in line 3"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, said: str):
    (tmp_path / "own").write_bytes(content)
    line = mistake_of(tmp_path, f"dataset: {{name: {name}, path: own}}\n").replace(f"{tmp_path}/", "")
    assert line.startswith("config.yaml:1: dataset: own: ")
    assert said in line
    assert "\n" not in line


def test_pixels_that_make_no_image_of_the_shape_are_refused(tmp_path: Path):
    csv_file(tmp_path / "own.csv")
    line = mistake_of(tmp_path, "dataset: {name: csv, path: own.csv, shape: [2, 2]}\n")
    assert line.endswith(
        "own.csv: shape: expected rows x columns, or rows x columns x channels, of the 3 pixels; got 2 x 2"
    )


def test_a_missing_file_and_an_incomplete_folder_are_refused(tmp_path: Path):
    line = mistake_of(tmp_path, "dataset: {name: npz, path: none.npz}\n")
    assert line.endswith("none.npz: cannot be read: No such file or directory")
    idx_folder(tmp_path / "own")
    (tmp_path / "own" / "t10k-labels-idx1-ubyte.gz").unlink()
    line = mistake_of(tmp_path, "dataset: {name: idx, path: own}\n")
    assert "own: expected one file of test labels, such as t10k-labels-idx1-ubyte.gz; got none" in line


def test_objects_in_an_archive_are_not_loaded(tmp_path: Path):
    npz_file(tmp_path / "own.npz", x_train=np.array([{}] * 20, dtype=object))
    line = mistake_of(tmp_path, "dataset: {name: npz, path: own.npz}\n")
    assert line.endswith("own.npz: expected arrays of numbers; got arrays of objects")


def test_a_file_is_parsed_once_for_all_points_of_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    readings = []
    monkeypatch.setattr(
        "gdbench.catalog.datasets.sources.read_decompressed", lambda path: readings.append(path) or path.read_bytes()
    )
    csv_file(tmp_path / "own.csv")
    text = "dataset: {name: csv, path: own.csv, train: 9, test: 2}\ntraining: {batch_size: 2}\nseeds: 1\n"
    plan_of(tmp_path, text + "grid: {dataset.seed: {from: 0, to: 20, step: 1}}")
    assert len(readings) == 1
    csv_file(tmp_path / "own.csv", [*LINES, "x,1,1,1"])
    plain = mistakes_of(tmp_path, text + "grid: {dataset.seed: {from: 0, to: 20, step: 1}}")
    assert plain == [
        f"config.yaml:1: dataset: {tmp_path}/own.csv: expected numbers in column 'a'; got 'x' in line 32; {REMEDY}"
    ]
    assert len(readings) == 2


@pytest.mark.parametrize("dataset", ["name: npz, path: own.npz", "name: idx, path: own", "name: csv, path: own.csv"])
def test_the_fingerprint_is_of_the_bytes_that_were_read(tmp_path: Path, dataset: str):
    npz_file(tmp_path / "own.npz")
    idx_folder(tmp_path / "own")
    csv_file(tmp_path / "own.csv")
    run = run_of(tmp_path, dataset)
    assert DATASETS.build(run.dataset).fingerprint == run.fingerprint
    npz_file(tmp_path / "own.npz", x_test=some_images(10, seed=2)[0])
    (tmp_path / "own" / "train-images-idx3-ubyte.gz").write_bytes(idx_bytes(some_images(seed=9)[0]))
    csv_file(tmp_path / "own.csv", LINES[:-3])
    assert DATASETS.build(run.dataset).fingerprint != run.fingerprint


def test_floats_keep_the_fingerprint_of_their_bytes(tmp_path: Path):
    csv_file(tmp_path / "own.csv")
    whole = hashlib.sha256((tmp_path / "own.csv").read_bytes()).hexdigest()
    assert run_of(tmp_path, "name: csv, path: own.csv").fingerprint == hashlib.sha256(whole.encode()).hexdigest()


def test_validation_that_leaves_one_class_is_refused_and_an_absent_class_is_said(tmp_path: Path):
    for name in ("own.csv", "test.csv"):
        csv_file(tmp_path / name, ["a,label", *(f"{row}.5,{row // 10}" for row in range(30))])
    text = "dataset: {name: csv, path: own.csv, test_path: test.csv, %s}\ntraining: {batch_size: 2}\nseeds: 1\n"
    rule = (
        "expected two classes among the 10 training examples that it leaves (dataset.split: stratified shuffles them)"
    )
    said = mistake_of(tmp_path, text % "validation: 20")
    assert said == f"config.yaml:1: dataset.validation: {rule}; got 20"
    (run,) = plan_of(tmp_path, text % "validation: 0.4").runs
    settings = settings_of(run).dataset
    facts = settings.facts()
    assert facts is not None
    assert settings.notes(facts)[-2:] == ("no training example of class 2", "no validation example of class 0")
    for split, absent in (("stratified", ()), ("random", ())):
        (run,) = plan_of(tmp_path, text % f"validation: 0.4, split: {split}").runs
        assert settings_of(run).dataset.notes(facts)[1:] == absent
    (run,) = plan_of(tmp_path, text % "validation: 0.4, split: stratified, test: 5").runs
    assert settings_of(run).dataset.notes(facts)[1:] == ("no test example of classes 1 and 2",)


def test_an_absent_class_is_said_as_the_file_spells_it(tmp_path: Path):
    birds = ("wren", "auk", "teal")
    csv_file(tmp_path / "own.csv", ["a,label", *(f"{row}.5,{birds[row // 10]}" for row in range(30))])
    text = (
        "dataset: {name: csv, path: own.csv, test_path: own.csv, validation: 10}\ntraining: {batch_size: 2}\nseeds: 1\n"
    )
    settings = settings_of(plan_of(tmp_path, text).runs[0]).dataset
    facts = settings.facts()
    assert facts is not None
    assert settings.notes(facts)[1:] == (
        "no training example of label teal",
        "no validation example of labels auk and wren",
    )
    # Numbers that are not 0, 1, ... too, although the classes are numbered.
    csv_file(tmp_path / "own.csv", ["a,label", *(f"{row}.5,{(3, 5, 8)[row // 10]}" for row in range(30))])
    settings = settings_of(plan_of(tmp_path, text).runs[0]).dataset
    facts = settings.facts()
    assert facts is not None
    assert settings.notes(facts)[1:] == (
        "labels 3, 5 and 8 taken as classes 0, 1 and 2",
        "no training example of label 8",
        "no validation example of labels 3 and 5",
    )


@pytest.mark.parametrize(("share", "is_wrong"), [("0.5", True), ("0.2", False)])
def test_a_share_beside_a_file_of_test_examples_is_refused(tmp_path: Path, share: str, is_wrong: bool):
    csv_file(tmp_path / "own.csv")
    text = (
        f"dataset: {{name: csv, path: own.csv, test_path: own.csv, test_share: {share}}}\ntraining: {{batch_size: 2}}\n"
    )
    if is_wrong:
        rule = "expected no share, since test_path has the test examples; got 0.5"
        assert mistake_of(tmp_path, text) == f"config.yaml:1: dataset.test_share: {rule}"
    else:
        assert plan_of(tmp_path, text).runs


def test_a_wrong_label_is_one_mistake_and_the_file_is_not_searched_for_the_usual_one(tmp_path: Path):
    csv_file(tmp_path / "own.csv", ["1.5,2,0", "2.5,3,1"])
    said = mistake_of(tmp_path, "dataset: {name: csv, path: own.csv, header: false, label: 0}\n")
    assert said == "config.yaml:1: dataset.label: expected a string or a whole number of at least 1; got 0"


def test_a_file_of_one_s_own_is_laid_out_as_it_is(tmp_path: Path):
    csv_file(
        tmp_path / "own.data", [f"{row};unit {row};{row * 0.5};{'wren' if row % 3 else 'auk'}" for row in range(30)]
    )
    data = data_of(tmp_path, 'name: csv, path: own.data, header: false, separator: ";", label: 4, drop: [2]')
    assert (data.train_images.shape, data.classes, len(data.test_labels)) == ((24, 2), 2, 6)
    lines = mistakes_of(tmp_path, 'dataset: {name: csv, path: own.data, separator: "::"}\n')
    assert "config.yaml:1: dataset.separator: expected one of ',', ';', '|', 'tab', 'space'; got '::'" in lines
    (tmp_path / "own.data").write_text((tmp_path / "own.data").read_text().replace(";", "\t"))
    assert (
        data_of(tmp_path, 'name: csv, path: own.data, header: false, separator: "\\t", label: 4, drop: [2]').classes
        == 2
    )


def test_the_split_is_part_of_the_id_only_where_it_is_asked_for(tmp_path: Path):
    npz_file(tmp_path / "own.npz")
    dataset = "name: npz, path: own.npz, validation: 5"
    plain, last, drawn = (run_of(tmp_path, dataset + more).id for more in ("", ", split: last", ", split: random"))
    assert plain == last != drawn


@pytest.mark.parametrize("option", ["validation: 1.0", "train: 1.0", "test: 1e0"])
def test_a_share_of_one_is_no_image(tmp_path: Path, option: str):
    assert mistake_of(tmp_path, f"dataset: {{{option}}}\n").endswith("; got 1.0")


def test_a_file_that_is_not_named_is_one_mistake(tmp_path: Path):
    for name in ("npz", "idx", "csv"):
        assert mistake_of(tmp_path, f"dataset: {name}\n").startswith("config.yaml:1: dataset.path: expected ")


def zipped(content: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", content)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["npz", "csv", "csv.bz2", "csv.xz", "csv.zip"])
def test_a_file_that_decompresses_to_more_than_memory_holds_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    for module in ("files", "compression"):
        monkeypatch.setattr(f"gdbench.catalog.datasets.{module}.most_bytes", lambda raw: 10 * len(raw))
    np.savez_compressed(tmp_path / "npz", x=np.zeros((1000, 100)), y=np.arange(1000) % 2)
    (tmp_path / "npz.npz").rename(tmp_path / "npz")
    table = b"a,label\n" + b"0,1\n" * 100_000
    for suffix, compress in (("", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zip", zipped)):
        (tmp_path / f"csv{suffix}").write_bytes(compress(table))
    said = mistake_of(tmp_path, f"dataset: {{name: {name[:3]}, path: {name}}}\n")
    assert re.search(r"expected at most [\d,]+ bytes from [\d,]+ compressed ones; got (more|[\d,]+)$", said)
