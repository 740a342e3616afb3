"""Articles with reference titles and summaries: VietNews in its own layouts, newsroom JSONL, CSV, Parquet.

Rows that cannot be used are counted by reason and skipped; none of them ends a run.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from thads_nlp.archive.containers import open_members
from thads_nlp.archive.items import Blob, Fields, FileData, MemberData, RecordData
from thads_nlp.archive.listing import list_files
from thads_nlp.archive.readers import read_entries
from thads_nlp.errors import InputError, ThadsError
from thads_nlp.schema import Failure
from thads_nlp.text.decode import MAX_BYTES, decode
from thads_nlp.text.normalize import desegment

# Longer bodies are whole books or several articles.
MAX_BODY_CHARS = 200_000
NO_PAIR = "{}: no article with title, summary and body was found: {}"
_FIELDS = Fields(body=("body", "text", "content", "article", "summary", "abstract"))
_SUMMARY = ("summary", "abstract", "sapo")
_BODY = ("body", "text", "content", "article")
_TITLE = ("title", "headline")
_BLANK = re.compile(r"\n\s*\n")
# Word segmentation as the corpus writes it: "thi_hành_án".
_SEGMENTED = re.compile(r"[^\W\d_]_[^\W\d_]")
# Halves of surrogate pairs, which JSON can spell ("\\ud800") and no encoding can write.
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Pair:
    """An article as printed with its reference title and summary; the body has one sentence or paragraph a line."""

    id: str
    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that gave no pair: where it stands, and why."""

    source: str
    reason: str


def read_pairs(data: Path) -> Iterator[Pair | Skipped]:
    """Pairs of a file or folder, streaming.

    VietNews' own layout is a folder of text files, each with title, abstract and body (and captions, which are left
    out) parted by blank lines. Other files hold records with title, summary and body.

    Raises:
        InputError: there is no such file or folder.
    """
    seen: set[str] = set()
    for listed in sorted(list_files([str(data)]), key=lambda one: one.name):
        path = Path(listed.path)
        if listed.reason is not None:
            yield Skipped(listed.path, listed.reason)
            continue
        for found in _file_pairs(Blob(listed.path, path.name, _opener(path), path)):
            if isinstance(found, Pair) and found.id in seen:
                yield Skipped(listed.path, "duplicate id")
                continue
            if isinstance(found, Pair):
                seen.add(found.id)
            yield found


def good_pairs(data: Path, skipped: Counter[str]) -> Iterator[Pair]:
    """The pairs of ``read_pairs``; reasons of the others are counted in ``skipped``.

    Raises:
        InputError: not one pair was found.
    """
    count = 0
    for found in read_pairs(data):
        if isinstance(found, Pair):
            count += 1
            yield found
        else:
            skipped[found.reason] += 1
    if not count:
        raise InputError(NO_PAIR.format(data, told_reasons(skipped)))


def told_reasons(reasons: Counter[str]) -> str:
    """The commonest reasons with their counts."""
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3)) or "it is empty"


def _opener(path: Path) -> Callable[[], BinaryIO]:
    """How a file is opened."""
    return lambda: cast(BinaryIO, path.open("rb"))


def _file_pairs(blob: Blob) -> Iterator[Pair | Skipped]:
    """Pairs of one file, in whatever container."""
    for member in open_members(blob):
        if isinstance(member, Failure):
            yield Skipped(member.source, "unreadable")
            continue
        inner, form = member
        for entry in read_entries(inner, form, _FIELDS):
            yield _pair(entry.data, inner.source + entry.place)


def _pair(data: FileData | MemberData | RecordData | Failure, source: str) -> Pair | Skipped:
    """The pair of an entry."""
    if isinstance(data, Failure):
        return Skipped(source, "unreadable")
    try:
        if isinstance(data, RecordData):
            return _of_record(json.loads(decode(data.data).text, strict=False), source)
        raw = data.data if isinstance(data, MemberData) else _bytes(data.path)
        return _of_text(decode(raw).text, source)
    except (ThadsError, OSError):
        return Skipped(source, "unreadable")
    except (ValueError, RecursionError):
        return Skipped(source, "no JSON")


def _bytes(path: Path) -> bytes:
    """Bytes of a file up to the limit, which ``decode`` refuses to pass."""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _of_record(record: Any, source: str) -> Pair | Skipped:
    """A pair from the fields of a record."""
    if not isinstance(record, dict):
        return Skipped(source, "no object")
    name = record.get("id")
    return _checked(
        str(name) if isinstance(name, (str, int)) and name != "" else source,
        (_text(record, _TITLE), _text(record, _SUMMARY), _text(record, _BODY)),
        source,
    )


def _of_text(text: str, source: str) -> Pair | Skipped:
    """A pair from parts that blank lines separate."""
    parts = [part.strip() for part in _BLANK.split(text) if part.strip()]
    if len(parts) < 3:
        return Skipped(source, "missing field")
    return _checked(os.path.basename(source).partition(".")[0], (parts[0], parts[1], parts[2]), source)


def _checked(name: str, texts: Iterable[str | None], source: str) -> Pair | Skipped:
    """A pair with its texts as printed, or what is wrong with it."""
    title, summary, body = texts
    if title is None or summary is None or body is None:
        return Skipped(source, "missing field")
    if not summary.strip() or not body.strip():
        return Skipped(source, "empty summary" if body.strip() else "empty body")
    if len(body) > MAX_BODY_CHARS:
        return Skipped(source, "body too long")
    if any(_HALF.search(text) for text in (name, title, summary, body)):
        return Skipped(source, "broken characters")
    # Marks of word segmentation stand in all parts or in none; printed text is left as it is.
    plain = desegment if any(_SEGMENTED.search(text) for text in (title, summary, body)) else str.strip
    lines = "\n".join(plain(line) for line in body.split("\n") if line.strip())
    return Pair(name, plain(title), plain(" ".join(summary.split())), lines)


def _text(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of several fields that is a text."""
    return next((record[name] for name in names if isinstance(record.get(name), str)), None)
