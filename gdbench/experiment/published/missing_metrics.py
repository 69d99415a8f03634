"""Figures, claims, targets and looks that name a metric which some runs of the comparison lack."""

from collections.abc import Sequence

from gdbench.experiment.experiment import Claim, Comparison
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.metrics import METRICS

_ONLY = "train_loss, the only metric of test_function"


def refuse_missing_metrics(
    node: Node, comparison: Comparison, settings: Sequence[RunSettings], seeds: Node, mistakes: Mistakes
) -> None:
    """Refuse what a comparison says about metrics that some of its runs lack.

    Runs with `training.evaluate_test: false` have none of the test images, and test functions have train_loss alone.
    `seeds` is the node of the seeds, which may end by test accuracy.
    """
    if any(each.dataset.surface for each in settings):
        _refuse(node, comparison, [name for name in METRICS if name != "train_loss"], _ONLY, mistakes)
        if "target" in node.mapping:
            rule = "nothing beside test_function, which has no accuracy to reach"
            mistakes.add(node.keys["target"].place, "target", rule, node.mapping["target"].data())
        looks_rule = "a fixed number beside test_function, which has no accuracy to tell rows apart"
    elif not all(each.training.evaluate_test for each in settings):
        of_test = [name for name, metric in METRICS.items() if metric.split == "test"]
        _refuse(node, comparison, of_test, looks_rule := "runs with training.evaluate_test: true", mistakes)
    else:
        return
    if comparison.looks:
        mistakes.add(seeds.place, "seeds", looks_rule, "until: separated")


def _refuse(node: Node, comparison: Comparison, lacking: Sequence[str], rule: str, mistakes: Mistakes) -> None:
    """Refuse figures and claims about metrics that are lacking."""
    named = {
        "published": [name for block in comparison.published for name in (block.metric, *_named(block.claims))],
        "claims": _named(comparison.claims),
    }
    for key, names in named.items():
        if found := [name for name in names if name in lacking and METRICS[name].split]:
            mistakes.add(node.keys[key].place, key, rule, found[0])


def _named(claims: Sequence[Claim]) -> list[str]:
    return [name for claim in claims for name in (claim.metrics or (claim.metric,))]
