"""Evaluations: resumable, marked, and turned into a verdict and a page."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sentitui.config import Paths, Settings
from sentitui.history import History
from sentitui.playground.appraise import appraise
from sentitui.playground.contender import Contender
from sentitui.playground.decision import prompts_needed
from sentitui.playground.evaluate import evaluate
from sentitui.playground.findings import confusion, wandering
from sentitui.playground.labels import Labels
from sentitui.playground.measure import Answers, Measured, judge_repeats
from sentitui.playground.report import Report, csv_text, markdown, page
from sentitui.playground.run import Completion, Emit, Finished, Prompt, RunEvent
from sentitui.playground.statistics import enough, wilson
from sentitui.playground.tally import tally
from sentitui.providers.client import Connections
from sentitui.providers.provider import KNOWN, Provider
from tests.fakes.openai_server import OpenAIServer, job, problem

LABELS = Labels(("Yes", "No"))
PROMPTS = [Prompt(({"role": "user", "content": f"q{n}"},), "Yes" if n % 2 else "No") for n in range(20)]
BASE = Contender("base", KNOWN[0], "smollm2-135m-instruct")
TUNED = Contender("tuned", KNOWN[0], "ft:smollm2-135m-instruct:local:x:12345678")


@pytest.fixture
async def connections(tmp_path: Path) -> AsyncIterator[Connections]:
    """Clients that are closed afterwards."""
    each = Connections(Paths(tmp_path / "c.toml", tmp_path, tmp_path))
    yield each
    await each.close()


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history."""
    return History(tmp_path / "history.sqlite")


class Killed(BaseException):
    """What a kill is to the code it hits."""


async def test_a_killed_evaluation_goes_on(history: History, connections: Connections) -> None:
    """What was answered before the kill is not asked again; what failed is; a new one asks everything."""
    async with OpenAIServer() as server:
        contender = Contender("base", Provider("p", base_url=server.base_url, choices=3), "base")
        seen = 0

        def stop(event: RunEvent) -> None:
            nonlocal seen
            seen += isinstance(event, Finished)
            if seen > 50:
                raise Killed

        async def ask(emit: Emit, resume: bool) -> tuple[int, int, int]:
            server.calls.clear()
            done = await evaluate(
                history,
                [contender],
                PROMPTS,
                4,
                connections.client,
                emit=emit,
                limit=2,
                resume=resume,
            )
            asked = sum(call.json.get("n") or 1 for call in server.calls)
            return len(done.answers.repeated), done.resumed, asked

        with pytest.raises(BaseExceptionGroup):
            await ask(stop, False)
        server.fault = lambda call, reply: problem(400, "bad") if len(server.calls) == 1 else reply
        total, resumed, asked = await ask(print, True)
        assert (total, resumed + asked) == (80, 80)
        assert resumed >= 48
        failed = 80 - sum(not each.get("error") for each in history.completions(history.runs()[0].id))
        assert failed in (1, 2, 3)
        server.fault = lambda call, reply: reply
        assert await ask(print, True) == (80, 80 - failed, failed)
        assert await ask(print, False) == (80, 0, 80)
        history.finish_run(history.runs()[0].id, {})


def answered(name: str, rights: str, repeats: int = 1) -> list[Completion]:
    """Completions of one contender: per prompt + right, ~ right in the wrong form, - wrong, ? no label."""
    found = []
    for index, mark in enumerate(rights):
        expected = PROMPTS[index].expected or ""
        other = "No" if expected == "Yes" else "Yes"
        text = {"+": expected, "~": f"it is {expected.lower()}", "-": other, "?": "dunno"}[mark]
        found += [
            Completion(name, index, n, text, seconds=0.1 * (n + 1), prompt_tokens=10) for n in range(repeats)
        ]
    return found


def judged(base: str, tuned: str) -> tuple[list[Measured], list[Completion]]:
    """Two contenders' figures on the first prompts."""
    completions = answered("base", base) + answered("tuned", tuned)
    answers = Answers([], completions, {"base": 1.0, "tuned": 2.0})
    prompts = PROMPTS[: len(base)]
    return judge_repeats([BASE, TUNED], prompts, repeats=1, answers=answers, labels=LABELS), completions


def report(history: History, base: str, tuned: str) -> Report:
    """The appraised comparison."""
    measured, completions = judged(base, tuned)
    return appraise(measured, completions, LABELS, history, Settings())


def test_right_label_and_right_form_are_two_things() -> None:
    """Label accuracy counts the label in any form, format accuracy any exact label."""
    base, _ = judged("++~~--??++", "++++++++++")[0]
    assert base.marks is not None
    assert (base.marks.label, base.marks.form, base.marks.exact, base.marks.total) == (6, 6, 4, 10)


def test_the_verdict_follows_the_evidence(history: History) -> None:
    """Clearly better, clearly worse, and too few prompts to say are told apart."""
    better = report(history, "~~~~~~~~~~----------", "++++++++++++++++++--")
    assert better.decision is not None
    assert better.decision.verdict.startswith("Tuning was worth it")
    assert better.decision.p is not None
    assert better.decision.p < 0.001
    assert any("stricter prompt" in why for why in better.decision.reasons)
    worse = report(history, "++++++++++++++++++++", "----------++++++++++")
    assert worse.decision is not None
    assert worse.decision.verdict.startswith("Do not use tuned")
    undecided = report(history, "++++++++++++++++++-+", "++++++++++++++++++++")
    assert undecided.decision is not None
    assert undecided.decision.verdict.startswith("Undecided")
    assert undecided.decision.more_prompts == 120


def test_without_both_sides_nothing_is_decided(history: History) -> None:
    """One kind of contender alone gives no verdict about tuning."""
    measured, completions = judged("++", "++")
    alone = appraise(measured[:1], completions, LABELS, history, Settings())
    assert alone.decision is not None
    assert "no marked tuned contender" in alone.decision.verdict
    assert appraise(measured, completions, None, history, Settings()).decision is None


def test_training_pays_for_itself_where_calls_get_cheaper(history: History) -> None:
    """Break-even comes from the job's tokens and the listed prices: a tuned model needs no long prompt."""
    openai = Provider("openai")
    base = replace(BASE, provider=openai, model="gpt-4o-mini-2024-07-18")
    tuned = replace(TUNED, provider=openai, model="ft:gpt-4o-mini-2024-07-18:org:x:12345678")
    made = job("ftjob-1", "succeeded", fine_tuned_model=tuned.model, model=base.model, trained_tokens=100_000)
    history.save_job("openai", made)
    long = [replace(each, prompt_tokens=1000) for each in answered("base", "----")]
    completions = long + answered("tuned", "++++")
    answers = Answers([], completions, {"base": 1.0, "tuned": 1.0})
    measured = judge_repeats([base, tuned], PROMPTS[:4], repeats=1, answers=answers, labels=LABELS)
    decision = appraise(measured, completions, LABELS, history, Settings()).decision
    assert decision is not None
    # 0.15 USD for 1,000 calls of 1,000 tokens, 0.003 for ten tokens at 0.30; training 100,000 tokens at 3.00.
    assert [each.usd_per_1000 for each in decision.standings] == pytest.approx([0.15, 0.003])
    assert decision.break_even == 2041
    free = report(history, "----", "++++").decision
    assert free is not None
    assert free.break_even is None


def test_confusions_count_every_answer() -> None:
    """Rows are what was expected, columns what was answered; an answer without a label has its own."""
    found = confusion(answered("x", "+-?~"), PROMPTS, LABELS)
    assert (found.row("Yes"), found.row("No")) == ([1, 1, 0], [0, 1, 1])
    yes, no = found.figures()
    assert (yes.support, yes.recall, yes.precision) == (2, 0.5, 1.0)
    assert (no.support, no.recall, no.precision) == (2, 0.5, 0.5)


def test_the_prompts_that_wander_come_first() -> None:
    """Least agreement first, then most distinct answers; prompts nobody answered are left out."""
    assert wandering([tally("aab"), tally([None]), tally("abc"), tally("aaa")]) == [2, 0, 3]


@pytest.mark.parametrize("format_", [markdown, page])
def test_a_page_obeys_nothing_from_outside(history: History, format_: object) -> None:
    """Markup, control characters and scripts in names, prompts and answers are shown, not run."""
    evil = "<script>alert(1)</script>|\x1b[2J[x](javascript:y)\n# h"
    prompts = [Prompt(({"role": "user", "content": evil},), "Yes")]
    completions = [Completion(evil, 0, 0, evil), Completion(evil, 0, 1, "Yes")]
    answers = Answers([], completions, {evil: 1.0})
    contender = replace(BASE, name=evil, model=evil)
    measured = judge_repeats([contender], prompts, repeats=2, answers=answers, labels=LABELS)
    text = format_(appraise(measured, completions, LABELS, history, Settings()))  # type: ignore[operator]  # a function
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\n# h" not in text
    assert "[x](" not in text or format_ is page


def test_a_page_is_whole_in_itself(history: History) -> None:
    """The HTML file fetches nothing and holds the verdict, the chart and the tables."""
    text = page(report(history, "~~--", "++++"))
    assert "http" not in text
    assert "<svg" in text
    assert "Confusions of tuned" in text


def test_every_answer_is_in_the_csv() -> None:
    """The table reads back letter for letter."""
    completions = [Completion("a", 1, 0, 'x,"y"\nz', seconds=0.5), Completion("a", 1, 1, error="gone")]
    rows = list(csv.DictReader(io.StringIO(csv_text(completions, PROMPTS), newline="")))
    assert rows[0] == {
        "contender": "a",
        "prompt": "q1",
        "expected": "Yes",
        "repeat": "0",
        "text": 'x,"y"\nz',
        "error": "",
        "seconds": "0.5000",
    }
    assert rows[1]["error"] == "gone"


def test_how_many_repeats_settle_it() -> None:
    """The answer is the smallest number whose interval leaves one half outside; at one half there is none."""
    needed = enough(7, 10)
    assert needed is not None
    assert 20 < needed < 40
    assert enough(10, 10) == 4
    assert enough(5, 10) is None
    assert enough(0, 0) is None
    assert enough(501, 1000) is None
    low, _ = wilson(28, 40)
    assert low > 0.5


def test_how_many_prompts_settle_it() -> None:
    """Differences that keep their ratio become sure at some number of prompts; even ones never."""
    assert prompts_needed(1, 0, 20) == 120
    assert prompts_needed(3, 3, 20) is None
    assert prompts_needed(0, 0, 20) is None
