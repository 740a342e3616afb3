"""A file of an input, before it is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the input: its path as given, its name relative to the input, its size; or why it is not read."""

    path: str
    name: str
    size: int
    reason: str | None = None
