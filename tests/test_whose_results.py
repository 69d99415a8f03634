"""Two configurations of one file name, and files that were moved or renamed."""

import os
from pathlib import Path

import pytest

CONFIG = "seeds: 1\ngrid: {optimizer: [%s]}\n"
RESULTS = Path("results/config")


@pytest.fixture(autouse=True)
def _two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    write("a/config.yaml", "sgd, adam")
    write("b/config.yaml", "rmsprop")


def write(path: str, optimizers: str) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(CONFIG % optimizers)


def contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in RESULTS.rglob("*") if path.is_file() and path.name != "lock"}


def test_a_second_file_of_one_name_is_told_whose_folder_it_is_and_changes_nothing(call):
    assert call("sweep", "a/config.yaml").code == 0
    before = contents()
    for command in ("sweep", "tables", "show"):
        said = call(command, "b/config.yaml", *["00"] * (command == "show"))
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "b/config.yaml: expected a name without results of another file; got 'config': results/config is that of "
            "a/config.yaml; give one of the two a `name:` of its own\n"
        )
    assert contents() == before
    Path("b/config.yaml").write_text("name: other\n" + CONFIG % "rmsprop")
    assert call("sweep", "b/config.yaml").code == 0
    assert contents() == before


def test_the_path_is_kept_relative_to_the_folder(call):
    call("sweep", "a/config.yaml")
    assert "\nconfig: ../../a/config.yaml\n" in (RESULTS / "experiment.yaml").read_text()
    Path("both").mkdir()
    for name in ("a", "b", "results"):
        Path(name).rename(f"both/{name}")
    os.chdir("both")
    assert call("sweep", "b/config.yaml").code == 2
    assert call("sweep", "a/config.yaml").err.startswith("config: 2 runs, 2 in the ledger\n")


def test_a_file_that_was_moved_goes_on_even_if_it_has_more_points_now(call):
    call("sweep", "a/config.yaml")
    Path("a/config.yaml").unlink()
    write("c/config.yaml", "sgd, rmsprop")
    assert call("sweep", "c/config.yaml").err.startswith("config: 2 runs, 1 in the ledger\n")
    assert "\nconfig: ../../c/config.yaml\n" in (RESULTS / "experiment.yaml").read_text()


def test_a_copy_with_some_of_the_same_runs_is_told_that_it_shares_the_folder(call):
    call("sweep", "a/config.yaml")
    write("b/config.yaml", "sgd, rmsprop")
    first, second, *_ = call("sweep", "b/config.yaml").err.splitlines()
    assert first.startswith("results/config is that of a/config.yaml as well; a `name:` of its own")
    assert second == "config: 2 runs, 1 in the ledger"


def test_other_runs_of_the_same_file_go_on(call):
    call("sweep", "a/config.yaml")
    write("a/config.yaml", "rmsprop")
    assert call("sweep", "a/config.yaml").code == 0


def test_the_folder_of_another_file_can_be_set_aside(call):
    call("sweep", "a/config.yaml")
    assert call("sweep", "b/config.yaml", "--fresh").code == 0
    assert call("sweep", "a/config.yaml", "--results", "elsewhere").code == 0


@pytest.mark.parametrize("old", ["", "config: 3\n", "config: [\n"])
def test_a_folder_without_a_readable_path_is_anybodys(call, old: str):
    call("sweep", "a/config.yaml")
    path = RESULTS / "experiment.yaml"
    path.write_text(path.read_text().replace("config: ../../a/config.yaml\n", old))
    assert call("sweep", "b/config.yaml").code == 0


@pytest.mark.parametrize("is_known", [True, False])
def test_a_renamed_file_is_told_where_its_old_results_are_and_how_to_go_on(call, is_known: bool):
    call("sweep", "a/config.yaml")
    if not is_known:
        path = RESULTS / "experiment.yaml"
        path.write_text(path.read_text().replace("config: ../../a/config.yaml\n", ""))
    Path("a/config.yaml").unlink()
    write("a/rates.yaml", "sgd, adam, rmsprop")
    hint = (
        "results/config has 2 of these 3 runs: to go on with them, give the file `name: config` or rename that folder "
        "to results/rates\n"
    )
    assert call("sweep", "a/rates.yaml").err.startswith(hint)
    assert hint not in call("sweep", "a/rates.yaml").err
    Path("a/rates.yaml").write_text("name: config\n" + CONFIG % "sgd, adam, rmsprop")
    assert call("sweep", "a/rates.yaml").err.startswith("config: 3 runs, 2 in the ledger\n")


def test_the_results_of_a_file_that_is_still_there_are_its_own(call):
    call("sweep", "a/config.yaml")
    write("a/rates.yaml", "sgd, adam")
    assert call("sweep", "a/rates.yaml").err.startswith("rates: 2 runs, 0 in the ledger\n")


def test_tables_name_the_settings_that_a_sweep_replaced(call):
    call("sweep", "a/config.yaml", "--set", "training.epochs=2")
    assert "Trained with --set training.epochs=2." in call("tables", "a/config.yaml").out
    call("sweep", "a/config.yaml")
    assert "--set" not in call("tables", "a/config.yaml").out


def test_tables_of_a_file_that_was_edited_since_its_sweep_say_so(call):
    call("sweep", "a/config.yaml")
    assert call("tables", "a/config.yaml").err == ""
    Path("a/config.yaml").write_text(CONFIG % "sgd, adam" + "claims: [adam > sgd]\n")
    said = call("tables", "a/config.yaml")
    assert said.err == (
        "a/config.yaml: changed since its last sweep, which these results are from; gdbench sweep a/config.yaml brings "
        "them up to date\n"
    )
    assert said.code == 0
