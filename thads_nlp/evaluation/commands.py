"""The command group ``thads-nlp evaluate``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thads_nlp.evaluation.watch import PartialRecord, Watch, save_record
from thads_nlp.exits import guarded

if TYPE_CHECKING:
    from thads_nlp.evaluation.summaries import Results
    from thads_nlp.model.generate import Generator


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


@evaluate.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), default=1_000, show_default=True, help="Articles to draw.")
@click.option("--seed", default=13, show_default=True, help="Seed of the draw.")
@click.option("--train", type=click.Path(exists=True, path_type=Path), default=None,
              help="Training data, whose near-duplicates are left out.")
@click.option("--model", default=None, help="Model folder or Hub id (default: the shipped model).")
@click.option("--summarizer", type=click.Choice(["model", "extractive"]), default="model", show_default=True)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Score by input length and by place of the content as .svg or .png (extra: plots).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="File for the scores as JSON; those of a long run so far are written on the way.")
def summaries(
    data: Path, limit: int, seed: int, train: Path | None, model: str | None, summarizer: str, plot: Path | None,
    output: Path | None,
) -> None:  # fmt: skip
    """ROUGE, faithfulness and novelty on articles with reference summaries (VietNews folder or Parquet, JSONL, CSV)."""
    from thads_nlp.evaluation.summaries import evaluate as score
    from thads_nlp.evaluation.summaries import sample, to_record, without_near_duplicates
    from thads_nlp.evaluation.tables import summary_tables
    from thads_nlp.training.data import good_pairs

    def run() -> None:
        skipped: Counter[str] = Counter()
        pairs = sample(good_pairs(data, skipped), limit, seed)
        if train is not None:
            pairs = without_near_duplicates(pairs, good_pairs(train, skipped))
        _say_skipped(skipped)
        generator, partial = _generator(model, summarizer), PartialRecord(output, len(pairs))
        with _watched(len(pairs)) as watch:

            def progress(count: int, found: Results) -> None:
                watch.advance(count)
                partial.keep(watch.done, lambda: to_record(found))

            results = score(pairs, generator, progress)
        click.echo(summary_tables(results))
        partial.finish(len(pairs), to_record(results))
        if plot is not None:
            from thads_nlp.evaluation.plots import draw_scores

            draw_scores(results, plot)

    guarded(run)


@evaluate.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), default=1_000, show_default=True, help="Supported references to take.")
@click.option("--seed", default=13, show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File for the scores as JSON.")
def verify(data: Path, limit: int, seed: int, output: Path | None) -> None:
    """Test the verifier: which falsified references does it refuse, and which true ones?"""
    from thads_nlp.evaluation.corruptions import score_verifier
    from thads_nlp.evaluation.tables import verifier_table
    from thads_nlp.training.data import good_pairs

    def run() -> None:
        skipped: Counter[str] = Counter()
        with _watched(limit) as watch:
            scores = score_verifier(good_pairs(data, skipped), limit, seed, watch.advance)
        _say_skipped(skipped)
        click.echo(verifier_table(scores))
        if output is not None:
            save_record(scores.to_record(), output)

    guarded(run)


@evaluate.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Losses over examples and over time as .svg or .png (extra: plots).")
def curves(runs: tuple[Path, ...], plot: Path | None) -> None:  # fmt: skip
    """Validation losses of training runs, by examples and minutes: folders of `thads-nlp train`."""
    from thads_nlp.evaluation.curves import curve_table, draw_curves, read_curve

    def run() -> None:
        read = [read_curve(folder) for folder in runs]
        click.echo(curve_table(read))
        if plot is not None:
            draw_curves(read, plot)

    guarded(run)


def _generator(model: str | None, summarizer: str) -> Generator | None:
    """The model to score, None for extraction alone."""
    if summarizer == "extractive":
        return None
    from thads_nlp.model.loading import load_generator

    return load_generator(model).generator


@contextmanager
def _watched(total: int) -> Iterator[Watch]:
    """Progress on stderr while the work goes on."""
    watch = Watch(total, lambda line: click.echo(f"thads-nlp: {line}", err=True))
    try:
        yield watch
    finally:
        watch.close()


def _say_skipped(skipped: Counter[str]) -> None:
    """Rows that were not used, on stderr."""
    for reason, count in skipped.most_common():
        click.echo(f"thads-nlp: {count} rows skipped: {reason}", err=True)

