"""What readers hand to the run: one item for each article or unreadable thing, loaded later and elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from thads_nlp.schema import Failure

Format = Literal[
    "gzip", "zstd", "bz2", "xz", "zip", "tar", "docx", "pdf", "parquet",
    "json", "jsonl", "csv", "tsv", "xml", "html", "markdown", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field of a record is what; several names are tried in order."""

    id: tuple[str, ...] = ("id", "guid", "url")
    title: tuple[str, ...] = ("title", "headline")
    body: tuple[str, ...] = ("body", "text", "content", "article")
    published: tuple[str, ...] = ("published", "date", "pubDate", "published_at")


@dataclass(frozen=True, slots=True)
class Reading:
    """How items are read: the fields of records and the encoding of files (None detects)."""

    fields: Fields = field(default_factory=Fields)
    encoding: str | None = None


@dataclass(slots=True)
class Budget:
    """Bytes that came out of all containers in one file of ``packed`` bytes."""

    packed: int
    unpacked: int = 0


@dataclass(frozen=True, slots=True)
class Blob:
    """A file or archive member: where it lies, its name for guessing what it is, and how to open it.

    ``path`` is set for plain files, which can be read elsewhere; ``size`` is in bytes, as listed; ``budget`` is shared
    by all that is inside one file.
    """

    source: str
    name: str
    open: Callable[[], BinaryIO]
    path: Path | None = None
    depth: int = 0
    size: int = 0
    seekable: bool = False
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class FileData:
    """A document that lies in a file of its own; read where it is loaded."""

    path: Path
    format: Format
    size: int = 0


@dataclass(frozen=True, slots=True)
class MemberData:
    """A document out of a container, at most ``decode.MAX_BYTES``."""

    data: bytes
    format: Format


@dataclass(frozen=True, slots=True)
class RecordData:
    """A record as a JSON object in bytes: as it stood in the file, or ``rewritten`` in UTF-8 by its reader."""

    data: bytes
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of an input: an article to load, or a Failure. Numbers grow in the order of the input."""

    number: int
    source: str
    default_id: str
    data: FileData | MemberData | RecordData | Failure

    @property
    def size(self) -> int:
        """Bytes that loading it takes, as known before."""
        if isinstance(self.data, FileData):
            return self.data.size
        return 0 if isinstance(self.data, Failure) else len(self.data.data)
