"""How an example lies in a batch: as one text for a causal model, or parted into source and output."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from thads_nlp.model.codec import START
from thads_nlp.training.batches import Batch, EncodedExample, collate, collate_parts
from thads_nlp.training.config import Bucket, TrainingConfig
from thads_nlp.training.vocabulary import special_tokens

_START = special_tokens().index(START)


class Layout(Protocol):
    """What a run must know of its batches."""

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Shapes of batches, shortest first."""
        ...

    def size(self, item: EncodedExample) -> int:
        """What decides the bucket of an example."""
        ...

    def holds(self, item: EncodedExample) -> bool:
        """Whether there is a bucket for it."""
        ...

    def collate(self, items: Sequence[EncodedExample], source_weight: float, rng: random.Random) -> Batch:
        """One batch in the shape of its bucket."""
        ...


@dataclass(frozen=True, slots=True)
class WholeText:
    """Source and output in one row, for causal models; ``picks`` positions a batch enter the loss."""

    buckets: tuple[Bucket, ...]
    picks: int

    def size(self, item: EncodedExample) -> int:
        """Its subwords."""
        return len(item.ids)

    def holds(self, item: EncodedExample) -> bool:
        """Whether it is no longer than the longest bucket."""
        return len(item.ids) <= self.buckets[-1].length

    def collate(self, items: Sequence[EncodedExample], source_weight: float, rng: random.Random) -> Batch:
        """One batch; positions of the sources that are learned as language are sampled by ``rng``."""
        return collate(items, bucket_of(self, items), self.picks, source_weight, rng)


@dataclass(frozen=True, slots=True)
class SourceAndOutput:
    """Source in a bucket and output in rows of ``target_length``, for encoder–decoders; nothing of a source is lost."""

    buckets: tuple[Bucket, ...]
    target_length: int

    def size(self, item: EncodedExample) -> int:
        """Subwords of its source."""
        return item.source

    def holds(self, item: EncodedExample) -> bool:
        """Whether source and output find room."""
        return item.source <= self.buckets[-1].length and len(item.ids) - item.source <= self.target_length

    def collate(self, items: Sequence[EncodedExample], source_weight: float, rng: random.Random) -> Batch:
        """One batch; there is no loss on sources, which the encoder does not write."""
        return collate_parts(items, bucket_of(self, items), self.target_length, _START)


def bucket_of(layout: Layout, items: Sequence[EncodedExample]) -> Bucket:
    """The smallest bucket that holds all of the examples."""
    size = max(layout.size(item) for item in items)
    return next(bucket for bucket in layout.buckets if size <= bucket.length)


def layout_of(config: TrainingConfig) -> Layout:
    """The layout of a run of this package's recipe."""
    buckets = tuple(sorted(config.buckets, key=lambda bucket: bucket.length))
    if config.encoder.layers:
        return SourceAndOutput(buckets, config.target_length)
    return WholeText(buckets, config.picks)
