"""From an item to the article that the summarizer gets, or to the Failure that says why there is none."""

from __future__ import annotations

import email.utils
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from thads_nlp.archive.documents import Document, read_document
from thads_nlp.archive.items import FileData, Item, MemberData, Reading, RecordData
from thads_nlp.archive.xml_records import markup_text
from thads_nlp.errors import InputError, MissingExtraError, ThadsError
from thads_nlp.schema import Article, Failure
from thads_nlp.text.decode import MAX_BYTES, decode
from thads_nlp.text.reading import MAX_ARTICLE_CHARS

__all__ = ["MAX_ID_CHARS", "Reading", "iso_date", "load_item", "read_unchanged"]

MAX_ID_CHARS = 1_000
# Python writes out no larger whole numbers.
_LARGEST_ID = 10**100
_DAY_FIRST = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_ISO = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")
_TAG = re.compile(r"</?(?:p|div|br|span|a|strong|em|h[1-6]|ul|li|table|img)\b[^<>]*>", re.IGNORECASE)


def load_item(item: Item, reading: Reading) -> Article | Failure:
    """The article of an item; never raises for what the item holds."""
    data = item.data
    if isinstance(data, Failure):
        return replace(data, id=data.id or item.default_id)
    try:
        if isinstance(data, RecordData):
            return _of_record(item, data, reading)
        document = _document(data, reading)
    except MissingExtraError as error:
        return Failure(item.default_id, "read", str(error), item.source)
    except ThadsError as error:
        return Failure(item.default_id, "decode", str(error), item.source)
    except OSError as error:
        return Failure(item.default_id, "read", f"cannot be read ({error.strerror or error})", item.source)
    except RecursionError:
        return Failure(item.default_id, "decode", "nested too deep to be an article", item.source)
    return _bounded(Article(document.text, item.default_id, document.title, document.published, item.source))


def _bounded(article: Article) -> Article | Failure:
    """The article, or the Failure of one that is too long to be carried about."""
    if len(article.text) <= MAX_ARTICLE_CHARS:
        return article
    reason = f"the article has {len(article.text)} characters, at most {MAX_ARTICLE_CHARS} are read; split it first"
    return Failure(article.id, "read", reason, article.source)


def _document(data: FileData | MemberData, reading: Reading) -> Document:
    """Text of a file of its own or of a member."""
    if isinstance(data, MemberData):
        return read_document(data.data, data.format, reading.encoding)
    return read_document(read_unchanged(data.path), data.format, reading.encoding)


def read_unchanged(path: Path) -> bytes:
    """Bytes of a file that was the same before and after.

    Raises:
        InputError: it changed meanwhile.
    """
    with path.open("rb") as stream:
        before = path.stat()
        data = stream.read(MAX_BYTES + 1)
        after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        len(data) != before.st_size and before.st_size <= MAX_BYTES
    ):
        raise InputError("the file changed while it was read; run again with --retry-failures when it is complete")
    return data


def _of_record(item: Item, data: RecordData, reading: Reading) -> Article | Failure:
    """The article of a record, its fields checked."""
    record = _parsed(data.data, None if data.rewritten else reading.encoding)
    fields = reading.fields
    if not isinstance(record, dict):
        raise InputError(f"a record is {_kind(record)}, expected an object with the fields of an article")
    name = _text(record, fields.id) or item.default_id
    if len(name) > MAX_ID_CHARS:
        raise InputError(f"an id of {len(name)} characters, at most {MAX_ID_CHARS}; another field is the id")
    body = _text(record, fields.body)
    if body is None or not body.strip():
        found = ", ".join(sorted(map(str, record))[:12]) or "none"
        reason = f"no text in any of the fields {', '.join(fields.body)} (found: {found}); name it with --body-field"
        return Failure(name, "read", reason, item.source)
    text = markup_text(body) if _TAG.search(body) else body
    published = iso_date(_text(record, fields.published))
    return _bounded(Article(text, name, _text(record, fields.title), published, item.source))


def _parsed(data: bytes, encoding: str | None) -> Any:
    """A JSON value, in whatever encoding its text is."""
    try:
        # Unicode line separators within strings have become line ends, which strict JSON does not allow there.
        return json.loads(decode(data, encoding).text, strict=False)
    except RecursionError as error:
        raise InputError("JSON nested too deep, expected an object with the fields of an article") from error
    except ValueError as error:
        raise InputError(f"no JSON ({error}); one object a line is expected") from error


def _text(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first field that is there, as text; None, NaN, objects and lists are no text, whole numbers are.

    Lone surrogates, which JSON can spell and no file can hold, become the replacement character.
    """
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value.encode("utf-8", "replace").decode("utf-8")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < _LARGEST_ID else None
    return None


def _kind(value: object) -> str:
    """What a JSON value is, for messages."""
    return {list: "an array", str: "a string", type(None): "null"}.get(type(value), "a number")


def iso_date(text: str | None) -> str | None:
    """YYYY-MM-DD of an ISO, day-first or RFC 822 date; None where it is none of them."""
    if not text:
        return None
    try:
        if match := _ISO.match(text):
            return date(*map(int, match.groups())).isoformat()
        if match := _DAY_FIRST.search(text):
            day, month, year = map(int, match.groups())
            return date(year, month, day).isoformat()
        return email.utils.parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
