"""First weights of an encoder–decoder's memory: what each layer saw of the source when it was a causal network.

Ridge regression from the encoder's last state to the keys and values that the layer itself made of the source. Keys are
fitted as they look from a constant distance: the decoder's keys of the source carry no positions, and at one distance
for all of them the causal network loses almost nothing (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from thads_nlp.training.causal import Layer, rotate
from thads_nlp.training.encoder_decoder import EncoderDecoderModel

# Places that the source seems to stand before the output.
DISTANCE = 64
# Ridge penalty as a share of the mean square of the encoder's state.
PENALTY = 1e-3
# Gains of a key's channels below this are taken for this when they are divided out.
_LEAST_GAIN = 0.05


@dataclass(frozen=True, slots=True)
class Fit:
    """Share of the variance of keys and of values that the fit explains, by layer."""

    keys: tuple[float, ...]
    values: tuple[float, ...]


def fit_memory(model: EncoderDecoderModel, sources: Sequence[Sequence[int]]) -> Fit:
    """Set a model's memory projections, in place, from sources as piece ids; a few dozen articles are enough."""
    size = model.config.hidden_size
    gram = torch.zeros(size, size, dtype=torch.float64)
    seen = [torch.zeros(size, projection.out_features, dtype=torch.float64) for projection in model.memory]
    moments = [_Moments.empty(projection.out_features) for projection in model.memory]
    with torch.no_grad():
        for ids in sources:
            state, wanted = _states(model, torch.tensor([list(ids)]))
            gram += state.T @ state
            for index, target in enumerate(wanted):
                seen[index] += state.T @ target
                moments[index].add(target)
        gram += torch.eye(size, dtype=torch.float64) * (PENALTY * gram.diagonal().mean())
        factor = torch.linalg.cholesky(gram)
        explained = []
        for projection, cross, moment in zip(model.memory, seen, moments, strict=True):
            weights = torch.cholesky_solve(cross, factor)
            projection.weight.copy_(weights.T)
            explained.append(moment.explained((weights * cross).sum(0)))
    return Fit(tuple(keys for keys, _ in explained), tuple(values for _, values in explained))


@dataclass(slots=True)
class _Moments:
    """Sums and sums of squares of targets, by channel."""

    count: int
    sums: Tensor
    squares: Tensor

    @classmethod
    def empty(cls, channels: int) -> _Moments:
        """Of no targets."""
        return cls(0, torch.zeros(channels, dtype=torch.float64), torch.zeros(channels, dtype=torch.float64))

    def add(self, target: Tensor) -> None:
        """Count targets (places, channels)."""
        self.count += len(target)
        self.sums += target.sum(0)
        self.squares += target.square().sum(0)

    def explained(self, projected: Tensor) -> tuple[float, float]:
        """Share of the variance of the first half (keys) and of the second (values) that ``projected`` stands for."""
        total = (self.squares - self.sums.square() / self.count).chunk(2)
        left = (self.squares - projected).chunk(2)
        keys, values = (1.0 - float(rest.sum() / whole.sum()) for rest, whole in zip(left, total, strict=True))
        return keys, values


def _states(model: EncoderDecoderModel, ids: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The encoder's state (places, size), and what each layer should see (places, keys and values)."""
    hidden = model.embedded(ids)
    rotations = model.rotations(torch.arange(ids.shape[1]))
    away = model.rotations(torch.full((ids.shape[1],), -DISTANCE))
    state, wanted = hidden, []
    for index, layer in enumerate(model.layers):
        wanted.append(torch.cat(list(_seen(layer, layer.input_layernorm(hidden), away[index])), dim=-1)[0].double())
        hidden = layer(hidden, *rotations[index])
        if index + 1 == model.shape.layers:
            state = model.encoder_norm(hidden)
    return state[0].double(), wanted


def _seen(layer: Layer, hidden: Tensor, away: tuple[Tensor, Tensor]) -> Iterator[Tensor]:
    """Keys before their norm's gain, turned to their distance, then values; each (batch, places, channels)."""
    attention = layer.self_attn
    gain = 1 + attention.k_norm.weight
    gain = torch.where(gain.abs() < _LEAST_GAIN, torch.full_like(gain, _LEAST_GAIN), gain)
    key = attention.k_norm(attention.k_proj(hidden).unflatten(-1, (attention.kv_heads, attention.head_dim)))
    yield (rotate(key.transpose(1, 2), *away).transpose(1, 2) / gain).flatten(-2)
    yield attention.v_proj(hidden)
