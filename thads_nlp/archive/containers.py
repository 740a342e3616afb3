"""Members of compressed files and archives as streams. Nothing is ever written to disk under a member's name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from thads_nlp.archive.formats import HEAD_BYTES, sniff
from thads_nlp.archive.items import Blob, Budget, Format
from thads_nlp.archive.zstd import load_zstd
from thads_nlp.errors import InputError, MissingExtraError, ThadsError
from thads_nlp.schema import Failure

# Archives in archives in archives.
MAX_DEPTH = 4
# Text compresses 3 to 20 times; what gives more than this is a bomb. Looked at from FREE_BYTES on.
MAX_RATIO = 200
FREE_BYTES = 32_000_000
# The same limit for all that is inside one file together, however many members it is spread over.
FREE_TOTAL_BYTES = 1_000_000_000
# A zip inside another container has to be sought in: this much of it is held in memory, the rest in a nameless file.
SPOOL_BYTES = 16_000_000
MAX_NESTED_BYTES = 2_000_000_000
# A tar's header with a long name or other extensions.
MAX_HEADER_BYTES = 1_000_000
_EXTENSIONS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
# What opening and reading damaged containers raises.
DAMAGE = (
    OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, zipfile.LargeZipFile,
    NotImplementedError, RuntimeError, ValueError, UnicodeDecodeError,
)  # fmt: skip

CONTAINERS: frozenset[Format] = frozenset({"gzip", "zstd", "bz2", "xz", "zip", "tar"})
_PACKED_SUFFIXES = frozenset({".gz", ".zst", ".bz2", ".xz"})
_TAR_SUFFIXES = {".tgz": ".tar", ".tzst": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


class SpoolError(ThadsError):
    """There is no room for the temporary copy of an inner archive; the run can go on when there is."""


class _Readable(Protocol):
    """What is needed of a stream below."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class _Counted(io.RawIOBase):
    """A stream that counts what was read through it, and gives back a head that was looked at."""

    def __init__(self, stream: _Readable, head: bytes = b"") -> None:
        self._stream, self._head, self.count = stream, head, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        self._check(len(data))
        return len(data)

    def _check(self, size: int) -> None:
        """What a subclass allows; ``size`` bytes came just now."""

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Unpacked(_Counted):
    """Decompressed data; refuses bombs by the ratio of what came out to what went in, here and in the whole file."""

    def __init__(self, stream: _Readable, packed: Callable[[], int], budget: Budget | None) -> None:
        super().__init__(stream)
        self._packed, self._budget = packed, budget

    def _check(self, size: int) -> None:
        if _is_bomb(self.count, self._packed()):
            raise InputError(f"decompresses to more than {MAX_RATIO} times its size; refused as a bomb")
        if self._budget is None:
            return
        self._budget.unpacked += size
        if self._budget.unpacked > max(FREE_TOTAL_BYTES, MAX_RATIO * self._budget.packed):
            raise InputError(
                f"all members together decompress to more than {MAX_RATIO} times the file's size; refused as a bomb"
            )


def _is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so much came out of so little."""
    return unpacked > FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1)


def open_members(blob: Blob) -> Iterator[tuple[Blob, Format] | Failure]:
    """The blob itself with its format, or all that is inside, depth first, in the order of the container."""
    try:
        with blob.open() as stream:
            head = stream.read(HEAD_BYTES)
        form = sniff(head, blob.name)
        if form in CONTAINERS and blob.depth == 0:
            blob = replace(blob, budget=Budget(blob.size) if blob.size else None)
        if form not in CONTAINERS:
            yield blob, form
        elif blob.depth >= MAX_DEPTH:
            yield _failure(blob, f"containers are nested more than {MAX_DEPTH} deep; unpack it first")
        elif form in ("zip", "tar"):
            yield from _some(blob, _zip_members(blob) if form == "zip" else _tar_members(blob))
        else:
            yield from open_members(_unpacked(blob, form))
    except (InputError, MissingExtraError) as error:
        yield _failure(blob, str(error))
    except DAMAGE as error:
        yield _failure(blob, f"damaged or unreadable: {error or type(error).__name__}")


def _some(blob: Blob, members: Iterator[tuple[Blob, Format] | Failure]) -> Iterator[tuple[Blob, Format] | Failure]:
    """Members of an archive; a Failure where it has none."""
    empty = True
    for member in members:
        empty = False
        yield member
    if empty:
        yield _failure(blob, "an archive without a file in it")


def _unpacked(blob: Blob, form: Format) -> Blob:
    """What a compressed file holds, under its name without the suffix."""
    name = PurePosixPath(blob.name)
    inner = name.stem if name.suffix.lower() in _PACKED_SUFFIXES else name.name
    if name.suffix.lower() in _TAR_SUFFIXES:
        inner = name.stem + _TAR_SUFFIXES[name.suffix.lower()]

    def unpack() -> BinaryIO:
        packed = _Counted(blob.open())
        buffered = _buffered(packed)
        return _buffered(_Unpacked(_decompressor(form)(buffered), lambda: packed.count, blob.budget))

    return Blob(blob.source, inner, unpack, depth=blob.depth + 1, budget=blob.budget)


def _decompressor(form: Format) -> Callable[[BinaryIO], BinaryIO]:
    """How a compressed stream is opened."""
    openers: dict[str, Callable[[BinaryIO], object]] = {
        "gzip": lambda stream: gzip.GzipFile(fileobj=stream), "bz2": bz2.BZ2File, "xz": lzma.LZMAFile,
        "zstd": _open_zstd,
    }  # fmt: skip
    return lambda stream: cast(BinaryIO, openers[form](stream))


def _open_zstd(stream: BinaryIO) -> BinaryIO:
    """A zstd stream of any number of frames; one that is cut off raises EOFError instead of ending."""
    zstd = load_zstd("reading .zst")
    return cast(BinaryIO, _Checked(zstd.ZstdFile(stream), zstd.ZstdError))


class _Checked:
    """A decompressor whose own kind of error becomes OSError."""

    def __init__(self, stream: _Readable, damage: type[Exception]) -> None:
        self._stream, self._damage = stream, damage

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except self._damage as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._stream.close()


def _zip_members(blob: Blob) -> Iterator[tuple[Blob, Format] | Failure]:
    """Files of a zip, in the order of its directory."""
    with seekable(blob) as stream, zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            opener = _zip_opener(archive, info, blob.budget)
            member = _member(blob, info.filename, opener)
            if info.flag_bits & 1:
                yield _failure(member, "is encrypted; remove the password first")
            elif _is_bomb(info.file_size, info.compress_size):
                yield _failure(member, f"decompresses to more than {MAX_RATIO} times its size; refused as a bomb")
            else:
                yield from open_members(member)


def _member(blob: Blob, name: str, opener: Callable[[], BinaryIO]) -> Blob:
    """A file in an archive."""
    return Blob(_inside(blob, name), name, opener, depth=blob.depth + 1, budget=blob.budget)


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget | None) -> Callable[[], BinaryIO]:
    """How a member is opened; the size that the directory claims may lie, so what comes out is counted."""

    def unpack() -> BinaryIO:
        return _buffered(_Unpacked(cast(BinaryIO, archive.open(info)), lambda: info.compress_size, budget))

    return unpack


class _StrictInfo(tarfile.TarInfo):
    """Headers of a tar; a damaged or missing one raises, where tarfile takes it for the end and loses the rest."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _StrictInfo:
        """The next header; the end mark raises what it always does."""
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # not in tarfile's stubs
                raise
            raise tarfile.ReadError(f"damaged or cut off where a header should stand ({error})") from error

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        """Read what a header announces; long names and other extensions are read whole, so they may not be any size."""
        if self.type in _EXTENSIONS and self.size > MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {self.size} bytes, at most {MAX_HEADER_BYTES} are read")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


def _tar_members(blob: Blob) -> Iterator[tuple[Blob, Format] | Failure]:
    """Files of a tar read as a stream: each member is used up before the next."""
    with blob.open() as stream, tarfile.open(fileobj=stream, mode="r|", tarinfo=_StrictInfo) as archive:
        for info in archive:
            if info.isdir():
                continue
            source = _inside(blob, info.name)
            if info.issparse() and _is_bomb(info.size, _stored(info)):
                yield Failure(source, "read", "a sparse file that is nearly all holes; refused as a bomb", source)
                continue
            extracted = archive.extractfile(info) if info.isreg() else None
            if extracted is None:
                yield Failure(source, "read", "a link or device in an archive, expected a file; not followed", source)
                continue
            head = extracted.read(HEAD_BYTES)
            member = _member(blob, info.name, _once(cast(BinaryIO, extracted), head))
            yield from _tar_member(member, sniff(head, info.name))


def _stored(info: Any) -> int:
    """Bytes of a sparse file that are not holes."""
    return sum(size for _, size in info.sparse)


def _tar_member(member: Blob, form: Format) -> Iterator[tuple[Blob, Format] | Failure]:
    """A member itself, or what is in it, from a copy that can be read several times."""
    if form not in CONTAINERS:
        yield member, form
        return
    with spooled(member) as copy:

        def reopen() -> BinaryIO:
            copy.seek(0)
            return _buffered(_Counted(_Kept(copy)))

        yield from open_members(replace(member, open=reopen))


def _once(stream: BinaryIO, head: bytes) -> Callable[[], BinaryIO]:
    """A stream whose head was read already; it can be opened once."""
    return lambda: with_head(cast(BinaryIO, _Kept(stream)), head)


def with_head(stream: BinaryIO, head: bytes) -> BinaryIO:
    """A stream that begins with what was read of it already."""
    return _buffered(_Counted(stream, head))


class _Kept:
    """A stream that stays open when its reader is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def close(self) -> None:
        """Leave it to its owner."""


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    """Buffered, with the type that readers ask for."""
    return cast(BinaryIO, io.BufferedReader(raw))


def seekable(blob: Blob) -> BinaryIO:
    """The blob's file, or a temporary copy of a stream."""
    return blob.open() if blob.seekable or blob.path is not None else spooled(blob)


def spooled(blob: Blob) -> BinaryIO:
    """A temporary copy of a stream that can be sought in."""
    copy = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller, who closes it
    total = 0
    with blob.open() as stream:
        while chunk := stream.read(1 << 20):
            total += len(chunk)
            if total > MAX_NESTED_BYTES:
                raise InputError(f"an inner archive of more than {MAX_NESTED_BYTES} bytes; unpack it first")
            _write(copy, chunk)
    copy.seek(0)
    return cast(BinaryIO, copy)


def _write(copy: Any, chunk: bytes) -> None:
    """Write to the temporary copy; want of room there is no fault of the input."""
    try:
        copy.write(chunk)
    except OSError as error:
        raise SpoolError(
            f"{tempfile.gettempdir()}: no room for a temporary copy of an inner archive ({error.strerror}); free some "
            "space, or set TMPDIR, and give the same command again"
        ) from error


def _inside(blob: Blob, member: str) -> str:
    """``path!/member``; control characters of the name are shown escaped."""
    printable = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in member)
    return f"{blob.source}!/{printable}"


def _failure(blob: Blob, reason: str) -> Failure:
    """Why a blob gives nothing."""
    return Failure(blob.source, "read", reason, blob.source)
