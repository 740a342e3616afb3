"""What a run has finished, on disk: one SQLite file in which a batch of results stands whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from thads_nlp.archive.listed import Listed
from thads_nlp.errors import OptionError, ThadsError

# Compressed records take a quarter; higher levels cost more time than they save.
_LEVEL = 3
_DIGEST_BYTES = 16
_TABLES = """
create table if not exists meta (key text primary key, value text) without rowid;
create table if not exists files (name blob primary key, path blob, size integer, reason text) without rowid;
create table if not exists ids (digest blob primary key, number integer) without rowid;
create table if not exists texts (digest blob primary key, number integer) without rowid;
create table if not exists results (number integer primary key, kind text, payload blob);
"""

Kind = Literal["briefing", "failure", "copy"]


class JournalError(ThadsError):
    """The journal cannot be written or read; what was finished before is safe."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of item ``number``: a record as one line of JSON; for a copy, whose copy it is and its own names."""

    number: int
    kind: Kind
    record: bytes


class Journal:
    """An open journal; only one process may have it."""

    def __init__(self, path: Path) -> None:
        """Open or create it.

        Raises:
            JournalError: another run has it open, or it is no journal.
        """
        self._path = path
        try:
            self._base = sqlite3.connect(path, isolation_level=None, timeout=1.0)
            self._base.execute("pragma locking_mode = exclusive")
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            self._base.executescript("begin immediate;" + _TABLES + "commit;")
        except sqlite3.Error as error:
            reason = "another run is using it" if "locked" in str(error) else str(error)
            raise JournalError(f"{path}: the journal cannot be opened ({reason})") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def settings(self) -> str | None:
        """What the run was started with, None in a new journal."""
        row = self._base.execute("select value from meta where key = 'settings'").fetchone()
        return row[0] if row else None

    def start(self, settings: str, files: Iterable[Listed]) -> None:
        """Fix settings and files of the run, both or nothing."""
        rows = ((os.fsencode(f.name), os.fsencode(f.path), f.size, f.reason) for f in files)
        with self._transaction():
            self._base.executemany("insert or ignore into files values (?, ?, ?, ?)", rows)
            self._base.execute("insert into meta values ('settings', ?)", (settings,))

    def complete(self) -> None:
        """Mark that every item has its result."""
        with self._transaction():
            self._base.execute("insert or replace into meta values ('complete', 'yes')")

    def is_complete(self) -> bool:
        """Whether every item has its result."""
        return self._base.execute("select value from meta where key = 'complete'").fetchone() is not None

    def files(self) -> Iterator[Listed]:
        """The files of the run by name."""
        cursor = self._base.execute("select name, path, size, reason from files order by name")
        for name, path, size, reason in cursor:
            yield Listed(os.fsdecode(path), os.fsdecode(name), size, reason)

    def done(self, first: int, stop: int) -> frozenset[int]:
        """Numbers in ``[first, stop)`` that have a result."""
        rows = self._base.execute("select number from results where number >= ? and number < ?", (first, stop))
        return frozenset(number for (number,) in rows)

    def claim_ids(self, wanted: Sequence[tuple[str, int]]) -> list[int]:
        """Who has each id: the number that came with it, or the one that had it before."""
        return self._claim("ids", [(_digest(name), number) for name, number in wanted])

    def claim_texts(self, wanted: Sequence[tuple[str, int]]) -> list[int]:
        """Which item each text is generated for: the first that has it."""
        return self._claim("texts", [(_digest(text), number) for text, number in wanted])

    def _claim(self, table: Literal["ids", "texts"], wanted: Sequence[tuple[bytes, int]]) -> list[int]:
        """Owners by digest, in one transaction; claiming again changes nothing."""
        with self._transaction():
            self._base.executemany(f"insert or ignore into {table} values (?, ?)", wanted)
        query = f"select number from {table} where digest = ?"
        return [int(self._base.execute(query, (digest,)).fetchone()[0]) for digest, _ in wanted]

    def add(self, results: Iterable[Result]) -> None:
        """Results, all or none; on disk when this returns.

        Raises:
            JournalError: the disk is full or fails.
        """
        rows = [(r.number, r.kind, zlib.compress(r.record, _LEVEL)) for r in results]
        with self._transaction():
            self._base.executemany("insert or replace into results values (?, ?, ?)", rows)

    def forget_failures(self) -> int:
        """Make failed items open again, as if they had never been read; returns how many."""
        with self._transaction():
            failed = "select number from results where kind = 'failure'"
            self._base.execute("delete from meta where key = 'complete'")
            count = self._base.execute(f"select count(*) from ({failed})").fetchone()[0]
            copies = "kind = 'copy' and cast(json_extract(origin(payload), '$.of') as integer) in"
            self._base.create_function("origin", 1, lambda data: zlib.decompress(data).decode())
            self._base.execute(f"delete from results where {copies} ({failed})")
            for table in ("ids", "texts"):
                self._base.execute(f"delete from {table} where number in ({failed})")
            self._base.execute("delete from results where kind = 'failure'")
        return int(count)

    def results(self, *kinds: Kind) -> Iterator[Result]:
        """Results of some kinds by number; copies as full records of their own."""
        marks = ",".join("?" for _ in kinds)
        cursor = self._base.execute(
            f"select number, kind, payload from results where kind in ({marks}, 'copy') order by number", kinds
        )
        for number, kind, payload in cursor:
            record = zlib.decompress(payload)
            result = Result(number, kind, record) if kind != "copy" else self._copied(number, record)
            if result.kind in kinds:
                yield result

    def _copied(self, number: int, record: bytes) -> Result:
        """The record of another item under this one's id and source."""
        own = json.loads(record)
        row = self._base.execute("select kind, payload from results where number = ?", (own["of"],)).fetchone()
        if row is None:
            raise JournalError(f"{self._path}: item {number} repeats item {own['of']}, which has no result")
        origin = json.loads(zlib.decompress(row[1]))
        origin.update(id=own["id"], source=own["source"])
        return Result(number, row[0], to_line(origin))

    def _transaction(self) -> _Transaction:
        """All statements within or none."""
        return _Transaction(self._base, self._path)


class _Transaction:
    """``with`` block around statements; errors of the database become JournalError."""

    def __init__(self, base: sqlite3.Connection, path: Path) -> None:
        self._base, self._path = base, path

    def __enter__(self) -> None:
        self._base.execute("begin immediate")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._base.execute("commit" if error is None else "rollback")
        except sqlite3.Error as failed:
            error = failed
        if self._base.in_transaction:
            self._base.execute("rollback")
        if isinstance(error, sqlite3.Error):
            raise JournalError(
                f"{self._path}: cannot be written ({error}); nothing that was finished is lost: free some space and "
                "give the same command again"
            ) from error


def check_same(journal: Journal, settings: str) -> None:
    """Refuse a journal of another input, model or options.

    Raises:
        OptionError: with what differs.
    """
    old, new = json.loads(journal.settings() or "{}"), json.loads(settings)
    different = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    if different:
        raise OptionError(
            f"the output was begun with another {', '.join(different)}; use another output, or --overwrite"
        )


def to_line(record: dict[str, object]) -> bytes:
    """One compact line of JSON without its end."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _digest(text: str) -> bytes:
    """A short name of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
