"""Check shown briefs once more, by plain string operations and nothing of thads_nlp.

usage: python scripts/check_shown.py BRIEFS.jsonl [--offenders N]

Each line is a brief as ``thads-nlp brief --format json`` or ``batch`` writes it, with its ``text``. Of title, summary
and bullets, every number, every capitalised name and every quotation must occur in the text:

- a number as its digits with their separators, or, from 1 to 10, written out;
- a name as a run of capitalised words with nothing but spaces between; the word that opens a sentence may be left off;
- a quotation as its words in order, ellipses and sentence ends apart; up to four words in small letters are a manner of
  speaking and only counted.

Case, punctuation marks and the placement of tone marks do not matter. Prints counts and offenders. Exit code 0 if
nothing offends, 1 if something does, 2 if a line cannot be checked (no brief, or a brief without text).
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

WORDS_OF = {
    "1": "một", "2": "hai", "3": "ba", "4": "bốn", "5": "năm", "6": "sáu", "7": "bảy", "8": "tám", "9": "chín",
    "10": "mười",
}  # fmt: skip
MANNER_WORDS = 4
BEFORE_WORDS, BEHIND_WORDS = "\"'(“‘«[-–", "\"')”’»],.;:!?…-–"
ENDS = (".", "!", "?", ":", "…", '"', "”")
ABBREVIATION_CHARS = 3
OPENING, CLOSING = "“«„", "”»‟"
# "oà" and "òa" are one: the later convention is turned into the earlier one.
TONES = [
    (glide + new, old + nucleus)
    for glide, nucleus, olds, news in (
        ("o", "a", "òóỏõọ", "àáảãạ"), ("o", "e", "òóỏõọ", "èéẻẽẹ"), ("u", "y", "ùúủũụ", "ỳýỷỹỵ"),
    )
    for old, new in zip(olds, news, strict=True)
]  # fmt: skip


@dataclass
class Report:
    """What was looked at, what was not found, and lines that could not be checked."""

    checked: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    offenders: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def main() -> int:
    """Check a file and print the report; the exit code."""
    parser = argparse.ArgumentParser(description="Check shown briefs by plain string operations.")
    parser.add_argument("briefs", type=Path)
    parser.add_argument("--offenders", type=int, default=20, help="most offenders to print")
    options = parser.parse_args()
    report = Report()
    with options.briefs.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                check_line(line, number, report)
    for kind in sorted(report.checked):
        print(f"{kind}: {report.checked[kind]} checked, {report.missing[kind]} not in the article")
    for told in (*report.offenders[: options.offenders], *report.unreadable):
        print(told)
    if report.unreadable:
        return 2
    return 1 if report.offenders else 0


def check_line(line: str, number: int, report: Report) -> None:
    """Check one brief."""
    try:
        brief = json.loads(line)
    except ValueError:
        report.unreadable.append(f"line {number}: no JSON")
        return
    if (
        not isinstance(brief, dict)
        or not isinstance(brief.get("text"), str)
        or not isinstance(brief.get("summary"), str)
    ):
        report.unreadable.append(f"line {number}: no brief with its text")
        return
    name = brief.get("id") or f"line {number}"
    report.checked["briefs"] += 1
    shown = [("title", brief.get("title") or ""), ("summary", brief["summary"])]
    shown += [("bullet", bullet["text"]) for bullet in brief.get("bullets", ())]
    flat = flatten(brief["text"])
    for part, text in shown:
        for kind, found in offences(text, flat, report.checked):
            report.missing[kind] += 1
            if kind != "manner of speaking":
                report.offenders.append(f"{name}: {part}: {kind}: {found}")


def offences(text: str, article: str, checked: Counter[str]) -> Iterator[tuple[str, str]]:
    """Kind and surface of all that does not stand in the flattened article."""
    for number in numbers(text):
        checked["number"] += 1
        spelled = WORDS_OF.get(number)
        if f" {number} " not in article and not (spelled and f" {spelled} " in article):
            yield "number", number
    for words, opens in names(text):
        checked["name"] += 1
        whole, rest = flatten(" ".join(words)), flatten(" ".join(words[1:]))
        if whole not in article and not (opens and (len(words) == 1 or rest in article)):
            yield "name", " ".join(words)
    bare = without_marks(article)
    for quote in quotes(text):
        kind = "manner of speaking" if is_manner(quote) else "quote"
        checked[kind] += 1
        if not all(without_marks(flatten(part)) in bare for part in parts(quote)):
            yield kind, quote


def flatten(text: str) -> str:
    """Words, numbers and marks in small letters, one space around each, tone marks in one placement."""
    folded = unicodedata.normalize("NFC", text).casefold()
    for new, old in TONES:
        folded = folded.replace(new, old)
    out = []
    for index, char in enumerate(folded):
        inside = char in ".," and folded[index - 1 : index].isdigit() and folded[index + 1 : index + 2].isdigit()
        out.append(char if char.isalnum() or inside else " " if char.isspace() else f" {char} ")
    # Digits and letters that touch ("4kg") are two words.
    flat = "".join(out)
    apart = [f"{char} " if char.isdigit() and flat[i + 1 : i + 2].isalpha() else char for i, char in enumerate(flat)]
    return f" {' '.join(''.join(apart).split())} "


def without_marks(flat: str) -> str:
    """A flattened text without its punctuation marks."""
    return f" {' '.join(word for word in flat.split() if word[0].isalnum())} "


def numbers(text: str) -> list[str]:
    """Digits with their separators."""
    return [word for word in flatten(text).split() if word[0].isdigit()]


def names(text: str) -> Iterator[tuple[list[str], bool]]:
    """Runs of capitalised words with only spaces between, and whether they open a sentence."""
    run: list[str] = []
    run_opens = opens = True
    for piece in text.split():
        head = piece.lstrip(BEFORE_WORDS)
        word = head.rstrip(BEHIND_WORDS)
        is_name = word.isalpha() and word[0].isupper()
        opens = opens or head != piece
        if run and (not is_name or head != piece):
            yield run, run_opens
            run = []
        if is_name:
            run_opens = run_opens if run else opens
            run.append(word)
        if run and head != word:
            yield run, run_opens
            run = []
        # "TP." and initials end no sentence.
        opens = not word or (head != word and piece.endswith(ENDS) and len(word) > ABBREVIATION_CHARS)
    if run:
        yield run, run_opens


def quotes(text: str) -> Iterator[str]:
    """What stands between quotation marks; straight ones are taken in pairs."""
    plain = text
    for mark in OPENING + CLOSING:
        plain = plain.replace(mark, '"')
    pieces = plain.split('"')
    yield from (piece for piece in pieces[1 : len(pieces) - 1 : 2] if piece.strip())


def parts(quote: str) -> list[str]:
    """A quotation's parts between ellipses and sentence ends."""
    for mark in ("…", "...", "!", "?", ";", ". "):
        quote = quote.replace(mark, "\n")
    return [part.rstrip(".") for part in quote.split("\n") if any(char.isalnum() for char in part)]


def is_manner(quote: str) -> bool:
    """Whether a quotation is a few words in small letters."""
    words = quote.split()
    return len(words) <= MANNER_WORDS and all(word.islower() or not word[0].isalnum() for word in words[1:])


if __name__ == "__main__":
    sys.exit(main())
