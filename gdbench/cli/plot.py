"""gdbench plot: charts of finished runs as files."""

from inspect import cleandoc
from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import ResultsOption, Source, say
from gdbench.cli.results_folder import folder_with_results
from gdbench.display.charts.kind_texts import KIND_TEXTS
from gdbench.errors import RequestError
from gdbench.text import listing


def plot(
    source: Source,
    results: ResultsOption = Path("results"),
    kind: Annotated[
        str,
        typer.Option(help=f"{listing(list(KIND_TEXTS), 'or')}."),
    ] = "curves",
    metric: Annotated[
        str | None,
        typer.Option(
            help="A metric such as test_loss; by default test_accuracy. Curves of `loss`, `accuracy` or `error` have a "
            "panel for each split. For layers: gradient_norm, update_ratio or weight_norm.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="AXIS", help="The x axis: epoch, update, seconds, or an axis of the grid."),
    ] = None,
    at: Annotated[
        str, typer.Option(help="When to read the metric: last, best_val, max, an epoch, or seconds such as 2s.")
    ] = "last",
    comparison: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this comparison; by default all.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="svg, png or pdf; by default that of --out, or svg.")
    ] = None,
    width: Annotated[str, typer.Option(help="single or double, the columns of a paper, or slide.")] = "double",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; by default in charts in the results folder.")
    ] = None,
) -> None:
    """Draw a chart of each comparison into a file.

    \b
    gdbench plot optimizers --kind curves --metric test_loss --by update
    gdbench plot optimizers --kind strip --width single --out figure.pdf
    gdbench plot learning-rate --kind sensitivity --by learning_rate
    gdbench plot vanishing-gradients --kind layers

    \b
    {kinds}

    By default a file is charts/COMPARISON-KIND.svg in the results folder; with several comparisons --out figure.svg
    writes figure-COMPARISON.svg. A chart is 3.35 (single) or 6.9 (double) inches wide, or fills a slide, 16:9.
    Rows differ in dashes, in shapes, and in colors that color-blind readers can tell apart.
    """  # noqa: D301
    from gdbench.cli.output_file import check_output
    from gdbench.comparison.names import one_of
    from gdbench.comparison.results import Results
    from gdbench.display.charts.chart_file import FORMATS, chart_file
    from gdbench.display.charts.kinds import OF_ALL, chart, file_stem
    from gdbench.display.charts.look import LOOKS
    from gdbench.filesystem.atomic_write import write_inside, write_whole

    formats = list(FORMATS) if format_ is None else [one_of("--format", format_, FORMATS)]
    target = check_output(out, [f".{name}" for name in formats]) if out else None
    # Without --out and --format, the first: svg.
    chosen_format = target.suffix.removeprefix(".").lower() if target else formats[0]
    look = LOOKS[one_of("--width", width, LOOKS)]
    folder = folder_with_results(source, results)
    loaded = Results.load(folder)
    known = [each.name for each in loaded.comparisons]
    names = [comparison] if comparison is not None else known[:1] if kind in OF_ALL else known
    refused: dict[str, RequestError] = {}
    for name in names:
        try:
            drawn = chart(loaded, kind, metric=metric, by=by, at=at, comparison=name, look=look)
        except RequestError as error:
            refused[name] = error
            continue
        content = chart_file(drawn, look, chosen_format)
        stem = file_stem(loaded, kind, metric=metric, by=by, at=at, comparison=name)
        if target is None:
            say(f"written: {write_inside(folder, f'charts/{stem}.{chosen_format}', content)}")
        else:
            say(f"written: {write_whole(_file_of(target, name) if len(names) > 1 else target, content)}")
    if len(refused) == len(names):
        raise refused[names[0]]
    for name, reason in refused.items():
        say(f"no chart of {name}: {reason}")


# Every kind, also one that is added later.
_KINDS = "\n".join(f"{kind:13}  {text}" for kind, text in KIND_TEXTS.items())
plot.__doc__ = cleandoc(plot.__doc__ or "").format(kinds=_KINDS)


def _file_of(out: Path, comparison: str) -> Path:
    """Return `figure-optimizers.svg` for `figure.svg`."""
    return out.with_name(f"{out.stem}-{comparison.replace('/', '-')}{out.suffix}")
