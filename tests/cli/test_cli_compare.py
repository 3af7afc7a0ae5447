"""`sentitui compare`: contenders from a command line, prompts from anywhere, figures for people and for
CI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sentitui.cli.main import main
from sentitui.errors import ConfigError
from sentitui.playground.spec import Spec, parse_spec
from sentitui.resources import data_file
from tests.fakes.openai_server import OpenAIServer

TEST = data_file("tickets", "test.jsonl")


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIServer]:
    """A provider with a good and a poor model."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with OpenAIServer() as each:
        each.models = ["good", "org/poor:v1"]
        each.answer = answer
        yield each


def answer(body: dict[str, Any], index: int) -> str:
    """The good model knows the test file; the poor one always says Billing, in a sentence."""
    if body["model"] != "good":
        return "I think: billing"
    for line in TEST.read_text("utf-8").splitlines():
        *_, user, label = json.loads(line)["messages"]
        if user["content"] == body["messages"][-1]["content"]:
            return str(label["content"])
    return "hello"


async def sentitui(*words: str) -> int:
    """Runs a command line beside the server's loop."""
    return await asyncio.to_thread(main, words)


def contenders(server: OpenAIServer) -> list[str]:
    """Both models by the server's address."""
    url = server.base_url
    return ["--contender", f"good=<{url}>:good", "--contender", f"poor=<{url}>:org/poor:v1"]


async def test_a_labelled_file_is_marked(
    server: OpenAIServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every repeat is marked: right label apart from right form; every completion is in the JSON."""
    out = tmp_path / "out.json"
    words = ["compare", *contenders(server), "--test", str(TEST), "--repeats", "2", "--json", str(out)]
    assert await sentitui(*words) == 0
    written = json.loads(out.read_text("utf-8"))
    good, poor = written["contenders"]
    total = len(TEST.read_text("utf-8").splitlines())
    assert (good["label_accuracy"], good["format_accuracy"], good["test_examples"]) == (1.0, 1.0, total)
    assert 0 < poor["label_accuracy"] < 0.5
    assert poor["format_accuracy"] == 0.0
    assert len(written["completions"]) == 2 * 2 * total
    first = written["completions"][0]
    assert set(first) == {"contender", "prompt", "repeat", "text", "error", "seconds"}
    assert (first["contender"], first["repeat"], first["error"]) == ("good", 0, None)
    assert "McNemar p < 0.001" in capsys.readouterr().out


async def test_prompts_from_words_and_from_a_file(
    server: OpenAIServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A prompt on the command line, or one per line of a file; nothing is marked without labels."""
    file = tmp_path / "prompts.txt"
    file.write_text("one\n\ntwo\n", "utf-8")
    for words, count in ((["--prompt", "hi"], 1), (["--prompts", str(file)], 2)):
        out = tmp_path / "out.json"
        run = [
            "compare",
            *contenders(server),
            *words,
            "--repeats",
            "3",
            "--system",
            "be nice",
            "--json",
            str(out),
        ]
        assert await sentitui(*run, "--temperature", "0.5", "--max-tokens", "9") == 0
        good = json.loads(out.read_text("utf-8"))["contenders"][0]
        assert (good["prompts"], good["repeats"], good["label_accuracy"]) == (count, 3, None)
        assert good["tallies"][0]["variants"] == [{"text": "hello", "count": 3}]
    sent = server.calls[-1].json
    assert sent["messages"][0] == {"role": "system", "content": "be nice"}
    assert (sent["temperature"], sent["max_completion_tokens"]) == (0.5, 9)
    assert "not measured" in capsys.readouterr().out


@pytest.mark.parametrize(("limit", "code"), [("0.9", 1), ("good=0.9", 0), ("poor=0.9", 1), ("0.05", 0)])
async def test_a_build_can_fail_on_figures(server: OpenAIServer, limit: str, code: int) -> None:
    """`--fail-under X` holds for all, `NAME=X` for one."""
    words = ["compare", *contenders(server), "--test", str(TEST), "--repeats", "1", "--fail-under", limit]
    assert await sentitui(*words) == code


async def test_a_contender_that_fails_is_shown_and_fails_the_command(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others' figures stand; the reason is said once."""
    broken = ["--contender", f"gone=<{server.base_url}>:nobody"]
    assert await sentitui("compare", *contenders(server), *broken, "--prompt", "hi", "--repeats", "2") == 1
    said = capsys.readouterr().out
    assert "hello" in said
    assert "does not exist" in said


async def test_pages_and_tables_are_written(server: OpenAIServer, tmp_path: Path) -> None:
    """HTML, Markdown and CSV beside the JSON; a killed comparison can be gone on with."""
    words = ["compare", *contenders(server), "--test", str(TEST), "--repeats", "2", "--resume"]
    html, md, table = tmp_path / "r.html", tmp_path / "r.md", tmp_path / "r.csv"
    assert await sentitui(*words, "--report", str(html), "--csv", str(table)) == 0
    assert html.read_text("utf-8").startswith("<!doctype html>")
    assert len(table.read_text("utf-8").splitlines()) == 1 + 2 * 2 * len(TEST.read_text("utf-8").splitlines())
    asked = len(server.calls)
    assert await sentitui(*words, "--report", str(md)) == 0
    assert md.read_text("utf-8").startswith("# Comparison")
    assert len(server.calls) == 2 * asked


async def test_no_more_at_once_than_told(server: OpenAIServer) -> None:
    """`--concurrency` is obeyed per provider."""

    async def wait(call: object) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    server.before_answer = wait
    await sentitui("compare", *contenders(server), "--prompt", "hi", "--repeats", "20", "--concurrency", "3")
    assert server.most_open == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--contender", "nonsense", "--prompt", "x"], "NAME=PROVIDER:MODEL"),
        (["--contender", "a=nobody:m", "--prompt", "x"], "nobody"),
        (["--contender", "a=engine:m", "--contender", "a=engine:n", "--prompt", "x"], "same name"),
        (["--contender", "a=engine:m", "--prompt", "x", "--fail-under", "b=1"], "no contender"),
        (["--contender", "a=engine:m", "--prompt", "x", "--fail-under", "much"], "no number"),
        (["--contender", "a=engine:m", "--prompts", "/nowhere.txt"], "/nowhere.txt"),
        (["--contender", "a=engine:m", "--test", "/nowhere.jsonl"], "/nowhere.jsonl"),
    ],
)
async def test_bad_words_are_explained(
    server: OpenAIServer, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be asked is said before anything is."""
    assert await sentitui("compare", *words) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "spec"),
    [
        ("a=engine:m", Spec("a", "m", "engine")),
        ("a=engine:ft:m:local:x:1", Spec("a", "ft:m:local:x:1", "engine")),
        ("a=<http://127.0.0.1:9/v1>:gpt-x", Spec("a", "gpt-x", None, "http://127.0.0.1:9/v1")),
        ("base model=nebius:org/m=2", Spec("base model", "org/m=2", "nebius")),
    ],
)
def test_a_contender_is_written_in_one_word(word: str, spec: Spec) -> None:
    """Name, provider or address, and a model that may hold colons."""
    assert parse_spec(word) == spec


@pytest.mark.parametrize("word", ["", "a", "a=", "a=m", "=engine:m", "a=<http://x:m", "a=:m"])
def test_what_is_no_contender_is_refused(word: str) -> None:
    """Half a contender is none."""
    with pytest.raises(ConfigError):
        parse_spec(word)


async def test_a_refusal_is_shown_whole_with_what_to_do(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Message and hint are wrapped, not cut; nothing is wider than a terminal."""
    broken = ["--contender", f"gone=<{server.base_url}>:{'nobody-' * 12}at-all"]
    assert await sentitui("compare", *broken, "--prompt", "hi", "--repeats", "1") == 1
    said = capsys.readouterr().out
    assert "or you do not have access to it." in " ".join(said.split())
    assert "the name of a model that" in " ".join(said.split())
    server.key = "another"
    assert await sentitui("compare", *contenders(server), "--prompt", "hi", "--repeats", "1") == 1
    said = capsys.readouterr().out
    assert "Is the key in OPENAI_API_KEY the right one" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80
