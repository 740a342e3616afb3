"""From an article with title and abstract to training examples: filtering, tasks, windows.

What a target says and its source window does not is never trained on: that is how models learn to invent.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from thads_nlp.model.codec import FIGURE, HEADLINE, LENGTH_MARKS, PARAGRAPH, START, SUMMARY
from thads_nlp.model.openings import opens_outside
from thads_nlp.model.select import select_source
from thads_nlp.model.slots import SlotTable, is_numeral, is_slot
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.schema import Article, Sentence

END = "</s>"
Task = Literal["brief", "figure"]
Words = tuple[str, ...]
# Syllables of the abstract up to which the first, second and third length mark stand; the fourth for longer ones.
LENGTH_STEPS = (20, 32, 46)
# Words of a title or abstract up to which it can be a statement around one figure.
STATEMENT_WORDS = 40
# Share of a title's content words that the source must have for the title to be learned.
TITLE_COVERAGE = 0.5
_OPENERS = frozenset('. ! ? : " “ \' ‘ - – …'.split())


@dataclass(frozen=True, slots=True)
class SegmentedPair:
    """An article with its reference title and abstract as segmented words (``_`` between syllables)."""

    id: str
    title: Words
    abstract: Words
    body: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ExampleOptions:
    """What makes an example: lengths are in subwords, shares between 0 and 1.

    ``dense_figures``: sources with at least so many numbers are taken ``dense_repeats`` times, each time with another
    window, since figure-dense briefings are rare in news. ``selected_share``: windows that hold the sentences which
    inference would choose for their size, instead of the opening of the body alone.
    """

    window_low: int = 180
    window_high: int = 420
    target_low: int = 8
    target_high: int = 80
    coverage: float = 0.62
    mark_share: float = 0.75
    figure_share: float = 0.12
    dense_figures: int = 8
    dense_repeats: int = 2
    selected_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """One training sequence.

    The source is ``subwords[:source]``. Loss is taken on ``subwords[target:]`` without ``skipped``, a title that the
    source does not support.
    """

    id: str
    task: Task
    subwords: tuple[str, ...]
    source: int
    target: int
    skipped: tuple[int, int] = (0, 0)


def make_examples(
    pair: SegmentedPair, pieces: WordPieces, options: ExampleOptions, rng: random.Random
) -> Iterator[Example | str]:
    """The examples of a pair, or the reason (one word) why it gives none."""
    fault = form_fault(pair, options)
    if fault:
        yield fault
        return
    dense = sum(is_numeral(word) for words in pair.body for word in words) >= options.dense_figures
    for _ in range(options.dense_repeats if dense else 1):
        size = rng.randint(options.window_low, options.window_high)
        chosen = options.selected_share > 0 and rng.random() < options.selected_share
        window = Window.chosen(pair, pieces, size) if chosen else Window.cut(pair.body, pieces, size)
        fault = support_fault(pair.abstract, window.source, options.coverage)
        if fault:
            yield fault
            continue
        yield _brief(pair, window, pieces, options, rng)
        if dense or rng.random() < options.figure_share:
            yield from _figure(pair, window, pieces, options, rng)


@dataclass(frozen=True, slots=True)
class Source:
    """What a window says, for comparing targets with it: words, words in lower case, running text."""

    words: frozenset[str]
    lowered: frozenset[str]
    text: str

    @classmethod
    def of(cls, words: Sequence[str]) -> Source:
        """The source that segmented words make."""
        return cls(frozenset(words), frozenset(word.lower() for word in words), spaced(words))


@dataclass(frozen=True, slots=True)
class Window:
    """What of a body fits a number of subwords, with its slots."""

    subwords: tuple[str, ...]
    source: Source
    table: SlotTable

    @classmethod
    def chosen(cls, pair: SegmentedPair, pieces: WordPieces, size: int) -> Window:
        """The sentences that inference chooses for ``size`` subwords: the lead, then the most salient ones."""
        prices = tuple(len(pieces.encode(words)) + 1 for words in pair.body)
        sentences = tuple(Sentence(index, spaced(words).strip(), 0, 0) for index, words in enumerate(pair.body))
        article = Article("", title=spaced(pair.title).strip(), sentences=sentences)
        selection = select_source(article, size, lambda sentence: prices[sentence.index])
        return cls.cut([pair.body[index] for index in selection.indices], pieces, size)

    @classmethod
    def cut(cls, body: Sequence[Words], pieces: WordPieces, size: int) -> Window:
        """The first sentences up to ``size`` subwords; the last may be cut within."""
        table = SlotTable.build(body)
        subwords = [START]
        for words in body:
            subwords += [*pieces.encode(table.mask(words)), PARAGRAPH]
            if len(subwords) >= size:
                break
        subwords = subwords[:size]
        return cls(tuple(subwords), Source.of(table.fill(pieces.decode(subwords))), table)


def form_fault(pair: SegmentedPair, options: ExampleOptions) -> str | None:
    """Why the abstract is no summary that should be imitated, by its form alone."""
    if not pair.body or not pair.title:
        return "empty"
    if not options.target_low <= len(pair.abstract) <= options.target_high:
        return "length"
    if pair.abstract[-1] not in ".!?\"”":
        return "unfinished"
    text = " ".join(pair.abstract).replace("_", " ")
    return "opening" if opens_outside(text) else None


def support_fault(target: Words, source: Source, coverage: float) -> str | None:
    """Why a source does not support a target: a number or name that it lacks, or too few shared content words."""
    if any(has_digit(word) and word not in source.words for word in target):
        return "number"
    if any(name not in source.text for name in names(target)):
        return "name"
    content = [word for word in target if word.isalpha() or "_" in word]
    share = sum(word.lower() in source.lowered for word in content) / max(len(content), 1)
    return "coverage" if share < coverage else None


def has_digit(word: str) -> bool:
    """Whether a word holds a digit."""
    return any(char.isdigit() for char in word)


def names(words: Words) -> Iterator[str]:
    """Runs of capitalised words as text with spaces around, sentence openings left out."""
    run: list[str] = []
    opening = True
    for word in (*words, "."):
        if is_name(word) and not opening:
            run.append(word)
        elif run:
            yield spaced(run)
            run = []
        opening = word in _OPENERS


def spaced(words: Sequence[str]) -> str:
    """Syllables of words with a space before, between and after."""
    return f" {' '.join(words).replace('_', ' ')} "


def is_name(word: str) -> bool:
    """Whether a segmented word looks like (part of) a name: every syllable opens with a capital."""
    return all(syllable[:1].isupper() for syllable in word.split("_"))


def _brief(
    pair: SegmentedPair, window: Window, pieces: WordPieces, options: ExampleOptions, rng: random.Random
) -> Example:
    """``source [mark] <hl> title <sum> abstract </s>``."""
    mark = [length_mark(pair.abstract)] if rng.random() < options.mark_share else []
    head = [*window.subwords, *mark, HEADLINE]
    title = pieces.encode(window.table.mask(pair.title))
    tail = [SUMMARY, *pieces.encode(window.table.mask(pair.abstract)), END]
    title_fault = support_fault(pair.title, window.source, TITLE_COVERAGE)
    skipped = (len(head), len(head) + len(title)) if title_fault else (0, 0)
    return Example(pair.id, "brief", (*head, *title, *tail), len(window.subwords), len(head), skipped)


def _figure(
    pair: SegmentedPair, window: Window, pieces: WordPieces, options: ExampleOptions, rng: random.Random
) -> Iterator[Example]:
    """``source <fig> <numK> <sum> statement </s>`` for one number of the title or of a one-sentence abstract."""
    statements = [
        words
        for words in (pair.title, pair.abstract)
        if _is_statement(words) and not support_fault(words, window.source, options.coverage)
    ]
    present = Counter(window.subwords)
    choices = [
        (slot, statement)
        for statement in statements
        for slot in dict.fromkeys(window.table.mask(statement))
        if is_slot(slot) and slot.startswith("<num") and present[slot]
    ]
    if choices:
        slot, statement = rng.choice(choices)
        head = (*window.subwords, FIGURE, slot, SUMMARY)
        subwords = (*head, *pieces.encode(window.table.mask(statement)), END)
        yield Example(pair.id, "figure", subwords, len(window.subwords), len(head))


def _is_statement(words: Words) -> bool:
    """Whether a title or abstract is one sentence that is short enough for a bullet."""
    return len(words) <= STATEMENT_WORDS and not any(word in (".", "?", "!") for word in words[:-1])


def length_mark(abstract: Sequence[str]) -> str:
    """The length mark of an abstract, by its syllables."""
    syllables = sum(word.count("_") + 1 for word in abstract)
    return LENGTH_MARKS[sum(syllables > step for step in LENGTH_STEPS)]
