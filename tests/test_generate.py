"""Candidates of summaries: tried in order, several at once where that costs nothing, the first that passes wins."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from thads_nlp.figures.finding import find_figures
from thads_nlp.model.codec import LENGTH_MARKS, SUMMARY, SlotCodec
from thads_nlp.model.engine import DecodingOptions, Hypothesis, Prompt
from thads_nlp.model.folder import find_model
from thads_nlp.model.generate import MARKS, Generator, Work, summarize
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.model.verify import SourceIndex
from thads_nlp.text.reading import read_article

pytestmark = pytest.mark.model

TEXT = (
    "Trung tâm Văn hóa tỉnh A vừa khai mạc hội sách mùa thu tại công viên trung tâm thành phố.\n"
    "Ban tổ chức cho biết hội sách kéo dài một tuần, có nhiều gian hàng của các nhà xuất bản trong nước.\n"
    "Người dân được mượn sách miễn phí và gặp gỡ các tác giả vào buổi tối."
)
TRUE = "Trung_tâm Văn_hóa tỉnh A vừa khai_mạc hội sách mùa thu tại công_viên trung_tâm thành_phố ."
FALSE = "Ông Trần_Văn_Khoa vừa khai_mạc hội sách mùa thu tại công_viên trung_tâm thành_phố ."
TITLE = "Khai_mạc hội sách mùa thu"


class Scripted:
    """Answers truly under one length mark and falsely under all others; keeps the sizes of its batches."""

    def __init__(self, pieces: WordPieces, good: str) -> None:
        self._pieces, self._good, self.asked = pieces, good, list[int]()

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        self.asked.append(len(prompts))
        return [self._answer(next((s for s in prompt.prefix if s in LENGTH_MARKS), "")) for prompt in prompts]

    def _answer(self, mark: str) -> Hypothesis:
        text = TRUE if mark == self._good else FALSE
        pieces = [*self._pieces.encode(TITLE.split()), SUMMARY, *self._pieces.encode(text.split())]
        return Hypothesis(tuple(pieces), 0.0, True)


def _written(good: str, count: int) -> tuple[list[int], list[tuple[str, ...]], list[str]]:
    """Batch sizes, refused claims and origins for ``count`` equal articles."""
    pieces = WordPieces.load(find_model(None) / "tokenizer.json")
    engine = Scripted(pieces, good)
    generator = Generator(engine, SlotCodec(pieces), 512)
    article = read_article(TEXT, "none")
    figures = find_figures(article)
    work = Work(article, SourceIndex.build(article), tuple(generator.jobs(article, "standard")), figures)
    written = generator.write([work] * count, DecodingOptions())
    summaries = [summarize(work, tried, "standard") for tried in written]
    return engine.asked, [tuple(c.text for c in s.unsupported) for s in summaries], [s.origin for s in summaries]


def test_a_good_first_candidate_costs_one_prompt() -> None:
    asked, _, origins = _written(MARKS["standard"][0], 1)
    assert (asked, origins) == ([1], ["generated"])


@pytest.mark.parametrize("place", range(1, len(MARKS["standard"])))
def test_what_is_tried_together_does_not_change_the_record(place: int) -> None:
    alone, claims, origins = _written(MARKS["standard"][place], 1)
    together, all_claims, all_origins = _written(MARKS["standard"][place], 3)
    assert alone == [1, 2, 2][: 1 + (place + 1) // 2]
    assert together == [3] * (place + 1)
    assert origins * 3 == all_origins == ["generated"] * 3
    assert claims * 3 == all_claims


def test_refused_under_every_mark_is_extracted() -> None:
    _, claims, origins = _written("none passes", 1)
    assert origins == ["extracted"]
    assert any("Trần Văn Khoa" in claim for claim in claims[0])
