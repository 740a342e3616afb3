"""The commands ``thads-nlp train`` and ``thads-nlp export``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from thads_nlp.exits import guarded
from thads_nlp.training.export import ExportOptions, Quantization, Weights
from thads_nlp.training.export import export as write_model
from thads_nlp.training.train import TrainOptions
from thads_nlp.training.train import train as run_training


@click.command(epilog="\b\nExample:\n  thads-nlp train archive.jsonl --output run/ --config run.toml\n")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--output", "-o", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the run.")
@click.option("--base", default=None,
              help="Model to start from: a folder, a Hub id or a GGUF file of Gemma 3 (default: the shipped model).")
@click.option("--validation", type=click.Path(path_type=Path), default=None,
              help="Articles to validate on (default: every twentieth).")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="TOML, see docs/training.md.")
@click.option("--examples", type=click.IntRange(1), default=None, help="Examples of this run, before the file's.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes preparing the data (default: cores).")
def train(
    data: Path, output: Path, base: str | None, validation: Path | None, config: Path | None, examples: int | None,
    workers: int,
) -> None:  # fmt: skip
    """Fine-tune on articles with title, summary and body (VietNews, JSONL, CSV, Parquet); goes on where it stopped."""

    def run() -> None:
        from thads_nlp.training.config import read_config

        settings = read_config(config)
        if examples is not None:
            settings = replace(settings, examples=examples)
        options = TrainOptions(data, output, base, validation, workers)
        done = run_training(options, settings, lambda line: click.echo(line, err=True))
        click.echo(
            f"{done.examples} examples in {done.steps} steps, validation loss {done.validation_loss:.4f}; "
            f"next: thads-nlp export {output} -o MODEL"
        )

    guarded(run)


@click.command(epilog="\b\nExample:\n  thads-nlp export run/ -o my-model/ --name my-model --revision 1\n")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--output", "-o", required=True, type=click.Path(file_okay=False, path_type=Path), help="Model folder.")
@click.option("--name", default=None, help="Name in the records (default: that of the folder).")
@click.option("--revision", default="1", show_default=True)
@click.option("--quantization", type=click.Choice(["int8", "float32"]), default="int8", show_default=True)
@click.option("--weights", type=click.Choice(["best", "last"]), default="best", show_default=True,
              help="Of a run: those that validated best, or those of its last checkpoint.")
def export(
    source: Path, output: Path, name: str | None, revision: str, quantization: Quantization, weights: Weights
) -> None:  # fmt: skip
    """Make a model folder that `--model` takes of a training run or of a Hugging Face encoder–decoder."""
    options = ExportOptions(source, output, name or output.resolve().name, revision, quantization, weights)
    guarded(lambda: write_model(options))
    click.echo(f"thads-nlp: {output}", err=True)
