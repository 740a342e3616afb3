"""The files of an input in one order, and the items in them, numbered."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from thads_nlp.archive.containers import open_members
from thads_nlp.archive.items import Blob, Fields, Item
from thads_nlp.archive.listed import Listed
from thads_nlp.archive.readers import read_entries
from thads_nlp.archive.remote import is_remote, list_remote, remote_opener
from thads_nlp.errors import InputError
from thads_nlp.schema import Failure


def list_files(inputs: Sequence[str]) -> Iterator[Listed]:
    """All files of the inputs in no particular order; hidden ones are left out, folders behind links not followed.

    Raises:
        InputError: an input does not exist.
    """
    for given in inputs:
        if is_remote(given):
            yield from list_remote(given)
    paths = [found for given in inputs if not is_remote(given) for found in _expanded(given)]
    base = _base(paths) if paths else ""
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            continue
        seen.add(path)
        if os.path.isdir(path):
            yield from _walk(path, base)
        else:
            yield _listed(path, base)


def read_items(files: Iterable[Listed], fields: Fields) -> Iterator[Item]:
    """The items of listed files, numbered from 0 in their order."""
    number = 0
    for listed in files:
        for item in _items_of(listed, fields):
            yield Item(number, item.source, item.default_id, item.data)
            number += 1


def _items_of(listed: Listed, fields: Fields) -> Iterator[Item]:
    """The items of one file, all with number 0."""
    shown = _printable(listed.path)
    if listed.reason is not None:
        yield Item(0, shown, listed.name, Failure(listed.name, "read", listed.reason, shown))
        return
    path = Path(listed.path)
    blob = Blob(shown, path.name, _opener(path), path)
    if is_remote(listed.path):
        blob = Blob(shown, path.name, remote_opener(listed.path))
    for member in open_members(blob):
        if isinstance(member, Failure):
            failure = Failure("", "read", member.reason, member.source)
            yield Item(0, member.source, _id_of(listed, shown, member.source), failure)
            continue
        inner, form = member
        for entry in read_entries(inner, form, fields):
            source = inner.source + entry.place
            data = Failure("", "read", entry.data.reason, source) if isinstance(entry.data, Failure) else entry.data
            yield Item(0, source, _id_of(listed, shown, source), data)


def _id_of(listed: Listed, shown: str, source: str) -> str:
    """The place of an article relative to the input."""
    return _printable(listed.name) + source.removeprefix(shown)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    """How a plain file is opened."""
    return lambda: cast(BinaryIO, path.open("rb"))


def _expanded(given: str) -> list[str]:
    """A path as it is; a pattern as the sorted files that it matches."""
    if os.path.lexists(given):
        return [given]
    found = sorted(glob.glob(given, recursive=True))
    if not found:
        raise InputError(f"{given}: no such file or folder, and no file matches it as a pattern")
    return found


def _base(paths: Sequence[str]) -> str:
    """What names are relative to: the one folder, or the folder that all inputs lie in."""
    if len(paths) == 1 and os.path.isdir(paths[0]):
        return os.path.abspath(paths[0])
    return os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths])


def _walk(folder: str, base: str) -> Iterator[Listed]:
    """Files below a folder."""
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        yield _listed(entry.path, base)
        except OSError as error:
            yield Listed(current, _relative(current, base), 0, f"the folder cannot be read ({error.strerror})")


def _listed(path: str, base: str) -> Listed:
    """A file with its size, or why it is none."""
    name = _relative(path, base)
    if os.path.isdir(path):
        return Listed(path, name, 0, "a link to a folder; not followed: give the folder itself as input")
    try:
        status = os.stat(path)
    except OSError as error:
        return Listed(path, name, 0, f"cannot be read ({error.strerror})")
    if not os.path.isfile(path):
        return Listed(path, name, 0, "neither a file nor a folder")
    return Listed(path, name, status.st_size)


def _relative(path: str, base: str) -> str:
    """Name below the base with forward slashes."""
    return os.path.relpath(os.path.abspath(path), base).replace(os.sep, "/")


def _printable(name: str) -> str:
    """A path that can be printed and encoded: control characters and undecodable bytes escaped."""
    return "".join(char if char.isprintable() else f"\\x{ord(char) & 0xFF:02x}" for char in name)
