"""``run_batch``: what ``thads-nlp batch`` and ``scripts/summarize_archive.py`` do."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thads_nlp import __version__
from thads_nlp.archive.journal import Journal, check_same, to_line
from thads_nlp.archive.listed import Listed
from thads_nlp.archive.listing import list_files, read_items
from thads_nlp.archive.loading import Reading
from thads_nlp.archive.outputs import beside, check_output, remove, write_lines, write_output
from thads_nlp.archive.run import Report, Run
from thads_nlp.archive.tasks import Settings
from thads_nlp.errors import OptionError
from thads_nlp.model.loading import model_label
from thads_nlp.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from thads_nlp.archive.workers import Runner

JOURNAL, FAILURES, MANIFEST = ".journal", ".failures.jsonl", ".manifest.json"

OpenRunner = Callable[[Reading, Settings], AbstractContextManager["Runner"]]


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What is briefed, how, and where to."""

    inputs: tuple[str, ...]
    output: Path
    reading: Reading = field(default_factory=Reading)
    settings: Settings = field(default_factory=Settings)
    overwrite: bool = False
    retry_failures: bool = False


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What came of a run; ``complete`` is False where it was stopped, and then there are no outputs yet."""

    briefings: int
    failures: int
    stages: tuple[tuple[str, int], ...]
    complete: bool


def run_batch(
    options: BatchOptions, open_runner: OpenRunner, report: Report, stopping: Callable[[], bool]
) -> BatchSummary:
    """Brief an archive; the same call again goes on where the last one ended.

    Args:
        options: inputs, output, how to read and summarize.
        open_runner: gives the workers, called only when there is work.
        report: called with numbers of newly done and failed items.
        stopping: asked between batches whether to stop.

    Raises:
        OptionError: the output belongs to another input, model or options, or its name or folder will not do.
        InputError: an input does not exist.
        JournalError: the disk is full or fails; nothing finished is lost.
        ModelError: the model cannot be loaded.
    """
    check_output(options.output)
    if options.overwrite:
        _clear(options.output)
    path = beside(options.output, JOURNAL)
    _refuse_foreign(options.output, path)
    with Journal(path) as journal:
        _begin(journal, options)
        if options.retry_failures:
            journal.forget_failures()
        complete = _process(journal, options, open_runner, report, stopping)
        summary = _summary(journal, complete=complete)
        if complete:
            _write(journal, options.output, summary)
    return summary


def _begin(journal: Journal, options: BatchOptions) -> None:
    """Fix the run's input and options in a new journal; check them in one that is there."""
    settings = _settings(options)
    if journal.settings() is None:
        journal.start(settings, list_files(options.inputs))
    else:
        check_same(journal, settings)


def _settings(options: BatchOptions) -> str:
    """Everything that decides the records, as JSON."""
    label = model_label(options.settings.model) if options.settings.summarizer == "model" else "extractive"
    record: dict[str, Any] = {
        "input": _fingerprint(list_files(options.inputs)),
        "model": label,
        "options": {**asdict(options.settings), **asdict(options.reading)},
        "version": __version__,
    }
    return json.dumps(record, sort_keys=True)


def _fingerprint(files: Iterator[Listed]) -> str:
    """A digest of names and sizes that does not depend on the order of listing, in constant memory."""
    total, count = 0, 0
    for listed in files:
        one = hashlib.sha256(f"{listed.name}\0{listed.size}\0{listed.reason}".encode("utf-8", "surrogatepass")).digest()
        total = (total + int.from_bytes(one, "big")) % (1 << 256)
        count += 1
    return f"{count} files, {total:064x}"


def _process(
    journal: Journal, options: BatchOptions, open_runner: OpenRunner, report: Report, stopping: Callable[[], bool]
) -> bool:
    """Brief what has no result; workers are started only if there is something."""
    if journal.is_complete():
        return True
    with open_runner(options.reading, options.settings) as runner:
        items = read_items(journal.files(), options.reading.fields)
        complete = Run(journal, runner, report, stopping).process(items)
    if complete:
        journal.complete()
    return complete


def count_items(options: BatchOptions) -> int:
    """Articles and unreadable things of the inputs, for the time that is left; containers are read for it."""
    files = sorted(list_files(options.inputs), key=lambda listed: listed.name)
    return sum(1 for _ in read_items(files, options.reading.fields))


def _summary(journal: Journal, *, complete: bool) -> BatchSummary:
    """Counts of what the journal holds."""
    briefings = sum(1 for _ in journal.results("briefing"))
    stages = Counter(json.loads(result.record)["stage"] for result in journal.results("failure"))
    return BatchSummary(briefings, sum(stages.values()), tuple(sorted(stages.items())), complete)


def _write(journal: Journal, output: Path, summary: BatchSummary) -> None:
    """Records, failures and the manifest."""
    write_output(output, (result.record for result in journal.results("briefing")))
    write_lines(beside(output, FAILURES), (result.record for result in journal.results("failure")))
    manifest: dict[str, Any] = {"schema": SCHEMA_VERSION, "output": output.name}
    manifest["run"] = json.loads(journal.settings() or "{}")
    manifest["briefings"], manifest["failures"] = summary.briefings, summary.failures
    manifest["failures_by_stage"] = dict(summary.stages)
    write_lines(beside(output, MANIFEST), [to_line(manifest)])


def _clear(output: Path) -> None:
    """Remove what an earlier run left."""
    for path in (output, *(beside(output, suffix) for suffix in (JOURNAL, JOURNAL + "-wal", FAILURES, MANIFEST))):
        remove(path)


def _refuse_foreign(output: Path, journal: Path) -> None:
    """An output without a journal is not ours to replace."""
    if output.exists() and not journal.exists() and not (output.is_dir() and not any(output.iterdir())):
        raise OptionError(f"{output} is there already and no run of this kind made it; use --overwrite or another name")

