"""gdbench annotate: the head comment of a configuration, made from its ledger."""

from pathlib import Path

from gdbench.cli.options import Config, ResultsOption, say
from gdbench.cli.results_folder import planned


def annotate(config: Config, results: ResultsOption = Path("results")) -> None:
    """Write a configuration's head comment from its results.

    It says how long the sweep takes and how it came out, and replaces an earlier one of this kind.

    gdbench annotate mine.yaml
    """
    from gdbench.comparison.results import Results
    from gdbench.display.annotate import head_comment, rewrite
    from gdbench.ledger import read

    plan, folder = planned(config, results)
    assert plan.path is not None, "a plan of a file has its path"
    comment = head_comment(Results(plan.experiment, read(folder)), str(plan.path))
    changed = rewrite(plan.path, comment)
    say(f"{plan.path}: head comment {'written' if changed else 'is up to date'}")
