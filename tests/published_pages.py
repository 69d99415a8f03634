"""python -m tests.published_pages: writes anew what documents say of published comparisons, from the committed ledgers.

These are the head comments of their configurations, and the lists in README.md and results/README.md.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.display.annotate import head_comment, rewrite
from gdbench.display.formats.markdown import sheet_text
from gdbench.display.sheets.overview_sheet import overview, overview_sheet
from gdbench.display.sheets.sources_sheet import source_row
from gdbench.experiment.experiment import Plan
from gdbench.experiment.plan import load_plan
from gdbench.ledger import read

ROOT = Path(__file__).parents[1]
# What is published, and has been re-run. It does not follow from the files, so that none goes missing unnoticed.
NAMES = (
    *("article", "article-claims", "article-minima", "article-reasons", "deepobs-fmnist-2c2d", "deepobs-fmnist-rates"),
    *("deepobs-mnist-mlp", "glorot2010", "keras-convnet", "keras-mnist-cnn", "keras-mnist-mlp", "kingma2015"),
    *("srivastava2014", "zeiler2012", "zeiler2012-reasons"),
)
PUBLISHED = sorted(path.stem for path in (ROOT / "configs" / "published").glob("*.yaml"))
# What a head comment says before there are results: a title and a command with the time that it takes.
_AWAITED = re.compile(r"^# [^\n]*\n# gdbench reproduce \S+: not run yet, [^\n]*\n", re.MULTILINE)


def main() -> None:
    """Write the head comments and the lists."""
    for name in re_run():
        path = config(name)
        path.write_text(_AWAITED.sub("", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        rewrite(path, head_comment(results_of(name), f"configs/published/{name}.yaml"))
    for page, lists in PAGES.items():
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        for mark, made in lists.items():
            head, begin, rest = text.partition(f"<!-- {mark} -->\n")
            text = head + begin + made() + f"<!-- /{mark} -->" + rest.partition(f"<!-- /{mark} -->")[2]
        path.write_text(text, encoding="utf-8")


def config(name: str) -> Path:
    """The configuration of that name."""
    return ROOT / "configs" / "published" / f"{name}.yaml"


def plan_of(name: str) -> Plan:
    """What it trains."""
    return load_plan(config(name))


def results_of(name: str) -> Results:
    """What the committed ledger has of it."""
    return Results(plan_of(name).experiment, read(ROOT / "results" / name))


def re_run() -> list[str]:
    """The names with committed results."""
    return [name for name in PUBLISHED if (ROOT / "results" / name / "runs.jsonl").exists()]


def every_comparison() -> str:
    """A row for each comparison, re-run or not."""
    rows = [row for name in PUBLISHED for row in overview(plan_of(name), results_of(name))]
    return sheet_text(overview_sheet(rows))


def every_source() -> str:
    """A row for each source that has been re-run: its title, and how many of its comparisons have which verdict."""
    lines = ["| name | source | comparisons |", "| :--- | :--- | :--- |"]
    for name in re_run():
        row = source_row(plan_of(name), results_of(name))
        lines.append(f"| [{name}](results/{name}/README.md) | {row.title} | {row.verdicts} |")
    return "".join(f"{line}\n" for line in lines)


def every_page() -> str:
    """A link to the results of each source that has been re-run, cell by cell."""
    return f"Cell by cell: {', '.join(f'[{name}]({name}/README.md)' for name in re_run())}.\n"


PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"published": every_source},
    "results/README.md": {"published": every_comparison, "pages": every_page},
}

if __name__ == "__main__":
    main()
