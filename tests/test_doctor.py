"""`gdbench doctor`: what it finds, what it asks to mend, and its exit code."""

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from gdbench.execution import findings as found_out
from gdbench.execution.findings import NEEDED, Finding, findings
from gdbench.execution.speed_check import EPOCHS, IMAGES
from gdbench.records import Outcome

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _a_quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose load, variables and settings are those of no one in particular."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.getloadavg", lambda: (0.1, 0.1, 0.1))
    monkeypatch.setattr(found_out, "_free_bytes", lambda: 64 * 10**9)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for name in list(found_out.os.environ):
        if name.startswith(("TF_", "XLA_", "KERAS_BACKEND")):
            monkeypatch.delenv(name)


def found(name: str) -> Finding:
    return next(finding for finding in findings() if finding.name == name)


def test_all_is_well_and_the_speed_is_measured_in_a_worker(call) -> None:
    said = call("doctor")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[-1] == "all is well"
    # A path stays whole, to be copied.
    assert max(len(line) for line in lines if "/" not in line) <= 80
    # The fake trains for a quarter of a second.
    assert f"ok    speed          {IMAGES * EPOCHS * 4:,} training images a second in one worker" in said.out
    assert re.search(r"^ok    keras          3\.", said.out, re.MULTILINE)
    assert "ok    mnist          as published (SHA-256)" in lines


def test_a_program_reads_the_same(call) -> None:
    said = call("doctor", "--json", "--no-speed")
    document = json.loads(said.out)
    assert document["well"] is True
    names = [finding["name"] for finding in document["findings"]]
    assert names[:5] == ["python", "gdbench", "keras", "tensorflow", "numpy"]
    assert {"cores", "memory", "folder", "cache", "mnist", "fashion_mnist"} <= set(names)
    assert "speed" not in names


def test_a_python_that_was_never_tried_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("python").state == "ok"
    monkeypatch.setattr("sys.version_info", (3, 14, 0, "final", 0))
    assert found("python").remedy == "gdbench is tested with versions up to 3.13; prefer one of these"


def test_what_must_be_mended_exits_1_and_says_how(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_out, "_free_bytes", lambda: 10**8)
    said = call("doctor")
    assert said.code == 1
    assert "mend  memory         0.1 GB free: a worker needs about 1 GB: end other programs\n" in said.out
    assert said.out.endswith("1 to mend: see the lines above that begin with mend\n")
    assert "speed" not in said.out


def test_a_run_that_fails_is_to_be_mended(call, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Outcome("failed", error="Traceback:\n  ...\nValueError: no such layer")
    monkeypatch.setattr("gdbench.execution.speed_check.outcomes", lambda _pool, _runs: iter([(None, failed, "")]))
    said = call("doctor")
    assert said.code == 1
    assert "mend  speed          a short run failed: ValueError: no such layer: gdbench" in said.out


def test_versions_that_are_too_old_or_missing_are_to_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"keras": "3.9.2", "numpy": "2.1.0rc1"}

    def version(package: str) -> str:
        if package not in versions:
            raise found_out.PackageNotFoundError(package)
        return versions[package]

    monkeypatch.setattr(found_out, "version", version)
    monkeypatch.setattr(found_out, "environment", lambda: {"machine": "xeon"})
    assert found("keras") == Finding("keras", "3.9.2", "mend", "pip install 'keras>=3.15'")
    assert found("tensorflow") == Finding("tensorflow", "not installed", "mend", "pip install 'tensorflow>=2.21'")
    assert found("numpy").state == "ok"


def test_the_versions_needed_are_those_that_the_package_declares() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for package, least in NEEDED.items():
        assert f"{package}>={'.'.join(map(str, least))}" in declared


def test_little_memory_and_a_load_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_out, "_free_bytes", lambda: 3 * 10**9)
    monkeypatch.setattr(found_out, "cores", lambda: 8)
    assert found("memory").remedy == "a worker needs about 1 GB: sweep with --workers 3"
    monkeypatch.setattr("os.getloadavg", lambda: (7.0, 0.1, 0.1))
    assert (found("load").state, found("load").value) == ("note", "about 7.0 processes of other programs want a core")


def test_a_damaged_mnist_is_to_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdbench.catalog.datasets.mnist.MNIST_SUMS", {"x_train": "0" * 64})
    assert (found("mnist").state, found("mnist").remedy) == ("mend", "pip install --force-reinstall gdbench")


def test_settings_of_keras_and_variables_that_do_not_count_are_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras").mkdir()
    settings = tmp_path / "keras" / "keras.json"
    settings.write_text(json.dumps({"backend": "jax", "floatx": "float32", "epsilon": 1e-7}))
    monkeypatch.setenv("XLA_FLAGS", "--xla_x\x1b[31m")
    # Training limits the threads itself.
    monkeypatch.setenv("MKL_NUM_THREADS", "4")
    # TensorFlow sets it where another test has imported it.
    monkeypatch.delenv("TF2_BEHAVIOR", raising=False)
    assert found("keras.json").value == f"{settings} has backend jax"
    notes = [(finding.value, finding.state) for finding in findings() if finding.name == "variable"]
    assert notes == [("XLA_FLAGS=--xla_x\x1b[31m", "note")]
    settings.write_text("{")
    assert "cannot be read" in found("keras.json").value


def test_nothing_of_the_environment_reaches_the_terminal_raw(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "\x1b[31m")
    assert "\x1b" not in call("doctor", "--no-speed").out


def test_folders_that_cannot_be_written_are_to_be_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    assert found("cache").state == "mend"
    monkeypatch.setattr(found_out.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=5))
    assert found("folder") == Finding("folder", f"{tmp_path}, 0 MB free", "mend", "make room for results")


@pytest.mark.training
def test_the_speed_check_trains_for_real() -> None:
    from gdbench.execution.local.worker import make_trainer
    from gdbench.execution.speed_check import speed_check

    speed = speed_check(make_trainer)
    assert speed.error is None
    assert speed.images_per_second is not None
    assert speed.images_per_second > 100


def test_it_says_how_many_compiled_programs_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert found("programs").value == f"0 compiled programs, 0.0 MB, in {tmp_path / 'gdbench' / 'programs'}"
    [machine] = (tmp_path / "gdbench" / "programs").iterdir()
    (machine / "threads-1").mkdir()
    (machine / "threads-1" / "a.pb").write_bytes(bytes(1_500_000))
    assert found("programs").value.startswith("1 compiled program, 1.5 MB, in ")
    tmp_path.chmod(0o777)
    finding = found("programs")
    assert (finding.state, finding.remedy) == ("note", "every sweep compiles its programs anew")
    assert finding.value.endswith(f": other users may write to {tmp_path}")
