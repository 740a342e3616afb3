"""Other summarizers as ``transformers`` runs them; imports nothing of this package.

Where the real weights are not at hand, random ones of the same shape are made: the arithmetic and what is read from
disk are the same, the words that come out mean nothing, and the output length is forced.
"""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .results import Facts, Outcome, RunPlan

# Subwords a Vietnamese syllable where no tokenizer is at hand: estimate for SentencePiece vocabularies of 36,000 to
# 40,000, which hold nearly all syllables and split numbers, foreign names and marks.
SUBWORDS_A_WORD = 1.2
# The most source subwords: what BARTpho has positions for, and the usual cut for ViT5.
WINDOW = 1024
SEED = 7
# Projections of the source for the decoder: applied once a source subword, not once an output subword.
_OF_SOURCE = re.compile(r"EncDecAttention\.[kv]\.|encoder_attn\.[kv]_proj\.")
_EMBEDDINGS = re.compile(r"embed|shared")


def make_weights(folder: str, model_type: str, config: dict[str, Any]) -> None:
    """Random weights of a shape in safetensors."""
    import torch
    import transformers

    _silence(transformers)
    torch.manual_seed(SEED)
    shape = transformers.AutoConfig.for_model(model_type, **config)
    model = transformers.AutoModelForSeq2SeqLM.from_config(shape, dtype=torch.float32)
    model.save_pretrained(folder)


class Rival:
    """An encoder–decoder of ``transformers`` on all threads, fp32 or with int8 linear layers."""

    def __init__(self, folder: str, precision: str, *, tokenizer: bool) -> None:
        """Load as a user would; ``tokenizer`` says that the folder holds a real model with its tokenizer."""
        began = time.perf_counter()
        import torch
        import transformers

        self.import_seconds = time.perf_counter() - began
        _silence(transformers)
        began = time.perf_counter()
        torch.set_num_threads(_cpus())
        model: Any = transformers.AutoModelForSeq2SeqLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, trust_remote_code=False
        ).eval()
        self._facts = _facts(model, Path(folder), precision)
        if precision == "int8":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        auto = transformers.AutoTokenizer
        self._tokenizer: Any = auto.from_pretrained(folder, trust_remote_code=False) if tokenizer else None
        self.load_seconds = time.perf_counter() - began
        self._torch, self._model = torch, model

    def facts(self) -> Facts:
        """Sizes, and whether the weights are real."""
        return self._facts

    def prepare(self, plan: RunPlan) -> None:
        """Nothing depends on the plan."""

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        """Generate exactly ``plan.tokens`` subwords for each text."""
        inputs = self._inputs(texts)
        with self._torch.inference_mode():
            output = self._model.generate(
                **inputs,
                num_beams=plan.beam,
                do_sample=False,
                min_new_tokens=plan.tokens,
                max_new_tokens=plan.tokens,
            )
        if self._tokenizer is not None:
            self._tokenizer.batch_decode(output, skip_special_tokens=True)
        mask = inputs["attention_mask"]
        written = (output.shape[1] - 1) * len(texts)
        return Outcome(source=int(mask.sum()), output=written, generated=len(texts))

    def _inputs(self, texts: Sequence[str]) -> dict[str, Any]:
        """Subwords of the texts, padded to the longest: real ones, or as many random ones as there would be."""
        if self._tokenizer is not None:
            window = self._window()
            made = self._tokenizer(list(texts), padding=True, truncation=True, max_length=window, return_tensors="pt")
            return {name: made[name] for name in ("input_ids", "attention_mask")}
        torch, config = self._torch, self._model.config
        lengths = [min(self._window(), round(len(text.split()) * SUBWORDS_A_WORD)) for text in texts]
        generator = torch.Generator().manual_seed(SEED)
        # The first numbers of a vocabulary are marks.
        ids = torch.randint(4, config.vocab_size, (len(texts), max(lengths)), generator=generator)
        mask = (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()
        return {"input_ids": ids.where(mask.bool(), torch.tensor(config.pad_token_id)), "attention_mask": mask}

    def _window(self) -> int:
        """The most source subwords of this model."""
        return min(WINDOW, getattr(self._model.config, "max_position_embeddings", None) or WINDOW)


def _facts(model: Any, folder: Path, precision: str) -> Facts:
    """Parameters by how often they are used: once a source subword or once an output subword."""
    encoder = decoder = 0
    for name, weights in model.named_parameters():
        if _EMBEDDINGS.search(name) or name.startswith("lm_head"):
            continue
        if ".encoder." in f".{name}" or _OF_SOURCE.search(name):
            encoder += weights.numel()
        else:
            decoder += weights.numel()
    return Facts(
        parameters=sum(weights.numel() for weights in model.parameters()),
        encoder_parameters=encoder,
        decoder_parameters=decoder + model.get_output_embeddings().weight.numel(),
        weight_bytes=1 if precision == "int8" else 4,
        disk=sum(file.stat().st_size for file in folder.iterdir() if file.is_file()),
    )


def _cpus() -> int:
    """CPUs that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _silence(transformers: Any) -> None:
    """No progress bars and no advice on stderr."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
