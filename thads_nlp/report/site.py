"""A folder of pages from a briefed archive: an index of 200 articles a page, one page an article, and a search."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from thads_nlp.errors import InputError, OptionError
from thads_nlp.report.labels import day
from thads_nlp.report.page import render, review_page
from thads_nlp.schema import Briefing

PAGE_ARTICLES = 200
# Articles that one search page carries: about 5 MB, which a browser opens and searches at once.
SEARCH_ARTICLES = 10_000
_TEASER_CHARS = 240
# Pages named beside the present one.
_NEIGHBOURS = 2
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OURS = re.compile(r"(index|search)(-\d+)?\.html|articles")


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the index; ``day`` is its date as print shows it, ``figures`` and ``warnings`` are counts."""

    file: str
    id: str
    title: str
    published: str | None
    day: str | None
    summary: str
    origin: str
    figures: int
    warnings: int


class _Rows:
    """Rows on disk, read again for the index and the search: an archive may be larger than memory."""

    def __init__(self, stream: IO[str]) -> None:
        """Write to an empty stream."""
        self._stream = stream
        self.count = 0

    def add(self, row: Row) -> None:
        """Put a row behind the others."""
        self._stream.write(json.dumps(asdict(row)) + "\n")
        self.count += 1

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """The rows from the first, ``size`` at a time."""
        self._stream.seek(0)
        while chunk := [Row(**json.loads(line)) for line in islice(self._stream, size)]:
            yield chunk


def write_site(briefings: Iterable[Briefing], folder: Path, report: Callable[[int], object]) -> int:
    """Write the site; returns the number of articles. ``report`` is called with 1 for each.

    Raises:
        OptionError: the folder holds something else or cannot be written.
        InputError: there is no briefing.
    """
    _prepare(folder)
    names: set[str] = set()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stream:
        rows = _Rows(stream)
        for briefing in briefings:
            name = _free_name(briefing.id, names)
            rows.add(_row(briefing, name))
            _write(folder / _file(name), review_page([briefing], back="../../index.html"))
            report(1)
        if not rows.count:
            raise InputError("no briefing was found; expected the JSONL that `thads-nlp batch` writes")
        kept = {*_write_index(rows, folder), *_write_search(rows, folder)}
    for old in folder.glob("*.html"):
        if _OURS.fullmatch(old.name) and old.name not in kept:
            old.unlink()
    return rows.count


def _prepare(folder: Path) -> None:
    """An empty folder, or one that a site was written to before."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = next((item for item in folder.iterdir() if not _OURS.fullmatch(item.name)), None)
        if foreign is None:
            (folder / "articles").mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error
    if foreign is not None:
        raise OptionError(f"{folder}: holds other files ({foreign.name}); give a new folder")


def _free_name(identity: str, taken: set[str]) -> str:
    """A name made of a digest, so that no id can lead elsewhere; an id that came before gets one of its own."""
    repeats = 0
    while True:
        named = f"{identity}\0{repeats}" if repeats else identity
        name = hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
        if name not in taken:
            taken.add(name)
            return name
        repeats += 1


def _file(name: str) -> str:
    """The article's page, relative to the site."""
    return f"articles/{name[:2]}/{name}.html"


def _row(briefing: Briefing, name: str) -> Row:
    """An index entry."""
    summary = briefing.summary
    teaser = summary if len(summary) <= _TEASER_CHARS else summary[:_TEASER_CHARS].rsplit(" ", 1)[0] + " …"
    # Only a whole date can be compared with the dates of the filters.
    found = _ISO_DATE.match(briefing.published or "")
    published = found.group() if found else None
    return Row(
        _file(name), briefing.id, briefing.title or briefing.id or "(chưa có tít)", published,
        day(published) if published else None, teaser, briefing.summary_origin, len(briefing.figures),
        len(briefing.warnings),
    )  # fmt: skip


def _write(target: Path, page: str) -> None:
    """Write a page; halves of a surrogate pair, which JSON can carry and UTF-8 cannot, become question marks."""
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(page.encode("utf-8", "replace"))


def _write_index(rows: _Rows, folder: Path) -> list[str]:
    """The pages of the index; returns their names."""
    pages = -(-rows.count // PAGE_ARTICLES)
    names = []
    for page, chunk in enumerate(rows.chunks(PAGE_ARTICLES), 1):
        names.append("index.html" if page == 1 else f"index-{page}.html")
        made = render(
            "index.html.j2", "index.js", rows=chunk, page=page, pages=pages, shown=shown_pages(page, pages),
            total=rows.count,
        )  # fmt: skip
        _write(folder / names[-1], made)
    return names


def shown_pages(page: int, pages: int) -> list[int | None]:
    """Numbers of the pages that are linked to: first, last and neighbours; None where some are left out."""
    near = {1, pages, *range(max(1, page - _NEIGHBOURS), min(pages, page + _NEIGHBOURS) + 1)}
    shown: list[int | None] = []
    for number in sorted(near):
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown


def _write_search(rows: _Rows, folder: Path) -> list[str]:
    """Pages that carry the entries of the whole archive; none where the index is one page."""
    if rows.count <= PAGE_ARTICLES:
        return []
    parts = -(-rows.count // SEARCH_ARTICLES)
    names = []
    for part, chunk in enumerate(rows.chunks(SEARCH_ARTICLES), 1):
        names.append("search.html" if part == 1 else f"search-{part}.html")
        entries = [{**asdict(row), "date": row.published} for row in chunk]
        made = render(
            "search.html.j2", "index.js", entries=entries, part=part, parts=parts,
            first=(part - 1) * SEARCH_ARTICLES + 1, total=rows.count,
        )  # fmt: skip
        _write(folder / names[-1], made)
    return names
