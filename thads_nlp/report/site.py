"""A folder of pages from a briefed archive: an index of 200 articles a page and one page an article."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from thads_nlp.errors import InputError, OptionError
from thads_nlp.report.page import render, review_page
from thads_nlp.schema import Briefing

PAGE_ARTICLES = 200
_TEASER_CHARS = 240


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the index."""

    file: str
    id: str
    title: str
    published: str | None
    summary: str
    origin: str
    figures: int


def write_site(briefings: Iterable[Briefing], folder: Path, report: Callable[[int], object]) -> int:
    """Write the site; returns the number of articles. ``report`` is called with 1 for each.

    Raises:
        OptionError: the folder holds something else or cannot be written.
        InputError: there is no briefing.
    """
    _prepare(folder)
    rows: list[Row] = []
    for briefing in briefings:
        row = _row(briefing)
        target = folder / row.file
        target.parent.mkdir(exist_ok=True)
        target.write_text(review_page([briefing], back="../../index.html"), encoding="utf-8")
        rows.append(row)
        report(1)
    if not rows:
        raise InputError("no briefing was found; expected the JSONL that `thads-nlp batch` writes")
    _write_index(rows, folder)
    return len(rows)


def _prepare(folder: Path) -> None:
    """An empty folder, or one that a site was written to before."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir()) and not (folder / "articles").is_dir()
        (folder / "articles").mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error
    if taken:
        raise OptionError(f"{folder}: holds other files; give a new folder")


def _row(briefing: Briefing) -> Row:
    """An index entry; the file is named after a digest, so that no id can lead elsewhere."""
    name = hashlib.blake2b(briefing.id.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    summary = briefing.summary
    teaser = summary if len(summary) <= _TEASER_CHARS else summary[:_TEASER_CHARS].rsplit(" ", 1)[0] + " …"
    return Row(
        f"articles/{name[:2]}/{name}.html", briefing.id, briefing.title or briefing.id, briefing.published, teaser,
        briefing.summary_origin, len(briefing.figures),
    )  # fmt: skip


def _write_index(rows: list[Row], folder: Path) -> None:
    """The pages of the index."""
    pages = -(-len(rows) // PAGE_ARTICLES)
    names = ["index.html", *(f"index-{number}.html" for number in range(2, pages + 1))]
    for page, name in enumerate(names, 1):
        first = (page - 1) * PAGE_ARTICLES
        made = render(
            "index.html.j2", rows=rows[first : first + PAGE_ARTICLES], page=page, pages=pages, names=names,
            first=first + 1, total=len(rows),
        )  # fmt: skip
        (folder / name).write_text(made, encoding="utf-8")
