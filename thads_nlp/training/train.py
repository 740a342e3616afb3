"""``train``: a run of either recipe in an output folder that ``export`` makes a model of."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from thads_nlp.errors import InputError, MissingExtraError, OptionError
from thads_nlp.model.engine import available_cpus
from thads_nlp.model.folder import find_model
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.base import ARCHITECTURE, NOTICES, TOKENIZER, Kind, kind_of
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.corpus import PairSet, iterate, load_pairs, segment_pairs, segmented_pair

RUN, BASE, CALIBRATION = "run.json", "base", "calibration.json"
# Without --validation every so manieth article is held out.
HELD_OUT = 20

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Data, base model and output of a run; ``workers`` processes prepare the data, 0 is one a core."""

    data: Path
    output: Path
    base: str | None = None
    validation: Path | None = None
    workers: int = 0

    @property
    def processes(self) -> int:
        """Processes that prepare the data."""
        return self.workers or available_cpus()


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """What came of a run."""

    shape: Literal["decoder", "encoder-decoder"]
    steps: int
    examples: int
    validation_loss: float


def train(options: TrainOptions, config: TrainingConfig, report: Report) -> TrainedRun:
    """Train, or go on where the output folder was left.

    Args:
        options: ``base`` is the shipped model (None), a folder of the causal recipe (``gemma3_text`` with this
            package's vocabulary), a Gemma 3 with its own vocabulary (folder, Hub id, GGUF file), or a folder or Hub
            id of any encoder–decoder.
        config: everything that decides the run.
        report: called with lines of progress.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        InputError: no usable article in the data.
        ModelError: the base is none of these.
        OptionError: the output folder holds a run under another configuration.
    """
    _need_torch()
    kind = kind_of(options.base)
    pairs = _pairs(options, report)
    if kind != "encoder-decoder":
        return _train_own(kind, pairs, options, config, report)
    if config.encoder.layers:
        raise OptionError(f"encoder.layers makes an encoder–decoder of a causal base; {options.base} is no such base")
    from thads_nlp.training.seq2seq_run import train_seq2seq

    progress = train_seq2seq(str(find_model(options.base)), pairs, options, config, report)
    record = {"shape": "encoder-decoder", "base": str(options.base), **progress}
    return _finished(options.output, record, config)


@dataclass(frozen=True, slots=True)
class PairSplit:
    """Articles to learn from and to validate on."""

    train: PairSet
    validation: PairSet


def _pairs(options: TrainOptions, report: Report) -> PairSplit:
    """All pairs, every twentieth held out unless there is validation data."""
    skipped: Counter[str] = Counter()
    pairs = load_pairs(options.data, skipped)
    if options.validation is not None:
        split = PairSplit(pairs, load_pairs(options.validation, skipped))
    else:
        learned = [index for index in range(len(pairs)) if index % HELD_OUT]
        split = PairSplit(pairs.select(learned), pairs[::HELD_OUT])
    for reason, count in skipped.most_common():
        report(f"{count} rows skipped: {reason}")
    if not split.train:
        raise InputError(f"{options.data}: {len(pairs)} articles are too few to hold any out; give --validation")
    report(f"{len(split.train)} articles to learn from, {len(split.validation)} to validate on")
    return split


def _train_own(
    kind: Kind, pairs: PairSplit, options: TrainOptions, config: TrainingConfig, report: Report
) -> TrainedRun:
    """This package's recipes: a causal network, or an encoder–decoder made of its layers."""
    import torch

    from thads_nlp.training.causal_run import CausalRun
    from thads_nlp.training.encoder_decoder import ENCODER
    from thads_nlp.training.prepare import run_data
    from thads_nlp.training.smoothing import CALIBRATION_SEQUENCES
    from thads_nlp.training.start import read_base, with_encoder
    from thads_nlp.training.weights import read_config

    torch.manual_seed(config.seed)
    reasons: Counter[str] = Counter()
    rows = segment_pairs(pairs.train, options.processes)
    base = Path(find_model(options.base)) if kind == "ready" else _built_base(rows, options, config, report)
    data = run_data(rows, pairs.validation, base / TOKENIZER, config, options.processes, reasons)
    report("examples: " + ", ".join(f"{name} {count}" for name, count in reasons.most_common()))
    start = with_encoder(base, data.train, config, options.output) if config.encoder.layers else base
    architecture: dict[str, Any] = read_config(start)
    if not config.encoder.layers and ENCODER in architecture:
        raise OptionError(f"{start} is an encoder–decoder; set encoder.layers in the configuration")
    model = read_base(start)
    _keep(base, options.output, architecture)
    if not config.encoder.layers:
        sequences = [item.ids for item in data.validation[:CALIBRATION_SEQUENCES]]
        (options.output / CALIBRATION).write_text(json.dumps(sequences) + "\n", encoding="utf-8")
    progress = CausalRun(model, data, config, options.output).train(report)
    record = {
        "shape": "encoder-decoder" if config.encoder.layers else "decoder", "base": str(options.base or base.name),
        "steps": progress.step, "examples": progress.examples, "validation_loss": progress.best_loss,
        "last_validation_loss": progress.last_loss,
    }  # fmt: skip
    return _finished(options.output, record, config)


def _built_base(rows: Any, options: TrainOptions, config: TrainingConfig, report: Report) -> Path:
    """Gemma 3 with the run's vocabulary in the output folder, built on the first start of the run alone."""
    from tokenizers import Tokenizer

    from thads_nlp.training.base import build_base
    from thads_nlp.training.vocabulary import train_vocabulary, vocabulary_lines

    folder = options.output / BASE
    if folder.is_dir():
        return folder
    if config.base.vocabulary_file:
        WordPieces.load(Path(config.base.vocabulary_file))
        tokenizer = Tokenizer.from_file(config.base.vocabulary_file)
    else:
        report("training the vocabulary")
        lines = vocabulary_lines(segmented_pair(row) for row in iterate(rows))
        tokenizer = train_vocabulary(lines, config.base.vocabulary)
    report(f"giving {options.base} a vocabulary of {tokenizer.get_vocab_size()} pieces")
    build_base(str(options.base), tokenizer, config.base, folder)
    return folder


def _keep(base: Path, output: Path, architecture: dict[str, Any]) -> None:
    """Put beside the run what an export of it needs."""
    output.mkdir(parents=True, exist_ok=True)
    (output / ARCHITECTURE).write_text(json.dumps(architecture, indent=1) + "\n", encoding="utf-8")
    for name in (TOKENIZER, *NOTICES):
        if (base / name).is_file():
            shutil.copyfile(base / name, output / name)


def _finished(output: Path, record: dict[str, Any], config: TrainingConfig) -> TrainedRun:
    """Write what was done beside the weights."""
    record = {**record, "configuration": config.to_record()}
    (output / RUN).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return TrainedRun(record["shape"], record["steps"], record["examples"], record["validation_loss"])


def _need_torch() -> None:
    """MissingExtraError where the extra is missing."""
    try:
        import safetensors
        import torch
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    del safetensors, torch
