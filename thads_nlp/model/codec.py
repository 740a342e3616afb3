"""Between an article's sentences and a model's subwords, for the three kinds of input that a model can take.

``slots``: underthesea words with numbers masked, trained by this package. ``segmented`` and ``plain``: foreign
encoder–decoders that take one text, with or without ``_`` between the syllables of a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from thads_nlp.errors import ModelError
from thads_nlp.model.engine import Hypothesis, Prompt
from thads_nlp.model.slots import SlotTable, is_slot
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.schema import Sentence
from thads_nlp.text.normalize import compare_key, desegment
from thads_nlp.text.segment import segment_words

HEADLINE, SUMMARY, PARAGRAPH, FIGURE, START = "<hl>", "<sum>", "<p>", "<fig>", "<s>"
# Length marks of the training data, by syllables of the abstract: at most 20, 32, 46, more.
LENGTH_MARKS = ("<x1>", "<x2>", "<x3>", "<x4>")
# Prompts are cut to a multiple of this many subwords, at the end of the source, so that equal ones meet in batches.
LENGTH_STEP = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """A hypothesis as text; ``title`` is None where the model was not asked for one."""

    title: str | None
    summary: str
    score: float
    finished: bool


@dataclass(frozen=True, slots=True)
class EncodedSource:
    """An article's chosen sentences as subwords, with what turns output back into its own spelling."""

    subwords: tuple[str, ...]
    slots: SlotTable
    spellings: Mapping[str, str]


class Codec(Protocol):
    """What a model's input kind must be able to do."""

    @property
    def writes_titles(self) -> bool:
        """Whether the model writes a headline of its own."""
        ...

    def cost(self, sentence: Sentence) -> int:
        """Subwords that a sentence takes of the window."""
        ...

    def encode(self, sentences: Sequence[Sentence], budget: int) -> EncodedSource:
        """The sentences as source subwords, at most ``budget`` of them."""
        ...

    def prompts(self, source: EncodedSource, title: str | None, marks: Sequence[str]) -> list[Prompt]:
        """One prompt for each length mark ("" for none), with the headline forced where it is given."""
        ...

    def statement(self, source: EncodedSource, figure: str) -> Prompt | None:
        """The prompt for a statement around a figure (number and unit as written), None where there is no such task."""
        ...

    def read(self, hypothesis: Hypothesis, source: EncodedSource, *, titled: bool) -> Draft:
        """The text of a hypothesis; ``titled`` says that the headline was given."""
        ...


class SlotCodec:
    """Feeds the models trained by this package."""

    writes_titles = True

    def __init__(self, pieces: WordPieces) -> None:
        """Use the word pieces of the model folder."""
        self._pieces = pieces

    def cost(self, sentence: Sentence) -> int:
        """Subwords of the sentence with its numbers masked, and the paragraph mark."""
        words = model_words(sentence.text)
        return len(self._pieces.encode(SlotTable.build([words]).mask(words))) + 1

    def encode(self, sentences: Sequence[Sentence], budget: int) -> EncodedSource:
        """``<s>`` and the sentences, each closed by ``<p>``, cut to ``budget``."""
        segmented = [model_words(sentence.text) for sentence in sentences]
        table = SlotTable.build(segmented)
        subwords = [START]
        for words in segmented:
            subwords += [*self._pieces.encode(table.mask(words)), PARAGRAPH]
        return EncodedSource(tuple(subwords[:budget]), table, _spellings(sentences))

    def prompts(self, source: EncodedSource, title: str | None, marks: Sequence[str]) -> list[Prompt]:
        """Source, length mark, ``<hl>`` and, where the title is given, the title and ``<sum>``."""
        head = [HEADLINE]
        if title is not None:
            head += [*self._pieces.encode(source.slots.mask(model_words(title))), SUMMARY]
        return [_even(source.subwords, (*([mark] if mark else []), *head)) for mark in marks]

    def statement(self, source: EncodedSource, figure: str) -> Prompt | None:
        """Source, ``<fig>``, the figure's slot and ``<sum>``; None where its number has no slot in the source."""
        slots = [word for word in source.slots.mask(model_words(figure)) if is_slot(word) and word in source.subwords]
        if not slots:
            return None
        whole = Prompt(source.subwords, (FIGURE, slots[0], SUMMARY))
        even = _even(whole.source, whole.prefix)
        return even if slots[0] in even.source else whole

    def read(self, hypothesis: Hypothesis, source: EncodedSource, *, titled: bool) -> Draft:
        """Split at ``<sum>``; an output without it has no summary."""
        words = self._pieces.decode(hypothesis.subwords)
        if titled:
            return Draft(None, _surface(words, source), hypothesis.score, hypothesis.finished)
        cut = words.index(SUMMARY) if SUMMARY in words else len(words)
        title, summary = _surface(words[:cut], source), _surface(words[cut + 1 :], source)
        return Draft(title, summary, hypothesis.score, hypothesis.finished)


class TextCodec:
    """Feeds a foreign encoder–decoder that takes one text and writes one."""

    writes_titles = False

    def __init__(self, subwords: TextSubwords, *, segmented: bool = False, prefix: str = "") -> None:
        """``prefix`` is put before the text ("summarize: "); ``segmented`` joins syllables of a word by ``_``."""
        self._subwords = subwords
        self._segmented = segmented
        self._prefix = prefix

    def cost(self, sentence: Sentence) -> int:
        """Subwords of the sentence, special marks included."""
        return len(self._subwords.encode(self._text(sentence)))

    def encode(self, sentences: Sequence[Sentence], budget: int) -> EncodedSource:
        """Prefix and sentences as one text; what goes beyond ``budget`` is cut before the end mark."""
        text = self._prefix + " ".join(self._text(sentence) for sentence in sentences)
        subwords = self._subwords.encode(text)
        if len(subwords) > budget:
            subwords = [*subwords[: budget - 1], subwords[-1]]
        return EncodedSource(tuple(subwords), SlotTable(()), _spellings(sentences))

    def prompts(self, source: EncodedSource, title: str | None, marks: Sequence[str]) -> list[Prompt]:
        """One prompt: such models know neither headlines nor length marks."""
        return [Prompt(source.subwords)]

    def statement(self, source: EncodedSource, figure: str) -> Prompt | None:
        """None: such models were not trained to write statements."""
        return None

    def read(self, hypothesis: Hypothesis, source: EncodedSource, *, titled: bool) -> Draft:
        """The output's text, desegmented."""
        text = self._subwords.decode(hypothesis.subwords)
        words = text.split() if self._segmented else []
        summary = _surface(words, source) if self._segmented else text
        return Draft(None, summary.strip(), hypothesis.score, hypothesis.finished)

    def _text(self, sentence: Sentence) -> str:
        """A sentence as the model was trained to read it."""
        return " ".join(model_words(sentence.text)) if self._segmented else sentence.text


class TextSubwords(Protocol):
    """Text to subwords and back, special marks included on the way in and dropped on the way out."""

    def encode(self, text: str) -> list[str]:
        """Subwords of a text with the marks that the model expects around it."""
        ...

    def decode(self, subwords: Sequence[str]) -> str:
        """Text of output subwords."""
        ...


class FileSubwords:
    """A ``tokenizer.json`` of a foreign model; thread-safe."""

    def __init__(self, path: Path) -> None:
        """Load the file; ModelError when it is missing or unreadable."""
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the Rust side raises bare Exception for any unreadable file
            raise ModelError(f"{path}: no tokenizer could be read ({error})") from error

    def encode(self, text: str) -> list[str]:
        """Subwords with the special marks of the file's post-processor."""
        return list(self._tokenizer.encode(text).tokens)

    def decode(self, subwords: Sequence[str]) -> str:
        """Text of output subwords without specials."""
        ids = [self._tokenizer.token_to_id(subword) for subword in subwords]
        return str(self._tokenizer.decode([i for i in ids if i is not None], skip_special_tokens=True))


class AutoSubwords:
    """The tokenizer that ``transformers`` loads with a model."""

    def __init__(self, tokenizer: Any) -> None:
        """Wrap a loaded tokenizer."""
        self._tokenizer = tokenizer

    def encode(self, text: str) -> list[str]:
        """Subwords with the special marks that the model expects."""
        return list(self._tokenizer.convert_ids_to_tokens(self._tokenizer(text, truncation=False)["input_ids"]))

    def decode(self, subwords: Sequence[str]) -> str:
        """Text of output subwords without specials."""
        ids = self._tokenizer.convert_tokens_to_ids(list(subwords))
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


def model_words(text: str) -> tuple[str, ...]:
    """Segmented words as the model reads them: ``_`` between syllables, tone marks where underthesea puts them."""
    return tuple(word.normal.replace(" ", "_") for word in segment_words(text))


def _even(source: tuple[str, ...], prefix: tuple[str, ...]) -> Prompt:
    """A prompt of a multiple of LENGTH_STEP subwords, or the whole where the source is shorter than a step."""
    excess = (len(source) + len(prefix)) % LENGTH_STEP
    return Prompt(source[: len(source) - excess] if excess < len(source) else source, prefix)


def _surface(words: Sequence[str], source: EncodedSource) -> str:
    """Output words as text: slots filled, spaces as printed, words spelled as the article spells them."""
    return desegment(" ".join(source.spellings.get(word, word) for word in source.slots.fill(words)))


def _spellings(sentences: Sequence[Sentence]) -> dict[str, str]:
    """Model word to article spelling, where the two differ ("hòa_bình" to "hoà_bình")."""
    spelled: dict[str, str] = {}
    for sentence in sentences:
        for word in segment_words(sentence.text):
            if word.normal != word.text and compare_key(word.normal) == compare_key(word.text):
                spelled.setdefault(word.normal.replace(" ", "_"), word.text.replace(" ", "_"))
    return spelled
