"""What a comparison cannot have beside `training.evaluate_test: false`: figures, claims and looks at test metrics."""

from collections.abc import Sequence

from gdbench.experiment.experiment import Claim, Published
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.metrics import METRICS


def refuse_test_metrics(
    node: Node, published: Sequence[Published], claims: Sequence[Claim], looks: Node | None, mistakes: Mistakes
) -> None:
    """Refuse what a comparison says about metrics of the test images, which some of its runs do not evaluate.

    `looks` are its sequential seeds, which end by test accuracy.
    """
    named = {
        "published": [name for block in published for name in (block.metric, *_named(block.claims))],
        "claims": _named(claims),
    }
    for key, names in named.items():
        if of_test := [name for name in names if METRICS[name].split == "test"]:
            mistakes.add(node.keys[key].place, key, "runs with training.evaluate_test: true", of_test[0])
    if looks is not None:
        mistakes.add(looks.place, "seeds", "runs with training.evaluate_test: true", "until: separated")


def _named(claims: Sequence[Claim]) -> list[str]:
    return [name for claim in claims for name in (claim.metrics or (claim.metric,))]
