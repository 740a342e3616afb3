"""What sentences say of their figures: measure, role, direction, baseline, period, links."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp import Article, KeyFigure, find_figures
from thads_nlp.figures.periods import find_periods, resolve

TAIL = " Các đơn vị tiếp tục thực hiện nhiệm vụ được giao."


def figures(sentence: str) -> tuple[KeyFigure, ...]:
    """Figures of one sentence that is followed by another."""
    return find_figures(Article(sentence + TAIL))


def said(sentence: str) -> list[tuple[str, str | None, str, str | None]]:
    """Text, measure, role and direction of each figure."""
    return [(f.text, f.measure, f.role, f.direction) for f in figures(sentence)]


def test_a_level_and_its_change_in_brackets_share_the_subject() -> None:
    found = figures("Thu ngân sách của tỉnh đạt 1.250 tỷ đồng (tăng 12,5%) so với cùng kỳ năm 2021.")
    assert [(f.text, f.role, f.direction) for f in found] == [
        ("1.250 tỷ đồng", "level", None), ("12,5%", "change", "up"),
    ]  # fmt: skip
    assert {f.measure for f in found} == {"Thu ngân sách của tỉnh"}
    assert found[1].baseline == "cùng kỳ năm 2021"
    assert found[1].change_of == 0
    assert found[0].group == found[1].group


def test_a_list_of_clauses_keeps_each_subject() -> None:
    assert said("Doanh thu đạt 320 tỷ đồng, lợi nhuận sau thuế giảm 4,5% so với năm trước.") == [
        ("320 tỷ đồng", "Doanh thu", "level", None),
        ("4,5%", "lợi nhuận sau thuế", "change", "down"),
    ]


def test_from_and_to_are_levels_of_one_measure() -> None:
    found = figures("Giá điện bình quân tăng từ 1.920 đồng/kWh lên 2.006 đồng/kWh.")
    assert [f.role for f in found] == ["level", "level"]
    assert {f.unit for f in found} == {"VND/kWh"}
    assert found[0].measure == "Giá điện bình quân"


def test_an_ordered_list_takes_the_measures_before_it() -> None:
    found = figures("Doanh thu đạt 800 tỷ đồng, lợi nhuận đạt 95 tỷ đồng, lần lượt tăng 6% và 9% so với năm 2020.")
    assert [(f.text, f.measure) for f in found[2:]] == [("6%", "Doanh thu"), ("9%", "lợi nhuận")]
    assert {f.direction for f in found[2:]} == {"up"}
    assert {f.baseline for f in found[2:]} == {"năm 2020"}


def test_a_comparison_at_the_head_closes_over_all_changes() -> None:
    found = figures("So với cùng kỳ năm 2019, số vụ giảm 11%, số người chết giảm 8 người.")
    assert {f.baseline for f in found} == {"cùng kỳ năm 2019"}
    assert {f.direction for f in found} == {"down"}


def test_a_comparison_between_verb_and_amount() -> None:
    found = figures("Tỷ lệ giải ngân đạt 45%, cao hơn cùng kỳ 2,8 điểm phần trăm.")
    assert found[1].direction == "up"
    assert found[1].baseline == "cùng kỳ"


def test_counted_nouns_are_their_own_measure() -> None:
    found = figures("Từ đầu năm đến nay cả nước ghi nhận hơn 5.200 trường hợp mắc cúm tại nhiều tỉnh.")
    assert found[0].measure == "trường hợp mắc cúm"
    assert found[0].approx == "over"
    assert found[0].period == "Từ đầu năm đến nay"


def test_the_same_amount_in_another_currency_goes_on() -> None:
    found = figures("Vốn đầu tư của dự án là 2.300 tỷ đồng (khoảng 98 triệu USD).")
    assert [f.role for f in found] == ["level", "level"]
    assert found[0].measure == found[1].measure


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Năm 2025, tỉnh đặt mục tiêu thu 1.500 tỷ đồng.", "target"),
        ("Ngành dự kiến xây dựng 120 km đường.", "target"),
        ("Thu ngân sách bằng 87% kế hoạch.", "share"),
        ("Nợ xấu chiếm 2,1% tổng dư nợ.", "share"),
        ("Sở Kế hoạch và Đầu tư cho biết thu ngân sách đạt 1.500 tỷ đồng.", "level"),
        ("Mức tăng trưởng tín dụng đạt 7,5%.", "change"),
    ],
)
def test_roles(sentence: str, role: str) -> None:
    assert figures(sentence)[0].role == role


def test_a_period_is_taken_over_from_an_earlier_sentence_and_resolved() -> None:
    found = find_figures("Báo cáo quý III năm 2020 của ngành vừa được công bố. Doanh thu đạt 20 tỷ đồng.")
    assert (found[0].period, found[0].period_start, found[0].period_end) == (
        "quý III năm 2020", "2020-07-01", "2020-09-30",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "published", "span"),
    [
        ("năm 2019", None, ("2019-01-01", "2019-12-31")),
        ("6 tháng đầu năm 2021", None, ("2021-01-01", "2021-06-30")),
        ("tháng 2/2024", None, ("2024-02-01", "2024-02-29")),
        ("quý II", "2022-07-05", ("2022-04-01", "2022-06-30")),
        ("quý II", None, None),
        ("năm ngoái", "2022-07-05", ("2021-01-01", "2021-12-31")),
        ("hôm nay 27/7", "2019-07-27", ("2019-07-27", "2019-07-27")),
        ("ngày 31/2/2020", None, None),
    ],
)
def test_periods_resolve_only_where_the_year_is_plain(
    text: str, published: str | None, span: tuple[str, str] | None
) -> None:
    found = resolve(text, published)
    assert (None if found is None else (found.start, found.end)) == span


def test_a_baseline_is_no_period() -> None:
    assert find_periods("Sản lượng tăng 5% so với cùng kỳ năm 2019.") == ()


_CLAUSES = st.lists(
    st.tuples(
        st.sampled_from(["Doanh thu", "Số vụ vi phạm", "Sản lượng điện", "Lượng khách quốc tế"]),
        st.sampled_from(["đạt", "tăng", "giảm", "chiếm", "còn", "là"]),
        st.integers(2, 9_999),
        st.sampled_from(["tỷ đồng", "%", "vụ", "tấn"]),
    ),
    min_size=1,
    max_size=60,
)


@given(_CLAUSES)
def test_offsets_slice_to_text_and_links_stay_inside(clauses: list[tuple[str, str, int, str]]) -> None:
    text = ", ".join(f"{noun} {verb} {value} {unit}" for noun, verb, value, unit in clauses) + "."
    found = find_figures(text + TAIL)
    whole = text + TAIL
    assert len(found) == len(clauses)
    for index, figure in enumerate(found):
        assert whole[figure.start : figure.end] == figure.text
        assert figure.change_of is None or (figure.role == "change" and figure.change_of != index)
        assert figure.change_of is None or found[figure.change_of].group == figure.group
        assert (figure.direction is not None) == (figure.role == "change")
    assert [f.group for f in found] == sorted(f.group for f in found)
