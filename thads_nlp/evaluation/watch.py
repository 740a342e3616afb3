"""Progress of long evaluations, and their results so far on disk: a run that is killed is not lost."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

# Seconds between lines of progress where there is no terminal, and between two files with what is done.
LINE_SECONDS = 30.0
SAVE_SECONDS = 120.0


class Watch:
    """Counts articles: a bar on a terminal, else a line now and then."""

    def __init__(self, total: int, say: Callable[[str], object], seconds: float = LINE_SECONDS) -> None:
        """``say`` is given the lines."""
        self._total, self._say, self._seconds = total, say, seconds
        self._bar: Any = tqdm(total=total, unit=" articles", disable=not sys.stderr.isatty())
        self._began = self._told = time.monotonic()
        self.done = 0

    def advance(self, count: int) -> None:
        """So many more articles are done."""
        self.done += count
        self._bar.update(count)
        now = time.monotonic()
        if self._bar.disable and now - self._told >= self._seconds:
            self._told = now
            speed = self.done / max(now - self._began, 1e-9)
            left = (self._total - self.done) / max(speed, 1e-9) / 60
            self._say(f"{self.done} of {self._total} articles, {speed:.2f} articles/s, {left:.0f} min left")

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


class PartialRecord:
    """The scores of what is done, written now and then to the file that the whole ones will go to."""

    def __init__(self, output: Path | None, total: int, seconds: float = SAVE_SECONDS) -> None:
        """Nothing is written without ``output``; ``total`` articles are to be scored."""
        self._output, self._total, self._seconds = output, total, seconds
        self._saved = time.monotonic()

    def keep(self, done: int, record: Callable[[], dict[str, Any]]) -> None:
        """Write the record, marked as partial, where the last one is old enough."""
        if self._output is None or done >= self._total or time.monotonic() - self._saved < self._seconds:
            return
        save_record({"complete": False, "done": done, "of": self._total, **record()}, self._output)
        self._saved = time.monotonic()

    def finish(self, done: int, record: dict[str, Any]) -> None:
        """Write the whole record."""
        if self._output is not None:
            save_record({"complete": True, "done": done, "of": self._total, **record}, self._output)


def save_record(record: dict[str, Any], output: Path) -> None:
    """Scores as JSON, whole or not at all."""
    fresh = output.with_name(f"{output.name}.new")
    fresh.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, output)
