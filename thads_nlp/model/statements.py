"""Statements around one figure, written by the model and verified: the bullet where the grammar finds no good words.

The model was trained to write them from titles and abstracts that hold the figure (task ``<fig> <numK>
<sum>``). It reads the lead and the sentences around the figure alone, so that the statements of an article
cost less than its summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.model.codec import Codec, EncodedSource
from thads_nlp.model.engine import DecodingOptions, Prompt, Seq2SeqEngine
from thads_nlp.model.verify import SourceIndex, verify
from thads_nlp.schema import KeyFigure, Sentence

# Sentences read before and behind the figure's own, and of the opening.
BEFORE, BEHIND, OPENING = 2, 1, 2
# Subwords that a statement may have; a bullet has at most 220 characters.
STATEMENT_SUBWORDS = 72


@dataclass(frozen=True, slots=True)
class StatementRequest:
    """The figures of one statement, in order, and the article that they stand in."""

    source: SourceIndex
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A prompt with what turns its output back into text."""

    index: int
    prompt: Prompt
    encoded: EncodedSource


def write_statements(
    engine: Seq2SeqEngine, codec: Codec, requests: Sequence[StatementRequest], options: DecodingOptions, budget: int
) -> list[str | None]:
    """One statement a request, or None: the model knows no such task, or what it wrote is not supported.

    Args:
        engine: runs the model.
        codec: feeds it.
        requests: of any number of articles; all are generated together.
        options: of the search; statements are cut at ``STATEMENT_SUBWORDS``.
        budget: most subwords of a source.
    """
    asked = [one for index, request in enumerate(requests) if (one := _ask(index, request, codec, budget))]
    hypotheses = engine.generate([one.prompt for one in asked], options.shortened(STATEMENT_SUBWORDS))
    statements: list[str | None] = [None] * len(requests)
    for one, hypothesis in zip(asked, hypotheses, strict=True):
        draft = codec.read(hypothesis, one.encoded, titled=True)
        request = requests[one.index]
        if draft.finished and _states(draft.summary, request) and verify(draft.summary, request.source).supported:
            statements[one.index] = draft.summary
    return statements


def _ask(index: int, request: StatementRequest, codec: Codec, budget: int) -> _Asked | None:
    """The prompt of a request, None where the codec has none."""
    encoded = codec.encode(_around(request), budget)
    prompt = codec.statement(encoded, request.figures[0].text)
    return _Asked(index, prompt, encoded) if prompt else None


def _around(request: StatementRequest) -> list[Sentence]:
    """The opening of the article and the sentences around the figure, in reading order."""
    body = [sentence for sentence in request.source.article.sentences if sentence.section == "body"]
    own = request.figures[0].sentence_index
    chosen = {sentence.index for sentence in body[:OPENING]}
    chosen |= {sentence.index for sentence in body if own - BEFORE <= sentence.index <= own + BEHIND}
    return [sentence for sentence in body if sentence.index in chosen]


def _states(text: str, request: StatementRequest) -> bool:
    """Whether every figure of the statement stands in it as the article writes it."""
    return all(figure.text in text for figure in request.figures)
