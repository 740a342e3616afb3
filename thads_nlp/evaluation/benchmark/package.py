"""This package as it is measured: the only module of the benchmark that touches the summarizer and the model."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thads_nlp.errors import OptionError, ThadsError
from thads_nlp.schema import Article, Briefing, Failure

from .clock import System
from .results import Facts, Outcome, RunPlan

if TYPE_CHECKING:
    from thads_nlp.summarizer import Summarizer

LEAD_SENTENCES = 2
# Prompts of the engine alone are cut to multiples of this many subwords, so that batches are of equal length.
PROMPT_STEP = 32


def open_package(kind: str, model: str | None = None, compute_type: str = "default") -> System:
    """``brief`` (whole briefs), ``extractive``, ``figures``, ``lead``, or ``engine`` (the model alone)."""
    if kind == "engine":
        return Engine(model, compute_type)
    if kind in ("brief", "extractive"):
        return Briefs(model, extractive=kind == "extractive")
    return Plain(kind)


class Briefs:
    """``Summarizer``: one article by ``brief``, several by ``brief_many``; what bullets take is measured beside."""

    def __init__(self, model: str | None, *, extractive: bool) -> None:
        """Load as a user would; the first line of the articles is no title, so that the headline is written too."""
        began = time.perf_counter()
        self._clock = _Clock()
        kind = _timed_summarizer(self._clock)
        self.import_seconds = time.perf_counter() - began
        began = time.perf_counter()
        name: Any = "extractive" if extractive else "model"
        self._summarizer = kind.load(model, summarizer=name, title_line="none")
        self.load_seconds = time.perf_counter() - began
        self._facts = Facts() if extractive else _facts(model)

    def facts(self) -> Facts:
        """Size of the model."""
        return self._facts

    def prepare(self, plan: RunPlan) -> None:
        """Nothing depends on the plan: the summarizer splits what it is given by itself."""

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        """Whole briefs; greedy, as the package decodes."""
        _forget()
        self._clock.seconds = 0.0
        made = self._brief(texts, plan.batch)
        began = time.perf_counter()
        briefings = [item for item in made if isinstance(item, Briefing)]
        bullets = self._clock.seconds + sum(_bullet_seconds(briefing) for briefing in briefings)
        return Outcome(
            failures=len(made) - len(briefings),
            generated=sum(briefing.summary_origin == "generated" for briefing in briefings),
            aside=time.perf_counter() - began,
            bullets=bullets,
        )

    def _brief(self, texts: Sequence[str], batch: int) -> list[Briefing | Failure]:
        """One batch through the public API."""
        if batch > 1:
            return list(self._summarizer.brief_many(texts))
        try:
            return [self._summarizer.brief(text) for text in texts]
        except ThadsError as error:
            return [Failure("", "generate", str(error), "")]


@dataclass(slots=True)
class _Clock:
    """Seconds spent so far."""

    seconds: float = 0.0


def _timed_summarizer(clock: _Clock) -> type[Summarizer]:
    """``Summarizer`` that tells how long the model wrote statements for bullets; imported late, as users import it."""
    from thads_nlp.summarizer import Summarizer

    class TimedSummarizer(Summarizer):
        def _stated(self, *arguments: Any) -> list[dict[int, str]]:
            began = time.perf_counter()
            made = super()._stated(*arguments)
            clock.seconds += time.perf_counter() - began
            return made

    return TimedSummarizer


class Plain:
    """What needs no model: all figures, or the first sentences."""

    def __init__(self, kind: str) -> None:
        """Import what the kind needs."""
        if kind not in ("figures", "lead"):
            raise OptionError(f"kind is {kind!r}; it must be brief, extractive, engine, figures or lead")
        began = time.perf_counter()
        from thads_nlp import find_figures

        self._work: Callable[[str], object] = find_figures if kind == "figures" else lead
        self.import_seconds = time.perf_counter() - began
        self.load_seconds = 0.0

    def facts(self) -> Facts:
        """No model, no sizes."""
        return Facts()

    def prepare(self, plan: RunPlan) -> None:
        """Nothing depends on the plan."""

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        """One after another."""
        _forget()
        failures = 0
        for text in texts:
            try:
                self._work(text)
            except ThadsError:
                failures += 1
        return Outcome(failures=failures)


class Engine:
    """The model alone with a forced output length, by CTranslate2 directly: same arithmetic, no checks, no retries."""

    def __init__(self, model: str | None, compute_type: str) -> None:
        """Load an exported folder; ``compute_type`` is CTranslate2's.

        Raises:
            OptionError: the model is no CTranslate2 export.
        """
        began = time.perf_counter()
        import ctranslate2

        from thads_nlp.model.engine import MOST_WORKERS, DecodingOptions, available_cpus
        from thads_nlp.model.folder import find_model, read_manifest

        self.import_seconds = time.perf_counter() - began
        began = time.perf_counter()
        folder = find_model(model)
        if not isinstance(folder, Path) or not (folder / "model.bin").is_file():
            raise OptionError(f"{folder} is no CTranslate2 export, so its engine cannot be measured alone")
        info = read_manifest(folder)
        self._decoder = info is not None and info.shape == "decoder"
        self._window = info.window if info else 1024
        self._encode = _pieces(folder, slots=info is not None and info.input == "slots")
        maker: Any = ctranslate2.Generator if self._decoder else ctranslate2.Translator
        workers = min(available_cpus(), MOST_WORKERS)
        self._batch = DecodingOptions().max_batch_size
        self._engine = maker(
            str(folder), device="cpu", compute_type=compute_type,
            inter_threads=workers, intra_threads=available_cpus() // workers,
        )  # fmt: skip
        self.load_seconds = time.perf_counter() - began
        self._facts = _facts(model, compute_type)

    def facts(self) -> Facts:
        """Size of the model, and how often its weights are used."""
        return self._facts

    def prepare(self, plan: RunPlan) -> None:
        """Nothing depends on the plan."""

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        """Exactly ``plan.tokens`` subwords for each text; prompts of equal length go together, as the package does."""
        _forget()
        groups: dict[int, list[list[str]]] = defaultdict(list)
        room = self._window - plan.tokens
        for text in texts:
            pieces = self._encode(text)
            length = min(len(pieces), room)
            length = max(length - length % PROMPT_STEP, min(length, PROMPT_STEP))
            groups[length].append(pieces[:length])
        for prompts in groups.values():
            self._generate(prompts, plan)
        source = sum(length * len(prompts) for length, prompts in groups.items())
        return Outcome(source=source, output=plan.tokens * len(texts), generated=len(texts))

    def _generate(self, prompts: list[list[str]], plan: RunPlan) -> None:
        """One batch of prompts of equal length, which the workers share."""
        if self._decoder:
            self._engine.generate_batch(
                prompts, beam_size=plan.beam, min_length=plan.tokens, max_length=plan.tokens,
                include_prompt_in_result=False, max_batch_size=self._batch,
            )  # fmt: skip
        else:
            self._engine.translate_batch(
                prompts, beam_size=plan.beam, min_decoding_length=plan.tokens, max_decoding_length=plan.tokens,
                max_batch_size=self._batch,
            )  # fmt: skip


def lead(text: str) -> str:
    """The first sentences of the body: the summary that costs nothing."""
    from thads_nlp.text.reading import read_article

    body = [sentence.text for sentence in read_article(text, "none").sentences if sentence.section == "body"]
    return " ".join(body[:LEAD_SENTENCES])


def _bullet_seconds(briefing: Briefing) -> float:
    """Seconds that the grammar's bullets of a briefing take when they are made again from its figures."""
    from thads_nlp.figures.bullets import make_bullets
    from thads_nlp.text.reading import read_article

    article = read_article(Article(briefing.text), "none")
    began = time.perf_counter()
    make_bullets(briefing.figures, article)
    return time.perf_counter() - began


def _forget() -> None:
    """Empty the cache of segmented sentences: articles are run several times and share sentences, real ones do not."""
    from thads_nlp.text.segment import segment_words

    segment_words.cache_clear()


def _pieces(folder: Path, *, slots: bool) -> Callable[[str], list[str]]:
    """Text to the subwords of a model folder, numbers as they stand."""
    from thads_nlp.model.loading import TOKENIZER_FILE
    from thads_nlp.model.tokenizer import WordPieces
    from thads_nlp.text.segment import segment_words

    if slots:
        pieces = WordPieces.load(folder / TOKENIZER_FILE)
        return lambda text: pieces.encode(
            [word.normal.replace(" ", "_") for line in text.split("\n") for word in segment_words(line)]
        )
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    return lambda text: list(tokenizer.encode(text).tokens)


def _facts(model: str | None, compute_type: str = "default") -> Facts:
    """Size of a model folder; parameters where it states the shape of a Gemma 3 decoder."""
    from thads_nlp.model.folder import find_model

    folder = find_model(model)
    if not isinstance(folder, Path):
        return Facts()
    disk = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    shape = folder / "architecture.json"
    if not shape.is_file():
        return Facts(disk=disk)
    layers, head = _parameters(json.loads(shape.read_text(encoding="utf-8")))
    return Facts(
        parameters=layers + head,
        encoder_parameters=layers,
        decoder_parameters=layers + head,
        weight_bytes=1 if compute_type.startswith("int8") else 4,
        disk=disk,
    )


def _parameters(shape: dict[str, Any]) -> tuple[int, int]:
    """Weights of the products in all layers, and of the vocabulary, whose table is also the output layer."""
    width, heads, shared = shape["hidden_size"], shape["num_attention_heads"], shape["num_key_value_heads"]
    attention = width * shape["head_dim"] * (2 * heads + 2 * shared)
    return shape["num_hidden_layers"] * (attention + 3 * width * shape["intermediate_size"]), shape[
        "vocab_size"
    ] * width
