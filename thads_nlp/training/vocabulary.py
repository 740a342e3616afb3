"""The word-piece vocabulary: byte-pair merges inside underthesea words, and embeddings for it from a base model.

A piece that opens a word carries ``▁`` and ``_`` joins syllables (``▁Bản_án``), so frequent words are one piece each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from thads_nlp.errors import InputError
from thads_nlp.model.codec import FIGURE, HEADLINE, LENGTH_MARKS, PARAGRAPH, START, SUMMARY
from thads_nlp.model.slots import MAX_SLOTS, SlotTable, is_slot
from thads_nlp.model.tokenizer import UNKNOWN, WORD_START
from thads_nlp.training.examples import END, SegmentedPair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PAD = "<pad>"
# Characters that get a piece of their own; rarer ones become <unk>. VietNews' own letters and marks are about 350.
ALPHABET = 400
# Words that occur once teach nothing.
_MIN_FREQUENCY = 2
# What stands for a special token before it is trained; Gemma's own where it has one. Slots are numbered.
_MEANINGS = {
    PAD: "<pad>", END: "<eos>", START: "<bos>", UNKNOWN: "<unk>", PARAGRAPH: "\n", HEADLINE: " Tiêu đề",
    SUMMARY: " Tóm tắt", FIGURE: " Số liệu", **dict(zip(LENGTH_MARKS, (" rất ngắn", " ngắn", " dài", " rất dài"),
                                                      strict=True)),
}  # fmt: skip
_SLOT_MEANINGS = {"num": " số {}", "date": " ngày {}"}


def special_tokens() -> tuple[str, ...]:
    """Task marks and slots in the order of their ids."""
    slots = (f"<{kind}{number}>" for kind in _SLOT_MEANINGS for number in range(1, MAX_SLOTS + 1))
    return (PAD, END, START, UNKNOWN, HEADLINE, SUMMARY, PARAGRAPH, FIGURE, *LENGTH_MARKS, *slots)


def vocabulary_lines(pairs: Iterable[SegmentedPair]) -> Iterator[str]:
    """What a vocabulary is trained on: the words of titles, abstracts and bodies, numbers that get a slot left out."""
    for pair in pairs:
        table = SlotTable.build(pair.body)
        for words in (pair.title, pair.abstract, *pair.body):
            yield " ".join(word for word in table.mask(words) if not is_slot(word))


def train_vocabulary(lines: Iterable[str], size: int) -> Tokenizer:
    """Train byte-pair merges on lines of segmented words.

    Args:
        lines: words parted by spaces, ``_`` between the syllables of a word.
        size: pieces with specials and alphabet; fewer come out where the text has no more pairs.

    Raises:
        InputError: ``lines`` hold no word.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(WORD_START, prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(WORD_START, prepend_scheme="always", split=True)
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=_MIN_FREQUENCY, limit_alphabet=ALPHABET, show_progress=False,
        special_tokens=[AddedToken(token, lstrip=True, normalized=False) for token in special_tokens()],
    )  # fmt: skip
    tokenizer.train_from_iterator(lines, trainer)
    if tokenizer.get_vocab_size() <= len(special_tokens()):
        raise InputError("no words to make a vocabulary of; give articles with text")
    return tokenizer


def piece_text(subword: str) -> str:
    """The text that a piece stands for: ``▁Bản_án`` is " Bản án", ``_t`` is " t"; specials by their meaning."""
    if subword in _MEANINGS:
        return _MEANINGS[subword]
    if is_slot(subword):
        kind = subword.strip("<>").rstrip("0123456789")
        return _SLOT_MEANINGS[kind].format(subword.strip("<>").removeprefix(kind))
    text = subword.replace(WORD_START, " ").replace("_", " ")
    return text.rstrip() or text


def transplanted(embedding: Tensor, encode: Callable[[str], Sequence[int]], subwords: Sequence[str]) -> Tensor:
    """Embeddings (len(subwords), size) for new pieces: each the mean of the base's pieces of its text.

    Args:
        embedding: the base's embeddings (vocabulary, size).
        encode: the base's tokenizer without special marks around.
        subwords: new pieces in the order of their ids.
    """
    fresh = torch.empty(len(subwords), embedding.shape[1])
    for index, subword in enumerate(subwords):
        ids = torch.tensor(list(encode(piece_text(subword))), dtype=torch.long)
        fresh[index] = embedding[ids].float().mean(0) if len(ids) else embedding.float().mean(0)
    return fresh
