"""Word pieces of the shipped model: underthesea words in, ``▁``-marked subwords out, and back.

A subword with ``▁`` starts a word, one without continues it; ``_`` joins the syllables of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from thads_nlp.errors import ModelError
from thads_nlp.model.slots import is_slot

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WORD_START = "▁"
UNKNOWN = "<unk>"
_ANGLED = re.compile(r"<(?=[a-z/]+\d*>)")


class WordPieces:
    """Subword tokenizer over segmented words; thread-safe."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Wrap a loaded ``tokenizers`` tokenizer whose specials are the slots and task marks."""
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, path: Path) -> WordPieces:
        """Load ``tokenizer.json``; ModelError when it is missing or not a tokenizer."""
        from tokenizers import Tokenizer

        try:
            return cls(Tokenizer.from_file(str(path)))
        except Exception as error:  # the Rust side raises bare Exception for any unreadable file
            raise ModelError(f"{path}: no tokenizer could be read ({error}); get the model folder anew") from error

    @cached_property
    def specials(self) -> frozenset[str]:
        """All special tokens: task marks and slots."""
        return frozenset(token.content for token in self._tokenizer.get_added_tokens_decoder().values())

    def encode(self, words: Sequence[str]) -> list[str]:
        """Subwords of segmented words; slots pass as they are, text that only looks like a special does not."""
        line = " ".join(word if is_slot(word) else _ANGLED.sub("< ", word) for word in words)
        # A special takes the space before it into its surface.
        return [subword.strip(" ") for subword in self._tokenizer.encode(line, add_special_tokens=False).tokens]

    def ids(self, subwords: Iterable[str]) -> list[int]:
        """Vocabulary numbers of subwords; ModelError for one that the vocabulary lacks."""
        unknown = self._tokenizer.token_to_id(UNKNOWN)
        numbers: list[int] = []
        for subword in subwords:
            number = self._tokenizer.token_to_id(subword)
            number = unknown if number is None else number
            if number is None:
                raise ModelError(f"the vocabulary has no {subword!r} and no {UNKNOWN}: not one of this recipe")
            numbers.append(number)
        return numbers

    def decode(self, subwords: Iterable[str]) -> list[str]:
        """Segmented words of subwords; each special token stands as a word of its own."""
        words: list[str] = []
        glued = False
        for subword in subwords:
            if subword in self.specials:
                words.append(subword)
                glued = False
            elif subword.startswith(WORD_START) or not glued:
                words.append(subword.removeprefix(WORD_START))
                glued = True
            else:
                words[-1] += subword
        return [word for word in words if word]
