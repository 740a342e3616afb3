"""An encoder–decoder made of a causal network's own layers, in a form that CTranslate2's ``Translator`` runs.

One stack of layers has two roles. The lowest of them read the source, each place seeing what stands before it, as they
were trained to; all of them write, and in every layer the writer sees its own text and the source together ("merged
attention", as in T5Gemma 2, arXiv 2512.14856). What it sees of the source are keys and values that a projection of its
own makes of the encoder's last state, the same state for every layer and without positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from thads_nlp.training.causal import CausalConfig, CausalModel, RootMeanSquareNorm, later_places

# Where a model's architecture.json says that it is one of these.
ENCODER = "encoder"


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """What an encoder–decoder has besides its network: ``layers`` that read, places kept for the output."""

    layers: int
    target_length: int

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> EncoderShape:
        """The shape that an ``architecture.json`` states."""
        return cls(int(record[ENCODER]["layers"]), int(record[ENCODER]["target_length"]))


class EncoderDecoderModel(CausalModel):
    """The network up to its last norm; logits are ``hidden @ embed_tokens.weight.T`` (tied).

    ``memory[i]`` projects the encoder's state to the keys and values that layer ``i`` sees of the source.
    """

    def __init__(self, config: CausalConfig, shape: EncoderShape) -> None:
        super().__init__(config)
        self.shape = shape
        size = config.hidden_size
        self.encoder_norm = RootMeanSquareNorm(size, config.norm_eps)
        rows = 2 * config.kv_heads * config.head_dim
        self.memory = nn.ModuleList(nn.Linear(size, rows, bias=False) for _ in config.full_attention)

    def forward(self, ids: Tensor) -> Tensor:
        """Hidden states (batch, target_length, size) of rows of source, filled up with 0, and output."""
        source, target = ids[:, : -self.shape.target_length], ids[:, -self.shape.target_length :]
        return self.decode(target, self.encode(source), source == 0)

    def encode(self, source: Tensor) -> Tensor:
        """The normalised state (batch, length, size) after the reading layers."""
        hidden = self.embedded(source)
        rotations = self.rotations(torch.arange(source.shape[1]))
        for layer, rotation in zip(self.layers[: self.shape.layers], rotations, strict=False):
            hidden = layer(hidden, *rotation)
        return self.encoder_norm(hidden)

    def decode(self, target: Tensor, memory: Tensor, absent: Tensor) -> Tensor:
        """Hidden states of the output; ``absent`` (batch, source length) is true where the source has ended."""
        length = target.shape[1]
        later = later_places(length, target.device).expand(len(target), 1, 1, length, length)
        unread = absent[:, None, None, None, :].expand(-1, 1, 1, length, -1)
        hidden_from = torch.cat((later, unread), dim=-1)
        hidden = self.embedded(target)
        rotations = self.rotations(torch.arange(length))
        for layer, projection, rotation in zip(self.layers, self.memory, rotations, strict=True):
            attention = layer.self_attn
            query, key, value = attention.project(layer.input_layernorm(hidden), *rotation)
            seen_key, seen_value = attention.remembered(projection(memory))
            key, value = torch.cat((key, seen_key), dim=2), torch.cat((value, seen_value), dim=2)
            hidden = layer.completed(hidden, attention.output(query, key, value, hidden_from))
        return self.norm(hidden)
