"""Whether a text is fit to print, whatever it says: whole sentences, no repetition, no debris of the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from thads_nlp.model.openings import opens_outside
from thads_nlp.model.salience import syllable_count
from thads_nlp.schema import Article
from thads_nlp.text.normalize import compare_key

Role = Literal["title", "summary"]
# Syllables of the shortest and longest text of a role (corpus: titles 5–22, abstracts 8–90; a long brief has more).
_SIZES: dict[Role, tuple[int, int]] = {"title": (4, 26), "summary": (8, 400)}
_LEFTOVERS = re.compile(r"<[a-z/]+\d*>|▁|\ufffd|\|")
_DANGLING = re.compile(
    r"\b(?:và|hoặc|của|cho|với|tại|trong|từ|đến|là|bị|được|đã|đang|sẽ|các|những|một|để|về|do|vì|nhưng|mà|như|theo|"
    r"gồm|rằng|trên|dưới|khi|nếu)[.…]?$",
    re.IGNORECASE,
)
# Words of one repeated run, and how often a short one may stand in a text.
_RUN_WORDS = 4
_TOKEN = re.compile(r"[^\W_]+|[,;]")


def form_faults(text: str, role: Role, article: Article) -> tuple[str, ...]:
    """What makes a text unfit to print, in words; empty where nothing does."""
    return tuple(_faults(text.strip(), role, article))


def _faults(text: str, role: Role, article: Article) -> Iterator[str]:
    """Each fault as it is found."""
    shortest, longest = _SIZES[role]
    size = syllable_count(text)
    if not shortest <= size <= longest:
        yield f"{size} syllables, expected {shortest} to {longest}"
    if not text:
        return
    if _LEFTOVERS.search(text):
        yield "marks of the model or of a crawl are left in it"
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'“‘"):
        yield "opens without a capital"
    if opens_outside(text):
        yield "opens with a reference to something outside it"
    if text.count('"') % 2 or text.count("(") != text.count(")") or text.count("“") != text.count("”"):
        yield "a quote or bracket is not closed"
    if _repeats(text):
        yield "repeats itself"
    yield from _ending_faults(text, role)
    if role == "summary" and _is_line(text, article):
        yield "only a heading, caption or title of the article"


def _ending_faults(text: str, role: Role) -> Iterator[str]:
    """A summary closes with a full stop, a title with none; neither breaks off."""
    if role == "summary" and not text.endswith((".", "!", "?", "…", '."', '!"', '?"', ".)")):
        yield "cut off: no final punctuation"
    if role == "title" and text.endswith((".", ",", ";", ":")):
        yield "ends with a punctuation mark"
    if _DANGLING.search(text.rstrip('"')):
        yield "breaks off after a word that something must follow"


def _repeats(text: str) -> bool:
    """A run of four words twice, a clause word three times over, or one word right after itself and a comma."""
    words = _TOKEN.findall(compare_key(text))
    runs = Counter(tuple(words[i : i + _RUN_WORDS]) for i in range(len(words) - _RUN_WORDS + 1))
    if any(count > 1 for run, count in runs.items() if "," not in run):
        return True
    return any(
        words[i] == words[i + 2] and words[i + 1] in ",;" and not words[i].isdigit() for i in range(len(words) - 2)
    )


def _is_line(text: str, article: Article) -> bool:
    """Whether the text is a line of the article that is no sentence of its body."""
    key = compare_key(text).rstrip(".")
    return any(s.section != "body" and compare_key(s.text).rstrip(".") == key for s in article.sentences)
