"""The files of an input in one order, and the items in them, numbered."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from thads_nlp.archive.containers import open_members
from thads_nlp.archive.items import Blob, FileData, Item, Reading
from thads_nlp.archive.listed import MAX_FILE_ITEMS, Listed
from thads_nlp.archive.readers import read_entries
from thads_nlp.archive.remote import is_remote, list_remote, remote_opener
from thads_nlp.errors import InputError
from thads_nlp.schema import Failure

_CHANGED = (
    "the file changed while it was read, so records may be missing or torn; brief it again with --overwrite, or, as "
    "one that failed, with --retry-failures"
)


def list_files(inputs: Sequence[str], own: Collection[str] = ()) -> Iterator[Listed]:
    """All files of the inputs in no particular order; hidden ones are left out, folders behind links not followed.

    Args:
        inputs: folders, files, patterns, URLs.
        own: real paths that are no input wherever they lie: what the run itself writes.

    Raises:
        InputError: an input does not exist.
    """
    for given in inputs:
        if is_remote(given):
            yield from list_remote(given, whole_names=len(inputs) > 1)
    paths = [found for given in inputs if not is_remote(given) for found in _expanded(given)]
    base = _base(paths) if paths else ""
    seen: set[str] = set()
    for path in paths:
        if os.path.abspath(path) in seen:
            continue
        seen.add(os.path.abspath(path))
        # Links are not followed below, so the one real path is enough to know what is the run's own.
        real = os.path.realpath(path)
        found = _walk(path, base, own, real) if os.path.isdir(path) else iter([_listed(path, base)])
        yield from (listed for listed in found if real + listed.path[len(path) :] not in own)


def read_items(files: Iterable[Listed], reading: Reading) -> Iterator[Item]:
    """The items of listed files; a file's numbers do not depend on what is in the files before it."""
    for index, listed in enumerate(files):
        for number, item in enumerate(_items_of(listed, reading)):
            yield Item(index * MAX_FILE_ITEMS + number, item.source, item.default_id, item.data)


def _items_of(listed: Listed, reading: Reading) -> Iterator[Item]:
    """The items of one file, all with number 0."""
    shown = _printable(listed.path)
    if listed.reason is not None:
        yield Item(0, shown, _printable(listed.name), Failure("", "read", listed.reason, shown))
        return
    blob = _blob(listed, shown)
    before = _state(blob)
    streamed = False
    for member in open_members(blob):
        if isinstance(member, Failure):
            failure = Failure("", "read", member.reason, member.source)
            yield Item(0, member.source, _id_of(listed, shown, member.source), failure)
            continue
        inner, form = member
        for entry in read_entries(inner, form, reading.fields, reading.encoding):
            source = inner.source + entry.place
            data = Failure("", "read", entry.data.reason, source) if isinstance(entry.data, Failure) else entry.data
            streamed = streamed or not isinstance(data, (FileData, Failure))
            yield Item(0, source, _id_of(listed, shown, source), data)
    if streamed and before is not None and (_state(blob) != before or before[0] != listed.size):
        yield Item(0, f"{shown}#changed", f"{_printable(listed.name)}#changed", Failure("", "read", _CHANGED, shown))


def _blob(listed: Listed, shown: str) -> Blob:
    """A listed file as something to open."""
    path = Path(listed.path)
    if is_remote(listed.path):
        return Blob(shown, path.name, remote_opener(listed.path), size=listed.size, seekable=True)
    return Blob(shown, path.name, _opener(path), path, size=listed.size, seekable=True)


def _state(blob: Blob) -> tuple[int, int] | None:
    """What changes with a file: its size and time; None for what is not on this machine."""
    if blob.path is None:
        return None
    try:
        status = blob.path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


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


def _walk(folder: str, base: str, own: Collection[str], real: str) -> Iterator[Listed]:
    """Files below a folder; folders that are the run's own are not entered."""
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending += [] if real + entry.path[len(folder) :] in own else [entry.path]
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
