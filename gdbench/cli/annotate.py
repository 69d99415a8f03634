"""gdbench annotate: the head comment of a configuration, made from its ledger."""

from pathlib import Path

from gdbench.cli.options import Config, ResultsOption, say


def annotate(config: Config, results: ResultsOption = Path("results")) -> None:
    """Write a configuration's head comment from its ledger."""
    from gdbench.comparison.results import Results
    from gdbench.display.annotate import head_comment, rewrite
    from gdbench.experiment.plan import load_plan
    from gdbench.ledger import read

    experiment = load_plan(config).experiment
    own = Results(experiment, read(results / experiment.name))
    changed = rewrite(config, head_comment(own, str(config)))
    say(f"{config}: head comment {'written' if changed else 'is up to date'}")
