from pathlib import Path

import pytest

from gdbench.experiment.experiment import Claim
from gdbench.experiment.moment import Seconds
from tests.configs import comparison_of, mistake_of

GRID = "grid:\n  optimizer: [sgd, {name: sgd, momentum: 0.9, label: SGD + momentum}, adam]\n"
TWO = "grid:\n  optimizer: [sgd, adam]\n  optimizer.learning_rate: [1, 0.1]\n"


def claim_of(folder: Path, claim: str, grid: str = GRID) -> Claim:
    (claim_read,) = comparison_of(folder, f"{grid}claims:\n  - {claim}\n").claims
    return claim_read


@pytest.mark.parametrize(
    ("text", "kind", "rows"),
    [
        ("adam > sgd", "greater", ("adam", "sgd")),
        ("sgd < SGD + momentum", "less", ("sgd", "SGD + momentum")),
        ("SGD + momentum = adam", "equal", ("SGD + momentum", "adam")),
        ("best: SGD + momentum", "best", ("SGD + momentum",)),
        ("order: [adam, SGD + momentum, sgd]", "order", ("adam", "SGD + momentum", "sgd")),
        ("rising", "rising", ()),
        ("falling", "falling", ()),
    ],
)
def test_claims_about_rows(tmp_path: Path, text: str, kind: str, rows: tuple[str, ...]):
    assert claim_of(tmp_path, text) == Claim(
        kind, text.replace("[", "").replace("]", ""), "test_accuracy", "last", rows
    )


def test_spread_has_a_bound(tmp_path: Path):
    assert claim_of(tmp_path, "spread < 1 %") == Claim("spread", "spread < 1 %", "test_accuracy", "last", bound=0.01)


def test_opposed_has_two_metrics(tmp_path: Path):
    assert claim_of(tmp_path, "opposed: [train_loss, test_accuracy]").metrics == ("train_loss", "test_accuracy")


@pytest.mark.parametrize("text", ["adam/0.1 > sgd/1", "adam/1e-1 > sgd/1.0"])
def test_with_two_axes_a_cell_is_outer_and_inner(tmp_path: Path, text: str):
    assert claim_of(tmp_path, text, TWO).rows == ("adam/0.1", "sgd/1")


def test_best_of_the_other_axis(tmp_path: Path):
    claim = claim_of(tmp_path, "best: {sgd: 1.0, adam: 1e-1}", TWO)
    # Not as the claim that one row is best of the whole table.
    assert claim.text == "best: {sgd: 1, adam: 0.1}"
    assert claim.best_of == (("sgd", "1"), ("adam", "0.1"))


def test_best_of_the_other_axis_where_the_outer_one_is_numbers(tmp_path: Path):
    grid = "grid:\n  optimizer.learning_rate: [1, 0.1]\n  optimizer: [sgd, adam]\n"
    assert claim_of(tmp_path, "best: {1.0: sgd, 1e-1: adam}", grid).best_of == (("1", "sgd"), ("0.1", "adam"))


def test_a_claim_with_its_own_metric_and_moment(tmp_path: Path):
    claim = claim_of(tmp_path, "{claim: adam > sgd, metric: train_loss, at: 1}")
    assert (claim.kind, claim.text, claim.metric, claim.at) == ("greater", "adam > sgd", "train_loss", 1)
    assert claim_of(tmp_path, "{claim: adam > sgd, at: 1.5 s}").at == Seconds(1.5)


def test_a_claim_in_a_published_block_is_about_its_metric_and_moment(tmp_path: Path):
    text = GRID + "published: {source: a, metric: test_loss, at: max, claims: [adam < sgd]}"
    (published,) = comparison_of(tmp_path, text).published
    assert [(claim.metric, claim.at) for claim in published.claims] == [("test_loss", "max")]


@pytest.mark.parametrize("at", ["[3, 1]", "[max, last]"])
def test_beside_figures_at_several_epochs_a_claim_is_about_the_first(tmp_path: Path, at: str):
    text = GRID + f"published: {{source: a, at: {at}, claims: [rising, {{claim: rising, at: 2}}]}}"
    (published,) = comparison_of(tmp_path, text).published
    assert [claim.at for claim in published.claims] == [published.at[0], 2]


@pytest.mark.parametrize(
    ("claim", "tolerance"),
    [("sgd = adam", 0.005), ("{best: adam}", 0.005), ("rising", 0.005), ("{order: [adam, sgd]}", 0.005)],
)
def test_a_claim_may_have_a_tolerance_of_its_own(tmp_path: Path, claim: str, tolerance: float):
    read = claim_of(tmp_path, f"{{claim: {claim}, tolerance: 0.5 %}}")
    assert (read.tolerance, read.metric, read.at) == (tolerance, "test_accuracy", "last")


def test_in_a_block_of_ratios_a_tolerance_is_a_factor_unless_the_metric_differs(tmp_path: Path):
    block = "published: {{source: a, metric: train_seconds, compare: ratio, claims: [{}]}}"
    text = block.format("{claim: sgd = adam, tolerance: 1.2}, {claim: rising, metric: test_loss, tolerance: 0.1}")
    (published,) = comparison_of(tmp_path, GRID + text).published
    assert [claim.tolerance for claim in published.claims] == [1.2, 0.1]
    found = mistake_of(tmp_path, GRID + block.format("{claim: sgd = adam, tolerance: 0.1}"))
    assert found.endswith("published.claims.tolerance: expected a factor of at least 1 for ratios; got 0.1")


A_CLAIM = "a claim: 'A > B', 'A < B', 'A = B', best, order, rising, falling, 'spread < 1 %' or opposed"


@pytest.mark.parametrize(
    ("claim", "complaint"),
    [
        ("adm > sgd", "claims: expected a row of the grid; got 'adm'; did you mean 'adam'?"),
        ("best: rmsprop", "claims: expected a row of the grid; got 'rmsprop'"),
        ("risin", f"claims: expected {A_CLAIM}; got 'risin'; did you mean 'rising'?"),
        ("bst: adam", f"claims: expected {A_CLAIM}; got 'bst'; did you mean 'best'?"),
        (
            "{sgd: adam}",
            f"claims: expected {A_CLAIM}; got {{sgd: 'adam'}}; a claim about two rows is one text, such as 'A > B'",
        ),
        (
            "{sgd > adam: 1}",
            f"claims: expected {A_CLAIM}; got {{sgd > adam: 1}}; a claim about two rows is one text: 'sgd > adam', "
            "or {claim: sgd > adam, metric: ...}",
        ),
        (
            "{best: adam, at: 2}",
            f"claims: expected {A_CLAIM}; got {{best: 'adam', at: 2}}; with other keys, best belongs under `claim`: "
            "{claim: {best: ...}, metric: ...}",
        ),
        ("opposed: [train_loss]", f"claims: expected {A_CLAIM}; got {{opposed: ['train_loss']}}"),
        (
            "{claim: rising, metric: train_los}",
            "claims.metric: expected the name of a metric; got 'train_los'; did you mean 'train_loss'?",
        ),
        (
            "{claim: rising, at: best_val}",
            "claims.at: expected validation data (set dataset.validation); got 'best_val'",
        ),
        ("order: []", "claims: expected 2 or more distinct rows of the grid; got []"),
        ("order: [adam]", "claims: expected 2 or more distinct rows of the grid; got ['adam']"),
        (
            "order: [adam, sgd, adam]",
            "claims: expected 2 or more distinct rows of the grid; got ['adam', 'sgd', 'adam']",
        ),
        ("adam > adam", "claims: expected 2 or more distinct rows of the grid; got 'adam > adam'"),
        ("best: {}", "claims: expected 1 or more distinct rows of the grid; got {}"),
        ("opposed: [val_loss, val_loss]", f"claims: expected {A_CLAIM}; got {{opposed: ['val_loss', 'val_loss']}}"),
        (
            "{claim: rising, metric: train_eval_loss}",
            "claims.metric: expected an evaluation on the training examples (set training.evaluate_train); "
            "got 'train_eval_loss'",
        ),
        (
            "{claim: rising, tolerance: -1 %}",
            "claims.tolerance: expected a number of at least 0, or a percentage; got '-1 %'",
        ),
        (
            "{claim: adam > sgd, tolerance: 1 %}",
            "claims.tolerance: expected a claim that can hold within a tolerance: 'A = B', best, order, rising or "
            "falling; got 'adam > sgd'",
        ),
        (
            "{claim: rising, epoch: 1}",
            "claims.epoch: expected a key of a claim; got unknown key 'epoch'; "
            "a claim has claim, metric, at and tolerance",
        ),
    ],
)
def test_what_is_no_claim(tmp_path: Path, claim: str, complaint: str):
    assert mistake_of(tmp_path, f"{GRID}claims:\n  - {claim}\n") == f"config.yaml:4: {complaint}"


def test_claims_are_a_list(tmp_path: Path):
    assert (
        mistake_of(tmp_path, "claims: rising")
        == "config.yaml:1: claims: expected a list of claims, such as [A > B, {best: A}]; got 'rising'"
    )


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("claims:\n  - {claim: adam > sgd, metric: test_balanced_accuracy, at: 1}\n", "1"),
        ("claims:\n  - {claim: adam > sgd, metric: test_macro_f1, at: max}\n", "'max'"),
        ("claims:\n  - {claim: {opposed: [test_loss, test_macro_f1]}, at: 2}\n", "2"),
        ("published:\n  source: A paper\n  metric: test_macro_f1\n  at: [1, 2]\n  values: {adam: [0.9, 0.9]}\n", "1"),
    ],
)
def test_a_measure_of_answers_is_refused_at_epochs_without_answers(tmp_path: Path, text: str, got: str):
    mistake = mistake_of(tmp_path, GRID + text)
    assert ".at: expected last or best_val, the only epochs with test_" in mistake
    assert f"; got {got}" in mistake


def test_a_measure_of_answers_may_be_claimed_at_the_last_epoch(tmp_path: Path):
    claim = claim_of(tmp_path, "{claim: adam > sgd, metric: test_macro_f1}")
    assert (claim.metric, claim.at) == ("test_macro_f1", "last")


def test_a_part_of_an_epoch_is_refused_with_the_whole_ones(tmp_path: Path):
    found = mistake_of(tmp_path, f"{GRID}claims:\n  - {{claim: adam > sgd, at: 1.5}}\n")
    assert found.endswith("got 1.5; epochs are whole numbers, here 1 or 2")
