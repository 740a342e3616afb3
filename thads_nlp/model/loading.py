"""From a model's name or folder to a generator that runs: which engine, which codec, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from thads_nlp.errors import ModelError, OptionError
from thads_nlp.model.codec import AutoSubwords, Codec, FileSubwords, SlotCodec, TextCodec
from thads_nlp.model.engine import CTranslate2Engine, Device, TransformersEngine
from thads_nlp.model.folder import ModelInfo, check_files, find_model, read_manifest
from thads_nlp.model.generate import Generator
from thads_nlp.model.tokenizer import WordPieces

EngineName = Literal["ctranslate2", "transformers"]
# Window in subwords of a foreign model that states none: the usual training length of T5 and BART models.
FOREIGN_WINDOW = 1024
TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A generator and the ``name@revision`` that briefings carry."""

    generator: Generator
    label: str


def model_label(model: str | Path | None) -> str:
    """``name@revision`` of a model, without loading it.

    Raises:
        ModelError: it is missing.
    """
    found = find_model(model)
    info = read_manifest(found) if isinstance(found, Path) else None
    return info.label if info else _foreign_label(found)


def _foreign_label(found: Path | str) -> str:
    """The label of a model without a manifest."""
    return f"{found.name if isinstance(found, Path) else found}@unknown"


def load_generator(
    model: str | Path | None,
    engine: EngineName | None = None,
    threads: int | None = None,
    device: Device = "cpu",
) -> LoadedModel:
    """Load the shipped model (None), a folder or a Hub id; ``threads`` None takes all CPUs.

    ``device`` is where CTranslate2 runs it; the transformers engine runs on the CPU.

    Raises:
        ModelError: it is missing, damaged or of a kind that cannot run.
        MissingExtraError: it needs packages that are not installed.
        OptionError: the engine cannot run such a model.
    """
    found = find_model(model)
    info = read_manifest(found) if isinstance(found, Path) else None
    exported = isinstance(found, Path) and (found / "model.bin").is_file()
    if engine is None:
        engine = "ctranslate2" if exported else "transformers"
    if engine == "transformers":
        return _load_transformers(found, info, threads)
    if not isinstance(found, Path) or not exported:
        raise OptionError(f"{found} holds no CTranslate2 export (model.bin); export it first or use another engine")
    return _load_exported(found, info, threads, device)


def _load_exported(folder: Path, info: ModelInfo | None, threads: int | None, device: Device) -> LoadedModel:
    """A CTranslate2 folder, checked against its manifest when it has one."""
    if info is None:
        codec: Codec = TextCodec(FileSubwords(folder / TOKENIZER_FILE))
        engine = CTranslate2Engine(folder, "encoder-decoder", threads=threads, device=device)
        return LoadedModel(Generator(engine, codec, FOREIGN_WINDOW), _foreign_label(folder))
    check_files(folder, info)
    engine = CTranslate2Engine(folder, info.shape, compute_type=info.compute, threads=threads, device=device)
    return LoadedModel(Generator(engine, _codec(folder, info), info.window), info.label)


def _codec(folder: Path, info: ModelInfo) -> Codec:
    """What feeds the model of a checked folder."""
    if info.input == "slots":
        return SlotCodec(WordPieces.load(folder / TOKENIZER_FILE))
    return TextCodec(FileSubwords(folder / TOKENIZER_FILE), segmented=info.input == "segmented", prefix=info.prefix)


def _load_transformers(model: Path | str, info: ModelInfo | None, threads: int | None) -> LoadedModel:
    """An encoder–decoder in transformers' own format."""
    if info is not None and info.shape == "decoder":
        raise ModelError(f"{model}: a decoder-only export runs under the ctranslate2 engine only")
    engine = TransformersEngine(str(model), threads=threads)
    segmented = info is not None and info.input == "segmented"
    codec = TextCodec(AutoSubwords(engine.tokenizer), segmented=segmented, prefix=info.prefix if info else "")
    window = info.window if info else FOREIGN_WINDOW
    label = info.label if info else _foreign_label(model)
    return LoadedModel(Generator(engine, codec, window), label)
