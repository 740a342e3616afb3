"""Verification: what the article says passes, what it does not say is refused with its kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp import Article
from thads_nlp.model.verify import SourceIndex, verify
from thads_nlp.text.reading import read_article

SENTENCES = (
    "Tính đến 15 giờ ngày 20/9, bão đã làm ba người chết, hai người mất tích tại xã K và 17 người bị thương, trong đó "
    "có 5 người bị thương nặng.",
    "Trong bốn tháng tới, toàn tỉnh phải giải ngân thêm 2.752 tỷ đồng, gần gấp đôi tốc độ của 9 tháng đầu năm.",
    "Doanh thu của Công ty Cấp nước Hà Bắc đạt 320 tỷ đồng, tăng 12,5% so với cùng kỳ năm 2019.",
    "Sở Y tế Nam Sơn cho biết chưa ghi nhận ca mắc mới trên địa bàn thành phố.",
    "Ông chủ tịch nói: “Chúng tôi sẽ không tăng giá nước trong năm nay”.",
    "Cơ quan điều tra khởi tố ba bị can nghi liên quan đường dây buôn lậu.",
)


@pytest.fixture(scope="module")
def source() -> SourceIndex:
    """The article of all sentences."""
    return SourceIndex.build(read_article(Article("\n".join(SENTENCES))))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_articles_own_sentences_pass(source: SourceIndex, sentence: str) -> None:
    assert verify(sentence, source).supported


@pytest.mark.parametrize(
    "hypothesis",
    [
        "Bão làm ba người chết, 17 người bị thương.",
        "Ba người thiệt mạng do bão.",
        "Doanh thu Công ty Cấp nước Hà Bắc tăng 12,5% so với cùng kỳ năm 2019.",
        "Trong bốn tháng tới, tỉnh phải giải ngân thêm 2.752 tỷ đồng.",
        "Nam Sơn chưa ghi nhận ca mắc mới.",
    ],
)
def test_shortened_statements_pass(source: SourceIndex, hypothesis: str) -> None:
    verdict = verify(hypothesis, source)
    assert verdict.supported, verdict.unsupported


@pytest.mark.parametrize(
    ("hypothesis", "kind"),
    [
        ("Bão làm bốn người chết.", "quantity"),
        ("Bão làm ba người chết, hai người bị thương nặng.", "quantity in context"),
        ("Trong 9 tháng đầu năm, toàn tỉnh phải giải ngân thêm 2.752 tỷ đồng.", "quantity in context"),
        ("Năm nay, toàn tỉnh phải giải ngân thêm 2.752 tỷ đồng.", "quantity in context"),
        ("Tỉnh phải chi lần lượt 2.752 tỷ đồng và 320 tỷ đồng.", "quantity in context"),
        ("Doanh thu của Công ty Cấp nước Hà Bắc đạt 320 triệu đồng.", "quantity"),
        ("Doanh thu của Công ty Cấp nước Hà Bắc giảm 12,5% so với cùng kỳ năm 2019.", "direction"),
        ("Doanh thu của Công ty Cấp nước Nam Bắc đạt 320 tỷ đồng.", "name"),
        ("Sở Y tế Nam Sơn cho biết đã ghi nhận ca mắc mới trên địa bàn thành phố.", "hedge"),
        ("Chủ tịch khẳng định “Chúng tôi sẽ giảm giá nước ngay”.", "quote"),
        ("Cơ quan điều tra khởi tố ba bị can liên quan đường dây buôn lậu.", "hedge"),
    ],
)
def test_what_the_article_does_not_say_is_refused(source: SourceIndex, hypothesis: str, kind: str) -> None:
    assert kind in {claim.kind for claim in verify(hypothesis, source).unsupported}


def test_evidence_ties_places_to_places(source: SourceIndex) -> None:
    hypothesis = "Doanh thu của Công ty Cấp nước Hà Bắc đạt 320 tỷ đồng."
    text = source.article.text
    found = {
        (item.kind, hypothesis[item.start : item.end], text[item.source_start : item.source_end])
        for item in verify(hypothesis, source).evidence
    }
    assert ("quantity", "320 tỷ đồng", "320 tỷ đồng") in found
    assert ("name", "Hà Bắc", "Hà Bắc") in found


@given(st.integers(2, 99_999), st.sampled_from(["tỷ đồng", "%", "vụ", "tấn"]))
def test_another_number_is_never_supported(value: int, unit: str) -> None:
    article = read_article(Article(f"Sản lượng của nhà máy năm qua đạt {value} {unit}. Nhà máy vẫn mở."))
    source = SourceIndex.build(article)
    assert verify(f"Sản lượng của nhà máy đạt {value} {unit}.", source).supported
    assert not verify(f"Sản lượng của nhà máy đạt {value + 1} {unit}.", source).supported
