"""Reading: encodings, line kinds, comparison keys, sentences and words with their places."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thads_nlp.errors import InputError
from thads_nlp.schema import Article
from thads_nlp.text.content import check_article, separated_parts
from thads_nlp.text.decode import _TCVN3, MAX_BYTES, canonical_text, decode
from thads_nlp.text.lines import split_lines
from thads_nlp.text.normalize import clean, compare_key, desegment
from thads_nlp.text.reading import MAX_ARTICLE_CHARS, read_article
from thads_nlp.text.segment import segment_words, split_sentences

PARAGRAPH = (
    "Báo cáo tại hội nghị cho biết, trong quý III, toàn tỉnh đã thi hành xong 1.204 việc, tăng 3,5% so với cùng kỳ. "
    "Các đơn vị được yêu cầu tiếp tục rà soát, phân loại án và đẩy nhanh tiến độ xử lý tài sản."
)
ARTICLE = f"Tiền thi hành án tăng mạnh\n(PV) - {PARAGRAPH}\n|\nKết quả về tiền\n{PARAGRAPH}\nẢnh: PV\nPV\n"
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
VNI = {"ế": "eá", "ộ": "oä", "ự": "öï", "ơ": "ô", "đ": "ñ", "ị": "ò", "ắ": "aé", "à": "aø", "ư": "ö", "ô": "oâ"}


def encode_cp1258(text: str) -> bytes:
    """Bytes as the codec's fonts store them: base letter with circumflex or horn, tone as a combining mark."""
    out = bytearray()
    tones = "\u0300\u0301\u0303\u0309\u0323"
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out += (base + "".join(p for p in parts if p in tones)).encode("cp1258")
    return bytes(out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_give_the_same_text(encoding: str) -> None:
    assert decode(ARTICLE.encode(encoding)).text == ARTICLE


def test_legacy_encodings_are_detected() -> None:
    table = {letter: byte for byte, letter in _TCVN3.items()}
    lower = PARAGRAPH.lower()
    tcvn3 = bytes(table.get(char, ord(char) if ord(char) < 128 else 0) for char in lower)
    assert decode(tcvn3) == decode(tcvn3, "tcvn3")
    assert decode(tcvn3).text == lower
    assert decode(encode_cp1258(PARAGRAPH)).text == PARAGRAPH


def test_vni_pairs_are_read() -> None:
    text = "kế hộ tự cơ đị bắt là tư cô"
    data = "".join(VNI.get(char, char) for char in text).encode("latin-1")
    assert decode(data, "vni").text == text


def test_mixed_encodings_are_read_line_by_line_with_a_warning() -> None:
    mixed = PARAGRAPH.encode() + b"\n" + encode_cp1258(PARAGRAPH)
    decoded = decode(mixed)
    assert decoded.text == f"{PARAGRAPH}\n{PARAGRAPH}"
    assert "cp1258" in decoded.warnings[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"abc\x00\x01\x02" * 9, "NUL"),
        (b"\xff\xfe\x00\xd8\x00\x00", "utf-16"),
        ("xin chào ".encode() * 3 + b"\xff\xfe\xfa\x81\x8d", "byte 30"),
        (b"a" * (MAX_BYTES + 1), "split the file"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        decode(data)


def test_unknown_encoding_is_named() -> None:
    with pytest.raises(InputError, match="klingon"):
        decode(b"abc", "klingon")


def test_canonical_text_unifies_line_ends_and_survives_surrogates() -> None:
    assert canonical_text("a\r\nb\rc\u2028d\ud800") == "a\nb\nc\nd?"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("Thuỷ", "thủy"),
        ("khoẻ", "KHỎE"),
        ("“quý”", '"quý"'),
        ("a\u00a0b", "a b"),
        ("Hoà_bình", "hòa_bình"),
    ],
)
def test_compare_key_folds_spellings(one: str, other: str) -> None:
    assert compare_key(one) == compare_key(other)


@pytest.mark.parametrize(("one", "other"), [("quý", "quỷ"), ("hoàn", "hoan"), ("má", "mà"), ("6.068", "6068")])
def test_compare_key_keeps_words_apart(one: str, other: str) -> None:
    assert compare_key(one) != compare_key(other)


def test_desegment_prints_corpus_text() -> None:
    assert desegment('Cơ_quan ( PV ) cho biết , " ngày 5/7 " tăng 3,5 % ; 2 đồng / kg .') == (
        'Cơ quan (PV) cho biết, "ngày 5/7" tăng 3,5%; 2 đồng/kg.'
    )


@given(st.text())
def test_clean_offsets_lead_back(raw: str) -> None:
    cleaned = clean(raw, 7)
    offsets = tuple(range(7, 7 + len(raw))) if cleaned.offsets is None else cleaned.offsets
    assert len(offsets) == len(cleaned.text)
    for char, offset in zip(cleaned.text, offsets, strict=True):
        assert clean(raw[offset - 7], 0).text == char


def test_line_kinds_of_a_briefing() -> None:
    kinds = [line.kind for line in split_lines(ARTICLE.strip())]
    assert kinds == ["title", "body", "debris", "heading", "body", "caption", "byline"]


def test_dateline_is_left_out_of_the_first_sentence() -> None:
    assert read_article(ARTICLE).sentences[1].text.startswith("Báo cáo tại hội nghị")


def test_heading_that_runs_into_its_paragraph_is_cut_off() -> None:
    lines = split_lines(
        "Giá xăng dầu trong nước Từ 15 giờ cùng ngày, xăng tăng 310 đồng lên 23.500 đồng một lít theo bộ."
    )
    assert lines[0].text == "Giá xăng dầu trong nước"


def test_title_line_option() -> None:
    assert read_article(ARTICLE, "none").title is None
    assert read_article(f"Đây là câu đầu.\n{PARAGRAPH}", "first").title == "Đây là câu đầu."
    given_apart = read_article(Article(PARAGRAPH, title="Tít của bài"))
    assert given_apart.text.startswith("Tít của bài\n")
    assert given_apart.sentences[0].section == "title"


def test_reading_twice_changes_nothing() -> None:
    once = read_article(ARTICLE)
    assert read_article(once) is once


@pytest.mark.parametrize("text", ["", " \n\t ", "|\n|\n***\n", "Chia sẻ\n17/06/2020 08:30 GMT+7\n"])
def test_nothing_to_brief_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError, match="nothing to brief"):
        read_article(text)


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="split it"):
        read_article("a" * (MAX_ARTICLE_CHARS + 1))


@given(
    st.lists(
        st.sampled_from([*LETTERS, " ", ". ", "\n", "\u200b", "\u00a0", "“", "”", "5", "Đ", "|", "? "]), max_size=200
    )
)
def test_sentences_are_in_order_and_map_back(chars: list[str]) -> None:
    try:
        article = read_article("".join(chars))
    except InputError:
        return
    end = 0
    for sentence in article.sentences:
        assert sentence.start >= end
        end = sentence.end
        for i, char in enumerate(sentence.text):
            start, stop = sentence.place(i, i + 1)
            assert clean(article.text[start:stop], 0).text == char


@pytest.mark.parametrize(
    "sentence",
    [
        "Ông làm việc tại TP. Hồ Chí Minh từ năm 2019.",
        "PGS.TS. Trần B. cho biết giá là 3.14 USD.",
        "Kết quả đạt 92 tr. đồng.",
    ],
)
def test_abbreviations_do_not_end_sentences(sentence: str) -> None:
    assert len(split_sentences(sentence)) == 1


def test_sentences_end_where_they_end() -> None:
    line = 'Ông nói: "Phải làm ngay." Hội nghị kết thúc! Còn gì nữa? Hết… Mưa lớn.'
    texts = [line[span.start : span.end] for span in split_sentences(line)]
    assert texts == ['Ông nói: "Phải làm ngay."', "Hội nghị kết thúc!", "Còn gì nữa?", "Hết…", "Mưa lớn."]


@given(st.text(alphabet=st.sampled_from(LETTERS + LETTERS.upper() + " .,5%“”-()/\u00a0😀אב"), max_size=120))
def test_words_cover_every_character(text: str) -> None:
    covered = set()
    end = 0
    for word in segment_words(text):
        assert word.start >= end
        end = word.end
        covered.update(range(word.start, word.end))
        assert word.text == " ".join(text[word.start : word.end].split())
    assert all(i in covered for i, char in enumerate(text) if not char.isspace())


def test_words_keep_the_surface_and_give_the_normal_form() -> None:
    word = next(word for word in segment_words("Vì hoà bình lâu dài") if word.text == "hoà bình")
    assert word.normal == "hòa bình"


def test_long_lines_stay_linear_in_chunks() -> None:
    line = "số " * 40_000
    assert sum(len(word.text.split()) for word in segment_words(line)) == 40_000


def test_underthesea_is_imported_without_torch() -> None:
    code = (
        "import sys; from thads_nlp.text.segment import segment_words; segment_words('Hà Nội');"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules;"
        "import underthesea; assert callable(underthesea.lang_detect)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


CAPTION = "Lãnh đạo tỉnh dâng hương tại nghĩa trang liệt sĩ sáng 27/7."
ENGLISH = "The ministry said on Monday that exports rose in the first nine months of the year. " * 5
TONELESS = "Bo Tu phap cho biet trong quy mot nam nay cac co quan da thi hanh xong nhieu viec lon. " * 5
POLISH = "Ministerstwo ogłosiło, że w kwartale przemysł wzrósł, a żywność jest droższa niż rok wcześniej. " * 4
CYRILLIC = "Министерство сообщило, что экспорт вырос за первые девять месяцев этого года. " * 5
PRICES = "\n".join(f"Vàng SJC loại {i} chỉ 36,{i}0 36,{i}8 37,{i}0 37,{i}5 38,{i}1 38,{i}9" for i in range(40))
PROSE = "Sở Y tế cho biết toàn tỉnh đã tiêm được hơn 12.000 liều vắc-xin trong quý này, tăng so với quý trước. "


@pytest.mark.parametrize(
    ("text", "stage"),
    [(CAPTION, "content"), (PRICES, "content"), (ENGLISH, "language"), (TONELESS, "language"),
     (POLISH, "language"), (CYRILLIC, "language")],
)  # fmt: skip
def test_what_is_no_vietnamese_article_is_refused(text: str, stage: str) -> None:
    with pytest.raises(InputError) as caught:
        check_article(read_article(text))
    assert caught.value.stage == stage


def test_articles_are_accepted_and_counted() -> None:
    article = read_article(PROSE * 3 + "\n----------\n" + PROSE * 3)
    check_article(article)
    assert separated_parts(article) == 2
    assert separated_parts(read_article(PROSE * 3)) == 1
