"""From an article to a verified summary: select, generate candidates, refuse what cannot be shown, else extract.

Candidates are greedy outputs under different length marks, tried in order until one passes that the model is sure of:
diverse and the same on every run. Wide beams do not pay in a causal model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from thads_nlp.errors import ContentError
from thads_nlp.model.codec import LENGTH_MARKS, Codec, Draft, EncodedSource
from thads_nlp.model.engine import DecodingOptions, Seq2SeqEngine
from thads_nlp.model.extract import extract_summary, extract_title
from thads_nlp.model.form import form_faults
from thads_nlp.model.select import select_sections, select_source
from thads_nlp.model.statements import StatementRequest, write_statements
from thads_nlp.model.verify import SourceIndex, Verdict, verify
from thads_nlp.schema import Article, Claim, KeyFigure, Length, Sentence, Summary, TitleOrigin

# Length marks tried for a length, the preferred one first ("" is no mark).
MARKS: Mapping[Length, tuple[str, ...]] = {
    "short": (LENGTH_MARKS[0], LENGTH_MARKS[1]),
    "standard": (LENGTH_MARKS[2], LENGTH_MARKS[1], LENGTH_MARKS[3], "", LENGTH_MARKS[0]),
    "long": (LENGTH_MARKS[1],),
}
# Mean log-probability (natural, a subword) from which a passing candidate is taken at once; below it CHOICES are
# compared. Of twenty read briefs those that mixed up who did what had -0.68 in the median, faithful ones -0.38. A third
# candidate raises the mean by 0.036 and takes another 0.4 of a brief's time.
CONFIDENT, CHOICES = -0.5, 2
# Subwords of the window kept for headline and summary; a headline has about 14, a summary at most about 80.
OUTPUT_ROOM = 128
# An article with so many key changes, amounts or rates is a report of results.
REPORT_FIGURES = 3
REPORT_UNITS = frozenset({"%", "điểm %", "VND", "USD"})


@dataclass(frozen=True, slots=True)
class Job:
    """One window of one article on its way through the model; ``indices`` are the sentences in it."""

    article: Article
    indices: tuple[int, ...]
    source: EncodedSource
    title: str | None
    marks: tuple[str, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Work:
    """An article with the index that verifies it, its windows, and all its figures."""

    article: Article
    source: SourceIndex
    jobs: tuple[Job, ...]
    figures: tuple[KeyFigure, ...] = ()


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
        marks = MARKS[length] if self._codec.writes_titles else ("",)
        budget = self._window - OUTPUT_ROOM - (self._title_cost(title) if title else 0)
        if length == "long":
            selections = select_sections(article, budget, self._codec.cost)
        else:
            selections = (select_source(article, budget, self._codec.cost),)
        jobs = []
        for selection in selections:
            sentences = [article.sentences[index] for index in selection.indices]
            source = self._codec.encode(sentences, budget)
            jobs.append(Job(article, tuple(selection.indices), source, title, marks, selection.truncated))
        return jobs

    def write(self, works: Sequence[Work], options: DecodingOptions) -> list[list[list[Judged]]]:
        """Candidates of each job of each work, in the order tried.

        Jobs that need no further candidate are left out of the next round. Where there are fewer open jobs than the
        engine has workers, the others write the next candidates at the same time; those beyond one that settles the
        job are not looked at, so a record depends neither on the workers nor on which works are written together.
        """
        tried: list[list[list[Judged]]] = [[[] for _ in work.jobs] for work in works]
        open_jobs = [(w, j) for w, work in enumerate(works) for j in range(len(work.jobs))]
        while open_jobs:
            ahead = max(1, self._engine.workers // len(open_jobs))
            asked = [
                (w, j, mark)
                for w, j in open_jobs
                for mark in works[w].jobs[j].marks[len(tried[w][j]) : len(tried[w][j]) + ahead]
            ]
            search = replace(options, max_batch_size=1) if ahead > 1 else options
            drafts = self._drafts([(works[w].jobs[j], mark) for w, j, mark in asked], search)
            for (w, j, _), draft in zip(asked, drafts, strict=True):
                if _is_open(works[w].jobs[j], tried[w][j]):
                    tried[w][j].append(judge(draft, works[w]))
            open_jobs = [(w, j) for w, j in open_jobs if _is_open(works[w].jobs[j], tried[w][j])]
        return tried

    def state(self, requests: Sequence[StatementRequest], options: DecodingOptions) -> list[str | None]:
        """Verified statements around figures, in order; None where the model has none that may be shown."""
        return write_statements(self._engine, self._codec, requests, options, self._window - OUTPUT_ROOM)

    def _drafts(self, asked: Sequence[tuple[Job, str]], options: DecodingOptions) -> list[Draft]:
        """A candidate of each job under a length mark, generated in batches over all of them."""
        prompts = [self._codec.prompts(job.source, job.title, (mark,))[0] for job, mark in asked]
        hypotheses = self._engine.generate(prompts, options)
        return [
            self._codec.read(hypothesis, job.source, titled=job.title is not None)
            for (job, _), hypothesis in zip(asked, hypotheses, strict=True)
        ]

    def _title_cost(self, title: str) -> int:
        """Subwords that a forced headline takes."""
        return self._codec.cost(Sentence(0, title, 0, len(title), "title"))


def _is_open(job: Job, tried: Sequence[Judged]) -> bool:
    """Whether marks are left to try, and worth it: no candidate passes, or only such as the model is not sure of."""
    best = _best(tried)
    if best is None or len(tried) >= len(job.marks):
        return len(tried) < len(job.marks)
    return best.draft.score < CONFIDENT and len(tried) < CHOICES


def _best(tried: Sequence[Judged]) -> Judged | None:
    """The passing candidate that the model is surest of, of equal ones the first; None where none passes.

    Scores are compared in hundredths: their last digits depend on what else was in the batch.
    """
    passing = [judged for judged in tried if judged.summary_passes]
    return max(passing, key=lambda judged: round(judged.draft.score, 2), default=None)


def judge(draft: Draft, work: Work) -> Judged:
    """Verify a draft, look at its form, and at whether it tells the results of a report."""
    article, source = work.article, work.source
    faults = form_faults(draft.summary, "summary", article)
    if len(work.jobs) == 1 and _misses_results(draft.summary, work.figures):
        faults = (*faults, "off the point: states no figure of a report")
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


def _misses_results(summary: str, figures: Sequence[KeyFigure]) -> bool:
    """Whether a report that lives by its figures is summed up without any of them."""
    results = sum(figure.key and (figure.role == "change" or figure.unit in REPORT_UNITS) for figure in figures)
    return results >= REPORT_FIGURES and not any(figure.text in summary for figure in figures)


def summarize(work: Work, tried: Sequence[Sequence[Judged]], length: Length) -> Summary:
    """The summary to show: generated where every window has a candidate that passes, else extracted."""
    figures = work.figures
    claims = tuple(dict.fromkeys(claim for candidates in tried for one in candidates for claim in one.claims))
    parts = [best for candidates in tried if (best := _best(candidates))]
    text = join_parts([part.draft.summary for part in parts])
    if not text or (length != "long" and len(parts) < len(tried)):
        return _extracted(work.article, work.source, figures, length, claims)
    title, origin = _title(work.article, figures, _titles([parts]), work.source)
    evidence = verify(text, work.source).evidence
    truncated = any(job.truncated for job in work.jobs)
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
        raise ContentError(
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
