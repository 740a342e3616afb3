"""A file of an input, before it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

# Numbers that each file has for its items, so that those of other files do not move when it changes.
MAX_FILE_ITEMS = 1 << 32


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the input: its path as given, its name relative to the input, its size; or why it is not read."""

    path: str
    name: str
    size: int
    reason: str | None = None


def fingerprint(files: Iterable[Listed]) -> str:
    """A digest of the names and sizes of files in their order, in constant memory."""
    total, count = hashlib.sha256(), 0
    for listed in files:
        total.update(f"{listed.name}\0{listed.size}\0{listed.reason}\0".encode("utf-8", "surrogatepass"))
        count += 1
    return f"{count} files, {total.hexdigest()}"
