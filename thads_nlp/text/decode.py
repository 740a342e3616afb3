"""Bytes of an article to text: Unicode encodings, and the legacy Vietnamese ones by full tables.

Legacy files carry no mark, so every candidate is decoded and the one whose words are Vietnamese syllables wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thads_nlp.errors import InputError

# Largest file in bytes: ten times the longest article in UTF-8.
MAX_BYTES = 20_000_000
# Share of words with other than ASCII letters that must be Vietnamese syllables for a legacy reading to stand.
MIN_SYLLABLE_SHARE = 0.8
# Characters looked at when readings are compared.
_SCORED_CHARS = 20_000

_MAGIC = {
    b"%PDF": "a PDF document", b"PK\x03\x04": "a ZIP archive or Office document", b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"\x1f\x8b": "gzip data", b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old Office document", b"\x28\xb5\x2f\xfd": "zstd data", b"Rar!": "a RAR archive",
}  # fmt: skip
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

# TCVN 5712:1993 (TCVN3, "ABC" fonts): byte to letter; capitals with tone were left to capital fonts.
_TCVN3_BYTES = bytes.fromhex(
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedee"
    "eff1f2f3f4adf5f6f7f8f9fafbfcfdfeaea1a2a3a4a5a6a7"
)
_TCVN3_LETTERS = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂÊÔƠƯĐ"
# VNI-Win: a base letter followed by a mark byte, and some letters of their own.
_VNI_MARKS = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ì": "ì", "í": "í"}
_VNI_PAIR = re.compile("([aeouyôöAEOUYÔÖ])([" + "".join(_VNI_MARKS) + "".join(_VNI_MARKS).upper() + "])")

_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx]"
_CODAS = "ch|ng|nh|[cmnpt]"
_VOWELS = (
    "uyê|uya|uôi|ươi|ươu|iêu|yêu|oai|oay|oeo|uây|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|uê|ui|"
    "uơ|uô|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSETS})?(?:{_VOWELS})(?:{_CODAS})?")
_BARE_SYLLABLE = re.compile(
    f"(?:{_ONSETS})?(?:{_VOWELS})(?:{_CODAS})?".translate(str.maketrans("đăâêôơư", "daaeoou")), re.IGNORECASE
)
_TONE_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_FOREIGN_WORD = re.compile(r"[^\W\d_]*[^\W\d_a-zA-Z][^\W\d_]*")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Canonical text, the encoding that it was read in and what a reader should know of it."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Text of a file's bytes, NFC with LF line ends and nothing removed but a byte order mark.

    Args:
        data: at most MAX_BYTES.
        encoding: a Python codec name, ``tcvn3`` or ``vni``; None detects it.

    Raises:
        InputError: too large, binary, or undecodable (with the byte offset).
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data)} bytes, at most {MAX_BYTES} are read as one article; split the file")
    if encoding is not None:
        return Decoded(canonical_text(_decode_as(data, encoding)), encoding)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return Decoded(canonical_text(_decode_as(data[len(bom) :], name)), name)
    _refuse_binary(data)
    if utf16 := _utf16_without_bom(data):
        return Decoded(canonical_text(_decode_as(data, utf16)), utf16)
    try:
        return Decoded(canonical_text(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, error.start)


def canonical_text(text: str) -> str:
    """NFC with LF line ends; lone surrogates, which no file can hold, become the replacement character."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if any("\ud800" <= char <= "\udfff" for char in unified):
        unified = unified.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", unified)


def _decode_legacy(data: bytes, offset: int) -> Decoded:
    """The legacy reading whose words are Vietnamese; line by line where the file is UTF-8 in part."""
    best = _best_reading(data)
    if best is not None:
        return Decoded(canonical_text(_READERS[best](data)), best)
    lines: list[str] = []
    used: set[str] = set()
    position = 0
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            name = _best_reading(line)
            if name is None:
                raise InputError(
                    f"byte {position + error.start} (0x{line[error.start]:02x}) fits no encoding: neither UTF-8 nor "
                    f"UTF-16, TCVN3, VNI or windows-1258 gives Vietnamese; name the encoding or convert the file"
                ) from error
            used.add(name)
            lines.append(_READERS[name](line))
        position += len(line) + 1
    warning = f"mixed encodings: UTF-8 with lines in {', '.join(sorted(used))} (first at byte {offset})"
    return Decoded(canonical_text("\n".join(lines)), "utf-8", (warning,))


def _best_reading(data: bytes) -> str | None:
    """Name of the legacy encoding that reads as Vietnamese, None if none does well enough."""
    scores = {name: syllable_share(reader(data[:_SCORED_CHARS])) for name, reader in _READERS.items()}
    name = max(scores, key=lambda key: scores[key])
    return name if scores[name] >= MIN_SYLLABLE_SHARE else None


def syllable_share(text: str) -> float:
    """Share of the words with letters beyond ASCII that are Vietnamese syllables, 0 if there are none."""
    words = _FOREIGN_WORD.findall(unicodedata.normalize("NFC", text))
    stray = sum(unicodedata.category(char) in ("Cn", "Co", "Cc") and char not in "\n\r\t" for char in text)
    if not words:
        return 0.0
    good = sum(is_syllable(word) for word in words)
    return good / (len(words) + stray)


def is_syllable(word: str) -> bool:
    """Whether a word is spelled like a Vietnamese syllable, in one case or with one capital."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    bare = _TONE_MARKS.sub("", unicodedata.normalize("NFD", word.lower()))
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def is_bare_syllable(word: str) -> bool:
    """Whether a word is spelled like a Vietnamese syllable whose marks were all left out: "huyen", "duoc"."""
    return _BARE_SYLLABLE.fullmatch(word) is not None


def _read_tcvn3(data: bytes) -> str:
    return "".join(_TCVN3.get(byte, chr(byte)) for byte in data)


def _read_vni(data: bytes) -> str:
    """Pairs of base letter and mark, then single letters."""
    text = data.decode("latin-1")

    def joined(match: re.Match[str]) -> str:
        base, mark = match.groups()
        letter = _VNI_LETTERS.get(base.lower(), base)
        letter = letter.upper() if base.isupper() else letter
        return unicodedata.normalize("NFC", letter + _VNI_MARKS[mark.lower()])

    out: list[str] = []
    last = 0
    for match in _VNI_PAIR.finditer(text):
        out += [_vni_singles(text[last : match.start()]), joined(match)]
        last = match.end()
    return "".join([*out, _vni_singles(text[last:])])


def _vni_singles(text: str) -> str:
    return text.translate(_VNI_SINGLE)


def _read_cp1258(data: bytes) -> str:
    """windows-1258 keeps tones as combining marks; undefined bytes stay visible as replacement characters."""
    return unicodedata.normalize("NFC", data.decode("cp1258", "replace"))


_TCVN3: Mapping[int, str] = dict(zip(_TCVN3_BYTES, _TCVN3_LETTERS, strict=True))
_VNI_SINGLE = str.maketrans(_VNI_LETTERS | {k.upper(): v.upper() for k, v in _VNI_LETTERS.items()})
_READERS: Mapping[str, Callable[[bytes], str]] = {"tcvn3": _read_tcvn3, "vni": _read_vni, "cp1258": _read_cp1258}


def _decode_as(data: bytes, encoding: str) -> str:
    """Text in a named encoding."""
    reader = _READERS.get(encoding.lower())
    if reader is not None:
        return reader(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not {encoding} ({error.reason}); name another encoding") from error
    except LookupError as error:
        raise InputError(f"unknown encoding {encoding!r}; use a Python codec name, tcvn3 or vni") from error


def _refuse_binary(data: bytes) -> None:
    """InputError for files that are no text."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"this is {what}, expected text; extract its text first")
    offset = data.find(b"\x00")
    if offset >= 0 and not _utf16_without_bom(data):
        raise InputError(f"binary data (a NUL byte at offset {offset}), expected text")


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 by where the NUL bytes of its ASCII letters stand; None if it is not."""
    sample = data[:4_000]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 5 or min(even, odd) > len(sample) // 100:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
