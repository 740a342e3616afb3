"""Extraction and content selection over the sample articles and texts made on the spot."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp.errors import InputError
from thads_nlp.model.extract import MAX_SYLLABLES, extract_summary, extract_title
from thads_nlp.model.openings import opens_outside
from thads_nlp.model.salience import syllable_count
from thads_nlp.model.select import sections, select_sections, select_source
from thads_nlp.schema import Article, Sentence
from thads_nlp.text.reading import read_article

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "samples").glob("*.txt"))
SENTENCES = [
    "Cục Thi hành án dân sự tỉnh A đã thi hành xong 1.204 việc trong quý III.",
    "Tuy nhiên, số tiền thu hồi của các vụ án kinh tế vẫn còn thấp so với kế hoạch năm.",
    "Đó là điều mà ông lo ngại nhất.",
    "Kết quả về tiền",
    "Các chi cục phải rà soát toàn bộ án có điều kiện thi hành trước ngày 30/9.",
    "Liệu kế hoạch có hoàn thành?",
    "|",
    "PV",
]


def cost(sentence: Sentence) -> int:
    """Words stand for subwords."""
    return len(sentence.text.split())


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def article(request: pytest.FixtureRequest) -> Article:
    """Each sample article, read."""
    return read_article(request.param.read_text(encoding="utf-8"))


@pytest.mark.parametrize("length", ["short", "standard", "long"])
def test_extracts_are_sentences_that_stand_alone(article: Article, length: str) -> None:
    extract = extract_summary(article, length)  # type: ignore[arg-type]
    assert extract.text
    assert not opens_outside(extract.text)
    assert extract.text.endswith((".", "…"))
    assert list(extract.sentences) == sorted(extract.sentences)
    assert all(article.sentences[index].section == "body" for index in extract.sentences)
    words = article.text.replace('"', "").replace("“", "").replace("”", "")
    for part in extract.text.replace('"', "").split(". "):
        assert part.rstrip(".")[1:] in words


def test_lengths_grow(article: Article) -> None:
    short, standard, long = (extract_summary(article, length) for length in ("short", "standard", "long"))
    assert len(short.sentences) == 1 <= len(standard.sentences) <= 3
    assert len(standard.sentences) == 1 or syllable_count(standard.text) <= MAX_SYLLABLES
    assert len(long.sentences) >= min(2, len(sections(article.sentences)))


def test_a_day_alone_is_no_headline() -> None:
    text = "Bắt đầu từ ngày 1-9, thành phố A áp dụng mức phí đỗ xe mới tại mọi đường trung tâm, theo sở giao thông."
    title = extract_title(read_article(text, "none"))
    assert title is not None
    assert title.startswith("Thành phố A áp dụng")


def test_captions_that_a_crawl_ran_into_the_text_are_left_out() -> None:
    caption = "Chủ tịch Nguyễn Văn A (trái) trao quà cho các hộ dân xã Bình An chiều 12/5 tại trụ sở ủy ban xã."
    news = "Xã Bình An đã trao 120 phần quà cho các hộ dân bị thiệt hại do bão số 5 trong hai ngày qua."
    extract = extract_summary(read_article(f"{caption}\n{news}", "none"), "standard")
    assert extract.text == news


def test_extracted_headlines_are_words_of_the_article(article: Article) -> None:
    title = extract_title(article)
    assert title is not None
    assert not title.endswith(".")
    assert not opens_outside(title)
    assert all(part[1:] in article.text for part in title.split(": "))


@given(st.lists(st.sampled_from(SENTENCES), max_size=12))
def test_odd_articles_give_an_empty_extract_at_worst(lines: list[str]) -> None:
    try:
        read = read_article("\n".join(lines))
    except InputError:
        return
    extract = extract_summary(read, "standard")
    assert bool(extract.text) == bool(extract.sentences)
    extract_title(read)


@given(st.lists(st.sampled_from(SENTENCES[:5]), min_size=1, max_size=30), st.integers(20, 120))
def test_selection_fits_the_window_and_keeps_order(lines: list[str], budget: int) -> None:
    read = read_article("\n".join([SENTENCES[0], *lines]), "none")
    selection = select_source(read, budget, cost)
    assert selection.indices == tuple(sorted(set(selection.indices)))
    assert sum(cost(read.sentences[i]) for i in selection.indices) <= budget
    assert selection.indices[0] == 0
    assert selection.truncated == (len(selection.indices) < len(read.sentences))


def test_sections_of_a_long_article_get_a_window_each() -> None:
    path = next(path for path in SAMPLES if path.stem == "giao_ban_9_thang_dai")
    read = read_article(path.read_text(encoding="utf-8"))
    windows = select_sections(read, 200, cost)
    assert len(windows) == min(12, len(sections(read.sentences)))
    assert all(window.indices for window in windows)
