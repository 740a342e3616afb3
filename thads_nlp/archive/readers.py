"""One iterator a format: from a file or member to items, streaming, with bounded memory."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from thads_nlp.archive.containers import DAMAGE, spooled
from thads_nlp.archive.items import Blob, Fields, FileData, Format, MemberData, RecordData
from thads_nlp.archive.xml_records import xml_records
from thads_nlp.errors import InputError, MissingExtraError, ThadsError
from thads_nlp.schema import Failure
from thads_nlp.text.decode import MAX_BYTES, decode

_PARQUET_ROWS = 64
_SAMPLE_BYTES = 65_536
_RECORDS: frozenset[Format] = frozenset({"json", "jsonl", "csv", "tsv", "xml", "parquet"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader found: a place ("#3" in a file of records, "" for a document) and its data."""

    place: str
    data: FileData | MemberData | RecordData | Failure


def read_entries(blob: Blob, form: Format, fields: Fields) -> Iterator[Entry]:
    """All entries of a file or member; damage ends it with a Failure that says after how many."""
    if form not in _RECORDS:
        yield _document(blob, form)
        return
    count = 0
    try:
        for data in _READERS[form](blob, fields):
            yield Entry(f"#{count}", _placed(data, f"{blob.source}#{count}"))
            count += 1
    except (ThadsError, csv.Error) as error:
        yield _broken(blob, count, str(error))
    except DAMAGE as error:
        yield _broken(blob, count, f"damaged: {error or type(error).__name__}")


def _document(blob: Blob, form: Format) -> Entry:
    """A document: by its path where it has one, else its bytes."""
    if blob.path is not None:
        return Entry("", FileData(blob.path, form))
    try:
        with blob.open() as stream:
            data = stream.read(MAX_BYTES + 1)
    except (ThadsError, *DAMAGE) as error:
        return _broken(blob, 0, f"damaged: {error or type(error).__name__}")
    return Entry("", MemberData(data, form))


def _broken(blob: Blob, count: int, reason: str) -> Entry:
    """The Failure that ends a damaged file."""
    after = f" (after {count} records)" if count else ""
    source = f"{blob.source}#{count}"
    return Entry(f"#{count}", Failure(source, "read", reason + after, source))


def _placed(data: RecordData | str, source: str) -> RecordData | Failure:
    """A record, or the Failure of a record that could not be taken."""
    return data if isinstance(data, RecordData) else Failure(source, "read", data, source)


def _json_lines(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """Lines of a JSONL file; an overlong one is skipped in pieces, never held."""
    with blob.open() as stream:
        first = True
        while line := stream.readline(MAX_BYTES + 1):
            if first:
                line, first = line.removeprefix(b"\xef\xbb\xbf"), False
            if len(line) > MAX_BYTES and not line.endswith(b"\n"):
                _skip_line(stream)
                yield f"a line of more than {MAX_BYTES} bytes; one article a line is expected"
            elif line.strip():
                yield RecordData(line)


def _skip_line(stream: BinaryIO) -> None:
    """Read on to the end of the line."""
    while (piece := stream.readline(1 << 20)) and not piece.endswith(b"\n"):
        pass


def _json_document(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """One object, or an array of objects, in a file of bounded size."""
    with blob.open() as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"a JSON document of more than {MAX_BYTES} bytes; convert it to JSONL, one article a line")
    try:
        loaded = json.loads(data)
    except RecursionError as error:
        raise InputError("JSON nested too deep, expected an object or an array of objects") from error
    for record in loaded if isinstance(loaded, list) else [loaded]:
        yield RecordData(json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _comma_separated(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """Rows of a table with a header; the separator is the one that parts the header's names."""
    yield from _table(blob, None)


def _tab_separated(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """Rows of a table with tabs."""
    yield from _table(blob, "\t")


def _table(blob: Blob, delimiter: str | None) -> Iterator[RecordData | str]:
    """Rows as objects of strings; bytes that are not of the table's encoding spoil their own row only."""
    csv.field_size_limit(MAX_BYTES)
    with _text_stream(blob) as stream:
        header = stream.readline(_SAMPLE_BYTES)
        delimiter = delimiter or max(",;\t|", key=header.count)
        names = next(csv.reader([header], delimiter=delimiter), [])
        for row in csv.reader(_without_nul(stream), delimiter=delimiter):
            if not row:
                continue
            if len(row) > len(names):
                yield f"a row of {len(row)} cells, the header has {len(names)}; a quote or separator is missing"
                continue
            record = dict(zip(names, row, strict=False))
            yield RecordData(json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def _without_nul(stream: io.TextIOBase) -> Iterator[str]:
    """Lines without NUL, which older readers of tables stop at; none longer than an article may be."""
    while line := stream.readline(MAX_BYTES):
        yield line.replace("\0", "")


def _text_stream(blob: Blob) -> io.TextIOBase:
    """A table as text: UTF-8 and UTF-16 as a stream, legacy encodings whole."""
    with blob.open() as stream:
        sample = stream.read(_SAMPLE_BYTES)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return io.TextIOWrapper(blob.open(), "utf-16", newline="")
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            with blob.open() as stream:
                return io.StringIO(decode(stream.read(MAX_BYTES + 1)).text, newline="")
    return io.TextIOWrapper(blob.open(), "utf-8-sig", errors="surrogateescape", newline="")


def _parquet(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """Rows of a Parquet file; only the columns that an article is made of are read."""
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("reading Parquet", "archive", "pyarrow") from error
    wanted = {*fields.id, *fields.title, *fields.body, *fields.published}
    with blob.open() if blob.path is not None else spooled(blob) as stream:
        table = pq.ParquetFile(stream)
        columns = [name for name in table.schema_arrow.names if name in wanted]
        for batch in table.iter_batches(batch_size=_PARQUET_ROWS, columns=columns):
            for row in batch.to_pylist():
                yield RecordData(json.dumps(row, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass"))


def _plain(value: Any) -> str:
    """Dates as ISO, bytes as text, anything else as Python prints it."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _xml(blob: Blob, fields: Fields) -> Iterator[RecordData | str]:
    """Items of a feed or NewsML document."""
    with blob.open() as stream:
        for record in xml_records(stream):
            yield RecordData(json.dumps(record, ensure_ascii=False).encode("utf-8"))


_READERS: dict[Format, Callable[[Blob, Fields], Iterator[RecordData | str]]] = {
    "json": _json_document,
    "jsonl": _json_lines,
    "csv": _comma_separated,
    "tsv": _tab_separated,
    "parquet": _parquet,
    "xml": _xml,
}
