"""An encoder–decoder of this package as a folder that CTranslate2's ``Translator`` runs.

CTranslate2 has all parts, but its converter knows them only as the T5Gemma 2 of ``transformers``, whose encoder sees
both ways and whose layers see the source through the projections that they see themselves with. Here the encoder's
mask is CTranslate2's relative position bias with a bar against later places, and ``memory_kv`` has weights of its own.
Layers that both read and write are stored once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from thads_nlp.errors import ModelError
from thads_nlp.training.causal import CausalConfig, Layer, RootMeanSquareNorm
from thads_nlp.training.encoder_decoder import EncoderDecoderModel

# Two buckets of places up to one's own and two of later ones, of which the first of each is that of no distance.
_BARRED = -1e9
_BUCKETS = (0.0, 0.0, _BARRED, _BARRED)
_MAX_DISTANCE = 2


def write_translator(model: EncoderDecoderModel, pieces: Sequence[str], quantization: str, folder: Path) -> None:
    """Write ``model.bin``, configuration and vocabulary; outputs equal those of the model up to rounding.

    Args:
        model: the trained network.
        pieces: its vocabulary in the order of the ids.
        quantization: "int8" or "float32", how weights are stored.
        folder: made where it is not there.

    Raises:
        ModelError: CTranslate2 does not take the network.
    """
    spec = _spec(model)
    spec.register_source_vocabulary(list(pieces))
    spec.register_target_vocabulary(list(pieces))
    spec.config.layer_norm_epsilon = model.config.norm_eps
    try:
        spec.validate()
        spec.optimize(quantization=None if quantization == "float32" else quantization)
        folder.mkdir(parents=True, exist_ok=True)
        spec.save(str(folder))
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(f"CTranslate2 cannot take the encoder–decoder ({error})") from error


def _spec(model: EncoderDecoderModel) -> Any:
    """The network in CTranslate2's terms."""
    from ctranslate2.specs import transformer_spec as specs

    shared = _shared(model.config)
    encoder = specs.TransformerEncoderSpec(model.shape.layers, relative_attention_bias=True, **shared)
    decoder = specs.TransformerDecoderSpec(len(model.layers), merged_encoder_attention=True, **shared)
    embeddings = _array(model.embed_tokens.weight)
    encoder.embeddings[0].weight = decoder.embeddings.weight = decoder.projection.weight = embeddings
    encoder.scale_embeddings = decoder.scale_embeddings = float(model.config.hidden_size**0.5)
    _set_norm(encoder.layer_norm, model.encoder_norm)
    _set_norm(decoder.layer_norm, model.norm)
    for index, layer in enumerate(encoder.layer):
        _set_layer(layer, model.layers[index], model.config, index)
        bias = np.array(_BUCKETS, dtype=np.float32)[:, None].repeat(model.config.heads, 1)
        layer.self_attention.relative_attention_bias = bias
        layer.self_attention.relative_attention_max_distance = np.int32(_MAX_DISTANCE)
    for index, layer in enumerate(decoder.layer):
        _set_layer(layer, model.layers[index], model.config, index)
        layer.self_attention.memory_kv.weight = _array(model.memory[index].weight)
    return specs.TransformerSpec(encoder, decoder)


def _shared(config: CausalConfig) -> dict[str, Any]:
    """What both stacks are told of the shape of a layer."""
    from ctranslate2.specs.common_spec import Activation

    return {
        "num_heads": config.heads, "num_heads_kv": config.kv_heads, "head_dim": config.head_dim, "pre_norm": True,
        "activation": Activation.GELUTanh, "ffn_glu": True, "rms_norm": True, "qk_norm": True,
        "pre_post_layer_norm": True, "rotary_dim": config.head_dim, "rotary_interleave": False,
        "rotary_base": config.local_theta,
    }  # fmt: skip


def _set_layer(spec: Any, layer: Layer, config: CausalConfig, index: int) -> None:
    """The weights of one layer, without what it sees of the source."""
    attention, seen = layer.self_attn, spec.self_attention
    for name, norm in (("input", layer.input_layernorm), ("post_attention", layer.post_attention_layernorm),
                       ("pre_feedforward", layer.pre_feedforward_layernorm),
                       ("post_feedforward", layer.post_feedforward_layernorm)):  # fmt: skip
        _set_norm(getattr(spec, f"{name}_layer_norm"), norm)
    _set_norm(seen.q_norm, attention.q_norm)
    _set_norm(seen.k_norm, attention.k_norm)
    seen.rotary_base = np.float32(config.global_theta if config.full_attention[index] else config.local_theta)
    seen.queries_scale = np.float32(config.query_scale)
    projections: tuple[nn.Linear, ...] = (attention.q_proj, attention.k_proj, attention.v_proj)
    seen.linear[0].weight = np.concatenate([_array(projection.weight) for projection in projections])
    seen.linear[1].weight = _array(attention.o_proj.weight)
    spec.ffn.linear_0.weight = _array(layer.mlp.gate_proj.weight)
    spec.ffn.linear_0_noact.weight = _array(layer.mlp.up_proj.weight)
    spec.ffn.linear_1.weight = _array(layer.mlp.down_proj.weight)


def _set_norm(spec: Any, norm: RootMeanSquareNorm) -> None:
    """Gains of a norm; CTranslate2 multiplies by them, the network by one more."""
    spec.gamma = _array(norm.weight) + 1


def _array(weights: Tensor) -> Any:
    """Weights as float32 of their own: CTranslate2 quantises arrays in place."""
    return weights.detach().float().numpy().copy()
