"""Zstandard: in the standard library from Python 3.14 on, its backport before."""

from __future__ import annotations

import sys
from typing import Any

from thads_nlp.errors import MissingExtraError


def load_zstd(feature: str) -> Any:
    """The module; MissingExtraError names the feature that needs it."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise MissingExtraError(feature, "archive", "backports.zstd") from error
    return zstd
