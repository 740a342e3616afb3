"""Gemma 3's text network in plain torch, for training on CPUs: residual stream in float32, products in bfloat16.

The same arithmetic as ``transformers``' ``Gemma3ForCausalLM`` (tested against it), without what training a small model
on short windows never uses (caches, masks for padding on the left, sliding windows longer than the input). It compiles
into few kernels. Parameters carry the names of the Hugging Face state dict. Source: Gemma 3 technical report (2025).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class CausalConfig:
    """Shape of the network, as in a Hugging Face ``config.json`` of type ``gemma3_text``."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    head_dim: int
    heads: int
    kv_heads: int
    full_attention: tuple[bool, ...]
    query_scale: float
    local_theta: float
    global_theta: float
    norm_eps: float

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> CausalConfig:
        """The configuration of a parsed ``config.json``."""
        rope = record["rope_parameters"]
        return cls(
            vocab_size=record["vocab_size"],
            hidden_size=record["hidden_size"],
            intermediate_size=record["intermediate_size"],
            head_dim=record["head_dim"],
            heads=record["num_attention_heads"],
            kv_heads=record["num_key_value_heads"],
            full_attention=tuple(kind == "full_attention" for kind in record["layer_types"]),
            query_scale=record["query_pre_attn_scalar"] ** -0.5,
            local_theta=rope["sliding_attention"]["rope_theta"],
            global_theta=rope["full_attention"]["rope_theta"],
            norm_eps=record["rms_norm_eps"],
        )


class RootMeanSquareNorm(nn.Module):
    """Gemma's norm: ``x / rms(x) * (1 + weight)``, in float32."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))
        self._eps = eps

    def forward(self, hidden: Tensor) -> Tensor:
        """Normalise the last dimension of ``hidden``."""
        hidden = hidden.float()
        return hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self._eps) * (1 + self.weight)


class Attention(nn.Module):
    """Grouped-query attention with normalised queries and keys and rotary positions."""

    def __init__(self, config: CausalConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = config.heads, config.kv_heads, config.head_dim
        self._scale = config.query_scale
        self.q_proj = nn.Linear(config.hidden_size, config.heads * config.head_dim, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, config.kv_heads * config.head_dim, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, config.kv_heads * config.head_dim, bias=False)
        self.o_proj = nn.Linear(config.heads * config.head_dim, config.hidden_size, bias=False)
        self.q_norm = RootMeanSquareNorm(config.head_dim, config.norm_eps)
        self.k_norm = RootMeanSquareNorm(config.head_dim, config.norm_eps)

    def forward(self, hidden: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """``hidden`` (batch, length, size) to the same shape; each place sees itself and what stands before it."""
        later = later_places(hidden.shape[1], hidden.device)
        return self.output(*self.project(hidden, cosine, sine), later)

    def project(self, hidden: Tensor, cosine: Tensor, sine: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys (both normalised and rotated) and values, each (batch, heads, length, head_dim)."""
        query = self._split(self.q_proj(hidden), self.heads)
        key = self._split(self.k_proj(hidden), self.kv_heads)
        value = self._split(self.v_proj(hidden), self.kv_heads)
        query = rotate(self.q_norm(query), cosine, sine).to(value.dtype)
        return query, rotate(self.k_norm(key), cosine, sine).to(value.dtype), value

    def remembered(self, projected: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (normalised, not rotated) and values of another text, from their fused projection."""
        key, value = projected.chunk(2, dim=-1)
        return self.k_norm(self._split(key, self.kv_heads)).to(value.dtype), self._split(value, self.kv_heads)

    def output(self, query: Tensor, key: Tensor, value: Tensor, hidden_from: Tensor) -> Tensor:
        """What queries read of the values, projected; ``hidden_from`` (…, queries, keys) is true where they may not.

        Two plain products: on CPUs they are faster than the fused kernel, which is not blocked. Queries that share a
        key head are stacked, so that no key is repeated.
        """
        batch, _, length, size = query.shape
        stacked = query.reshape(batch, self.kv_heads, -1, size)
        scores = (stacked @ key.transpose(-1, -2)).float() * self._scale
        scores = scores.view(batch, self.kv_heads, -1, length, key.shape[2]).masked_fill(hidden_from, float("-inf"))
        shares = scores.softmax(-1).to(value.dtype).view(batch, self.kv_heads, -1, key.shape[2])
        mixed = (shares @ value).view(batch, self.heads, length, size)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))

    def _split(self, hidden: Tensor, heads: int) -> Tensor:
        """(batch, length, heads * head_dim) to (batch, heads, length, head_dim)."""
        return hidden.unflatten(-1, (heads, self.head_dim)).transpose(1, 2)


class FeedForward(nn.Module):
    """Gated feed-forward with tanh-approximated GELU."""

    def __init__(self, config: CausalConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        """``hidden`` (batch, length, size) to the same shape."""
        gate = functional.gelu(self.gate_proj(hidden), approximate="tanh")
        return self.down_proj(gate * self.up_proj(hidden))


class Layer(nn.Module):
    """One block: norms before and after attention and feed-forward."""

    def __init__(self, config: CausalConfig) -> None:
        super().__init__()
        self.input_layernorm = RootMeanSquareNorm(config.hidden_size, config.norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RootMeanSquareNorm(config.hidden_size, config.norm_eps)
        self.pre_feedforward_layernorm = RootMeanSquareNorm(config.hidden_size, config.norm_eps)
        self.mlp = FeedForward(config)
        self.post_feedforward_layernorm = RootMeanSquareNorm(config.hidden_size, config.norm_eps)

    def forward(self, hidden: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """``hidden`` (batch, length, size) to the same shape."""
        return self.completed(hidden, self.self_attn(self.input_layernorm(hidden), cosine, sine))

    def completed(self, hidden: Tensor, attended: Tensor) -> Tensor:
        """The rest of the block: what attention read is added to ``hidden``, then the feed-forward's output."""
        hidden = hidden + self.post_attention_layernorm(attended)
        fed = self.mlp(self.pre_feedforward_layernorm(hidden))
        return hidden + self.post_feedforward_layernorm(fed)


class CausalModel(nn.Module):
    """The network up to its last norm; logits are ``hidden @ embed_tokens.weight.T`` (tied)."""

    def __init__(self, config: CausalConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in config.full_attention)
        self.norm = RootMeanSquareNorm(config.hidden_size, config.norm_eps)

    def forward(self, ids: Tensor) -> Tensor:
        """Hidden states (batch, length, size) of piece ids (batch, length), padded on the right with anything."""
        hidden = self.embedded(ids)
        positions = torch.arange(ids.shape[1])
        for layer, rotation in zip(self.layers, self.rotations(positions), strict=True):
            hidden = layer(hidden, *rotation)
        return self.norm(hidden)

    def embedded(self, ids: Tensor) -> Tensor:
        """Embeddings of piece ids, scaled as the first layer reads them."""
        return self.embed_tokens(ids) * math.sqrt(self.config.hidden_size)

    def rotations(self, positions: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Cosine and sine (positions, head_dim) for each layer."""
        local = _rotations(positions, self.config.head_dim, self.config.local_theta)
        full = _rotations(positions, self.config.head_dim, self.config.global_theta)
        return [full if sees_all else local for sees_all in self.config.full_attention]


def later_places(length: int, device: torch.device) -> Tensor:
    """Mask (length, length): true where the key stands after the query."""
    return torch.ones(length, length, dtype=torch.bool, device=device).triu(1)


def rotate(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions applied to (…, length, head_dim)."""
    first, second = states.chunk(2, dim=-1)
    return states * cosine + torch.cat((-second, first), dim=-1) * sine


def _rotations(positions: Tensor, head_dim: int, theta: float) -> tuple[Tensor, Tensor]:
    """Cosine and sine (positions, head_dim) of rotary positions."""
    frequency = theta ** (-torch.arange(0, head_dim, 2).float() / head_dim)
    angle = torch.outer(positions.float(), frequency)
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()
