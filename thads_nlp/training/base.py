"""Gemma 3 as a base: from a folder, the Hub or a GGUF file, with layers left out and the project's own vocabulary."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tokenizers import Tokenizer

from thads_nlp.errors import MissingExtraError, ModelError, OptionError
from thads_nlp.model.folder import SHIPPED_PLACES, find_model
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.config import BaseOptions
from thads_nlp.training.vocabulary import special_tokens, transplanted
from thads_nlp.training.weights import State, read_config

ARCHITECTURE, TOKENIZER, WEIGHTS = "architecture.json", "tokenizer.json", "model.safetensors"
# Gemma's terms go with everything that derives from it, with a notice of what was changed.
TERMS, NOTICE = "GEMMA_TERMS.html", "NOTICE"
NOTICES = (NOTICE, TERMS)
_NOTICE_TEXT = """Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms

These weights are a modified version of Gemma 3: layers {layers} removed, vocabulary replaced by {pieces} word pieces
over underthesea words, and fine-tuned if they were trained since.
"""
GGUF = ".gguf"
_GEMMA = "gemma3_text"
# Keys of a configuration that speak of the file it came from.
_FOREIGN = ("quantization_config", "_name_or_path", "transformers_version", "dtype", "torch_dtype", "unk_token_id")

Kind = Literal["ready", "gemma", "encoder-decoder"]


@dataclass(frozen=True, slots=True)
class Base:
    """A Gemma 3: weights under Hugging Face names without ``model.``, configuration, tokenizer without marks around."""

    state: State
    architecture: dict[str, Any]
    encode: Callable[[str], Sequence[int]]


def kind_of(base: str | Path | None) -> Kind:
    """What ``--base`` names.

    ``ready``: the shipped model, an export or a folder with this package's vocabulary. ``gemma``: a Gemma 3 with its
    own vocabulary. Everything else is taken for an encoder–decoder, whose loader says what is wrong with it.

    Raises:
        ModelError: there is no such folder or file.
    """
    if str(base).lower().endswith(GGUF):
        if not Path(str(base)).is_file():
            raise ModelError(f"{base}: no such file")
        return "gemma"
    found = find_model(base)
    if isinstance(found, Path):
        return _kind_of_folder(found)
    return "gemma" if _hub_type(found) == _GEMMA else "encoder-decoder"


def load_base(source: str) -> Base:
    """Read a Gemma 3: a GGUF file (dequantised), a folder or a Hub id, by the loaders of ``transformers``.

    Raises:
        ModelError: it cannot be read, or is no Gemma 3 text model.
        MissingExtraError: transformers is not installed, or gguf for a GGUF file.
    """
    transformers = _transformers()
    place, options = source, {"use_safetensors": True}
    gguf: dict[str, Any] = {}
    if source.lower().endswith(GGUF):
        if importlib.util.find_spec("gguf") is None:
            raise MissingExtraError("reading GGUF files", "train", "gguf")
        place, options, gguf = str(Path(source).resolve().parent), {}, {"gguf_file": Path(source).name}
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(
            place, dtype="float32", trust_remote_code=False, **options, **gguf
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(place, trust_remote_code=False, **gguf)
    except (OSError, ValueError, KeyError, IndexError, TypeError, RuntimeError, NotImplementedError,
            struct.error) as error:  # fmt: skip
        raise ModelError(f"{source}: no Gemma 3 could be read ({error})") from error
    architecture = model.config.to_dict()
    if architecture.get("model_type") != _GEMMA:
        raise ModelError(f"{source}: of type {architecture.get('model_type')}, expected {_GEMMA}")
    state = {name: value.detach().float() for name, value in model.model.state_dict().items()}
    return Base(state, architecture, lambda text: list(tokenizer.encode(text, add_special_tokens=False)))


def without_layers(base: Base, dropped: Sequence[int]) -> Base:
    """The base without some layers, the others numbered anew.

    Raises:
        OptionError: a layer that it does not have, or none would be left.
    """
    types = base.architecture["layer_types"]
    unknown = sorted(set(dropped) - set(range(len(types))))
    kept = [index for index in range(len(types)) if index not in set(dropped)]
    if unknown or not kept:
        raise OptionError(f"base.drop_layers is {list(dropped)}; the base has the layers 0 to {len(types) - 1}")
    state = {name: value for name, value in base.state.items() if not name.startswith("layers.")}
    for new, old in enumerate(kept):
        prefix = f"layers.{old}."
        state |= {
            f"layers.{new}.{name.removeprefix(prefix)}": value
            for name, value in base.state.items()
            if name.startswith(prefix)
        }
    shape = {"layer_types": [types[index] for index in kept], "num_hidden_layers": len(kept)}
    return Base(state, {**base.architecture, **shape}, base.encode)


def write_base(base: Base, tokenizer: Tokenizer, folder: Path) -> None:
    """Give a base a new vocabulary and write it as a folder that training starts from; whole or not at all."""
    from safetensors.torch import save_file

    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    embedding = transplanted(base.state["embed_tokens.weight"], base.encode, [piece for piece, _ in vocabulary])
    state = {name: value.contiguous() for name, value in base.state.items()} | {"embed_tokens.weight": embedding}
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file(state, fresh / WEIGHTS)
    record = {key: value for key, value in base.architecture.items() if key not in _FOREIGN}
    ids = {"vocab_size": len(vocabulary), "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
    record |= {**ids, "architectures": ["Gemma3ForCausalLM"]}
    (fresh / ARCHITECTURE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    tokenizer.save(str(fresh / TOKENIZER))
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(fresh, folder)


def build_base(source: str, tokenizer: Tokenizer, options: BaseOptions, folder: Path) -> None:
    """Read a Gemma 3, leave layers out, give it the vocabulary, write it to ``folder`` with its terms and a notice."""
    write_base(without_layers(load_base(source), options.drop_layers), tokenizer, folder)
    terms = next((place / TERMS for place in SHIPPED_PLACES if (place / TERMS).is_file()), None)
    if terms is not None:
        shutil.copyfile(terms, folder / TERMS)
    layers = ", ".join(str(index) for index in sorted(options.drop_layers)) or "none"
    text = _NOTICE_TEXT.format(layers=layers, pieces=tokenizer.get_vocab_size())
    (folder / NOTICE).write_text(text, encoding="utf-8")


def _kind_of_folder(folder: Path) -> Kind:
    """Of what kind a folder is, by its configuration and vocabulary."""
    try:
        record = read_config(folder)
    except (ModelError, ValueError):
        return "encoder-decoder"
    if (folder / TOKENIZER).is_file() and set(special_tokens()) <= WordPieces.load(folder / TOKENIZER).specials:
        return "ready"
    return "gemma" if record.get("model_type") == _GEMMA else "encoder-decoder"


def _hub_type(model: str) -> str:
    """The model type that a Hub id's configuration states, "" where it cannot be read."""
    try:
        config = _transformers().AutoConfig.from_pretrained(model, trust_remote_code=False)
    except (OSError, ValueError, KeyError):
        return ""
    return str(config.model_type)


def _transformers() -> Any:
    """The library, or the error that names the extra."""
    try:
        import transformers
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    return transformers
