"""From an article to a verified summary: select, generate candidates, refuse what cannot be shown, else extract.

Candidates are greedy outputs under different length marks: diverse, the same on every run, and cheap, because their
prompts are equally long and share one batch. Wide beams do not pay in a causal model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from thads_nlp.errors import InputError
from thads_nlp.model.codec import LENGTH_MARKS, Codec, Draft, EncodedSource
from thads_nlp.model.engine import DecodingOptions, Prompt, Seq2SeqEngine
from thads_nlp.model.extract import extract_summary, extract_title
from thads_nlp.model.form import form_faults
from thads_nlp.model.select import select_sections, select_source
from thads_nlp.model.verify import SourceIndex, Verdict, verify
from thads_nlp.schema import Article, Claim, KeyFigure, Length, Sentence, Summary, TitleOrigin

# Length marks tried for a length, the preferred one first ("" is no mark).
MARKS: Mapping[Length, tuple[str, ...]] = {
    "short": (LENGTH_MARKS[0], LENGTH_MARKS[1]),
    "standard": (LENGTH_MARKS[2], LENGTH_MARKS[1], LENGTH_MARKS[3]),
    "long": (LENGTH_MARKS[1],),
}
# Subwords of the window kept for headline and summary; a headline has about 14, a summary at most about 80.
OUTPUT_ROOM = 112
# Score a candidate gains for each key figure it states, in nats a subword (a tie-break between passing candidates).
FIGURE_GAIN = 0.05


@dataclass(frozen=True, slots=True)
class Job:
    """One window of one article on its way through the model."""

    article: Article
    source: EncodedSource
    title: str | None
    marks: tuple[str, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft with what verification and the rules of form said of it."""

    draft: Draft
    verdict: Verdict
    faults: tuple[str, ...]
    title_verdict: Verdict | None = None
    title_faults: tuple[str, ...] = ()

    @property
    def summary_passes(self) -> bool:
        """Whether the summary may be shown."""
        return not self.faults and not self.verdict.unsupported

    @property
    def title_passes(self) -> bool:
        """Whether there is a generated headline that may be shown."""
        return self.title_verdict is not None and not self.title_faults and not self.title_verdict.unsupported

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What of this draft the article does not say."""
        return self.verdict.unsupported + (self.title_verdict.unsupported if self.title_verdict else ())


class Generator:
    """A model with its codec: writes verified summaries of many articles in shared batches."""

    def __init__(self, engine: Seq2SeqEngine, codec: Codec, window: int) -> None:
        """``window`` is the most subwords that prompt and output may have together."""
        self._engine = engine
        self._codec = codec
        self._window = window

    def jobs(self, article: Article, length: Length) -> list[Job]:
        """The windows to generate from: one, or for ``long`` one a section."""
        title = article.title
        budget = self._window - OUTPUT_ROOM - (self._title_cost(title) if title else 0)
        if length == "long":
            selections = select_sections(article, budget, self._codec.cost)
        else:
            selections = (select_source(article, budget, self._codec.cost),)
        jobs = []
        for selection in selections:
            sentences = [article.sentences[index] for index in selection.indices]
            source = self._codec.encode(sentences, budget)
            jobs.append(Job(article, source, title, MARKS[length], selection.truncated))
        return jobs

    def drafts(self, jobs: Sequence[Job], options: DecodingOptions) -> list[list[Draft]]:
        """The candidates of each job, generated in batches over all jobs."""
        prompts: list[Prompt] = []
        owners: list[int] = []
        for index, job in enumerate(jobs):
            made = self._codec.prompts(job.source, job.title, job.marks)
            prompts += made
            owners += [index] * len(made)
        drafts: list[list[Draft]] = [[] for _ in jobs]
        for owner, hypothesis in zip(owners, self._engine.generate(prompts, options), strict=True):
            job = jobs[owner]
            drafts[owner].append(self._codec.read(hypothesis, job.source, titled=job.title is not None))
        return drafts

    def _title_cost(self, title: str) -> int:
        """Subwords that a forced headline takes."""
        return self._codec.cost(Sentence(0, title, 0, len(title), "title"))


def judge(draft: Draft, article: Article, source: SourceIndex) -> Judged:
    """Verify a draft and look at its form."""
    faults = form_faults(draft.summary, "summary", article)
    if not draft.finished:
        faults = (*faults, "unfinished: the length limit cut it off")
    judged = Judged(draft, verify(draft.summary, source), faults)
    if draft.title is None:
        return judged
    return replace(
        judged,
        title_verdict=verify(draft.title, source),
        title_faults=form_faults(draft.title, "title", article),
    )


def choose(judged: Sequence[Judged], figures: Sequence[KeyFigure]) -> Judged | None:
    """The best candidate whose summary passes: likely, and stating key figures; None if none passes."""
    passing = [candidate for candidate in judged if candidate.summary_passes]
    if not passing:
        return None
    key_texts = {figure.text for figure in figures if figure.key}

    def worth(candidate: Judged) -> float:
        stated = sum(text in candidate.draft.summary for text in key_texts)
        return candidate.draft.score + FIGURE_GAIN * min(stated, 3) + FIGURE_GAIN * candidate.title_passes

    return max(passing, key=worth)


def summarize(
    article: Article,
    source: SourceIndex,
    windows: Sequence[Sequence[Draft]],
    figures: Sequence[KeyFigure],
    length: Length,
    *,
    truncated: bool,
) -> Summary:
    """The summary to show: generated where every window has a candidate that passes, else extracted."""
    judged = [[judge(draft, article, source) for draft in drafts] for drafts in windows]
    chosen = [choose(candidates, figures) for candidates in judged]
    claims = tuple(dict.fromkeys(claim for candidates in judged for one in candidates for claim in one.claims))
    parts = [candidate for candidate in chosen if candidate is not None]
    text = join_parts([part.draft.summary for part in parts])
    if not text or (length != "long" and len(parts) < len(windows)):
        return _extracted(article, source, figures, length, claims)
    title, origin = _title(article, figures, _titles([parts]), source)
    evidence = verify(text, source).evidence
    return Summary(text, "generated", title, origin, evidence, claims, truncated)


def extracted(article: Article, source: SourceIndex, figures: Sequence[KeyFigure], length: Length) -> Summary:
    """A summary of whole sentences of the article, without any model."""
    return _extracted(article, source, figures, length, ())


def join_parts(parts: Sequence[str]) -> str:
    """Window summaries as one text, later ones that repeat an earlier sentence left out."""
    kept: list[str] = []
    for part in parts:
        if part not in kept:
            kept.append(part)
    return " ".join(kept)


def _extracted(
    article: Article,
    source: SourceIndex,
    figures: Sequence[KeyFigure],
    length: Length,
    claims: tuple[Claim, ...],
) -> Summary:
    """The extractive summary; a generated headline goes only with a generated summary."""
    extract = extract_summary(article, length, figures)
    if not extract.text:
        raise InputError(
            "no sentence of the article can stand alone as a summary (only headings, captions or questions)"
        )
    title, origin = _title(article, figures, (), source)
    return Summary(extract.text, "extracted", title, origin, verify(extract.text, source).evidence, claims)


def _titles(judged: Sequence[Sequence[Judged]]) -> tuple[str, ...]:
    """Generated headlines that pass, best window first."""
    return tuple(one.draft.title for candidates in judged for one in candidates if one.title_passes and one.draft.title)


def _title(
    article: Article, figures: Sequence[KeyFigure], generated: Sequence[str], source: SourceIndex
) -> tuple[str | None, TitleOrigin]:
    """The article's own title, else a generated one that passed, else an extracted one."""
    if article.title:
        return article.title, "article"
    if generated:
        return generated[0], "generated"
    title = extract_title(article, figures)
    if title and verify(title, source).unsupported:
        title = None
    return title, "extracted"
