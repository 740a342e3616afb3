"""Articles of a run in Arrow files: read and segmented once, mapped into memory, found again by fingerprint.

``datasets`` keeps what each step made in its cache (``HF_DATASETS_CACHE``, else ``~/.cache/huggingface/datasets``). The
fingerprint of a step is a digest of the data, of the options and of the code that made it, so nothing stale is taken.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, overload

from thads_nlp.archive.listing import list_files
from thads_nlp.errors import InputError, MissingExtraError, ThadsError
from thads_nlp.model.codec import model_words
from thads_nlp.training.data import NO_PAIR, Pair, read_pairs, told_reasons
from thads_nlp.training.examples import SegmentedPair

# Sentences of a body that can matter: windows end long before.
MAX_SENTENCES = 60
# Rows that a process holds at once, and below which a further process costs more than it brings.
ROWS_AT_ONCE = 200
_ROWS_A_WORKER = 100
_PACKAGE = Path(__file__).resolve().parents[1]
_CHUNK_BYTES = 1 << 20
_DIGEST_BYTES = 16


class PairSet(Sequence[Pair]):
    """Pairs in an Arrow file, read when they are asked for."""

    def __init__(self, rows: Any) -> None:
        """Wrap a ``datasets.Dataset`` with the fields of a pair."""
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Pair: ...
    @overload
    def __getitem__(self, index: slice) -> PairSet: ...
    def __getitem__(self, index: int | slice) -> Pair | PairSet:
        if isinstance(index, slice):
            return self.select(range(*index.indices(len(self))))
        return _pair(self.rows[index])

    def __iter__(self) -> Iterator[Pair]:
        return (_pair(row) for row in iterate(self.rows))

    def select(self, indices: Sequence[int]) -> PairSet:
        """The pairs at some places, in that order."""
        return PairSet(self.rows.select(indices))


def load_pairs(data: Path, skipped: Counter[str]) -> PairSet:
    """Pairs of a file or folder (``data.read_pairs``); reasons of rows that gave none are counted in ``skipped``.

    Raises:
        InputError: there is no such data, or not one pair was found.
        MissingExtraError: datasets is not installed.
    """
    datasets = import_datasets()
    mark = digest("pairs", str(data), *_contents(data), code_digest("text", "archive", "training/data.py"))
    fields = datasets.Features(dict.fromkeys(("id", "title", "summary", "body", "reason"), datasets.Value("string")))
    try:
        rows = datasets.Dataset.from_generator(
            _rows, features=fields, gen_kwargs={"data": str(data)}, fingerprint=mark, writer_batch_size=ROWS_AT_ONCE
        )
    except datasets.exceptions.DatasetGenerationError as error:
        if isinstance(error.__cause__, ThadsError):
            raise error.__cause__ from error
        raise
    reasons = list(rows["reason"])
    skipped.update(reason for reason in reasons if reason)
    good = [index for index, reason in enumerate(reasons) if not reason]
    if not good:
        raise InputError(NO_PAIR.format(data, told_reasons(Counter(reasons))))
    return PairSet(rows if len(good) == len(reasons) else rows.select(good))


def segment_pairs(pairs: PairSet, workers: int) -> Any:
    """A dataset of ``segmented_pair`` rows, in the order of the pairs, made by ``workers`` processes."""
    datasets = import_datasets()
    mark = digest("segmented", pairs.rows._fingerprint, code_digest("text", "model/codec.py", "training/corpus.py"),
                  version("underthesea"))  # fmt: skip
    text = datasets.Value("string")
    fields = {**dict.fromkeys(("id", "title", "abstract", "fault"), text), "lines": datasets.Sequence(text)}
    return mapped(pairs.rows, _segmented_row, workers, mark, "Segmenting articles", features=datasets.Features(fields))


def segmented(pair: Pair) -> SegmentedPair:
    """A pair in the model's words."""
    lines = [line for line in pair.body.split("\n") if line.strip()][:MAX_SENTENCES]
    return SegmentedPair(
        pair.id, model_words(pair.title), model_words(pair.summary), tuple(model_words(line) for line in lines)
    )


def segmented_pair(row: Mapping[str, Any]) -> SegmentedPair:
    """The pair of a row of ``segment_pairs``; words are parted by single spaces there."""
    body = tuple(_words(line) for line in row["lines"])
    return SegmentedPair(row["id"], _words(row["title"]), _words(row["abstract"]), body)


def mapped(rows: Any, function: Any, workers: int, mark: str, told: str, **options: Any) -> Any:
    """``Dataset.map`` over all columns with a fingerprint, order kept, few rows in memory at once."""
    processes = max(min(workers, len(rows) // _ROWS_A_WORKER), 1)
    return rows.map(
        function, remove_columns=rows.column_names, num_proc=processes if processes > 1 else None,
        new_fingerprint=mark, writer_batch_size=ROWS_AT_ONCE, desc=told, **options,
    )  # fmt: skip


def iterate(rows: Any) -> Iterator[dict[str, Any]]:
    """Rows one after another, read some hundred at a time."""
    for batch in rows.iter(ROWS_AT_ONCE):
        names = list(batch)
        for values in zip(*batch.values(), strict=True):
            yield dict(zip(names, values, strict=True))


def digest(*parts: str) -> str:
    """Fingerprint of several texts."""
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(f"{len(data)}:".encode() + data)
    return state.hexdigest()


def code_digest(*parts: str) -> str:
    """Fingerprint of source files and rooms of this package, named relative to it."""
    paths = [
        path for part in parts for path in (sorted((_PACKAGE / part).rglob("*.py")) or [_PACKAGE / part])
    ]  # fmt: skip
    return digest(*(path.read_text(encoding="utf-8") for path in paths))


def import_datasets() -> Any:
    """The library, without bars where nobody watches."""
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    return datasets


def _contents(data: Path) -> Iterator[str]:
    """Name and digest of the bytes of every file that is read."""
    for listed in sorted(list_files([str(data)]), key=lambda one: one.name):
        state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        if listed.reason is None:
            with Path(listed.path).open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    state.update(chunk)
        yield f"{listed.name} {state.hexdigest()}"


def _rows(data: str) -> Iterator[dict[str, str]]:
    """Every row of the data, those that gave no pair by their reason."""
    for found in read_pairs(Path(data)):
        if isinstance(found, Pair):
            yield {"id": found.id, "title": found.title, "summary": found.summary, "body": found.body, "reason": ""}
        else:
            yield {"id": "", "title": "", "summary": "", "body": "", "reason": found.reason}


def _pair(row: Mapping[str, str]) -> Pair:
    """The pair of a row."""
    return Pair(row["id"], row["title"], row["summary"], row["body"])


def _segmented_row(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of pairs as a row of segmented pairs; one that the segmenter breaks at costs itself alone."""
    try:
        made, fault = segmented(_pair(row)), ""
    except (ThadsError, ValueError, LookupError, RuntimeError):
        made, fault = SegmentedPair(row["id"], (), (), ()), "cannot be segmented"
    lines = [" ".join(words) for words in made.body]
    texts = {"id": made.id, "title": " ".join(made.title), "abstract": " ".join(made.abstract)}
    return {**texts, "lines": lines, "fault": fault}


def _words(text: str) -> tuple[str, ...]:
    """Words of a line that was joined by single spaces."""
    return tuple(text.split(" ")) if text else ()
