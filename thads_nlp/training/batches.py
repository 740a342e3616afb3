"""Batches of training examples: composed by length, in an order that a seed decides alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from thads_nlp.training.config import Bucket


@dataclass(frozen=True, slots=True)
class EncodedExample:
    """An example as piece ids: the source is ``ids[:source]``, loss on ``ids[target:]`` without ``skipped``."""

    ids: tuple[int, ...]
    target: int
    skipped: tuple[int, int] = (0, 0)
    source: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step: ``ids`` (batch, length); ``places``, ``labels``, ``weights`` (picks,).

    ``places`` index positions of the model's flattened output whose next piece is ``labels``; weights sum to the
    weights of their kinds of loss. ``examples`` counts the sequences that are no filling.
    """

    ids: Tensor
    places: Tensor
    labels: Tensor
    weights: Tensor
    examples: int


def plan_batches(lengths: Sequence[int], buckets: Sequence[Bucket], examples: int, seed: int) -> list[tuple[int, ...]]:
    """Indices of the examples of every step, until ``examples`` are reached; passes over the data follow each other.

    Sequences longer than the longest bucket are left out by the caller.
    """
    rng = random.Random(seed)
    steps: list[tuple[int, ...]] = []
    count = 0
    waiting: dict[int, list[int]] = {bucket.length: [] for bucket in buckets}
    while count < examples and lengths:
        order = list(range(len(lengths)))
        rng.shuffle(order)
        for index in order:
            bucket = next(b for b in buckets if lengths[index] <= b.length)
            waiting[bucket.length].append(index)
            if len(waiting[bucket.length]) == bucket.batch:
                steps.append(tuple(waiting[bucket.length]))
                waiting[bucket.length] = []
                count += bucket.batch
            if count >= examples:
                break
        if not steps:
            return _leftovers(waiting)
    return steps


def _leftovers(waiting: dict[int, list[int]]) -> list[tuple[int, ...]]:
    """Steps that are not full, where the data are fewer than one batch."""
    return [tuple(indices) for indices in waiting.values() if indices]


def collate(
    items: Sequence[EncodedExample], bucket: Bucket, picks: int, source_weight: float, rng: random.Random
) -> Batch:
    """One batch of texts that a causal model reads as a whole; source positions for its loss are sampled by ``rng``."""
    ids = torch.zeros((bucket.batch, bucket.length), dtype=torch.long)
    targets: list[tuple[int, int]] = []
    sources: list[tuple[int, int]] = []
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        base = row * bucket.length
        targets += [(base + at - 1, item.ids[at]) for at in target_places(item)]
        sources += [(base + at - 1, item.ids[at]) for at in range(1, item.target)]
    room = max(picks - len(targets), 0)
    sampled = rng.sample(sources, min(room, len(sources))) if source_weight else []
    return _batch(ids, targets[:picks], sampled, picks, source_weight, len(items))


def collate_parts(items: Sequence[EncodedExample], bucket: Bucket, target_length: int, start: int) -> Batch:
    """One batch for an encoder–decoder: rows of source up to the bucket's length, then output after ``start``.

    Places count in the rows of ``target_length`` that the decoder gives.
    """
    ids = torch.zeros((bucket.batch, bucket.length + target_length), dtype=torch.long)
    targets: list[tuple[int, int]] = []
    for row, item in enumerate(items):
        ids[row, : item.source] = torch.tensor(item.ids[: item.source])
        written = (start, *item.ids[item.source : -1])
        ids[row, bucket.length : bucket.length + len(written)] = torch.tensor(written)
        base = row * target_length - item.source
        targets += [(base + at, item.ids[at]) for at in target_places(item)]
    return _batch(ids, targets, [], bucket.batch * target_length, 0.0, len(items))


def target_places(item: EncodedExample) -> Iterator[int]:
    """Positions of an example that are learned."""
    low, high = item.skipped
    return (at for at in range(item.target, len(item.ids)) if not low <= at < high)


def _batch(
    ids: Tensor,
    targets: list[tuple[int, int]],
    sources: list[tuple[int, int]],
    picks: int,
    source_weight: float,
    examples: int,
) -> Batch:
    """Picks padded to a fixed number with weight 0, so that every step has the same shapes."""
    chosen = [*targets, *sources]
    weights = [1.0 / max(len(targets), 1)] * len(targets)
    weights += [source_weight / max(len(sources), 1)] * len(sources)
    filling = picks - len(chosen)
    return Batch(
        ids=ids,
        places=torch.tensor([place for place, _ in chosen] + [0] * filling),
        labels=torch.tensor([label for _, label in chosen] + [0] * filling),
        weights=torch.tensor(weights + [0.0] * filling),
        examples=examples,
    )
