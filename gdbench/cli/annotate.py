"""gdbench annotate: the head comment of a configuration, written from its ledger."""

from pathlib import Path

from gdbench.cli.options import Config, Results, say


def annotate(config: Config, results: Results = Path("results")) -> None:
    """Write a configuration's head comment from its ledger."""
    from gdbench.display.annotate import head, rewrite
    from gdbench.experiment.plan import load_plan
    from gdbench.ledger import read

    experiment = load_plan(config).experiment
    changed = rewrite(config, head(experiment, read(results / experiment.name), str(config)))
    say(f"{config}: head comment {'written' if changed else 'is up to date'}")
