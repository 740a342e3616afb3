"""The command ``thads-nlp report``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from tqdm import tqdm

from thads_nlp.errors import InputError, ThadsError
from thads_nlp.exits import SOME_FAILED, leave
from thads_nlp.report.records import read_briefing
from thads_nlp.report.site import write_site
from thads_nlp.schema import Briefing


@dataclass
class _Archive:
    """Briefings of a JSONL file; lines that are none are named on stderr and counted."""

    path: Path
    bad: int = field(default=0)

    def __iter__(self) -> Iterator[Briefing]:
        try:
            with self.path.open(encoding="utf-8", errors="replace") as stream:
                for number, line in enumerate(stream, 1):
                    if line.strip():
                        yield from self._read(number, line)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be opened ({error.strerror})") from error

    def _read(self, number: int, line: str) -> Iterator[Briefing]:
        """The briefing of a line, or nothing."""
        try:
            yield read_briefing(line)
        except InputError as error:
            self.bad += 1
            click.echo(f"thads-nlp: {self.path}, line {number}: {error}", err=True)


@click.command(epilog="\b\nExample:\n  thads-nlp report briefs.jsonl -o site/\n")
@click.argument("archive", metavar="OUT.jsonl", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the site.")
def report(archive: Path, output: Path) -> None:  # fmt: skip
    """A site to review a briefed archive on: index with search and filters, one page an article, no network."""
    briefings = _Archive(archive)
    try:
        with tqdm(unit=" articles", disable=not sys.stderr.isatty()) as bar:
            count = write_site(briefings, output, lambda count: bar.update(count))
    except ThadsError as error:
        leave(error)
        return
    click.echo(f"thads-nlp: {count} pages, open {output / 'index.html'}", err=True)
    sys.exit(SOME_FAILED if briefings.bad else 0)
