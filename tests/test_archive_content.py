"""What is no Vietnamese article is a failure that says so, or a briefing with a warning: never a fluent invention."""

import json

import pytest
from archives import BODY, TITLE, batch

OTHER = (
    "Công an tỉnh B vừa bắt giữ ba nghi phạm trong vụ trộm cắp tài sản xảy ra hôm 5/10 tại huyện D, thu hồi 120 triệu "
    "đồng tiền mặt. Theo cơ quan điều tra, nhóm này đã gây ra bốn vụ trộm khác trên địa bàn từ đầu năm đến nay."
)
OTHER_TITLE = "Bắt ba nghi phạm trộm cắp ở huyện D"
COFFEE = "Đắk Lắk,Gia Lai,Lâm Đồng,Kon Tum,Đắk Nông,Bình Phước,Đồng Nai,Quảng Trị,Sơn La,Điện Biên".split(",")

REFUSED: dict[str, tuple[str, str, str]] = {
    "english": ("language", "another language",
        "The provincial health department said on Monday that more than 12,000 people were vaccinated in the third "
        "quarter, an increase of 8 percent over the same period, and that mobile teams would visit remote districts."),
    "french": ("language", "another language",
        "Le département de la Santé a annoncé lundi que plus de 12 000 personnes ont été vaccinées au troisième "
        "trimestre, soit une hausse de 8 % sur un an, et que des équipes mobiles iront dans les districts éloignés."),
    "indonesian": ("language", "another language",
        "Dinas kesehatan mengatakan pada hari Senin bahwa lebih dari 12.000 orang telah divaksinasi pada kuartal "
        "ketiga, meningkat 8 persen dibandingkan periode yang sama tahun lalu, dan tim keliling akan datang."),
    "chinese": ("language", "another script",
        "卫生部门周一表示，第三季度有超过一万两千人接种了疫苗，比去年同期增长百分之八。" * 8),
    "thai": ("language", "another script", "สำนักงาน สาธารณสุข กล่าวว่า ประชาชน ได้รับ วัคซีน เพิ่มขึ้น ใน ไตรมาส ที่สาม " * 6),
    "toneless": ("language", "without tone marks",
        "So Y te tinh A cho biet trong quy III, cac co so y te da tiem 12.500 lieu vac-xin, tang 8% so voi cung ky. "
        "Trong do, huyen B tiem nhieu nhat voi 3.200 lieu, con huyen C chi tiem duoc 900 lieu vi duong bi chia cat."),
    "caption": ("content", "caption", "Người dân tiêm vắc-xin tại trạm y tế xã B, huyện C, sáng 12/10. Ảnh: Minh Anh"),
    "notice": ("content", "notice", "Sở Y tế thông báo lịch tiêm vắc-xin tuần tới tại các trạm y tế xã trong tỉnh A."),
    "prices": ("content", "table",
        "Giá vàng hôm nay\n" + "\n".join(f"Vàng SJC {n} chỉ\t{36 + n}.{n}50\t{37 + n}.{n}80" for n in range(1, 30))),
    "bars": ("content", "table",
        "Giá nông sản\n" + "\n".join(f"| Cà phê {p} | {40 + n}.000 | +{n}00 |" for n, p in enumerate(COFFEE * 3))),
    "empty": ("read", "", " \n\n"),
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("content")
    (folder / "in").mkdir()
    for name, (_, _, text) in REFUSED.items():
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    for name, mark in (("dashes", "-----"), ("stars", "* * *"), ("byline", "Minh Anh")):
        text = f"{TITLE}\n{BODY}\n\n{mark}\n\n{OTHER_TITLE}\n{OTHER}\n"
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    assert batch(folder / "in", "-o", folder / "out.jsonl").exit_code == 1
    lines = [
        line for name in ("out.jsonl", "out.failures.jsonl")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]  # fmt: skip
    return {record["id"].removesuffix(".txt"): record for record in map(json.loads, lines)}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_vietnamese_article_is_refused_with_its_stage(
    name: str, results: dict[str, dict[str, object]]
) -> None:
    stage, words, _ = REFUSED[name]
    record = results[name]
    assert "summary" not in record
    assert (record["stage"], words in str(record["reason"])) == (stage, True), record


@pytest.mark.parametrize("name", ["dashes", "stars", "byline"])
def test_several_articles_in_one_file_give_a_warning(name: str, results: dict[str, dict[str, object]]) -> None:
    assert any("several articles" in str(warning) for warning in results[name]["warnings"])  # type: ignore[attr-defined]
