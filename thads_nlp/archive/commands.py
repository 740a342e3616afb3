"""The command ``thads-nlp batch``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click
from tqdm import tqdm

from thads_nlp.archive.batch import BatchOptions, BatchSummary, OpenRunner, count_items, run_batch
from thads_nlp.archive.distributed import RayRunner
from thads_nlp.archive.items import Fields
from thads_nlp.archive.loading import Reading
from thads_nlp.archive.tasks import Settings
from thads_nlp.archive.workers import LocalRunner
from thads_nlp.errors import ThadsError
from thads_nlp.exits import NOTHING_DONE, SOME_FAILED, leave

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

    def __call__(self) -> bool:
        return self.asked

    def listen(self) -> None:
        """Take over both signals."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        """Remember the wish; ask twice to break off."""
        if self.asked:
            os._exit(SOME_FAILED)
        self.asked = True
        click.echo("thads-nlp: stopping after the articles in work; once more to break off", err=True)


class _Bar:
    """Progress on stderr: articles/s, failures, time left."""

    def __init__(self, bar: tqdm[Any]) -> None:
        self._bar, self._failed = bar, 0

    def __call__(self, done: int, failed: int) -> None:
        self._failed += failed
        if self._failed and not self._bar.disable:
            self._bar.set_postfix(failed=self._failed, refresh=False)
        self._bar.update(done)


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
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path),
              help="OUT.jsonl, .jsonl.zst, .parquet, .sqlite, or a folder for Markdown.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes (default: one a CPU).")
@click.option("--runner", type=click.Choice(["local", "ray"]), default="local", show_default=True)
@click.option("--ray-address", default=None, help="Cluster of --runner ray (default: one on this machine).")
@click.option("--overwrite", is_flag=True, help="Throw away what an earlier run left.")
@click.option("--retry-failures", is_flag=True, help="Read and brief again what failed before.")
@click.option("--time-limit", type=click.FloatRange(1.0), default=120.0, show_default=True,
              help="Seconds that one article may take (--runner local).")
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
    inputs: tuple[str, ...], output: Path, workers: int | None, runner: str, ray_address: str | None,
    overwrite: bool, retry_failures: bool, time_limit: float,
    id_field: str | None, title_field: str | None, body_field: str | None, published_field: str | None,
    encoding: str | None, no_text: bool, **summarizing: str,
) -> None:  # fmt: skip
    """Brief archives: folders, files, patterns; text, HTML, Markdown, DOCX, PDF, JSONL, CSV, Parquet, RSS and NewsML,
    each also within .gz, .zst, .zip and .tar. The same command again goes on where the last one ended.
    """  # noqa: D205 - the help text is one paragraph
    reading = Reading(_fields(id_field, title_field, body_field, published_field), encoding)
    settings = Settings(with_text=not no_text, **summarizing)  # type: ignore[arg-type]
    options = BatchOptions(inputs, output, reading, settings, overwrite, retry_failures)
    stop = _Stop()
    stop.listen()
    try:
        count = workers or len(os.sched_getaffinity(0))
        if runner == "ray":
            opened: OpenRunner = partial(RayRunner, count, ray_address)
        else:
            opened = partial(LocalRunner, count, time_limit)
        summary = _with_progress(options, lambda report: run_batch(options, opened, report, stop))
    except ThadsError as error:
        leave(error)
        return
    _say(summary, output)
    sys.exit(_exit_code(summary))


def _with_progress(options: BatchOptions, work: Callable[[_Bar], BatchSummary]) -> BatchSummary:
    """Work under a progress bar, which only a terminal gets."""
    quiet = not sys.stderr.isatty()
    total = None if quiet else count_items(options)
    bar: tqdm[Any] = tqdm(total=total, unit=" articles", disable=quiet)
    with bar:
        return work(_Bar(bar))


def _say(summary: BatchSummary, output: Path) -> None:
    """What was done, on stderr."""
    if not summary.complete:
        click.echo(
            f"thads-nlp: stopped after {summary.briefings} briefings and {summary.failures} failures; "
            "give the same command again to go on",
            err=True,
        )
        return
    click.echo(f"thads-nlp: {summary.briefings} briefings in {output}", err=True)
    for stage, count in summary.stages:
        click.echo(f"thads-nlp: {count} failed at stage {stage}, see the failures beside it", err=True)


def _exit_code(summary: BatchSummary) -> int:
    """0 all done, 1 some failed or the run was stopped, 3 nothing was done."""
    if not summary.complete:
        return SOME_FAILED
    if summary.failures:
        return SOME_FAILED if summary.briefings else NOTHING_DONE
    return 0
