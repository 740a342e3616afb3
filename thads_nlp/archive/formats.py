"""What a file is, by its first bytes and then its name."""

from __future__ import annotations

import re
import tarfile
from pathlib import PurePosixPath

from thads_nlp.archive.items import Format

# Bytes that decide: tar's mark stands at 257.
HEAD_BYTES = 4_096

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"),
    (b"%PDF", "pdf"), (b"PAR1", "parquet"),
)  # fmt: skip
_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv", ".xml": "xml", ".rss": "xml",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown",
}  # fmt: skip
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|div|p)\b", re.I | re.S)
_XML_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|newsItem|newsMessage|packageItem|rdf|nitf)\b", re.I)
_JSON_LINE = re.compile(rb'\s*\{\s*"')
_UTF8_BOM = b"\xef\xbb\xbf"


def sniff(head: bytes, name: str) -> Format:
    """The format of a file from its first ``HEAD_BYTES`` and its name; "text" where nothing else fits."""
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "docx" if b"word/" in head or PurePosixPath(name).suffix.lower() == ".docx" else "zip"
    if _is_tar(head):
        return "tar"
    return _text_format(head.removeprefix(_UTF8_BOM), PurePosixPath(name).suffix.lower())


def _is_tar(head: bytes) -> bool:
    """Whether a tar begins here: by its mark, or, as in old ones without it, by the checksum of the first header."""
    if head[257:262] == b"ustar":
        return True
    if len(head) < tarfile.BLOCKSIZE or not head[0] or head[148:156] == bytes(8):
        return False
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _text_format(head: bytes, suffix: str) -> Format:
    """What kind of text it is: markup speaks for itself, tables and Markdown only by their name."""
    start = head.lstrip()
    if start.startswith(b"<?xml") or _XML_ROOT.match(start):
        return "html" if re.search(rb"<html\b", head, re.I) and not _XML_ROOT.search(head) else "xml"
    if _HTML.match(head):
        return "html"
    named = _SUFFIXES.get(suffix)
    if named == "json" and _is_lines(head):
        return "jsonl"
    if named:
        return named
    return "jsonl" if _JSON_LINE.match(head) else "text"


def _is_lines(head: bytes) -> bool:
    """Whether the first line is a whole object and another one follows."""
    first, newline, rest = head.lstrip().partition(b"\n")
    return bool(newline) and first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")
