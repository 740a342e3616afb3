"""The command ``thads-nlp batch``."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import click

from thads_nlp.archive.batch import BatchOptions, BatchSummary, OpenRunner, count_items, run_batch
from thads_nlp.archive.items import Fields, Reading
from thads_nlp.archive.progress import ProgressBar, used_here
from thads_nlp.archive.target import Target
from thads_nlp.archive.tasks import Settings
from thads_nlp.archive.workers import LocalRunner
from thads_nlp.errors import ThadsError
from thads_nlp.exits import NOTHING_DONE, SOME_FAILED, leave
from thads_nlp.model.engine import available_cpus

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_EXAMPLES = """
\b
Examples:
  thads-nlp batch articles/ -o briefs.jsonl
  thads-nlp batch 2019.tar.gz 2020.jsonl.zst -o briefs.parquet --workers 8
  thads-nlp batch export.csv --body-field noi_dung --title-field tieu_de -o briefs.sqlite
"""


class _Stop:
    """Set by the first SIGINT or SIGTERM; a second one ends the process at once."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        return self.asked

    def __enter__(self) -> _Stop:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        """Remember the wish; ask twice to break off."""
        if self.asked:
            os._exit(SOME_FAILED)
        self.asked = True
        # Not print: a signal may come while this very stream is being written.
        os.write(2, b"\nthads-nlp: stopping after the articles in work; once more to break off\n")


def _names(text: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    """Field names of an option."""
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else default


def _fields(*given: str | None) -> Fields:
    """The fields of records: those of the options, else the usual names."""
    usual = Fields()
    defaults = (usual.id, usual.title, usual.body, usual.published)
    return Fields(*(_names(text, default) for text, default in zip(given, defaults, strict=True)))


@click.command(epilog=_EXAMPLES)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", required=True, metavar="OUT",
              help="OUT.jsonl, .jsonl.zst, .parquet, .sqlite, or a folder for Markdown; a path or URL.")
@click.option("--work-dir", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Folder of the journal (default: beside the output; for a URL, the current folder).")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes or Ray actors (default: one a CPU).")
@click.option("--runner", type=click.Choice(["local", "ray"]), default="local", show_default=True)
@click.option("--ray-address", default=None, help="Cluster of --runner ray (default: one on this machine).")
@click.option("--overwrite", is_flag=True, help="Throw away what an earlier run left.")
@click.option("--retry-failures", is_flag=True, help="Read and brief again what failed before.")
@click.option("--time-limit", type=click.FloatRange(1.0), default=120.0, show_default=True,
              help="Seconds that one article may take.")
@click.option("--id-field", default=None, help="Field of records, or several with commas.")
@click.option("--title-field", default=None)
@click.option("--body-field", default=None)
@click.option("--published-field", default=None)
@click.option("--encoding", default=None, help="Encoding of all inputs (default: detected).")
@click.option("--model", default=None, help="Model folder or Hub id (default: the shipped model).")
@click.option("--length", type=click.Choice(["short", "standard", "long"]), default="standard", show_default=True)
@click.option("--summarizer", type=click.Choice(["model", "extractive"]), default="model", show_default=True)
@click.option("--engine", type=click.Choice(["ctranslate2", "transformers"]), default=None)
@click.option("--device", type=click.Choice(["cpu", "cuda", "auto"]), default="cpu", show_default=True)
@click.option("--title-line", type=click.Choice(["auto", "first", "none"]), default="auto", show_default=True)
@click.option("--no-text", is_flag=True, help="Leave the articles' texts out of the records.")
def batch(
    inputs: tuple[str, ...], output: str, work_dir: Path | None,
    workers: int | None, runner: str, ray_address: str | None, overwrite: bool, retry_failures: bool, time_limit: float,
    id_field: str | None, title_field: str | None, body_field: str | None, published_field: str | None,
    encoding: str | None, no_text: bool, **summarizing: str,
) -> None:  # fmt: skip
    """Brief archives: folders, files, patterns; text, HTML, Markdown, DOCX, PDF, JSONL, CSV, Parquet, RSS and NewsML,
    each also within .gz, .zst, .zip and .tar. The same command again goes on where the last one ended.
    """  # noqa: D205 - the help text is one paragraph
    reading = Reading(_fields(id_field, title_field, body_field, published_field), encoding)
    settings = Settings(with_text=not no_text, **summarizing)  # type: ignore[arg-type]
    opened = _runner(runner, workers, ray_address, time_limit)
    try:
        target = Target.of(output, work_dir)
        options = BatchOptions(inputs, target, reading, settings, overwrite, retry_failures)
        used = used_here if runner == "local" else _used_elsewhere
        with _Stop() as stop, ProgressBar(partial(count_items, options), used) as progress:
            summary = run_batch(options, opened, progress, stop)
    except ThadsError as error:
        leave(error)
        return
    _say(summary, output, progress.totals())
    sys.exit(_exit_code(summary))


def _runner(name: str, workers: int | None, address: str | None, seconds: float) -> OpenRunner:
    """How the workers of ``--runner`` are started."""
    if name == "local":
        return partial(LocalRunner, workers or available_cpus(), seconds)
    from thads_nlp.archive.distributed import RayRunner

    return partial(RayRunner, workers, address, seconds)


def _used_elsewhere(seconds: float) -> None:
    """A cluster's own tools tell what its workers used."""


def _say(summary: BatchSummary, output: str, totals: str | None) -> None:
    """What was done, on stderr."""
    counts = summary.counts
    if totals:
        click.echo(f"thads-nlp: {totals}", err=True)
    if not summary.complete:
        click.echo(
            f"thads-nlp: stopped after {counts.briefings} briefings and {counts.failures} failures; "
            "give the same command again to go on",
            err=True,
        )
        return
    click.echo(f"thads-nlp: {counts.briefings} briefings in {output}", err=True)
    for stage, count in counts.stages:
        click.echo(f"thads-nlp: {count} failed at stage {stage}, see the failures beside it", err=True)


def _exit_code(summary: BatchSummary) -> int:
    """0 all done, 1 some failed or the run was stopped, 3 nothing was done."""
    if not summary.complete:
        return SOME_FAILED
    if summary.counts.failures:
        return SOME_FAILED if summary.counts.briefings else NOTHING_DONE
    return 0
