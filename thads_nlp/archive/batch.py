"""``run_batch``: what ``thads-nlp batch`` and ``scripts/summarize_archive.py`` do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from thads_nlp import __version__
from thads_nlp.archive.items import Reading
from thads_nlp.archive.journal import Counts, Journal, to_line
from thads_nlp.archive.listing import list_files, read_items
from thads_nlp.archive.outputs import write_lines, write_output
from thads_nlp.archive.run import BATCH_ARTICLES, BATCH_TOKENS, CHUNK_BYTES, CHUNK_ITEMS, Progress, Run
from thads_nlp.archive.target import Target
from thads_nlp.archive.tasks import THREADS, Settings
from thads_nlp.model.loading import model_label
from thads_nlp.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from thads_nlp.archive.workers import Runner

OpenRunner = Callable[[Reading, Settings], AbstractContextManager["Runner"]]


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What is briefed, how, and where to."""

    inputs: tuple[str, ...]
    target: Target
    reading: Reading = field(default_factory=Reading)
    settings: Settings = field(default_factory=Settings)
    overwrite: bool = False
    retry_failures: bool = False


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What came of a run; ``complete`` is False where it was stopped, and then there are no outputs yet."""

    counts: Counts
    complete: bool


def run_batch(
    options: BatchOptions, open_runner: OpenRunner, progress: Progress, stopping: Callable[[], bool]
) -> BatchSummary:
    """Brief an archive; the same call again goes on where the last one ended.

    Args:
        options: inputs, output, how to read and summarize.
        open_runner: gives the workers, called only when there is work.
        progress: told of what is done.
        stopping: asked between batches whether to stop.

    Raises:
        OptionError: the output belongs to another input, model or options.
        InputError: an input does not exist.
        JournalError: the disk is full or fails; nothing finished is lost.
        ModelError: the model cannot be loaded.
    """
    target = options.target
    target.refuse_loss(options.inputs)
    if options.overwrite:
        target.clear()
    target.refuse_foreign()
    with Journal(target.journal) as journal, journal.guarded():
        files = list_files(options.inputs, target.own_paths())
        journal.begin(_settings(options), files, renew=options.retry_failures)
        if options.retry_failures:
            journal.forget_failures()
        complete = journal.is_complete() or _process(journal, options, open_runner, progress, stopping)
        counts = journal.counts()
        if complete:
            _write(journal, target, counts)
    return BatchSummary(counts, complete)


def _settings(options: BatchOptions) -> dict[str, Any]:
    """Everything but the input that decides the records; what is generated together follows from it as well."""
    label = model_label(options.settings.model) if options.settings.summarizer == "model" else "extractive"
    return {
        "model": label,
        "options": {**asdict(options.settings), **asdict(options.reading)},
        "batches": {
            "chunk_items": CHUNK_ITEMS, "chunk_bytes": CHUNK_BYTES, "articles": BATCH_ARTICLES,
            "tokens": BATCH_TOKENS, "threads": THREADS,
        },
        "version": __version__,
    }  # fmt: skip


def _process(
    journal: Journal, options: BatchOptions, open_runner: OpenRunner, progress: Progress, stopping: Callable[[], bool]
) -> bool:
    """Brief what has no result."""
    with open_runner(options.reading, options.settings) as runner:
        items = read_items(journal.files(), options.reading)
        complete = Run(journal, runner, progress, stopping).process(items)
    if complete:
        journal.complete()
    return complete


def count_items(options: BatchOptions) -> int:
    """Articles and unreadable things of the inputs, for the time that is left; containers are read for it."""
    files = list_files(options.inputs, options.target.own_paths())
    return sum(1 for _ in read_items(files, options.reading))


def _write(journal: Journal, target: Target, counts: Counts) -> None:
    """Records, failures and the manifest."""
    output, failures, manifest = target.files
    write_output(output, journal.results("briefing"))
    write_lines(failures, journal.results("failure"))
    told: dict[str, Any] = {
        "schema": SCHEMA_VERSION, "output": output.name, "run": journal.settings(),
        "items": counts.briefings + counts.failures, "briefings": counts.briefings, "failures": counts.failures,
        "failures_by_stage": dict(counts.stages), "copies": counts.copies,
    }  # fmt: skip
    write_lines(manifest, [to_line(told)])
    target.publish()
