"""Activations that survive int8: outlier channels are moved from activations into weights before export.

Gemma's norms scale some channels a hundred times more than others; in int8 a row of activations has one scale, so such
a channel takes the resolution of all others. Each linear layer computes ``(x / s) @ (W * s)`` just as well as
``x @ W``: ``1 / s`` goes into what makes ``x`` (a norm, the value projection, the up projection), ``s`` into the
columns of ``W``. The float network stays the same function. Source: SmoothQuant (arXiv 2211.10438), equation 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from thads_nlp.training.causal import Attention, CausalModel, Layer

# Share of the outliers' logarithm that weights take over; chosen on validation loss under int8 (docs/training-log.md).
ALPHA = 0.65
# Subword sequences that are enough to see every outlier channel: they are the same in every text.
CALIBRATION_SEQUENCES = 48
_FLOOR = 1e-5


def smooth(model: CausalModel, sequences: Sequence[Sequence[int]], alpha: float = ALPHA) -> None:
    """Move outlier channels of a model's activations into its weights, in place.

    Args:
        model: in float32; its outputs stay the same up to rounding.
        sequences: piece ids of calibration prompts with their outputs, see ``CALIBRATION_SEQUENCES``.
        alpha: 0 leaves activations as they are, 1 makes all their channels alike.
    """
    peaks = activation_peaks(model, sequences)
    with torch.no_grad():
        for layer, found in zip(model.layers, peaks, strict=True):
            _smooth_layer(layer, found, alpha)


class LayerPeaks:
    """Largest magnitude of each input channel of a layer's linear parts, over calibration data."""

    def __init__(self, layer: Layer) -> None:
        """Watch the inputs of a layer's projections until ``release``."""
        watched = {
            "attention": layer.self_attn.q_proj,
            "mixed": layer.self_attn.o_proj,
            "feed": layer.mlp.gate_proj,
            "gated": layer.mlp.down_proj,
        }
        self._peaks = {name: torch.zeros(part.in_features) for name, part in watched.items()}
        self._handles = [part.register_forward_pre_hook(self._watch(name)) for name, part in watched.items()]

    def __getitem__(self, name: str) -> Tensor:
        """Peaks (channels,) of the inputs called ``name``."""
        return self._peaks[name]

    def release(self) -> None:
        """Stop watching."""
        for handle in self._handles:
            handle.remove()

    def _watch(self, name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        """The hook of one projection."""

        def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            largest = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            self._peaks[name] = torch.maximum(self._peaks[name], largest)

        return hook


def activation_peaks(model: CausalModel, sequences: Iterable[Sequence[int]]) -> list[LayerPeaks]:
    """Peaks of all layers over the sequences, which are run one by one."""
    peaks = [LayerPeaks(layer) for layer in model.layers]
    with torch.no_grad():
        for ids in sequences:
            model(torch.tensor([list(ids)]))
    for found in peaks:
        found.release()
    return peaks


def _smooth_layer(layer: Layer, peaks: LayerPeaks, alpha: float) -> None:
    """The four inputs of one layer."""
    attention, mlp = layer.self_attn, layer.mlp
    _fold_norm(layer.input_layernorm.weight, peaks["attention"],
               [attention.q_proj, attention.k_proj, attention.v_proj], alpha)  # fmt: skip
    _fold_norm(layer.pre_feedforward_layernorm.weight, peaks["feed"], [mlp.gate_proj, mlp.up_proj], alpha)
    _fold_rows(mlp.up_proj, _factors(peaks["gated"], [mlp.down_proj.weight], alpha), mlp.down_proj)
    _fold_values(attention, peaks["mixed"], alpha)


def _fold_values(attention: Attention, peaks: Tensor, alpha: float) -> None:
    """``1 / s`` into the value projection, ``s`` into the output projection.

    Query heads that share a value head read the same channels, so these take one factor: channels are laid out as
    (value head, query head of it, head_dim).
    """
    reader = attention.o_proj.weight
    shape = (attention.kv_heads, -1, attention.head_dim)
    shared = peaks.view(shape).amax(1).flatten()
    columns = reader.abs().amax(0).view(shape).amax(1).flatten()
    factors = _factors(shared, [columns[None]], alpha)
    attention.v_proj.weight.div_(factors[:, None])
    wide = factors.view(attention.kv_heads, 1, -1).expand(peaks.view(shape).shape)
    reader.mul_(wide.flatten())


def _factors(peaks: Tensor, weights: Sequence[Tensor], alpha: float) -> Tensor:
    """Factor ``s`` of each channel: ``peak(x) ** alpha / peak(W) ** (1 - alpha)``."""
    columns = torch.stack([weight.abs().amax(0) for weight in weights]).amax(0)
    return (peaks.clamp(min=_FLOOR) ** alpha / columns.clamp(min=_FLOOR) ** (1 - alpha)).clamp(min=_FLOOR)


def _fold_norm(norm: Tensor, peaks: Tensor, linears: Sequence[nn.Linear], alpha: float) -> None:
    """``1 / s`` into a norm, which multiplies by ``1 + weight``; ``s`` into the columns of what reads it."""
    factors = _factors(peaks, [linear.weight for linear in linears], alpha)
    norm.copy_((1 + norm) / factors - 1)
    for linear in linears:
        linear.weight.mul_(factors)


def _fold_rows(maker: nn.Linear, factors: Tensor, reader: nn.Linear) -> None:
    """``1 / s`` into the rows of a projection, ``s`` into the columns of the one that reads it."""
    maker.weight.div_(factors[:, None])
    reader.weight.mul_(factors)
