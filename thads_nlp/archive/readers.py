"""One iterator a format: from a file or member to items, streaming, with bounded memory."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from thads_nlp.archive.containers import DAMAGE, seekable, with_head
from thads_nlp.archive.items import Blob, Fields, FileData, Format, MemberData, Reading, RecordData
from thads_nlp.archive.xml_records import xml_records
from thads_nlp.errors import InputError, MissingExtraError
from thads_nlp.schema import Failure
from thads_nlp.text.decode import MAX_BYTES, decode

_PARQUET_ROWS = 64
# Bytes of a column that are read ahead: without it a row group, often the whole file, would be held.
_PARQUET_BUFFER = 1 << 20
# Encodings that ``decode`` knows and Python does not.
LEGACY = frozenset({"tcvn3", "vni"})
_SAMPLE_BYTES = 65_536
_RECORDS: frozenset[Format] = frozenset({"json", "jsonl", "csv", "tsv", "xml", "parquet"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader found: a place ("#3" in a file of records, "" for a document) and its data."""

    place: str
    data: FileData | MemberData | RecordData | Failure


def read_entries(blob: Blob, form: Format, fields: Fields, encoding: str | None = None) -> Iterator[Entry]:
    """All entries of a file or member; damage ends it with a Failure that says after how many, emptiness is one."""
    if form not in _RECORDS:
        yield _document(blob, form)
        return
    count = 0
    try:
        for data in _READERS[form](blob, Reading(fields, encoding)):
            yield Entry(f"#{count}", _placed(data, f"{blob.source}#{count}"))
            count += 1
        if not count:
            yield _broken(blob, 0, f"no record in it, though it is taken for {form}")
    except (InputError, MissingExtraError, csv.Error) as error:
        yield _broken(blob, count, str(error))
    except DAMAGE as error:
        yield _broken(blob, count, f"damaged: {error or type(error).__name__}")


def _document(blob: Blob, form: Format) -> Entry:
    """A document: by its path where it has one, else its bytes."""
    if blob.path is not None:
        return Entry("", FileData(blob.path, form, blob.size))
    try:
        with blob.open() as stream:
            data = stream.read(MAX_BYTES + 1)
    except (InputError, MissingExtraError, *DAMAGE) as error:
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


def _json_lines(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """Lines of a JSONL file; an overlong one is skipped in pieces, never held."""
    with blob.open() as opened:
        head = opened.read(4)
        codec = _wide(head, reading.encoding)
        stream: _Lines = _Headed(head, opened)
        if codec:
            # Line ends are two bytes there, of which a line of bytes would leave one behind.
            text = io.TextIOWrapper(with_head(opened, head), codec, newline="")
            stream = with_head(cast(BinaryIO, _Recoded(text)), b"")
        first = True
        while line := stream.readline(MAX_BYTES + 1):
            if first:
                line, first = line.removeprefix(b"\xef\xbb\xbf"), False
            if len(line) > MAX_BYTES and not line.endswith(b"\n"):
                _skip_line(stream)
                yield f"a line of more than {MAX_BYTES} bytes; one article a line is expected"
            elif line.strip():
                yield RecordData(line, rewritten=codec is not None)


def _wide(head: bytes, encoding: str | None) -> str | None:
    """The codec of lines whose characters take two bytes, by what is named or by how a record begins."""
    if encoding:
        return encoding if encoding.lower().replace("_", "-").startswith(("utf-16", "utf16")) else None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return {b"{\0": "utf-16-le", b"\0{": "utf-16-be"}.get(head[:2])


class _Lines(Protocol):
    """What gives lines of bytes."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or so much of it; empty at the end."""
        ...


class _Headed:
    """Lines of a stream whose first bytes were read already; reads no further, so none is lost to damage behind it."""

    def __init__(self, head: bytes, stream: _Lines) -> None:
        self._head, self._stream = head, stream

    def readline(self, size: int = -1, /) -> bytes:
        head, mark, self._head = self._head.partition(b"\n")
        if mark:
            return head + mark
        return head + self._stream.readline(size - len(head) if size > 0 else size)


class _Recoded:
    """Text as a stream of UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def read(self, size: int = -1) -> bytes:
        # No character takes more than four bytes.
        return self._text.read(max(size // 4, 1)).encode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._text.close()


def _skip_line(stream: _Lines) -> None:
    """Read on to the end of the line."""
    while (piece := stream.readline(1 << 20)) and not piece.endswith(b"\n"):
        pass


def _json_document(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """One object, or an array of objects, in a file of bounded size."""
    with blob.open() as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"a JSON document of more than {MAX_BYTES} bytes; convert it to JSONL, one article a line")
    try:
        # Unicode line separators within strings become line ends, which strict JSON does not allow there.
        loaded = json.loads(decode(data, reading.encoding).text, strict=False)
    except RecursionError as error:
        raise InputError("JSON nested too deep, expected an object or an array of objects") from error
    except ValueError as error:
        raise InputError(f"no JSON ({error}); an object or an array of objects is expected") from error
    for record in loaded if isinstance(loaded, list) else [loaded]:
        yield _rewritten(record)


def _rewritten(record: Any) -> RecordData:
    """A record in UTF-8; bytes that could not be decoded stay as they were, lone surrogates of JSON are lost."""
    text = json.dumps(record, ensure_ascii=False, default=_plain)
    try:
        return RecordData(text.encode("utf-8", "surrogateescape"), rewritten=True)
    except UnicodeEncodeError:
        return RecordData(text.encode("utf-8", "replace"), rewritten=True)


def _comma_separated(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """Rows of a table with a header; the separator is the one that parts the header's names."""
    yield from _table(blob, None, reading.encoding)


def _tab_separated(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """Rows of a table with tabs."""
    yield from _table(blob, "\t", reading.encoding)


def _table(blob: Blob, delimiter: str | None, encoding: str | None) -> Iterator[RecordData | str]:
    """Rows as objects of strings; bytes that are not of the table's encoding spoil their own row only."""
    csv.field_size_limit(MAX_BYTES)
    with _text_stream(blob, encoding) as stream:
        header = stream.readline(_SAMPLE_BYTES)
        delimiter = delimiter or max(",;\t|", key=header.count)
        names = next(csv.reader([header], delimiter=delimiter), [])
        for row in _rows(csv.reader(_without_nul(stream), delimiter=delimiter, strict=True)):
            if isinstance(row, str):
                yield row
            elif len(row) > len(names):
                yield f"a row of {len(row)} cells, the header has {len(names)}; a quote or separator is missing"
            else:
                yield _rewritten(dict(zip(names, row, strict=False)))


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str] | str]:
    """Rows that hold something; one that breaks the rules of quoting is named, and the next line is a row again."""
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield f"a row that is no CSV ({error}); quotes within a quoted cell are doubled, and each is closed"
            continue
        if row is None:
            return
        if row:
            yield row


def _without_nul(stream: io.TextIOBase) -> Iterator[str]:
    """Lines without NUL, which older readers of tables stop at; none longer than an article may be."""
    while line := stream.readline(MAX_BYTES):
        yield line.replace("\0", "")


def _text_stream(blob: Blob, encoding: str | None) -> io.TextIOBase:
    """A table as text: whatever Python decodes as a stream, legacy Vietnamese encodings whole."""
    stream = blob.open()
    sample = stream.read(_SAMPLE_BYTES)
    codec = encoding or _codec(sample)
    if codec is None or codec.lower() in LEGACY:
        with stream:
            return io.StringIO(decode(sample + stream.read(MAX_BYTES + 1 - len(sample)), encoding).text, newline="")
    errors = "strict" if encoding else "surrogateescape"
    return io.TextIOWrapper(with_head(stream, sample), _marked(codec), errors=errors, newline="")


def _codec(sample: bytes) -> str | None:
    """UTF-16 or UTF-8, or None where the beginning is in neither."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # The sample may end within a letter.
        return "utf-8" if error.start >= len(sample) - 4 else None
    return "utf-8"


def _marked(codec: str) -> str:
    """The codec that takes a byte order mark for what it is."""
    try:
        return "utf-8-sig" if codecs.lookup(codec).name == "utf-8" else codec
    except LookupError as error:
        raise InputError(f"the encoding {codec!r} is not known; give a Python codec, tcvn3 or vni") from error


def _parquet(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """Rows of a Parquet file; only the columns that an article is made of are read."""
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("reading Parquet", "archive", "pyarrow") from error
    fields = reading.fields
    wanted = {*fields.id, *fields.title, *fields.body, *fields.published}
    with seekable(blob) as stream:
        table = pq.ParquetFile(stream, buffer_size=_PARQUET_BUFFER)
        columns = [name for name in table.schema_arrow.names if name in wanted]
        for batch in table.iter_batches(batch_size=_PARQUET_ROWS, columns=columns):
            for row in batch.to_pylist():
                yield _rewritten(row)


def _plain(value: Any) -> str:
    """Dates as ISO, bytes as text, anything else as Python prints it."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _xml(blob: Blob, reading: Reading) -> Iterator[RecordData | str]:
    """Items of a feed or NewsML document."""
    with blob.open() as stream:
        for record in xml_records(stream):
            yield _rewritten(record)


_READERS: dict[Format, Callable[[Blob, Reading], Iterator[RecordData | str]]] = {
    "json": _json_document,
    "jsonl": _json_lines,
    "csv": _comma_separated,
    "tsv": _tab_separated,
    "parquet": _parquet,
    "xml": _xml,
}
