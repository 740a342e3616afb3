"""Inputs on object stores and servers, by their URL (``s3://bucket/2020/``), through fsspec.

Their files are read by the process that runs the batch and sent to the workers, so a cluster's nodes need no access.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from thads_nlp.archive.listed import Listed
from thads_nlp.errors import InputError, MissingExtraError

_URL = re.compile(r"[a-z][a-z0-9+.-]+://")


def is_remote(name: str) -> bool:
    """Whether an input is a URL."""
    return _URL.match(name) is not None


def list_remote(url: str) -> Iterator[Listed]:
    """All files under a URL, hidden ones left out; names are relative to it.

    Raises:
        InputError: nothing is there, or it cannot be reached.
        MissingExtraError: fsspec, or what it needs for this kind of URL, is not installed.
    """
    system, root = _system(url)
    root = root.rstrip("/")
    try:
        found = {root: system.info(root)} if system.isfile(root) else system.find(root, detail=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{url}: cannot be listed ({error})") from error
    if not found:
        raise InputError(f"{url}: no file is there")
    for path, info in found.items():
        name = path.removeprefix(root).lstrip("/") or path.rpartition("/")[2]
        if not any(part.startswith(".") for part in name.split("/")):
            yield Listed(system.unstrip_protocol(path), name, int(info.get("size") or 0))


def remote_opener(url: str) -> Callable[[], BinaryIO]:
    """How a file is opened, again and again."""

    def opened() -> BinaryIO:
        system, path = _system(url)
        return cast(BinaryIO, system.open(path, "rb"))

    return opened


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtraError(f"reading {url}", "ray", "fsspec") from error
    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        raise InputError(f"{url}: {error}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{url}: cannot be reached ({error})") from error
    return system, path
