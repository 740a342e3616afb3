"""Series of figures over an archive: twelve quarterly briefings with changing words and two planted contradictions."""

import csv
import itertools
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from thads_nlp.archive.series import Point, build_series, contradictions
from thads_nlp.cli import main
from thads_nlp.schema import Article, Briefing
from thads_nlp.summarizer import Summarizer

# Four ways to tell each measure; quarter by quarter another one is used.
CASES = (
    "Toàn tỉnh thi hành xong {cases} việc",
    "Số việc thi hành xong là {cases} việc",
    "Các cơ quan THADS đã thi hành xong {cases} việc",
    "Trong kỳ, tổng số việc đã thi hành xong đạt {cases} việc",
)
MONEY = (
    "số tiền thi hành xong đạt {money} tỷ đồng",
    "tổng số tiền đã thi hành xong là {money} tỷ đồng",
    "tiền thi hành xong đạt {money} tỷ đồng",
    "về tiền, thi hành xong {money} tỷ đồng",
)
RATE = (
    "Tỷ lệ thi hành xong về việc đạt {rate}%",
    "Tỷ lệ việc thi hành xong là {rate}%",
    "Tỷ lệ thi hành xong về việc ước đạt {rate}%",
    "Về việc, tỷ lệ thi hành xong đạt {rate}%",
)
LETTERS = (
    "Cục tiếp nhận {letters} đơn khiếu nại, tố cáo",
    "Số đơn khiếu nại tiếp nhận là {letters} đơn",
    "Toàn ngành nhận {letters} đơn khiếu nại và tố cáo",
    "Trong quý, đã tiếp nhận {letters} đơn khiếu nại, tố cáo",
)
ROMAN = ("I", "II", "III", "IV")
REVIEW = (
    "Nhìn lại năm {year}, báo cáo tổng kết của Cục nhắc rằng quý {roman} năm {year} toàn tỉnh thi hành xong "
    "{cases} việc; trong cùng thời gian, nhiều vụ việc phức tạp kéo dài đã được các đơn vị tập trung giải quyết dứt "
    "điểm theo kế hoạch."
)


def values(index: int) -> dict[str, str]:
    return {
        "cases": f"{3 + index}.{101 + index * 7}", "money": f"{210 + index * 13},{1 + index % 9}",
        "letters": f"{31 + index}", "rate": f"{51 + index},{(index * 3) % 9 + 1}",
        "change": f"{3 + index % 5},{1 + index % 8}",
    }  # fmt: skip


def briefing_text(index: int) -> str:
    year, roman, words = 2019 + index // 4, ROMAN[index % 4], values(index)
    cases, money, rate, letters = (
        told[(index + shift) % 4].format(**words) for shift, told in enumerate((CASES, MONEY, RATE, LETTERS))
    )
    return (
        f"Quý {roman} năm {year}, kết quả thi hành án dân sự của tỉnh A\n"
        f"Theo báo cáo quý {roman} năm {year} của Cục Thi hành án dân sự tỉnh A, công tác này tiếp tục chuyển biến. "
        f"{cases}, tăng {words['change']}% so với cùng kỳ năm trước; {money}. {rate}. {letters}. "
        "Các đơn vị tiếp tục rà soát những vụ việc phức tạp để giải quyết dứt điểm trong thời gian tới.\n"
    )


@pytest.fixture(scope="module")
def briefings() -> list[Briefing]:
    articles = [
        Article(briefing_text(i), id=f"b{i}", published=f"{2019 + i // 4}-{i % 4 * 3 + 3:02d}-28") for i in range(12)
    ]
    # Two later articles tell two quarters otherwise.
    for index in (2, 9):
        year, roman = 2019 + index // 4, ROMAN[index % 4]
        told = REVIEW.format(year=year, roman=roman, cases=f"{9 + index}.999")
        articles.append(Article(told, id=f"review{index}", published=f"{year + 1}-01-05"))
    made = list(Summarizer.load(summarizer="extractive").brief_many(articles))
    assert all(isinstance(one, Briefing) for one in made)
    return [one for one in made if isinstance(one, Briefing)]


def label(point: Point) -> str | None:
    """Which measure the text gave this value for."""
    if point.article.startswith("review"):
        return "cases"
    told = values(int(point.article[1:]))
    number = point.text.split()[0].rstrip("%")
    return next((name for name, value in told.items() if value == number), None)


def test_paraphrased_measures_meet_and_others_do_not(briefings: list[Briefing]) -> None:
    points = [(p, label(p)) for one in build_series(briefings, 1) for p in one.points]
    known = [(p.series, name) for p, name in points if name]
    pairs = list(itertools.combinations(known, 2))
    same = [(a[0] == b[0], a[1] == b[1]) for a, b in pairs]
    right = sum(joined and equal for joined, equal in same)
    assert right / sum(joined for joined, _ in same) >= 0.95
    assert right / sum(equal for _, equal in same) >= 0.80


def test_a_rate_and_its_change_never_mix(briefings: list[Briefing]) -> None:
    for one in build_series(briefings, 1):
        assert len({p.kind for p in one.points}) == len({p.unit for p in one.points}) == 1
        assert not {"rate", "change"} <= {label(p) for p in one.points}


def test_both_contradictions_are_found_and_no_other(briefings: list[Briefing]) -> None:
    found = contradictions(build_series(briefings))
    assert {frozenset((a.article, b.article)) for a, b in found} == {
        frozenset(("b2", "review2")), frozenset(("b9", "review9"))
    }  # fmt: skip
    assert len(found) == 2


def test_rounded_and_approximate_values_do_not_contradict(briefings: list[Briefing]) -> None:
    texts = (
        "Trong quý I năm 2019, toàn tỉnh thi hành xong 3.101 việc, nhiều vụ việc phức tạp đã được giải quyết xong. ",
        "Trong quý I năm 2019, toàn tỉnh thi hành xong hơn 3.100 việc, nhiều vụ việc đã được giải quyết dứt điểm hẳn. ",
    )
    filler = "Các đơn vị tiếp tục rà soát những vụ việc phức tạp để giải quyết dứt điểm trong thời gian tới. "
    articles = [Article(text + filler * 2, id=str(number)) for number, text in enumerate(texts)]
    made = [one for one in Summarizer.load(summarizer="extractive").brief_many(articles) if isinstance(one, Briefing)]
    (one,) = [one for one in build_series(made, 1) if one.unit == "việc"]
    assert [p.value for p in one.points] == [Decimal(3101), Decimal(3100)]
    assert not contradictions([one])


def test_the_command_writes_table_and_plot(briefings: list[Briefing], tmp_path: Path) -> None:
    archive = tmp_path / "briefs.jsonl"
    archive.write_text("".join(json.dumps(one.to_dict()) + "\n" for one in briefings), encoding="utf-8")
    table, plot = tmp_path / "series.csv", tmp_path / "series.svg"
    result = CliRunner().invoke(main, ["series", str(archive), "-o", str(table), "--plot", str(plot)])
    assert result.exit_code == 0, result.output
    assert result.stderr.count("contradiction") == 2
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["status"] for row in rows} >= {"", "contradiction"}
    assert all(Decimal(row["value"]) for row in rows)
    assert "<svg" in plot.read_text(encoding="utf-8")
    wanted = CliRunner().invoke(main, ["series", str(archive), "--measure", "khiếu nại"])
    assert {row["unit"] for row in csv.DictReader(wanted.stdout.splitlines())} == {"đơn"}


RELATIVE = (
    "Quý III, toàn tỉnh thi hành xong 3.101 việc, nhiều vụ việc phức tạp kéo dài đã được các đơn vị giải quyết xong. "
    "Cùng kỳ, toàn tỉnh thi hành xong 2.900 việc, các đơn vị khi ấy còn gặp nhiều khó khăn về con người. "
    "Trong tháng trước, toàn tỉnh thi hành xong 300 việc, ít hơn kế hoạch mà Cục đã giao cho các đơn vị từ đầu năm."
)


def test_relative_periods_are_those_of_publication_or_stay_unresolved() -> None:
    articles = [Article(RELATIVE, id="dated", published="2020-10-05"), Article(RELATIVE, id="undated")]
    made = [one for one in Summarizer.load(summarizer="extractive").brief_many(articles) if isinstance(one, Briefing)]
    points = [p for one in build_series(made, 1) for p in one.points if p.unit == "việc"]
    spans = {p.text: (p.period_start, p.period_end) for p in points if p.article == "dated"}
    assert spans == {
        "3.101 việc": ("2020-07-01", "2020-09-30"), "2.900 việc": ("2019-07-01", "2019-09-30"),
        "300 việc": ("2020-09-01", "2020-09-30"),
    }  # fmt: skip
    undated = [p for p in points if p.article == "undated"]
    assert [p.status for p in undated] == ["unresolved"] * 3
    # Listed, however many periods a series needs.
    listed = [p for one in build_series(made, 5) for p in one.points if p.status == "unresolved"]
    assert {p.text for p in listed if p.unit == "việc"} == {p.text for p in undated}


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["series", str(tmp_path / "bad.jsonl")])
    assert result.exit_code == 3
    assert "line 1: no briefing record" in result.stderr


@pytest.mark.parametrize(
    ("place", "value"),
    [("published", "hôm qua"), ("period_start", "quý III"), ("value", "NaN"), ("value_high", "Infinity"),
     ("change_of", 9), ("change_of", -1)],
)  # fmt: skip
def test_a_record_that_cannot_be_put_on_a_time_line_is_named(
    place: str, value: object, briefings: list[Briefing], tmp_path: Path
) -> None:
    good, bad = (json.loads(json.dumps(one.to_dict())) for one in briefings[:2])
    (bad if place in bad else bad["figures"][0])[place] = value
    (tmp_path / "bad.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["series", str(tmp_path / "bad.jsonl")])
    assert result.exit_code == 3, result.exception
    assert "line 2: no briefing record" in result.stderr


@pytest.mark.parametrize("name", ["none/a.csv", "none/a.parquet"])
def test_a_table_that_cannot_be_written_is_named(name: str, briefings: list[Briefing], tmp_path: Path) -> None:
    lines = "".join(json.dumps(one.to_dict()) + "\n" for one in briefings)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    result = CliRunner().invoke(main, ["series", str(tmp_path / "a.jsonl"), "-o", str(tmp_path / name)])
    assert result.exit_code == 2, result.exception
    assert "cannot be written" in result.stderr
