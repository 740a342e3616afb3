"""Where the files of a run lie: its output, what stands beside it, its journal; on this machine or on a store.

A store's objects cannot be appended to or renamed, so an output with a URL is built here and then put there; the
journal, which is what makes a run resumable, is always a file of this machine.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thads_nlp.archive.outputs import beside, check_folder, check_output, check_pages, remove
from thads_nlp.archive.remote import is_remote, open_store
from thads_nlp.errors import OptionError, ThadsError

JOURNAL, FAILURES, MANIFEST = ".journal", ".failures.jsonl", ".manifest.json"


@dataclass(frozen=True, slots=True)
class Target:
    """The output as given, the path that it is built at, and the journal."""

    given: str
    output: Path
    journal: Path

    @classmethod
    def of(cls, given: str, work: Path | None = None) -> Target:
        """The target of ``-o``; ``work`` is the folder of the journal (default: beside the output, or where we are).

        Raises:
            OptionError: the name says no form, or a folder is not there or cannot be written.
        """
        output = Path(given)
        if is_remote(given):
            output = (work or Path()) / given.rstrip("/").rpartition("/")[2]
        check_output(output)
        journal = beside(output if work is None else work / output.name, JOURNAL)
        check_folder(journal.parent)
        return cls(given, output, journal)

    @property
    def files(self) -> tuple[Path, ...]:
        """What a finished run leaves, in the order of writing: who sees the manifest sees the rest."""
        return self.output, beside(self.output, FAILURES), beside(self.output, MANIFEST)

    def own_paths(self) -> frozenset[str]:
        """Real paths of everything that a run writes on this machine."""
        parts = tuple(path.with_name(f".{path.name}.part") for path in self.files)
        return frozenset(str(path.resolve()) for path in (*self.files, *parts, *self._journal_files()))

    def refuse_loss(self, inputs: Sequence[str]) -> None:
        """What is not a run's own is never thrown away, whatever the options.

        Raises:
            OptionError: the output is an input or lies among them without a journal, or it is a folder with other
                things in it.
        """
        if not is_remote(self.given):
            check_pages(self.output)
        own = {str(path.resolve()) for path in (*self.files, self.journal)}
        for given in inputs:
            reals = set() if is_remote(given) else {os.path.realpath(path) for path in (given, *glob.iglob(given))}
            if given == self.given or (reals & own and not self.journal.exists()):
                raise OptionError(f"{given} is an input and would be written over; use another output")
            if not self.journal.exists() and any(path.exists() and _lies_in(path, reals) for path in self.files):
                raise OptionError(
                    f"{self.given} is there already, among the inputs, and no journal says that a run made it; use "
                    "another output"
                )

    def refuse_foreign(self) -> None:
        """An output that is there without our journal is not ours to replace.

        Raises:
            OptionError: such an output is there.
        """
        if not self.journal.exists() and self._exists():
            raise OptionError(
                f"{self.given} is there already, and the journal {self.journal} of a run that made it is not; use "
                "--overwrite or another name"
            )

    def clear(self) -> None:
        """Remove what an earlier run left.

        Raises:
            ThadsError: something cannot be removed.
        """
        try:
            for path in (*self.files, *self._journal_files()):
                remove(path)
            if is_remote(self.given):
                system, root = open_store(self.given)
                for path in self.files:
                    _remove_object(system, _beside(root, path.name))
        except ThadsError:
            raise
        except Exception as error:  # each store has errors of its own
            raise ThadsError(f"{self.given}: what is there cannot be removed ({error})") from error

    def publish(self) -> None:
        """Put finished files to the store, if that is where they belong.

        Raises:
            ThadsError: the store refuses; nothing is lost.
        """
        if not is_remote(self.given):
            return
        try:
            system, root = open_store(self.given)
            for path in self.files:
                _put(system, path, _beside(root, path.name))
        except Exception as error:  # each store has errors of its own
            raise ThadsError(
                f"{self.given}: cannot be written ({error or type(error).__name__}); all results are safe in "
                f"{self.journal}: give the same command again"
            ) from error
        for path in self.files:
            remove(path)

    def _exists(self) -> bool:
        """Whether something is there under the output's name; an empty folder does not count."""
        if not is_remote(self.given):
            return self.output.exists() and not (self.output.is_dir() and not any(self.output.iterdir()))
        system, root = open_store(self.given)
        try:
            return bool(system.exists(root))
        except Exception as error:  # each store has errors of its own
            raise OptionError(f"{self.given}: cannot be reached ({error or type(error).__name__})") from error

    def _journal_files(self) -> tuple[Path, ...]:
        """The journal with what SQLite keeps beside it."""
        return tuple(self.journal.with_name(self.journal.name + suffix) for suffix in ("", "-wal", "-shm", "-journal"))


def _lies_in(path: Path, folders: Set[str]) -> bool:
    """Whether a path lies somewhere in one of these folders."""
    return not folders.isdisjoint(map(str, path.resolve().parents))


def _beside(root: str, name: str) -> str:
    """A name in the folder of a store's path."""
    return root.rstrip("/").rpartition("/")[0] + "/" + name


def _put(system: Any, path: Path, target: str) -> None:
    """A file or a folder of files to a store, replacing what was there."""
    system.makedirs(target.rpartition("/")[0], exist_ok=True)
    if path.is_file():
        system.put_file(str(path), target)
        return
    _remove_object(system, target)
    system.makedirs(target, exist_ok=True)
    for page in sorted(path.iterdir()):
        system.put_file(str(page), f"{target}/{page.name}")


def _remove_object(system: Any, target: str) -> None:
    """A file or folder of a store, if it is there."""
    if system.exists(target):
        system.rm(target, recursive=True)
