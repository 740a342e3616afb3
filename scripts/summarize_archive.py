"""Brief an archive: the same as ``thads-nlp batch`` (``--help`` shows its options)."""

from __future__ import annotations

from thads_nlp.archive.commands import batch

if __name__ == "__main__":
    batch()
