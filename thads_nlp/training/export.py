"""``export``: what a run left becomes a model folder: CTranslate2 weights, tokenizer, manifest with hashes, card."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tokenizers import Tokenizer

from thads_nlp.errors import MissingExtraError, ModelError, OptionError
from thads_nlp.model.folder import MANIFEST, file_sha256
from thads_nlp.training.base import ARCHITECTURE, NOTICES, TOKENIZER
from thads_nlp.training.train import CALIBRATION, RUN

Quantization = Literal["int8", "float32"]
Weights = Literal["best", "last"]
CARD = "MODEL_CARD.md"
_BEST, _CHECKPOINT, _SEQ2SEQ = "best.safetensors", "checkpoint", "model"
# Subwords of prompt and output together that encoder–decoders are fed with.
_WINDOW = 1024
_SPECIALS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Where from, where to, under which name; of a run its best weights by validation or its last ones."""

    source: Path
    output: Path
    name: str
    revision: str
    quantization: Quantization = "int8"
    weights: Weights = "best"


def export(options: ExportOptions) -> None:
    """Write the model folder; ``Summarizer.load`` and ``--model`` take it.

    ``source`` is the output folder of ``thads-nlp train``, or a Hugging Face folder of an encoder–decoder.

    Raises:
        OptionError: the output folder is there already and not empty.
        ModelError: the source holds no weights of either kind, or none that validated better than the base.
        MissingExtraError: transformers or torch is not installed.
    """
    if options.output.exists() and (not options.output.is_dir() or any(options.output.iterdir())):
        raise OptionError(f"{options.output}: is there already; give a new folder")
    run = _run(options.source)
    weights = _own_weights(options)
    if options.weights == "last":
        run = {**run, "validation_loss": run.get("last_validation_loss")}
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        form: dict[str, Any]
        if weights is None:
            form = {"shape": "encoder-decoder", "input": "plain", "window": _encoder_decoder(options, made)}
        elif run.get("shape") == "encoder-decoder":
            form = {"shape": "encoder-decoder", "input": "slots", **_own_encoder_decoder(options, weights, made, run)}
        else:
            folder = Path(scratch) / "hf"
            form = {"shape": "decoder", "input": "slots", **_causal(options, weights, folder, made, run)}
        options.output.mkdir(parents=True, exist_ok=True)
        for path in sorted(made.iterdir()):
            shutil.copyfile(path, options.output / path.name)
    for name in NOTICES:
        if (options.source / name).is_file():
            shutil.copyfile(options.source / name, options.output / name)
    (options.output / CARD).write_text(_card(options, run, form["shape"]), encoding="utf-8")
    _write_manifest(options, {**form, "prefix": ""}, run)


def _run(source: Path) -> dict[str, Any]:
    """What the run said of itself; nothing for a foreign folder."""
    path = source / RUN
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ModelError(f"{path}: damaged ({error}); train again or give the Hugging Face folder") from error


def _own_weights(options: ExportOptions) -> Path | None:
    """The weights of a run of this package's recipes that were asked for; None for any other source."""
    try:
        from thads_nlp.training.checkpoint import find_checkpoint, weights_of
    except ImportError as error:
        raise MissingExtraError("thads-nlp export", "train", str(error.name)) from error
    best, last = options.source / _BEST, find_checkpoint(options.source / _CHECKPOINT)
    if options.weights == "last":
        if last is None:
            raise ModelError(f"{options.source}: no checkpoint of a run, so no last weights; leave --weights out")
        return weights_of(last)
    if best.is_file():
        return best
    if last is None:
        return None
    raise ModelError(
        f"{options.source}: no {_BEST}, for no validation loss was below that of the base; train longer or at a lower "
        "rate, or export the last weights with --weights last"
    )


def _own_encoder_decoder(options: ExportOptions, weights: Path, made: Path, run: dict[str, Any]) -> dict[str, Any]:
    """A run whose encoder–decoder was made of a causal base; returns its window and its arithmetic."""
    from safetensors.torch import load_file

    from thads_nlp.training.encoder_decoder import EncoderDecoderModel
    from thads_nlp.training.start import empty_model
    from thads_nlp.training.translator import write_translator
    from thads_nlp.training.weights import read_config

    model = empty_model(read_config(options.source))
    if not isinstance(model, EncoderDecoderModel):
        raise ModelError(f"{options.source / ARCHITECTURE}: no encoder–decoder, as {RUN} says; train again")
    model.load_state_dict(load_file(weights))
    vocabulary = Tokenizer.from_file(str(options.source / TOKENIZER)).get_vocab()
    write_translator(model, sorted(vocabulary, key=vocabulary.__getitem__), options.quantization, made)
    for name in (TOKENIZER, ARCHITECTURE):
        shutil.copyfile(options.source / name, made / name)
    return {"window": _longest(run) + model.shape.target_length, "compute": "float32"}


def _longest(run: dict[str, Any]) -> int:
    """The longest bucket of a run."""
    buckets = run.get("configuration", {}).get("buckets", [{"length": 512}])
    return int(max(bucket["length"] for bucket in buckets))


def _causal(options: ExportOptions, weights: Path, folder: Path, made: Path, run: dict[str, Any]) -> dict[str, Any]:
    """A run of the causal recipe, by way of a Hugging Face folder; returns its window (subwords) and its arithmetic."""
    try:
        from safetensors.torch import load_file, save_file
        from transformers import PreTrainedTokenizerFast
    except ImportError as error:
        raise MissingExtraError("thads-nlp export", "train", str(error.name)) from error
    folder.mkdir()
    sequences = _calibration(options)
    state = _smoothed(options.source, load_file(weights), sequences)
    save_file({f"model.{name}": tensor for name, tensor in state.items()}, folder / "model.safetensors",
              metadata={"format": "pt"})  # fmt: skip
    architecture = json.loads((options.source / ARCHITECTURE).read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**architecture, "dtype": "float32"}), encoding="utf-8")
    tokenizer = options.source / TOKENIZER
    PreTrainedTokenizerFast(tokenizer_file=str(tokenizer), **_SPECIALS).save_pretrained(folder)
    _convert(folder, made, options.quantization)
    shutil.copyfile(tokenizer, made / TOKENIZER)
    shutil.copyfile(options.source / ARCHITECTURE, made / ARCHITECTURE)
    return {"window": _longest(run), "compute": "int8" if sequences else "float32"}


def _calibration(options: ExportOptions) -> list[list[int]]:
    """Sequences that the run kept for smoothing; none where weights stay floats or the run kept none."""
    path = options.source / CALIBRATION
    if options.quantization == "float32" or not path.is_file():
        return []
    try:
        return [[int(piece) for piece in sequence] for sequence in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as error:
        raise ModelError(f"{path}: damaged ({error}); delete it to export for float arithmetic") from error


def _smoothed(source: Path, state: dict[str, Any], sequences: list[list[int]]) -> dict[str, Any]:
    """The weights of the same function whose activations int8 can hold."""
    if not sequences:
        return state
    from thads_nlp.training.causal import CausalConfig, CausalModel
    from thads_nlp.training.smoothing import smooth
    from thads_nlp.training.weights import read_config

    model = CausalModel(CausalConfig.from_record(read_config(source)))
    model.load_state_dict(state)
    smooth(model, sequences)
    return {name: tensor.contiguous() for name, tensor in model.state_dict().items()}


def _encoder_decoder(options: ExportOptions, made: Path) -> int:
    """An encoder–decoder in Hugging Face format; returns its window in subwords."""
    folder = options.source / _SEQ2SEQ if (options.source / _SEQ2SEQ).is_dir() else options.source
    if not (folder / "config.json").is_file():
        raise ModelError(f"{options.source}: neither {_BEST} nor a Hugging Face model; train first, then export")
    if not (folder / TOKENIZER).is_file():
        raise ModelError(f"{folder}: no {TOKENIZER}; save its tokenizer in the fast format first")
    _convert(folder, made, options.quantization)
    shutil.copyfile(folder / TOKENIZER, made / TOKENIZER)
    positions = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("max_position_embeddings")
    return min(int(positions), _WINDOW) if positions else _WINDOW


def _convert(folder: Path, made: Path, quantization: Quantization) -> None:
    """CTranslate2's own converter."""
    try:
        from ctranslate2.converters import TransformersConverter
    except ImportError as error:
        raise MissingExtraError("thads-nlp export", "train", str(error.name)) from error
    try:
        TransformersConverter(str(folder)).convert(str(made), quantization=quantization)
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(f"{folder}: CTranslate2 cannot convert it ({error})") from error


def _card(options: ExportOptions, run: dict[str, Any], shape: str) -> str:
    """A card filled from the run."""
    configuration = run.get("configuration", {})
    loss = run.get("validation_loss")
    lines = [
        f"# {options.name}, revision {options.revision}", "",
        "Summaries of Vietnamese news, to be run with thads_nlp, which verifies what the model writes.", "",
        f"- shape: {shape}; weights in {options.quantization}",
        f"- base: {run.get('base', 'not stated')}",
        f"- trained on {run.get('examples', 'an unknown number of')} examples in {run.get('steps', 'unknown')} steps, "
        f"data order seed {configuration.get('seed', 'unknown')}",
        f"- validation loss {'not stated' if loss is None else f'{loss:.4f}'}",
        f"- learning rate {configuration.get('learning_rate', 'not stated')}", "",
        "Licence: that of the base model; its notice and terms lie beside the weights where it has them.", "",
        "Not measured yet: run `thads-nlp evaluate summaries` with `--model` and write the table here.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _write_manifest(options: ExportOptions, form: dict[str, Any], run: dict[str, Any]) -> None:
    """``thads.json`` over the files that the engine reads."""
    names = sorted(path.name for path in options.output.iterdir() if path.name not in (CARD, *NOTICES))
    files = {
        name: {"size": (options.output / name).stat().st_size, "sha256": file_sha256(options.output / name)}
        for name in names
    }
    training = {key: run[key] for key in ("examples", "steps", "validation_loss", "base") if key in run}
    record = {"name": options.name, "revision": options.revision, **form, "training": training, "files": files}
    (options.output / MANIFEST).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
