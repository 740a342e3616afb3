"""Inputs on object stores and servers, by their URL (``s3://bucket/2020/``), through fsspec.

Their files are read by the process that runs the batch and sent to the workers, so a cluster's nodes need no access.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from thads_nlp.archive.listed import Listed
from thads_nlp.errors import InputError, MissingExtraError

_PATTERN = re.compile(r"[*?\[]")
_URL = re.compile(r"[a-z][a-z0-9+.-]+://")


def is_remote(name: str) -> bool:
    """Whether an input is a URL."""
    return _URL.match(name) is not None


def list_remote(url: str, *, whole_names: bool = False) -> Iterator[Listed]:
    """All files under a URL, hidden ones left out; names are relative to it, or their own URLs where there are several.

    Raises:
        InputError: nothing is there, or it cannot be reached.
        MissingExtraError: fsspec, or what it needs for this kind of URL, is not installed.
    """
    system, root = open_store(url)
    root = root.rstrip("/")
    try:
        found = _found(system, root)
    except Exception as error:  # each store has errors of its own
        raise InputError(f"{url}: cannot be listed ({error or type(error).__name__})") from error
    if not found:
        raise InputError(f"{url}: no file is there")
    root = _PATTERN.split(root)[0].rpartition("/")[0] if _PATTERN.search(root) else root
    for path, info in found.items():
        name = path.removeprefix(root).lstrip("/") or path.rpartition("/")[2]
        if not any(part.startswith(".") for part in name.split("/")):
            whole = system.unstrip_protocol(path)
            yield Listed(whole, whole if whole_names else name, int(info.get("size") or 0))


def _found(system: Any, root: str) -> dict[str, dict[str, Any]]:
    """Files at, below or matched by a path on a store, with what the store says of them."""
    if system.isfile(root):
        return {root: system.info(root)}
    found = system.glob(root, detail=True) if _PATTERN.search(root) else system.find(root, detail=True)
    return {path: info for path, info in found.items() if info.get("type") == "file"}


def remote_opener(url: str) -> Callable[[], BinaryIO]:
    """How a file is opened, again and again."""

    def opened() -> BinaryIO:
        system, path = open_store(url)
        try:
            return cast(BinaryIO, system.open(path, "rb"))
        except Exception as error:  # each store has errors of its own
            raise InputError(f"cannot be read ({error or type(error).__name__})") from error

    return opened


def open_store(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it.

    Raises:
        InputError: the store cannot be reached, or its package is not installed.
        MissingExtraError: fsspec is not installed.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtraError(url, "archive", "fsspec") from error
    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        raise InputError(f"{url}: {error}") from error
    except Exception as error:  # each store has errors of its own
        raise InputError(f"{url}: cannot be reached ({error or type(error).__name__})") from error
    return system, path
