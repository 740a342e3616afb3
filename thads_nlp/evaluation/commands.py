"""The command group ``thads-nlp evaluate``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def evaluate() -> None:
    """Measure quality: key figures, summaries, the verifier."""


@evaluate.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--errors", default=5, show_default=True, help="Mistakes to list of each kind; 0 lists none.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File for the scores as JSON.")
def figures(gold: Path, errors: int, output: Path | None) -> None:
    """Compare the figures found in the annotated articles of GOLD (JSON Lines) with their annotation."""
    from thads_nlp.evaluation.figures import read_gold, score_figures
    from thads_nlp.evaluation.tables import figure_table, mistake_list

    scores = score_figures(read_gold(gold))
    click.echo(figure_table(scores))
    if errors:
        click.echo(mistake_list(scores.mistakes, errors))
    if output:
        output.write_text(json.dumps(scores.to_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
