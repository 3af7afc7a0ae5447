"""Tells that a job has ended: the terminal's bell and notice, a command, a web hook.

What is run or called is what the settings name: `[app.notify]` with `command` (a list of words) and `url`.
Text that goes to the terminal is cleaned first; the command gets it in its environment, never in a shell.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sentitui import safe
from sentitui.config import Settings
from sentitui.errors import ConfigError
from sentitui.tuning.jobs import Job

_SECONDS = 15.0  # a hook that takes longer is left alone


@dataclass(frozen=True, slots=True)
class Hooks:
    """What to call when a job has ended; empty: nothing."""

    command: tuple[str, ...] = ()
    url: str = ""


def hooks(settings: Settings) -> Hooks:
    """The hooks of the settings. Raises ConfigError for a wrong table."""
    table = settings.app.get("notify", {})
    if not isinstance(table, Mapping):
        raise ConfigError(
            "[app.notify] must be a table.", 'Write, for example, command = ["notify-send", "sentitui"].'
        )
    command, url = table.get("command", []), table.get("url", "")
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ConfigError(
            "[app.notify] command must be a list of words.", 'Write command = ["notify-send", "done"].'
        )
    if not isinstance(url, str) or (url and urlsplit(url).scheme not in ("http", "https")):
        raise ConfigError("[app.notify] url must be an http(s) address.", "Leave it out to call none.")
    return Hooks(tuple(command), url)


def headline(job: Job) -> str:
    """One safe line that says how a job ended."""
    made = f": {job.fine_tuned_model}" if job.fine_tuned_model else ""
    return safe.line(f"Job {job.id} {job.status.value}{made}")


def terminal_notice(job: Job) -> str:
    """The escape codes for a terminal: bell, OSC 9 (iTerm2, WezTerm, kitty) and OSC 777 (urxvt, foot).

    A semicolon would end a field of OSC 777, so it is replaced.
    """
    text = headline(job).replace(";", ",")
    return f"\x07\x1b]9;{text}\x1b\\\x1b]777;notify;sentitui;{text}\x1b\\"


async def call_hooks(found: Hooks, job: Job) -> list[str]:
    """Runs the command and posts to the address, both at once; returns what went wrong, in words."""
    calls = []
    if found.command:
        calls.append(asyncio.to_thread(_run, found.command, job))
    if found.url:
        calls.append(asyncio.to_thread(_post, found.url, job))
    return [problem for problem in await asyncio.gather(*calls) if problem]


def _run(command: Sequence[str], job: Job) -> str:
    env = {
        **os.environ,
        "SENTITUI_JOB": job.id,
        "SENTITUI_STATUS": job.status.value,
        "SENTITUI_MODEL": job.fine_tuned_model or "",
        "SENTITUI_MESSAGE": headline(job),
    }
    try:
        done = subprocess.run(
            list(command),
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return f"The notify command {command[0]!r} failed: {error}"
    return (
        f"The notify command {command[0]!r} ended with status {done.returncode}." if done.returncode else ""
    )


def _post(url: str, job: Job) -> str:
    body = json.dumps(
        {"event": f"fine_tuning.job.{job.status.value}", "text": headline(job), "data": dict(job.raw)}
    )
    request = urllib.request.Request(  # noqa: S310 - `hooks` lets only http(s) through
        url, body.encode(), {"content-type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
            return ""
    except (OSError, urllib.error.HTTPError, ValueError) as error:
        return f"The notify address {urlsplit(url).netloc} failed: {error}"
