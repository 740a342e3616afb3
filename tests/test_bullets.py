"""Bullets and the choice of key figures: what every printed statement must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp import Article, KeyFigure, find_figures
from thads_nlp.figures.bullets import MAX_BULLETS, make_bullets
from thads_nlp.figures.printable import MAX_BULLET_CHARS, is_printable
from thads_nlp.figures.ranking import MAX_GROUPS, MAX_KEY_FIGURES
from thads_nlp.schema import Bullet
from thads_nlp.text.reading import read_article


def brief(text: str) -> tuple[tuple[KeyFigure, ...], tuple[Bullet, ...]]:
    """Figures and bullets of a text."""
    article = read_article(Article(text))
    found = find_figures(article)
    return found, make_bullets(found, article)


def test_a_statement_in_the_form_that_editors_print() -> None:
    _, bullets = brief(
        "Trong chín tháng, toàn ngành triển khai nhiều giải pháp, kết quả thi hành xong về tiền có chuyển biến rõ, "
        "tăng hơn 6.068 tỷ đồng (tăng 25,39%) so với cùng kỳ năm 2019. Các đơn vị tiếp tục thực hiện nhiệm vụ."
    )
    assert bullets[0].text == (
        "Kết quả thi hành xong về tiền: tăng hơn 6.068 tỷ đồng (tăng 25,39%) so với cùng kỳ năm 2019"
    )


def test_a_short_sentence_is_printed_whole_without_its_conjunction() -> None:
    _, bullets = brief("Tuy nhiên, thu ngân sách chỉ đạt 45% dự toán. Các đơn vị tiếp tục thực hiện nhiệm vụ.")
    assert [bullet.text for bullet in bullets] == ["Thu ngân sách chỉ đạt 45% dự toán"]


def test_a_plan_stays_a_plan() -> None:
    _, bullets = brief(
        "Tại hội nghị diễn ra cuối tuần với sự tham gia của đại diện các sở, ngành, địa phương và nhiều doanh nghiệp, "
        "lãnh đạo tỉnh cho biết năm 2025 sẽ phấn đấu thu ngân sách đạt 1.500 tỷ đồng. Các đơn vị tiếp tục thực hiện."
    )
    assert any(word in bullets[0].text for word in ("phấn đấu", "mục tiêu"))


def test_a_repeated_figure_gives_one_bullet_and_all_its_places() -> None:
    text = (
        "Sản lượng cà phê đạt 1,2 triệu tấn. Nông dân các huyện đã thu hoạch xong. Như vậy, sản lượng cà phê 1,2 triệu "
        "tấn là cao nhất từ trước đến nay."
    )
    found, bullets = brief(text)
    assert [figure.key for figure in found] == [True, False]
    assert len(found[0].places) == 2
    assert len(bullets) == 1


def test_canonical_values_on_request() -> None:
    article = read_article(Article("Thu ngân sách đạt 1.250 tỷ đồng. Các đơn vị tiếp tục thực hiện nhiệm vụ."))
    bullets = make_bullets(find_figures(article), article, plain_values=True)
    assert bullets[0].text == "Thu ngân sách đạt 1250000000000 VND"


def test_another_maker_is_taken_only_where_it_holds_the_rules() -> None:
    article = read_article(Article("Thu ngân sách đạt 1.250 tỷ đồng. Các đơn vị tiếp tục thực hiện nhiệm vụ."))
    found = find_figures(article)
    longer = make_bullets(found, article, lambda figures, _: "Thu ngân sách của tỉnh trong kỳ đạt 1.250 tỷ đồng")
    wrong = make_bullets(found, article, lambda figures, _: "Thu ngân sách của tỉnh trong 9 kỳ đạt 1.250 tỷ đồng")
    assert longer[0].text == "Thu ngân sách của tỉnh trong kỳ đạt 1.250 tỷ đồng"
    assert wrong[0].text == "Thu ngân sách đạt 1.250 tỷ đồng"


@pytest.mark.parametrize(
    "text",
    [
        "thu ngân sách đạt 45%", "Tuy nhiên, thu đạt 45%", "Thu đạt 45% và 12 vụ", "Thu đạt 46%", "Ông đạt 45%",
        "Thu đạt 45% (tăng", "Thu đạt 45% " + "a" * 220,
    ],
)  # fmt: skip
def test_what_cannot_be_printed(text: str) -> None:
    found = find_figures("Thu đạt 45%. Các đơn vị tiếp tục thực hiện nhiệm vụ.")
    assert not is_printable(text, found)
    assert is_printable("Thu đạt 45%", found)


_SENTENCES = st.lists(
    st.builds(
        "{}{} {} {} {}{}.".format,
        st.sampled_from(["", "Tuy nhiên, ", "Ông cho biết ", "Trong đó, ", "Năm 2020, "]),
        st.sampled_from(["doanh thu", "số vụ cháy", "giá gạo (loại thường)", "tỷ lệ hộ nghèo ở huyện A"]),
        st.sampled_from(["đạt", "tăng", "giảm gần", "dự kiến đạt", "xuống còn", "chiếm"]),
        st.integers(1, 99_999),
        st.sampled_from(["tỷ đồng", "%", "vụ", "USD/thùng"]),
        st.sampled_from(["", " so với năm trước", " (tăng 5%)", "; số còn lại là 12 hộ", ", tương đương 3 triệu USD"]),
    ),
    min_size=1,
    max_size=25,
)


@given(_SENTENCES)
def test_every_bullet_can_be_printed(sentences: list[str]) -> None:
    found, bullets = brief(" ".join(sentence[0].upper() + sentence[1:] for sentence in sentences))
    assert len(bullets) <= MAX_BULLETS
    assert sum(figure.key for figure in found) <= MAX_KEY_FIGURES
    assert len({figure.group for figure in found if figure.key}) <= MAX_GROUPS
    assert len({bullet.text.casefold() for bullet in bullets}) == len(bullets)
    for bullet in bullets:
        assert bullet.text[0].isupper() or bullet.text[0].isdigit()
        assert len(bullet.text) <= MAX_BULLET_CHARS
        for index in bullet.figures:
            assert found[index].key
            assert found[index].text in bullet.text
            said = {"up": ("tăng", "hơn", "thêm"), "down": ("giảm",), None: ("",)}[found[index].direction]
            assert any(word in bullet.text.lower() for word in said)


FILLER = " Các đơn vị tiếp tục thực hiện nhiệm vụ được giao trong thời gian tới, chú trọng những khâu còn yếu kém."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tại hiện trường, lực lượng chức năng thu giữ 6.800 viên nén.",
         "Tại hiện trường, lực lượng chức năng thu giữ 6.800 viên nén"),
        ("Cả nước xảy ra 12.775 vụ tai nạn giao thông.", "Cả nước xảy ra 12.775 vụ tai nạn giao thông"),
        ("Kim ngạch xuất khẩu nông, lâm, thủy sản ước đạt 34 tỷ USD, giảm 7,1% so với cùng kỳ năm trước; tuy nhiên "
         "nhờ nhập khẩu giảm nhanh hơn, toàn ngành vẫn giữ được thế xuất siêu và tiếp tục mở rộng thị trường ra nhiều "
         "nước trên thế giới.",
         "Kim ngạch xuất khẩu nông, lâm, thủy sản ước đạt 34 tỷ USD, giảm 7,1% so với cùng kỳ năm trước"),
    ],
)  # fmt: skip
def test_openings_that_say_where_stay_and_lists_of_nouns_are_not_cut(sentence: str, expected: str) -> None:
    _, bullets = brief(sentence + FILLER)
    assert [bullet.text for bullet in bullets] == [expected]


def test_a_bullet_ends_where_its_phrase_ends() -> None:
    _, bullets = brief("Đoàn đã trao 45 suất học bổng cho học sinh nghèo, " + "động viên các em vượt khó học tốt " * 6)
    assert [bullet.text for bullet in bullets] == ["Đoàn đã trao 45 suất học bổng cho học sinh nghèo"]


@pytest.mark.parametrize("text", ["Để thu hút 5 triệu lượt khách", "Khu vực này có 5 triệu lượt khách"])
def test_half_sentences_and_pointers_are_not_printed(text: str) -> None:
    found, _ = brief("Năm nay toàn tỉnh đón 5 triệu lượt khách." + FILLER)
    assert not is_printable(text, found)


def test_a_measure_that_repeats_its_unit_is_no_bullet() -> None:
    found = "Khi rà soát hồ sơ thì cơ quan chức năng phát hiện ra là còn 106 trường hợp" + " nữa" * 60
    _, bullets = brief(f"{found}.{FILLER}")
    assert all(not bullet.text.startswith("Trường hợp:") for bullet in bullets)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ngày 12-5, đội cứu hộ số 3 đã đưa 46 người dân ra khỏi vùng ngập.",
         ["Ngày 12-5, đội cứu hộ số 3 đã đưa 46 người dân ra khỏi vùng ngập"]),
        ("Đội điều tra cho biết không có dấu hiệu nào cho thấy nhóm này đã nhận 300 triệu đồng của khách.", None),
        ("Hơn 3.500 cơ sở trong số này là nhà nghỉ.", []),
        ("Với nhóm đường bay ngắn dưới tầm trung, giá vé tối đa là 1,7 triệu đồng.",
         ["Với nhóm đường bay ngắn dưới tầm trung, giá vé tối đa là 1,7 triệu đồng"]),
        ("Theo tôi, đội tuyển cần 3 trận thắng.", []),
    ],
)  # fmt: skip
def test_bullets_keep_names_and_conditions_and_deny_what_is_denied(sentence: str, expected: list[str] | None) -> None:
    _, bullets = brief(sentence + FILLER)
    texts = [bullet.text for bullet in bullets]
    if expected is None:
        assert all("không có dấu hiệu" in text for text in texts)
    else:
        assert texts == expected


def test_a_clause_without_its_subject_is_not_printed() -> None:
    said = "Con cá được gọi là thủy quái vì tập tính săn mồi hung dữ khác thường ở vùng nước xiết quanh chân đập"
    _, bullets = brief(f"{said}, rất khoẻ và nặng tới 60 kg.{FILLER}")
    assert all(not bullet.text.lower().startswith(("rất khoẻ", "nặng")) for bullet in bullets)


def test_two_statements_of_one_sentence_are_told_together() -> None:
    found, bullets = brief(
        "Cả huyện có 212 vụ tai nạn làm 33 người chết và hư hỏng 83 xe; thiệt hại tài sản là 4 tỷ đồng." + FILLER
    )
    stated = {index for bullet in bullets for index in bullet.figures}
    assert stated == {index for index, figure in enumerate(found) if figure.key}
