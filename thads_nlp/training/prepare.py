"""From pairs to encoded examples of the causal recipe, with the same text and slot code as at inference."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from thads_nlp.model.codec import model_words
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.batches import EncodedExample
from thads_nlp.training.causal_run import RunData
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.data import Pair
from thads_nlp.training.examples import Example, ExampleOptions, SegmentedPair, make_examples

# Sentences of a body that can matter: windows end long before.
MAX_SENTENCES = 60


def segmented(pair: Pair) -> SegmentedPair:
    """A pair in the model's words."""
    lines = [line for line in pair.body.split("\n") if line.strip()][:MAX_SENTENCES]
    return SegmentedPair(
        pair.id, model_words(pair.title), model_words(pair.summary), tuple(model_words(line) for line in lines)
    )


def encode_pairs(
    pairs: Iterable[Pair], pieces: WordPieces, config: TrainingConfig, options: ExampleOptions, reasons: Counter[str]
) -> Iterator[EncodedExample]:
    """Examples of pairs; why others gave none is counted in ``reasons``, as is each kind of task."""
    longest = max(bucket.length for bucket in config.buckets)
    for pair in pairs:
        for found in make_examples(segmented(pair), pieces, options, random.Random(f"{config.seed}:{pair.id}")):
            if not isinstance(found, Example):
                reasons[found] += 1
                continue
            ids = tuple(pieces.ids(found.subwords))
            if len(ids) > longest:
                reasons["too long for the buckets"] += 1
                continue
            reasons[f"task {found.task}"] += 1
            yield EncodedExample(ids, found.target, found.skipped)


def run_data(
    train: Iterable[Pair], validation: Iterable[Pair], pieces: WordPieces, config: TrainingConfig, reasons: Counter[str]
) -> RunData:
    """Both sides of a run; validation takes each article once and no figure statements, so that runs compare."""
    plain = replace(config.data, dense_repeats=1, figure_share=0.0, selected_share=0.0)
    examples = tuple(encode_pairs(train, pieces, config, config.data, reasons))
    held = encode_pairs(validation, pieces, config, plain, Counter())
    kept = tuple(item for item, _ in zip(held, range(config.validation_examples), strict=False))
    return RunData(examples, kept)
