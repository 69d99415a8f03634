"""python -m tests.pictures: writes the committed charts, reports and pictures anew from the committed ledgers.

The screenshot of a report needs a Chromium; without one it stays as it is.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from gdbench.cli.plot import plot
from gdbench.cli.report import report
from gdbench.comparison.results import Results
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.browser import browser, chromium, watched
from tests.display.screens import at_a_terminal

RESULTS = Path(__file__).parents[1] / "results"
PICTURES = RESULTS / "pictures"
# The folder, the kind, and what differs from the usual.
CHARTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("article", "curves", {"comparison": "optimizers", "metric": "loss"}),
    ("article", "published", {"comparison": "optimizers"}),
    ("article", "target", {"comparison": "optimizers"}),
    ("reference/quickstart", "curves", {}),
    ("reference/quickstart", "strip", {}),
    ("reference/learning-rate", "sensitivity", {}),
    ("reference/vanishing-gradients", "layers", {}),
    ("reference/overfitting", "curves", {"metric": "loss"}),
    ("reference/batch-size", "sensitivity", {"metric": "updates_to_target"}),
    ("reference/batch-size", "sensitivity", {"metric": "seconds_to_target"}),
    ("reference/tuned-optimizers", "profile", {}),
    ("reference/tuned-optimizers", "expected-best", {"comparison": "mnist"}),
    ("reference/hybrids", "strip", {}),
    ("reference/other-ways", "curves", {"comparison": "perceptron"}),
    ("reference/other-ways", "curves", {"comparison": "mlp"}),
    ("reference/other-ways", "curves", {"comparison": "seconds", "metric": "loss", "by": "seconds"}),
    ("reference/test-functions", "trajectory", {"comparison": "valley"}),
    ("reference/test-functions", "trajectory", {"comparison": "waves"}),
)
REPORTS = ("article", "reference/quickstart")
SHOWN = "reference/quickstart"
COLUMNS = 80
# A picture asks for no font from the web, as rich's own frame would.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def write_all() -> Iterator[Path]:
    """Write every picture, and yield its file."""
    for folder, kind, options in CHARTS:
        plot(RESULTS / folder, kind=kind, **options)
    for folder in REPORTS:
        report(RESULTS / folder)
    PICTURES.mkdir(exist_ok=True)
    yield terminal_picture()
    if chromium():
        yield report_picture()


def terminal_picture() -> Path:
    """Write what a terminal shows of a table, as SVG."""
    results = Results.load(RESULTS / SHOWN)
    tables = TablesPrintout(results.tables(["test_accuracy"], ["last"]), measured=results.measurements)
    shown = at_a_terminal(tables, COLUMNS, "xterm-256color")
    console = Console(width=COLUMNS, file=io.StringIO(), record=True, force_terminal=True, highlight=False)
    console.print(Text("$ gdbench tables quickstart --curves"))
    console.print(Text.from_ansi(shown))
    path = PICTURES / "terminal.svg"
    drawn = console.export_svg(title="gdbench", theme=DIMMED_MONOKAI, code_format=FRAME, unique_id="terminal")
    path.write_text(drawn, encoding="utf-8")
    return path


def report_picture() -> Path:
    """Write the first screen of a report, as PNG."""
    path = PICTURES / "report.png"
    with browser() as opened:
        view = watched(opened, 900, 1000)
        view.open(RESULTS / SHOWN / "report.html")
        view.page.screenshot(path=path)
    return path


if __name__ == "__main__":
    for picture in write_all():
        print(f"written: {picture}")
