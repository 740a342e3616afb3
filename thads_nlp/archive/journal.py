"""What a run has finished, on disk: one SQLite file in which a batch of results stands whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from thads_nlp.archive.listed import MAX_FILE_ITEMS, Listed, fingerprint
from thads_nlp.errors import OptionError, ThadsError

# Compressed records take a quarter; higher levels cost more time than they save.
_LEVEL = 3
_DIGEST_BYTES = 16
# Rows that are read at a time.
_PAGE_ROWS = 256
_FILES = "(name blob primary key, path blob, size integer, reason text) without rowid"
_TABLES = f"""
create table if not exists meta (key text primary key, value text) without rowid;
create table if not exists files {_FILES};
create table if not exists ids (digest blob primary key, number integer) without rowid;
create table if not exists texts (digest blob primary key, number integer) without rowid;
create table if not exists results (number integer primary key, kind text, origin integer, payload blob);
"""

Kind = Literal["briefing", "failure", "copy"]


class JournalError(ThadsError):
    """The journal cannot be written or read; what was finished before is safe."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of item ``number``: a record as one line of JSON; for a copy, its own names and its ``origin``."""

    number: int
    kind: Kind
    record: bytes
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a journal holds; ``copies`` are among the briefings and failures of ``stages`` as well."""

    briefings: int
    copies: int
    stages: tuple[tuple[str, int], ...]

    @property
    def failures(self) -> int:
        """Failures of all stages."""
        return sum(count for _, count in self.stages)


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

    def settings(self) -> dict[str, Any] | None:
        """What the run was started with, None in a new journal."""
        row = self._base.execute("select value from meta where key = 'settings'").fetchone()
        return json.loads(row[0]) if row else None

    def begin(self, settings: dict[str, Any], files: Iterable[Listed], *, renew: bool) -> None:
        """Fix settings and files of the run in a new journal, both or nothing; check them in one that is there.

        Args:
            settings: everything but the input that decides the records.
            files: the input as it is now.
            renew: take files that had failures as they are now, and forget what was made of those that changed.

        Raises:
            OptionError: the journal is that of another input, model or options.
            JournalError: the disk is full or fails.
        """
        old = self.settings()
        with self._transaction():
            self._base.execute("drop table if exists temp.present")
            self._base.execute(f"create temp table present {_FILES}")
            rows = ((os.fsencode(f.name), os.fsencode(f.path), f.size, f.reason) for f in files)
            self._base.executemany("insert or ignore into present values (?, ?, ?, ?)", rows)
            if old is None:
                self._base.execute("insert into files select * from present")
            else:
                _check_same(old, {**settings, "input": old["input"]})
                if renew:
                    self._renew()
                _check_same({"input": fingerprint(self.files())}, {"input": fingerprint(self._listed("present"))})
            told = json.dumps({**settings, "input": fingerprint(self.files())}, sort_keys=True)
            self._base.execute("insert or replace into meta values ('settings', ?)", (told,))

    def _renew(self) -> None:
        """Take over what changed in files that had failures."""
        query = (
            "select f.name, f.size is not p.size or f.reason is not p.reason from files as f "
            "left join present as p on p.name = f.name order by f.name"
        )
        changed = ((i, name) for i, (name, differs) in enumerate(self._base.execute(query)) if differs)
        for index, old in list(changed):
            first, stop = index * MAX_FILE_ITEMS, (index + 1) * MAX_FILE_ITEMS
            failed = "select 1 from results where number >= ? and number < ? and kind = 'failure' limit 1"
            if self._base.execute(failed, (first, stop)).fetchone():
                self._base.execute("insert or replace into files select * from present where name = ?", (old,))
                self._forget(f"number >= {first} and number < {stop}")

    def complete(self) -> None:
        """Mark that every item has its result."""
        with self._transaction():
            self._base.execute("insert or replace into meta values ('complete', 'yes')")

    def is_complete(self) -> bool:
        """Whether every item has its result."""
        return self._base.execute("select value from meta where key = 'complete'").fetchone() is not None

    def files(self) -> Iterator[Listed]:
        """The files of the run by name."""
        return self._listed("files")

    def _listed(self, table: Literal["files", "present"]) -> Iterator[Listed]:
        """The files of a table by name."""
        query = f"select * from {table} where name > ? order by name limit {_PAGE_ROWS}"
        for name, path, size, reason in self._paged(query, b""):
            yield Listed(os.fsdecode(path), os.fsdecode(name), size, reason)

    def _paged(self, query: str, first: Any, *more: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of an ordered query page by page, the key in front: no statement stays open, whoever holds us."""
        while rows := self._base.execute(query, (first, *more)).fetchall():
            yield from rows
            first = rows[-1][0]

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
        rows = [(r.number, r.kind, r.origin, zlib.compress(r.record, _LEVEL)) for r in results]
        with self._transaction():
            self._base.executemany("insert or replace into results values (?, ?, ?, ?)", rows)

    def forget_failures(self) -> None:
        """Make failed items open again, as if they had never been read."""
        with self._transaction():
            self._forget("number in (select number from results where kind = 'failure')")

    def _forget(self, which: str) -> None:
        """Remove the results that a condition names, their copies, and what they had claimed."""
        self._base.execute("delete from meta where key = 'complete'")
        for table in ("ids", "texts"):
            self._base.execute(f"delete from {table} where {which}")
        copies = f"origin in (select number from results where {which})"
        self._base.execute(f"delete from results where kind = 'copy' and {copies}")
        self._base.execute(f"delete from results where {which}")

    def counts(self) -> Counts:
        """How much there is of what; a copy counts when its origin is done."""
        copies = "(select origin, count(*) as copies from results where kind = 'copy' group by origin)"
        joined = f"results left join {copies} as c on c.origin = number"
        total = f"select count(*) + total(copies), total(copies) from {joined} where kind = ?"
        briefings, copied = self._base.execute(total, ("briefing",)).fetchone()
        stages: Counter[str] = Counter()
        failures = f"select payload, 1 + coalesce(copies, 0) from {joined} where kind = 'failure'"
        for payload, count in self._base.execute(failures):
            stages[json.loads(zlib.decompress(payload))["stage"]] += count
        failed = self._base.execute(total, ("failure",)).fetchone()[1]
        return Counts(int(briefings), int(copied + failed), tuple(sorted(stages.items())))

    def results(self, kind: Literal["briefing", "failure"]) -> Iterator[bytes]:
        """Records of a kind in the order of the input; copies as full records of their own.

        Raises:
            JournalError: the journal cannot be read.
        """
        query = (
            "select r.number, r.payload, o.payload from results as r left join results as o on o.number = r.origin "
            f"where r.number > ? and coalesce(o.kind, r.kind) = ? order by r.number limit {_PAGE_ROWS}"
        )
        with self.guarded():
            for _, own, origin in self._paged(query, -1, kind):
                record = zlib.decompress(own)
                yield record if origin is None else _copied(record, zlib.decompress(origin))

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """What a bad disk makes of reading the journal becomes a JournalError."""
        try:
            yield
        except (sqlite3.Error, zlib.error) as error:
            raise JournalError(
                f"{self._path}: the journal cannot be read or is damaged ({error}); copy it to a sound disk and try "
                "again there, or brief again with --overwrite"
            ) from error

    def _transaction(self) -> _Transaction:
        """All statements within or none."""
        return _Transaction(self._base, self._path)


class _Transaction:
    """``with`` block around statements; errors of the database become JournalError."""

    def __init__(self, base: sqlite3.Connection, path: Path) -> None:
        self._base, self._path = base, path

    def __enter__(self) -> None:
        try:
            self._base.execute("begin immediate")
        except sqlite3.Error as error:
            raise self._failed(error) from error

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
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> JournalError:
        """What a full or broken disk comes to."""
        return JournalError(
            f"{self._path}: cannot be written ({error}); nothing that was finished is lost: free some space and "
            "give the same command again"
        )


def _copied(own: bytes, origin: bytes) -> bytes:
    """The record of another item under this one's id and source."""
    record = json.loads(origin)
    record.update(json.loads(own))
    return to_line(record)


def _check_same(old: dict[str, Any], new: dict[str, Any]) -> None:
    """OptionError where a journal's settings are not the present ones."""
    old, new = json.loads(json.dumps(old)), json.loads(json.dumps(new))
    different = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    if different:
        raise OptionError(
            f"the output was begun with another {', '.join(different)}; use another output, or --overwrite"
        )


def to_line(record: dict[str, object]) -> bytes:
    """One compact line of JSON without its end, always valid UTF-8."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _digest(text: str) -> bytes:
    """A short name of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
