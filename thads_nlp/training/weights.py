"""Weights of the causal model from wherever they lie: a Hugging Face folder, or a CTranslate2 export of this package.

The int8 export is what the repository keeps between stages of training, so training must be able to go on from it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from thads_nlp.errors import ModelError

# Layout of CTranslate2's model.bin, version 6 (ctranslate2.specs.model_spec, function save).
CT2_VERSION = 6
_CT2_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
_MAX_NAME_BYTES = 512

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class HeadSizes:
    """Rows of the fused query/key/value projection: ``query`` rows, then ``key`` rows, then as many value rows."""

    query: int
    key: int


def load_state(folder: Path, sizes: HeadSizes) -> State:
    """The state dict of a model folder under Hugging Face names (without ``model.``), float32.

    Raises:
        ModelError: no weights that can be read lie there.
    """
    if (folder / "model.safetensors").is_file():
        return _from_safetensors(folder / "model.safetensors")
    if (folder / "model.bin").is_file():
        return from_ctranslate2(folder / "model.bin", sizes)
    raise ModelError(f"{folder}: neither model.safetensors nor model.bin; give a Hugging Face folder or an export")


def read_config(folder: Path) -> dict[str, object]:
    """The ``gemma3_text`` configuration of a folder; exports keep it as ``architecture.json``."""
    for name in ("architecture.json", "config.json"):
        path = folder / name
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            if "layer_types" in record:
                return dict(record)
    raise ModelError(f"{folder}: no gemma3_text configuration (architecture.json or config.json with layer_types)")


def _from_safetensors(path: Path) -> State:
    """A Hugging Face file; tied output weights and the prefix ``model.`` are dropped."""
    from safetensors.torch import load_file

    packed = load_file(path)
    state = {name: _dequantised(packed, name) for name in packed if not name.endswith(".scale")}
    return {name.removeprefix("model."): value for name, value in state.items() if name != "lm_head.weight"}


def _dequantised(packed: Mapping[str, Tensor], name: str) -> Tensor:
    """A tensor in float32; int8 ones carry ``name.scale``, one scale a row."""
    scale = packed.get(f"{name}.scale")
    value = packed[name].float()
    return value if scale is None else value * scale[:, None]


def from_ctranslate2(path: Path, sizes: HeadSizes) -> State:
    """The state dict of a CTranslate2 decoder export, int8 rows multiplied out.

    Raises:
        ModelError: the file is no such export.
    """
    try:
        with path.open("rb") as stream:
            variables = dict(_variables(stream))
    except (struct.error, ValueError, IndexError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: not a CTranslate2 model file ({error})") from error
    floats = {
        name: torch.from_numpy(_floats(variables, name)) for name in variables if name.endswith(("weight", "gamma"))
    }
    return _renamed(floats, sizes)


def _variables(stream: BinaryIO) -> Iterator[tuple[str, np.ndarray]]:
    """Every variable of the file with its name."""
    (version,) = struct.unpack("<I", stream.read(4))
    if version != CT2_VERSION:
        raise ValueError(f"version {version}, expected {CT2_VERSION}")
    _string(stream)
    stream.read(4)
    (count,) = struct.unpack("<I", stream.read(4))
    for _ in range(count):
        name = _string(stream)
        (rank,) = struct.unpack("<B", stream.read(1))
        shape = struct.unpack(f"<{rank}I", stream.read(4 * rank))
        kind, size = struct.unpack("<BI", stream.read(5))
        yield name, np.frombuffer(stream.read(size), dtype=_CT2_TYPES[kind]).reshape(shape)


def _string(stream: BinaryIO) -> str:
    """A name: two bytes of length, the bytes, a zero."""
    (size,) = struct.unpack("<H", stream.read(2))
    if size > _MAX_NAME_BYTES:
        raise ValueError(f"a name of {size} bytes")
    return stream.read(size)[:-1].decode("utf-8")


def _floats(variables: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """A variable in float32."""
    value = variables[name].astype(np.float32)
    scale = variables.get(f"{name}_scale")
    return value if scale is None else np.asarray(value / scale[:, None], dtype=np.float32)


_NORMS = {
    "input_layer_norm": "input_layernorm",
    "post_attention_layer_norm": "post_attention_layernorm",
    "pre_feedforward_layer_norm": "pre_feedforward_layernorm",
    "post_feedforward_layer_norm": "post_feedforward_layernorm",
    "self_attention/q_norm": "self_attn.q_norm",
    "self_attention/k_norm": "self_attn.k_norm",
}
_LINEARS = {
    "ffn/linear_0": "mlp.gate_proj",
    "ffn/linear_0_noact": "mlp.up_proj",
    "ffn/linear_1": "mlp.down_proj",
    "self_attention/linear_1": "self_attn.o_proj",
}


def _renamed(floats: Mapping[str, Tensor], sizes: HeadSizes) -> State:
    """CTranslate2 names to Hugging Face names; the fused projection is split."""
    state = {
        "embed_tokens.weight": floats["decoder/embeddings/weight"],
        "norm.weight": floats["decoder/layer_norm/gamma"],
    }
    layers = sum(name.endswith("ffn/linear_1/weight") for name in floats)
    for index in range(layers):
        ours, theirs = f"layers.{index}", f"decoder/layer_{index}"
        for name, ours_name in _NORMS.items():
            state[f"{ours}.{ours_name}.weight"] = floats[f"{theirs}/{name}/gamma"]
        for name, ours_name in _LINEARS.items():
            state[f"{ours}.{ours_name}.weight"] = floats[f"{theirs}/{name}/weight"]
        fused = floats[f"{theirs}/self_attention/linear_0/weight"]
        parts = torch.split(fused, [sizes.query, sizes.key, sizes.key])
        for part, letter in zip(parts, "qkv", strict=True):
            state[f"{ours}.self_attn.{letter}_proj.weight"] = part.contiguous()
    return state
