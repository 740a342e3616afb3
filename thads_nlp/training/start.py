"""The network that a run begins with: the base as it is, or an encoder–decoder made of its layers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from thads_nlp.errors import ModelError, OptionError
from thads_nlp.training.base import ARCHITECTURE, NOTICES, TOKENIZER, WEIGHTS, Base, without_layers
from thads_nlp.training.batches import EncodedExample
from thads_nlp.training.causal import CausalConfig, CausalModel
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.encoder_decoder import ENCODER, EncoderDecoderModel, EncoderShape
from thads_nlp.training.memory_fit import fit_memory
from thads_nlp.training.weights import HeadSizes, State, load_state, read_config

# Where a run keeps the encoder–decoder that it begins with.
START = "start"


def read_base(folder: Path) -> CausalModel:
    """The network of a folder with its weights: causal, or an encoder–decoder where the folder says so.

    Raises:
        ModelError: no weights of such a network lie there.
    """
    architecture: dict[str, Any] = read_config(folder)
    model = empty_model(architecture)
    if ENCODER in architecture and not (folder / WEIGHTS).is_file():
        raise ModelError(f"{folder}: the export of an encoder–decoder; go on from {START}/ or weights of its run")
    try:
        model.load_state_dict(load_state(folder, _head_sizes(model.config)))
    except RuntimeError as error:
        raise ModelError(f"{folder}: weights and {ARCHITECTURE} do not fit ({error})") from error
    return model


def empty_model(architecture: dict[str, Any]) -> CausalModel:
    """An untrained network of a shape."""
    config = CausalConfig.from_record(architecture)
    if ENCODER in architecture:
        return EncoderDecoderModel(config, EncoderShape.from_record(architecture))
    return CausalModel(config)


def with_encoder(base: Path, train: Sequence[EncodedExample], config: TrainingConfig, output: Path) -> Path:
    """The folder of the encoder–decoder that the run begins with; built on the first start alone.

    Raises:
        OptionError: more reading layers than there are.
    """
    folder = output / START
    architecture: dict[str, Any] = read_config(base)
    if folder.is_dir() or ENCODER in architecture:
        return folder if folder.is_dir() else base
    sizes = _head_sizes(CausalConfig.from_record(architecture))
    kept = without_layers(Base(load_state(base, sizes), architecture, lambda _: ()), config.encoder.drop_layers)
    shape = EncoderShape(config.encoder.layers, config.target_length)
    if shape.layers > kept.architecture["num_hidden_layers"]:
        raise OptionError(f"encoder.layers is {shape.layers}; {kept.architecture['num_hidden_layers']} are left")
    model = EncoderDecoderModel(CausalConfig.from_record(kept.architecture), shape)
    model.load_state_dict(kept.state, strict=False)
    fit_memory(model, [item.ids[: item.source] for item in islice(train, config.encoder.fit_articles)])
    record = {"layers": shape.layers, "target_length": shape.target_length}
    _write(model.state_dict(), {**kept.architecture, ENCODER: record}, base, folder)
    return folder


def _head_sizes(config: CausalConfig) -> HeadSizes:
    """Rows of the fused projections."""
    return HeadSizes(config.heads * config.head_dim, config.kv_heads * config.head_dim)


def _write(state: State, architecture: dict[str, Any], base: Path, folder: Path) -> None:
    """The folder, whole or not at all."""
    from safetensors.torch import save_file

    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file({name: value.contiguous() for name, value in state.items()}, fresh / WEIGHTS)
    (fresh / ARCHITECTURE).write_text(json.dumps(architecture, indent=1) + "\n", encoding="utf-8")
    for name in (TOKENIZER, *NOTICES):
        if (base / name).is_file():
            shutil.copyfile(base / name, fresh / name)
    os.replace(fresh, folder)
