"""How far a run is, on stderr: a bar with articles/s, failures and time left; at the end what it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tqdm import tqdm

from thads_nlp.errors import ThadsError

_MIB = 1 << 20


class ProgressBar:
    """A bar that only a terminal gets; the items are counted in the background, so that work begins at once."""

    def __init__(self, count_items: Callable[[], int], used: Callable[[float], str | None]) -> None:
        """``count_items`` says how many items there are in all, ``used`` what was used in so many seconds."""
        self._bar: tqdm[Any] | None = None
        self._count_items, self._used = count_items, used
        self._began, self._made, self._failed = time.monotonic(), 0, 0
        if sys.stderr.isatty():
            self._bar = tqdm(unit=" articles", dynamic_ncols=True)
            threading.Thread(target=self._count, daemon=True).start()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def earlier(self, count: int) -> None:
        """``count`` items were done by an earlier run; they say nothing of this one's speed."""
        if self._bar is not None:
            self._bar.initial += count
            self._bar.n += count

    def made(self, count: int, failed: int) -> None:
        """``count`` items are done, ``failed`` of them failures."""
        self._made += count
        self._failed += failed
        if self._bar is None:
            return
        if self._failed:
            self._bar.set_postfix(failed=self._failed, refresh=False)
        self._bar.update(count)

    def totals(self) -> str | None:
        """What this run did and took, None where there was nothing to do; call it when the workers have ended."""
        if not self._made:
            return None
        seconds = time.monotonic() - self._began
        told = f"{self._made} articles in {seconds:.1f} s, {self._made / seconds:.2f} articles/s"
        used = self._used(seconds)
        return f"{told}; {used}" if used else told

    def _count(self) -> None:
        """Find the total; what cannot be counted has no time left."""
        try:
            total = self._count_items()
        except ThadsError:  # the run itself tells it
            return
        if self._bar is not None:
            self._bar.total = total
            self._bar.refresh()


def used_here(seconds: float) -> str | None:
    """Processor time and memory of this process and of its workers that have ended; None where nothing tells."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = sum(part.ru_utime + part.ru_stime for part in (own, workers)) / seconds
    # Kibibytes, but bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return (
        f"processors {processors:.0%}, peak memory {own.ru_maxrss * unit / _MIB:.0f} MiB here and "
        f"{workers.ru_maxrss * unit / _MIB:.0f} MiB in the largest worker"
    )
