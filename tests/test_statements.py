"""The model's statements around figures: what is asked, what is refused, and where they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from thads_nlp.figures.bullets import make_bullets, unstated
from thads_nlp.figures.finding import find_figures
from thads_nlp.model.codec import FIGURE, SUMMARY, SlotCodec
from thads_nlp.model.engine import DecodingOptions, Hypothesis, Prompt
from thads_nlp.model.folder import find_model
from thads_nlp.model.slots import is_slot
from thads_nlp.model.statements import STATEMENT_SUBWORDS, StatementRequest, write_statements
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.model.verify import SourceIndex
from thads_nlp.text.reading import read_article

TEXT = (
    "Cục Hàng hải tỉnh A vừa báo cáo kết quả quý II.\n"
    "Các cảng đã đón 128 lượt tàu trong tháng 6, tăng 12% so với tháng 5.\n"
    "Doanh thu của các cảng đạt 450 tỷ đồng."
)


@dataclass
class Scripted:
    """An engine that answers with given words, and keeps what it was asked."""

    answer: str
    prompts: Sequence[Prompt] = ()
    options: DecodingOptions | None = None
    workers: int = 1

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        self.prompts, self.options = prompts, options
        pieces = _codec()._pieces
        slots = [next(word for word in prompt.prefix if is_slot(word)) for prompt in prompts]
        return [Hypothesis(tuple(pieces.encode(self.answer.replace("@", slot).split())), 0.0, True) for slot in slots]


def _codec() -> SlotCodec:
    return SlotCodec(WordPieces.load(find_model(None) / "tokenizer.json"))


def _request(text: str = "450 tỷ đồng") -> StatementRequest:
    article = read_article(TEXT, "none")
    figure = next(figure for figure in find_figures(article) if figure.text == text)
    return StatementRequest(SourceIndex.build(article), (figure,))


@pytest.mark.model
def test_a_supported_statement_around_the_slot_comes_back_with_its_number() -> None:
    engine = Scripted("Doanh_thu của các cảng đạt @ tỷ đồng")
    found = write_statements(engine, _codec(), [_request()], DecodingOptions(), 384)
    assert found == ["Doanh thu của các cảng đạt 450 tỷ đồng"]
    (prompt,) = engine.prompts
    assert prompt.prefix[0] == FIGURE
    assert prompt.prefix[-1] == SUMMARY
    assert prompt.prefix[1] in prompt.source
    assert engine.options is not None
    assert engine.options.max_length == STATEMENT_SUBWORDS


@pytest.mark.model
@pytest.mark.parametrize(
    "answer",
    [
        "Doanh_thu của các cảng giảm @ tỷ đồng",  # another direction
        "Doanh_thu của các cảng tăng mạnh",  # without the figure
        "Công_ty Hoà_Phát đạt @ tỷ đồng",  # a name that the article lacks
    ],
)
def test_what_the_article_does_not_say_is_refused(answer: str) -> None:
    assert write_statements(Scripted(answer), _codec(), [_request()], DecodingOptions(), 384) == [None]


def test_only_groups_without_words_of_their_own_are_asked_for() -> None:
    article = read_article(TEXT, "none")
    figures = find_figures(article)
    told = {bullet.text for bullet in make_bullets(figures, article)}
    assert "Doanh thu của các cảng đạt 450 tỷ đồng" in told
    assert all("450 tỷ đồng" not in figure.text for group in unstated(figures, article) for figure in group)


def test_a_statement_is_printed_only_under_the_rules_of_bullets() -> None:
    article = read_article(TEXT, "none")
    figures = find_figures(article)
    plain = make_bullets(figures, article)
    rambling = make_bullets(figures, article, lambda group, _: f"và {group[0].text} " + "nữa " * 60)
    assert rambling == plain
