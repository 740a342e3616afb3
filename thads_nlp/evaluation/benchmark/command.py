"""The command ``thads-nlp benchmark``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thads_nlp.errors import OptionError
from thads_nlp.exits import guarded

if TYPE_CHECKING:
    from thads_nlp.evaluation.benchmark.suite import Settings

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    default=None,
    help="Text files, or a corpus as `evaluate summaries` reads it (default: the samples).",
)
@click.option("--model", default=None, help="Model folder of this package (default: the shipped model).")
@click.option("--vit5", type=_FOLDER, default=None, help="ViT5-base in safetensors (default: random weights).")
@click.option(
    "--bartpho", type=_FOLDER, default=None, help="BARTpho-syllable in safetensors (default: random weights)."
)
@click.option("--quick", is_flag=True, help="Two articles and few runs: 3 minutes at most instead of 40.")
@click.option(
    "--only",
    multiple=True,
    metavar="PART",
    help="machine, commands, package, vit5-base or bartpho-syllable; may be repeated.",
)
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for plots as SVG (extra: plots).",
)
@click.option(
    "--markdown",
    type=_FILE,
    default=None,
    help="Document to write the results into: between its benchmark marks, or a new file.",
)
@click.option("-o", "--output", type=_FILE, default=None, help="File for everything measured as JSON.")
def benchmark(
    data: Path | None, model: str | None, vit5: Path | None, bartpho: Path | None, quick: bool, only: tuple[str, ...],
    plots: Path | None, markdown: Path | None, output: Path | None,
) -> None:  # fmt: skip
    """Measure speed, memory and size beside ViT5-base and BARTpho-syllable in transformers, and LEAD.

    Every system runs in a process of its own on the same articles. Results go to stdout as Markdown.
    """
    from thads_nlp.evaluation.benchmark.plan import BARTPHO_SYLLABLE, FULL, QUICK, VIT5_BASE
    from thads_nlp.evaluation.benchmark.suite import Settings, check_groups

    def run() -> None:
        check_groups(only)
        shapes = (replace(VIT5_BASE, folder=vit5), replace(BARTPHO_SYLLABLE, folder=bartpho))
        settings = Settings(QUICK if quick else FULL, data, model, shapes, only)
        measure_and_write(settings, plots, markdown, output)

    guarded(run)


def measure_and_write(settings: Settings, plots: Path | None, markdown: Path | None, output: Path | None) -> None:
    """Run the benchmark and write its results; JSON first, so that no other fault loses them."""
    from thads_nlp.evaluation.benchmark.drawing import check_plots, draw
    from thads_nlp.evaluation.benchmark.suite import run_benchmark
    from thads_nlp.evaluation.benchmark.tables import results_section, write_section

    if plots is not None:
        check_plots()
    made = run_benchmark(settings, lambda line: click.echo(f"thads-nlp: {line}", err=True))
    if output is not None:
        try:
            output.write_text(json.dumps(made.to_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise OptionError(f"{output}: cannot be written ({error.strerror})") from error
    click.echo(results_section(made))
    drawn = draw(made, plots) if plots is not None else ()
    if markdown is not None:
        write_section(results_section(made, drawn, markdown.parent), markdown)
