"""Engines that run a seq2seq model: one protocol, CTranslate2 for what ships, transformers for any other.

A prompt is subwords in, a hypothesis is subwords out; what they mean is the codec's business.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from thads_nlp.errors import MissingExtraError, ModelError, OptionError
from thads_nlp.memory import give_back

Shape = Literal["decoder", "encoder-decoder"]
Device = Literal["cpu", "cuda", "auto"]
ComputeType = Literal["float32", "int8", "int8_float32", "int16", "default"]

# Float arithmetic over int8 weights: right for any export. One whose outlier activations were smoothed states int8 in
# its manifest, which reads a prompt in 0.4 times the time and loses nothing (docs/training-log.md).
DEFAULT_COMPUTE_TYPE: ComputeType = "float32"
END = "</s>"
# Batches that a model generates side by side, the threads shared out among them. Decoding one prompt waits for memory,
# so two threads on two prompts need 0.6 times what two threads on one after the other need (docs/benchmark.md).
MOST_WORKERS = 4


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """How hypotheses are searched; the names are CTranslate2's. Lengths are in subwords."""

    beam_size: int = 1
    max_length: int = 112
    no_repeat_ngram_size: int = 4
    max_batch_size: int = 4

    def __post_init__(self) -> None:
        """Refuse values that no engine can take."""
        for name in ("beam_size", "max_length", "max_batch_size"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be at least 1")

    def shortened(self, max_length: int) -> DecodingOptions:
        """The same search for outputs of at most so many subwords."""
        return replace(self, max_length=min(self.max_length, max_length))


@dataclass(frozen=True, slots=True)
class Prompt:
    """Subwords that the model reads (``source``) and those that its output is made to begin with (``prefix``)."""

    source: tuple[str, ...]
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Output subwords without prefix and end mark; ``score`` is their mean log-probability (natural log)."""

    subwords: tuple[str, ...]
    score: float
    finished: bool


class Seq2SeqEngine(Protocol):
    """What a summarizer needs of a model."""

    @property
    def workers(self) -> int:
        """Batches that it generates side by side."""
        ...

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        """The best hypothesis of each prompt, in prompt order."""
        ...


class CTranslate2Engine:
    """Runs a CTranslate2 export: a source-conditioned decoder (``Generator``) or an encoder–decoder (``Translator``).

    Thread-safe: CTranslate2 queues concurrent calls. The batches of one call run side by side, ``workers`` at a time.
    """

    def __init__(
        self,
        path: Path,
        shape: Shape,
        *,
        compute_type: ComputeType = DEFAULT_COMPUTE_TYPE,
        threads: int | None = None,
        device: Device = "cpu",
    ) -> None:
        """Load the model folder; ``threads`` are of the whole model (default: the CPUs this process may use).

        Raises:
            ModelError: CTranslate2 cannot read the folder.
        """
        import ctranslate2

        maker = ctranslate2.Generator if shape == "decoder" else ctranslate2.Translator
        threads = threads or available_cpus()
        self.workers = min(threads, MOST_WORKERS) if device == "cpu" else 1
        try:
            self._model: Any = maker(
                str(path),
                device=device,
                compute_type=compute_type,
                inter_threads=self.workers,
                intra_threads=threads // self.workers,
            )
        except (RuntimeError, ValueError) as error:
            advice = "export the model again" if device == "cpu" else f"is {device} there? else use the device cpu"
            raise ModelError(f"{path}: CTranslate2 cannot load it ({error}); {advice}") from error
        self._shape = shape
        give_back()

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        """The best hypothesis of each prompt, in prompt order.

        Raises:
            ModelError: CTranslate2 fails on a prompt, as on one longer than the positions that a model has.
        """
        lengths, run = (total_length, self._decode) if self._shape == "decoder" else (part_lengths, self._translate)
        try:
            return _in_batches(prompts, lengths, run, options)
        except RuntimeError as error:
            longest = max(len(prompt.source) + len(prompt.prefix) for prompt in prompts)
            raise ModelError(
                f"CTranslate2 failed on prompts of up to {longest} subwords ({error}); if the model reads fewer, state "
                "them as window in its thads.json (thads-nlp export writes one)"
            ) from error

    def _decode(self, prompts: Sequence[Prompt], options: DecodingOptions) -> Iterable[Hypothesis]:
        """Prompts of equal length through the decoder-only model; the outputs are waited for when they are taken."""
        outputs = self._model.generate_batch(
            [[*prompt.source, *prompt.prefix] for prompt in prompts],
            include_prompt_in_result=False,
            end_token=END,
            **_search(options),
            max_length=options.max_length,
            asynchronous=True,
        )
        results = (output.result() for output in outputs)
        return (_hypothesis(result.sequences[0], result.scores[0], options) for result in results)

    def _translate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> Iterable[Hypothesis]:
        """Prompts through the encoder–decoder, waited for likewise; a prefix is forced and then cut off."""
        outputs = self._model.translate_batch(
            [list(prompt.source) for prompt in prompts],
            target_prefix=[list(prompt.prefix) or None for prompt in prompts],
            **_search(options),
            # CTranslate2 counts the prefix, which is as long in all prompts of a batch.
            max_decoding_length=options.max_length + len(prompts[0].prefix),
            asynchronous=True,
        )
        results = (output.result() for output in outputs)
        return (
            _hypothesis(result.hypotheses[0][len(prompt.prefix) :], result.scores[0], options)
            for prompt, result in zip(prompts, results, strict=True)
        )


class TransformersEngine:
    """Runs any ``AutoModelForSeq2SeqLM``; safetensors only, no remote code (extra ``transformers``)."""

    workers = 1

    def __init__(self, model: str, *, threads: int | None = None) -> None:
        """Load weights and configuration.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            ModelError: the folder holds no safetensors seq2seq model.
        """
        torch, transformers = _import_transformers()
        try:
            self._model: Any = transformers.AutoModelForSeq2SeqLM.from_pretrained(
                model, use_safetensors=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{model}: no encoder–decoder in safetensors could be loaded ({error})") from error
        self._model.eval()
        self._torch = torch
        torch.set_num_threads(threads or available_cpus())
        self.tokenizer = load_auto_tokenizer(model)

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        """The best hypothesis of each prompt, in prompt order; prompts are batched by source length."""
        return _in_batches(prompts, part_lengths, self._run, options)

    def _run(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        """One batch of equal source and prefix lengths."""
        torch, to_ids = self._torch, self.tokenizer.convert_tokens_to_ids
        start = self._model.config.decoder_start_token_id
        prefix = torch.tensor([[start, *to_ids(list(prompt.prefix))] for prompt in prompts])
        source = torch.tensor([to_ids(list(prompt.source)) for prompt in prompts])
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=source,
                attention_mask=torch.ones_like(source),
                decoder_input_ids=prefix,
                num_beams=options.beam_size,
                do_sample=False,
                max_new_tokens=options.max_length,
                no_repeat_ngram_size=options.no_repeat_ngram_size,
                suppress_tokens=None if self.tokenizer.unk_token_id is None else [self.tokenizer.unk_token_id],
                return_dict_in_generate=True,
                output_scores=True,
            )
        means = _mean_log_probabilities(self._model, output)
        bodies = output.sequences[:, prefix.shape[1] :].tolist()
        return [self._strip(body, mean) for body, mean in zip(bodies, means, strict=True)]

    def _strip(self, ids: list[int], score: float) -> Hypothesis:
        """Cut an output at its end mark and drop padding and other specials."""
        end = self.tokenizer.eos_token_id
        finished = end in ids
        body = ids[: ids.index(end)] if finished else ids
        kept = [token for token in body if token not in self.tokenizer.all_special_ids]
        return Hypothesis(tuple(self.tokenizer.convert_ids_to_tokens(kept)), score, finished)


def load_auto_tokenizer(model: str) -> Any:
    """The tokenizer of a foreign model folder or Hub id, without remote code."""
    _, transformers = _import_transformers()
    try:
        return transformers.AutoTokenizer.from_pretrained(model, trust_remote_code=False)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelError(f"{model}: its tokenizer could not be loaded ({error})") from error


def total_length(prompt: Prompt) -> tuple[int, ...]:
    """What prompts of a decoder must share: it reads source and prefix as one text."""
    return (len(prompt.source) + len(prompt.prefix),)


def part_lengths(prompt: Prompt) -> tuple[int, ...]:
    """What prompts of an encoder–decoder must share."""
    return len(prompt.source), len(prompt.prefix)


def _in_batches(
    prompts: Sequence[Prompt],
    lengths: Callable[[Prompt], tuple[int, ...]],
    run: Callable[[Sequence[Prompt], DecodingOptions], Iterable[Hypothesis]],
    options: DecodingOptions,
) -> list[Hypothesis]:
    """Hypotheses in prompt order, ``run`` over batches of prompts that share their ``lengths``.

    All batches are handed over before the first output is taken, so that an engine with several workers uses them.
    """
    batches = list(equal_length_batches([lengths(prompt) for prompt in prompts], options.max_batch_size))
    running = [run([prompts[index] for index in batch], options) for batch in batches]
    results: dict[int, Hypothesis] = {}
    for batch, hypotheses in zip(batches, running, strict=True):
        results.update(zip(batch, hypotheses, strict=True))
    return [results[index] for index in range(len(prompts))]


def equal_length_batches(lengths: Sequence[tuple[int, ...]], max_batch_size: int) -> Iterator[list[int]]:
    """Indices of prompts grouped by equal lengths, longest first: unequal ones would be decoded step by step."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for index, length in enumerate(lengths):
        groups[length].append(index)
    for _, indices in sorted(groups.items(), reverse=True):
        for start in range(0, len(indices), max_batch_size):
            yield indices[start : start + max_batch_size]


def available_cpus() -> int:
    """CPUs that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _search(options: DecodingOptions) -> dict[str, Any]:
    """Search options that both CTranslate2 runners name alike; length penalty 0 leaves scores as plain sums."""
    return {
        "beam_size": options.beam_size,
        "no_repeat_ngram_size": options.no_repeat_ngram_size,
        "disable_unk": True,
        "return_scores": True,
    }


def _hypothesis(subwords: Sequence[str], score: float, options: DecodingOptions) -> Hypothesis:
    """A CTranslate2 output; its score is already a mean over the output's subwords (length_penalty 1)."""
    return Hypothesis(tuple(subwords), float(score), len(subwords) < options.max_length)


def _mean_log_probabilities(model: Any, output: Any) -> list[float]:
    """Mean natural-log probability a generated token, for greedy and for beam search."""
    beams = getattr(output, "beam_indices", None)
    scores = model.compute_transition_scores(output.sequences, output.scores, beams, normalize_logits=True)
    finite = scores.masked_fill(scores.isinf(), 0.0)
    return [float(row[row < 0].mean()) if bool((row < 0).any()) else 0.0 for row in finite]


def _import_transformers() -> tuple[Any, Any]:
    """Torch and transformers, or an error that names the extra."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError("the transformers engine", "transformers", error.name or "transformers") from error
    return torch, transformers
