"""What sentences say of their figures: measure, role, direction, baseline, period, links."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp import Article, KeyFigure, find_figures
from thads_nlp.figures.listing import list_commas
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
        ("Hội đề xuất mức tăng lương 6%.", "change"),
        ("Xã mới giải ngân đạt 35% kế hoạch.", "share"),
        ("Giá nước sẽ tăng lên 9.000 đồng/m3.", "target"),
        # The amount of a rise to come is a change, an aim is a target.
        ("Số chuyến tàu sẽ tăng thêm 40 chuyến mỗi ngày.", "change"),
        ("Phí bảo trì dự kiến tăng 15%.", "change"),
        ("Công ty đặt mục tiêu doanh thu tăng 15%.", "target"),
        ("Bà Lê Thị Hoa đăng ký mua 2 triệu cổ phiếu.", "target"),
        ("Xưởng đạt 23% so với kế hoạch năm.", "share"),
        ("Học sinh phải nộp thêm 300.000 đồng.", "level"),
        ("Nếu thương vụ thành công, ông sẽ nâng tỷ lệ sở hữu lên 12%.", "target"),
    ],
)
def test_roles(sentence: str, role: str) -> None:
    assert figures(sentence)[0].role == role


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Cổ phiếu giảm 600 đồng (2,4%).", [("change", "down"), ("change", "down")]),
        ("Bến Gia Lâm tăng 890 lượt xe (115%).", [("change", "up"), ("change", "up")]),
        ("Giá cổ phiếu tăng 700 đồng, 1.400 đồng và 900 đồng.", [("change", "up")] * 3),
        ("Tội phạm tăng 30% số vụ, 32% số đối tượng.", [("change", "up"), ("change", "up")]),
        ("Lệ phí sẽ tăng từ 3.000 đồng lên 4.000 đồng.", [("level", None), ("target", "up")]),
        ("Tỷ lệ này sẽ hạ từ 65% xuống còn 51%.", [("level", None), ("target", "down")]),
        ("Hãng hàng không bổ sung thêm gần 900 chuyến bay.", [("change", "up")]),
        ("Trường có 20 lớp, 700 học sinh.", [("level", None), ("level", None)]),
        ("Miền Nam chiếm 74%, miền Trung 17%.", [("share", None), ("share", None)]),
    ],
)
def test_what_figures_of_one_sentence_share(sentence: str, told: list[tuple[str, str | None]]) -> None:
    assert [(figure.role, figure.direction) for figure in figures(sentence)] == told


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


@pytest.mark.parametrize(
    ("sentence", "measures"),
    [
        # What a closed bracket holds is passed over.
        (
            "Tổng số căn hộ là 9.100 căn (gồm 8.600 căn hộ chung cư và 500 căn nhà phố), giảm 44% so với năm trước.",
            ["Tổng số căn hộ", "căn hộ chung cư", "căn nhà phố", "Tổng số căn hộ"],
        ),
        # A change leads from one level to another: both are of the subject.
        ("Số vụ cháy giảm từ 31 xuống 29 vụ (giảm 6,5%).", ["Số vụ cháy"] * 3),
        # A list whose items are names with figures in brackets.
        (
            "Ba hãng có doanh thu tăng là Hãng Bình Minh (tăng 25%), Hãng Sao Mai (tăng 22%).",
            ["doanh thu Hãng Bình Minh", "doanh thu Hãng Sao Mai"],
        ),
        # What a subject has is its own.
        ("Hãng Bình Minh dẫn đầu, chiếm vị trí số một với doanh thu 44 tỷ đồng.", ["doanh thu"]),
        ("Hãng Bình Minh là đơn vị lớn nhất với doanh thu 44 tỷ đồng.", ["doanh thu của Hãng Bình Minh"]),
        # Coordinated predicates share their subject's head.
        (
            "Tỷ lệ tàu khách đi đúng giờ đạt 98% và đến đúng giờ đạt 79%.",
            ["Tỷ lệ tàu khách đi đúng giờ", "Tỷ lệ tàu khách đến đúng giờ"],
        ),
        # Two sides of a market.
        (
            "Giá vàng nhẫn mua vào 5.100.000 đồng/chỉ, bán ra 5.230.000 đồng/chỉ.",
            ["Giá vàng nhẫn mua vào", "Giá vàng nhẫn bán ra"],
        ),
        # Shares named behind them, or before "với".
        (
            "Nhiều nhất là nhóm hộ nghèo với 41%, chỉ có 20,5% là nhóm hộ khá.",
            ["nhóm hộ nghèo", "nhóm hộ khá"],
        ),
        # What only prepares the clause is no part of its subject.
        ("Nhu cầu điện tăng và giá điện chính thức tăng 8%.", ["giá điện"]),
        ("Việc cắt giảm chi phí đã giúp lợi nhuận sau thuế tăng 12%.", ["lợi nhuận sau thuế"]),
        # A name of capitals does not swallow the verb behind it, nor does a dash part it.
        ("Chỉ số Hang Seng giảm 0,2%.", ["Chỉ số Hang Seng"]),
        ("Chỉ số châu Á - Thái Bình Dương mất 0,6%.", ["Chỉ số châu Á - Thái Bình Dương"]),
        # A rate is named as one.
        ("Kết quả thi hành án về việc tăng cao; đạt tỉ lệ 60%.", ["tỉ lệ thi hành án về việc"]),
        # Places say where, not what.
        ("Sở lấy 4 mẫu xét nghiệm tại 3 gia đình.", ["mẫu xét nghiệm", "gia đình"]),
        # A whole that is halved.
        ("Ngân hàng có thể cắt giảm 1/2 mức lãi suất hiện hành.", ["lãi suất"]),
        ("Quỹ Sao Mai đã chi 20 triệu đồng, phạt 310 triệu đồng.", ["Quỹ Sao Mai đã chi", "phạt"]),
        # A word of change can be part of a noun.
        ("Tốc độ tăng trưởng kinh tế của tỉnh sẽ chậm lại, còn 6,2%.", ["Tốc độ tăng trưởng kinh tế của tỉnh"]),
        # Profit and loss are verbs and nouns.
        ("Công ty lỗ 7 tỷ đồng, cùng kỳ năm trước lãi 6 tỷ đồng.", ["Công ty lỗ", "Công ty lãi"]),
        ("Công ty ghi nhận khoản lỗ ròng 7 tỷ đồng.", ["khoản lỗ ròng"]),
        # Nouns of number before a counted thing; places and owners before one.
        ("Hãng đạt doanh số phân phối 1.979 chiếc.", ["doanh số phân phối"]),
        ("Cả tỉnh vẫn còn 2.900 hộ nghèo.", ["hộ nghèo"]),
        ("Hồ có dung tích 38 triệu m3, lưu lượng về hồ ở mức 1.600 m3/s.", ["Hồ có dung tích", "lưu lượng về hồ"]),
        # Variants that differ in their number.
        ("Xăng loại III vùng 1 là 19.280 đồng/lít; vùng 2 là 19.660 đồng/lít.",
         ["Xăng loại III vùng 1", "Xăng loại III vùng 2"]),
        # One verb with two objects, list heads in brackets, relative clauses, owners.
        ("Hãng đạt doanh thu và lợi nhuận lần lượt là 40 tỷ đồng và 3 tỷ đồng.", ["doanh thu", "lợi nhuận"]),
        ("Các sở có tỷ lệ giải ngân cao, gồm: Xây dựng (81%), Y tế (78%).",
         ["tỷ lệ giải ngân Xây dựng", "tỷ lệ giải ngân Y tế"]),
        ("Mức lợi nhuận mà hãng ước đạt là 12 tỷ đồng.", ["Mức lợi nhuận"]),
        ("Hai bên thống nhất mức tăng 4%.", ["mức tăng"]),
        # Examples behind "như".
        ("Đại hội đã thông qua nhiều nội dung như tổng doanh thu đạt 50 tỷ đồng.", ["tổng doanh thu"]),
    ],
)  # fmt: skip
def test_what_is_measured(sentence: str, measures: list[str]) -> None:
    assert [f.measure for f in figures(sentence)] == measures


@pytest.mark.parametrize(
    ("sentence", "direction", "baseline"),
    [
        ("Giá dầu đạt 400 USD/tấn, rẻ hơn giá xuất khẩu trung bình 20 USD/tấn.", "down", "giá xuất khẩu trung bình"),
        ("Xe lắp ráp cao hơn xe nhập khẩu 15%.", "up", "xe nhập khẩu"),
        ("Giá gạo cao hơn so với giá gạo của nước bạn khoảng 9 USD/tấn.", "up", "giá gạo của nước bạn"),
        ("Lãi suất có thể được giảm 1/4 mức hiện nay.", "down", "mức hiện nay"),
        ("Lượng xe nhập khẩu gấp đôi năm 2016.", "up", "năm 2016"),
        ("Số căn hộ mở bán giảm 44% so với 16.500 căn cùng kỳ năm 2017.", "down", "cùng kỳ năm 2017"),
    ],
)
def test_what_a_comparative_compares_with(sentence: str, direction: str, baseline: str) -> None:
    found = next(f for f in figures(sentence) if f.role == "change")
    assert (found.role, found.direction, found.baseline) == ("change", direction, baseline)


def test_a_change_behind_a_bracket_is_of_the_level_before_it() -> None:
    found = figures("Tổng số căn hộ là 9.100 căn (gồm 8.600 căn hộ chung cư và 500 căn nhà phố), giảm 44%.")
    assert [f.change_of for f in found] == [None, None, None, 0]


def test_a_list_says_its_verb_once() -> None:
    found = figures("Ngành bán lẻ tăng 6,5%, vận tải kho bãi 8,1%, lãi suất 5%.")
    assert [(f.direction, f.role) for f in found][:2] == [("up", "change"), ("up", "change")]
    assert found[2].direction is None


def test_a_height_is_no_comparison() -> None:
    assert figures("Máy bay bay ở độ cao hơn 2.100 m.")[0].direction is None


def test_the_standards_own_figure_is_a_level_of_its_time() -> None:
    change, standard = figures("Đàn bò của tỉnh giảm 12% so với đầu năm (40.000 con).")
    assert (change.role, change.baseline) == ("change", "đầu năm")
    assert (standard.role, standard.direction, standard.period) == ("level", None, "đầu năm")


def test_a_day_is_not_taken_over_by_the_whole_article() -> None:
    lines = ["Ngày 4/9/2021, kho có 900 tấn gạo.", "Xưởng có 12 máy.", *["Việc này tiếp tục."] * 3, "Cảng có 7 tàu."]
    assert [f.period for f in find_figures("\n".join(lines))] == ["Ngày 4/9/2021", "Ngày 4/9/2021", None]


def test_a_bound_is_no_rise() -> None:
    found = figures("Giá xăng bán lẻ không cao hơn 18.243 đồng/lít.")[0]
    assert (found.role, found.direction, found.approx) == ("level", None, "under")


def test_this_number_is_the_measure_before_it() -> None:
    found = find_figures("Năm 2013 có 42 tỷ gói mì được bán. Đến năm 2016 con số này giảm xuống còn 38 tỷ gói." + TAIL)
    assert [f.measure for f in found] == ["gói mì được bán"] * 2


def test_commas_between_short_nouns_part_no_clause() -> None:
    sentence = "Xuất khẩu nông, lâm, thủy sản đạt 34 tỷ USD, trong đó, gạo đạt 2 tỷ USD."
    assert list_commas(sentence) == {sentence.index(","), sentence.index(", thủy")}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Hồ chứa có kích thước như sau: Diện tích mặt nước: 13,6 ha; Chu vi: 3,6 km.",
         [("13,6 ha", "Diện tích mặt nước", "level", None), ("3,6 km", "Chu vi", "level", None)]),
        ("Sở quản lý nhiều bến (56 bến đang thu, 17 bến chưa thu).",
         [("56 bến", "bến đang thu", "level", None), ("17 bến", "bến chưa thu", "level", None)]),
        ("Sau sắp xếp, huyện giảm được 164 cán bộ chuyên trách.",
         [("164 cán bộ", "cán bộ chuyên trách", "change", "down")]),
        ("Đoàn đề nghị tỉnh cấp kinh phí 20 tỷ đồng.", [("20 tỷ đồng", "kinh phí", "target", None)]),
        ("Hãng sẽ mở 12 tuyến bay mới.", [("12 tuyến", "tuyến bay", "target", None)]),
    ],
)  # fmt: skip
def test_labels_relative_clauses_and_intentions(
    sentence: str, expected: list[tuple[str, str | None, str, str | None]]
) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("Dịp Tết, nhà ga đón 500 chuyến tàu.", "Dịp Tết"),
        ("Thuế suất là 15%, kể từ ngày 1-6.", "kể từ ngày 1-6"),
        ("Cuối thế kỷ 19, rừng chiếm 30% diện tích.", "Cuối thế kỷ 19"),
        ("Từ tháng 5/2019 đến nay, cả tỉnh có 30 vụ cháy.", "Từ tháng 5/2019 đến nay"),
    ],
)
def test_starting_days_seasons_and_centuries_are_periods(sentence: str, period: str) -> None:
    assert [figure.period for figure in figures(sentence)] == [period]


@pytest.mark.parametrize(
    ("sentence", "units"),
    [
        ("Ngân hàng nâng giá mua thêm 50 đồng lên 22.590 VND/USD.", ["VND/USD", "VND/USD"]),
        ("Vàng mua vào 41,7 triệu đồng/lượng, bán ra 42 triệu đồng.", ["VND/lượng", "VND/lượng"]),
        ("Tỷ giá USD/VND niêm yết ở mức 22.720 đồng, tăng 30 đồng.", ["VND/USD", "VND/USD"]),
        # An amount that is no price of the goods keeps its unit; so do prices for different things.
        ("Cửa hàng bán được 3 tỷ đồng, giá 42 triệu đồng/lượng.", ["VND", "VND/lượng"]),
        ("Xăng giá 20.000 đồng/lít, dầu 15.000 đồng/kg, phí 19.000 đồng.", ["VND/lít", "VND/kg", "VND"]),
    ],
)
def test_a_bare_price_is_for_what_its_sentence_names(sentence: str, units: list[str]) -> None:
    assert [figure.unit for figure in figures(sentence)] == units


def test_a_word_cut_behind_a_count_is_no_error() -> None:
    assert find_figures("Giá đất công (1 công = 1.000 m2) tăng.")[-1].text == "1.000 m2"
