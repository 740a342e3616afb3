"""Configuration of a training run: one TOML file, every key checked (docs/training.md)."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from thads_nlp.errors import OptionError
from thads_nlp.training.examples import ExampleOptions

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Precision = Literal["auto", "float32", "bfloat16"]
Built = TypeVar("Built", "TrainingConfig", "Bucket", "BaseOptions", "EncoderOptions", ExampleOptions)
# Keys that may change when a run goes on: how long it is, how often it saves, what is made of it at its end.
_FREE = frozenset({"examples", "checkpoint_minutes", "compile", "average_share", "base_share"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Sequences of at most ``length`` subwords, ``batch`` of them together: one shape, so one compilation."""

    length: int
    batch: int


@dataclass(frozen=True, slots=True)
class BaseOptions:
    """What is made of a Gemma 3 that has its own vocabulary: layers left out, pieces of the new vocabulary.

    The defaults cost least: see docs/training.md. ``vocabulary_file`` is a ``tokenizer.json`` of this package to be
    used instead of training one on the data.
    """

    drop_layers: tuple[int, ...] = (8, 9)
    vocabulary: int = 20_000
    vocabulary_file: str = ""


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """An encoder–decoder made of the base's own layers: the lowest ``layers`` of them read, 0 keeps the causal recipe.

    ``drop_layers`` are left out of the base first, which makes room in the file for what the decoder reads the source
    through; that is fitted on ``fit_articles`` sources.
    """

    layers: int = 0
    drop_layers: tuple[int, ...] = ()
    fit_articles: int = 56


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """What decides a run besides its data; the same configuration, data and base give the same weights.

    ``examples`` counts from the start of this run; the learning rate rises over ``warmup`` steps and falls linearly
    to 0 at the last example. ``source_weight`` is the weight of the language-model loss on the source, taken at
    sampled positions. ``picks`` is the number of positions a batch that enter the loss. ``average_share`` averages the
    weights over so much of the run's end (arXiv 1803.05407); ``base_share`` mixes so much of the weights that the run
    began with into that average or the last weights (arXiv 2109.01903); each is kept where it validates best.
    ``target_length`` (subwords) is that of encoder–decoders; ``source_length`` and ``batch`` (examples) are those of
    foreign ones, which have no buckets.
    """

    examples: int = 8_000
    seed: int = 1
    learning_rate: float = 1.5e-4
    embedding_rate: float = 6e-4
    warmup: int = 30
    clip: float = 1.0
    weight_decay: float = 0.0
    source_weight: float = 0.25
    picks: int = 3_072
    validation_examples: int = 192
    validation_every: int = 100
    checkpoint_minutes: float = 5.0
    patience: int = 0
    base_share: float = 0.0
    average_share: float = 0.0
    precision: Precision = "auto"
    compile: bool = True
    buckets: tuple[Bucket, ...] = (Bucket(256, 24), Bucket(384, 16), Bucket(512, 12))
    source_length: int = 512
    target_length: int = 128
    batch: int = 8
    data: ExampleOptions = field(default_factory=ExampleOptions)
    base: BaseOptions = field(default_factory=BaseOptions)
    encoder: EncoderOptions = field(default_factory=EncoderOptions)

    def to_record(self) -> dict[str, Any]:
        """Plain values, as checkpoints and manifests keep them."""
        return asdict(self)


def read_config(path: Path | None) -> TrainingConfig:
    """The configuration of a TOML file, or the defaults.

    Raises:
        OptionError: unreadable, an unknown key, or a value of the wrong type.
    """
    if path is None:
        return TrainingConfig()
    try:
        record = _load_toml(path)
    except (OSError, ValueError) as error:
        raise OptionError(f"{path}: no TOML configuration ({error})") from error
    return config_of(record, str(path))


def config_of(record: dict[str, Any], name: str) -> TrainingConfig:
    """A configuration from plain values; ``name`` says in errors where they came from."""
    values = dict(record)
    if "buckets" in values:
        values["buckets"] = tuple(_built(Bucket, item, f"{name}: buckets") for item in values["buckets"])
    if "data" in values:
        values["data"] = _built(ExampleOptions, values["data"], f"{name}: data")
    if "base" in values:
        values["base"] = _built(BaseOptions, _with_layers(values["base"], f"{name}: base"), f"{name}: base")
    if "encoder" in values:
        checked = _with_layers(values["encoder"], f"{name}: encoder")
        values["encoder"] = _built(EncoderOptions, checked, f"{name}: encoder")
    return _built(TrainingConfig, values, name)


def check_same(old: dict[str, Any], new: TrainingConfig, where: Path) -> None:
    """A run goes on only under its own configuration; keys that came into being since count as their defaults.

    Raises:
        OptionError: names the keys that differ.
    """
    before, now = config_of(old, str(where)).to_record(), new.to_record()
    different = sorted(key for key in now if key not in _FREE and now[key] != before[key])
    if different:
        raise OptionError(f"{where} was made with another configuration ({', '.join(different)}); use another --output")


def _with_layers(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The record with its layers to leave out as a tuple of whole numbers."""
    layers = record.get("drop_layers", ())
    if not isinstance(layers, (list, tuple)) or any(type(layer) is not int or layer < 0 for layer in layers):
        raise OptionError(f"{name}: drop_layers is {layers!r}; it must be a list of layer numbers such as [8, 9]")
    return {**record, **({"drop_layers": tuple(layers)} if "drop_layers" in record else {})}


def _built(kind: type[Built], values: dict[str, Any], name: str) -> Built:
    """An instance of a dataclass, its keys and the types of its values checked against the defaults."""
    known = {item.name for item in fields(kind)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise OptionError(f"{name}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    try:
        made = kind(**values)
    except TypeError as error:
        raise OptionError(f"{name}: {error}") from error
    for item in fields(kind):
        _check_type(name, item.name, getattr(made, item.name), str(item.type))
    return made


def _check_type(name: str, key: str, value: object, declared: str) -> None:
    """Numbers must be numbers, and not negative; whole ones whole."""
    kinds: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "str": (str,)}
    wanted = kinds.get(declared)
    if wanted and (not isinstance(value, wanted) or (declared != "bool" and isinstance(value, bool))):
        raise OptionError(f"{name}: {key} is {value!r}; it must be of type {declared}")
    if isinstance(value, (int, float)) and value < 0:
        raise OptionError(f"{name}: {key} is {value!r}; it may not be negative")
    if declared == "Precision" and value not in ("auto", "float32", "bfloat16"):
        raise OptionError(f"{name}: precision is {value!r}; it must be auto, float32 or bfloat16")


def _load_toml(path: Path) -> dict[str, Any]:
    """Parsed TOML."""
    return dict(tomllib.loads(path.read_text(encoding="utf-8")))
