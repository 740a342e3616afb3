"""Candidates of summaries: tried in order, ahead where workers are free, the surest that passes wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from thads_nlp.figures.finding import find_figures
from thads_nlp.model.codec import LENGTH_MARKS, SUMMARY, SlotCodec
from thads_nlp.model.engine import DecodingOptions, Hypothesis, Prompt
from thads_nlp.model.folder import find_model
from thads_nlp.model.generate import MARKS, Generator, Work, _best, summarize
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
    """Answers truly under marks with a score and falsely under all others; keeps the sizes of its batches."""

    def __init__(self, pieces: WordPieces, good: Mapping[str, float], workers: int = 1) -> None:
        self._pieces, self._good, self.workers, self.asked = pieces, good, workers, list[int]()

    def generate(self, prompts: Sequence[Prompt], options: DecodingOptions) -> list[Hypothesis]:
        self.asked.append(len(prompts))
        return [self._answer(next((s for s in prompt.prefix if s in LENGTH_MARKS), "")) for prompt in prompts]

    def _answer(self, mark: str) -> Hypothesis:
        text = TRUE if mark in self._good else FALSE
        pieces = [*self._pieces.encode(TITLE.split()), SUMMARY, *self._pieces.encode(text.split())]
        return Hypothesis(tuple(pieces), self._good.get(mark, 0.0), True)


def _work(generator: Generator) -> Work:
    """The article with its one window."""
    article = read_article(TEXT, "none")
    return Work(article, SourceIndex.build(article), tuple(generator.jobs(article, "standard")), find_figures(article))


def _written(good: str, count: int, workers: int = 1) -> tuple[list[int], list[tuple[str, ...]], list[str]]:
    """Batch sizes, refused claims and origins for ``count`` equal articles."""
    pieces = WordPieces.load(find_model(None) / "tokenizer.json")
    engine = Scripted(pieces, {good: 0.0}, workers)
    generator = Generator(engine, SlotCodec(pieces), 512)
    work = _work(generator)
    written = generator.write([work] * count, DecodingOptions())
    summaries = [summarize(work, tried, "standard") for tried in written]
    return engine.asked, [tuple(c.text for c in s.unsupported) for s in summaries], [s.origin for s in summaries]


def test_a_good_first_candidate_costs_one_prompt() -> None:
    asked, _, origins = _written(MARKS["standard"][0], 1)
    assert (asked, origins) == ([1], ["generated"])


@pytest.mark.parametrize("place", range(len(MARKS["standard"])))
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_neither_workers_nor_company_change_the_record(place: int, workers: int) -> None:
    alone, claims, origins = _written(MARKS["standard"][place], 1, workers)
    together, all_claims, all_origins = _written(MARKS["standard"][place], 5, workers)
    assert alone == [len(MARKS["standard"][at : at + workers]) for at in range(0, place + 1, workers)]
    assert together == [5] * (place + 1)
    assert (claims, origins) == _written(MARKS["standard"][place], 1)[1:]
    assert origins * 5 == all_origins == ["generated"] * 5
    assert claims * 5 == all_claims


@pytest.mark.parametrize(
    ("scores", "tried"),
    [((-0.4, -0.1), 1), ((-0.7, -0.2), 2), ((-0.7, -0.9, -0.1), 2)],
)
def test_what_the_model_is_not_sure_of_is_compared_with_more(scores: tuple[float, ...], tried: int) -> None:
    pieces = WordPieces.load(find_model(None) / "tokenizer.json")
    marks = MARKS["standard"]
    engine = Scripted(pieces, dict(zip(marks, scores, strict=False)))
    generator = Generator(engine, SlotCodec(pieces), 512)
    work = _work(generator)
    (written,) = generator.write([work], DecodingOptions())
    assert [one.draft.score for one in written[0]] == list(scores[:tried])
    assert summarize(work, written, "standard").origin == "generated"
    best = _best(written[0])
    assert best is not None
    assert best.draft.score == max(scores[:tried])


def test_refused_under_every_mark_is_extracted() -> None:
    _, claims, origins = _written("none passes", 1)
    assert origins == ["extracted"]
    assert any("Trần Văn Khoa" in claim for claim in claims[0])
