"""From pairs to encoded examples of the causal recipe, with the same text and slot code as at inference."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, overload

from thads_nlp.model.folder import file_sha256
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.batches import EncodedExample
from thads_nlp.training.causal_run import RunData
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.corpus import (
    ROWS_AT_ONCE,
    code_digest,
    digest,
    import_datasets,
    iterate,
    mapped,
    segmented,
    segmented_pair,
)
from thads_nlp.training.data import Pair
from thads_nlp.training.examples import Example, ExampleOptions, SegmentedPair, make_examples
from thads_nlp.training.layouts import layout_of

TOO_LONG = "too long for the buckets"
_TASK = "task "


class ExampleSet(Sequence[EncodedExample]):
    """Encoded examples in an Arrow file, read when they are asked for."""

    def __init__(self, rows: Any) -> None:
        """Wrap a ``datasets.Dataset`` of examples."""
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> EncodedExample: ...
    @overload
    def __getitem__(self, index: slice) -> ExampleSet: ...
    def __getitem__(self, index: int | slice) -> EncodedExample | ExampleSet:
        if isinstance(index, slice):
            return ExampleSet(self._rows.select(range(*index.indices(len(self)))))
        return _example(self._rows[index])

    def __iter__(self) -> Iterator[EncodedExample]:
        return (_example(row) for row in iterate(self._rows))


def encode_pairs(
    pairs: Iterable[Pair], pieces: WordPieces, config: TrainingConfig, options: ExampleOptions, reasons: Counter[str]
) -> Iterator[EncodedExample]:
    """Examples of pairs; why others gave none is counted in ``reasons``, as is each kind of task."""
    for pair in pairs:
        for note, example in _encoded(segmented(pair), pieces, config, options):
            reasons[note] += 1
            if example is not None:
                yield example


def encode_segmented(
    rows: Any, tokenizer: Path, config: TrainingConfig, workers: int, reasons: Counter[str]
) -> ExampleSet:
    """The same from a dataset of segmented pairs, kept on disk under a fingerprint.

    ``rows`` is what ``corpus.segment_pairs`` gave, ``tokenizer`` the model's ``tokenizer.json``. Examples and their
    order are the same for any number of ``workers`` (processes).
    """
    datasets = import_datasets()
    mark = digest("examples", rows._fingerprint, file_sha256(tokenizer), str(config.seed), repr(config.data),
                  repr(layout_of(config)), code_digest("model", "text", "figures", "training"))  # fmt: skip
    whole = datasets.Value("int32")
    fields = {"ids": datasets.Sequence(whole), "source": whole, "target": whole, "low": whole, "high": whole,
              "note": datasets.Value("string")}  # fmt: skip
    encoder = _RowEncoder(WordPieces.load(tokenizer), config)
    made = mapped(rows, encoder, workers, mark, "Encoding examples", batched=True, batch_size=ROWS_AT_ONCE,
                  features=datasets.Features(fields))  # fmt: skip
    notes = list(made["note"])
    reasons.update(notes)
    kept = [index for index, note in enumerate(notes) if note.startswith(_TASK)]
    return ExampleSet(made if len(kept) == len(notes) else made.select(kept))


def run_data(
    train: Any, validation: Iterable[Pair], tokenizer: Path, config: TrainingConfig, workers: int,
    reasons: Counter[str],
) -> RunData:  # fmt: skip
    """Both sides of a run; validation takes each article once and no figure statements, so that runs compare.

    ``train`` is what ``corpus.segment_pairs`` gave; of ``validation`` as many pairs are read as ``validation_examples``
    needs.
    """
    plain = replace(config.data, dense_repeats=1, figure_share=0.0, selected_share=0.0)
    examples = encode_segmented(train, tokenizer, config, workers, reasons)
    held = encode_pairs(validation, WordPieces.load(tokenizer), config, plain, Counter())
    return RunData(examples, tuple(islice(held, config.validation_examples)))


@dataclass(frozen=True, slots=True)
class _RowEncoder:
    """Batches of segmented rows to rows of examples; a row that gives none leaves its reason."""

    pieces: WordPieces
    config: TrainingConfig

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        made: dict[str, list[Any]] = {name: [] for name in ("ids", "source", "target", "low", "high", "note")}
        names = list(batch)
        for values in zip(*batch.values(), strict=True):
            row = dict(zip(names, values, strict=True))
            found = _encoded(segmented_pair(row), self.pieces, self.config, self.config.data)
            for note, example in [(row["fault"], None)] if row["fault"] else found:
                chosen = example or EncodedExample((), 0)
                made["ids"].append(list(chosen.ids))
                made["source"].append(chosen.source)
                made["target"].append(chosen.target)
                made["low"].append(chosen.skipped[0])
                made["high"].append(chosen.skipped[1])
                made["note"].append(note)
        return made


def _encoded(
    pair: SegmentedPair, pieces: WordPieces, config: TrainingConfig, options: ExampleOptions
) -> Iterator[tuple[str, EncodedExample | None]]:
    """Examples of a pair with their task, or None with the reason; its chances depend on seed and id alone."""
    layout = layout_of(config)
    for found in make_examples(pair, pieces, options, random.Random(f"{config.seed}:{pair.id}")):
        if not isinstance(found, Example):
            yield found, None
            continue
        example = EncodedExample(tuple(pieces.ids(found.subwords)), found.target, found.skipped, found.source)
        if layout.holds(example):
            yield f"{_TASK}{found.task}", example
        else:
            yield TOO_LONG, None


def _example(row: Mapping[str, Any]) -> EncodedExample:
    """The example of a row."""
    return EncodedExample(tuple(row["ids"]), row["target"], (row["low"], row["high"]), row["source"])
