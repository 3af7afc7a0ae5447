"""A program on its own pseudo-terminal: size, keys, and an end in every case."""

from __future__ import annotations

import os
import sys
from contextlib import aclosing

import pytest

from sentitui.browser import session as module
from sentitui.browser.session import Session

CHILD = """
import os, signal, sys
def size(*_): print('size', *os.get_terminal_size(0), flush=True)
signal.signal(signal.SIGWINCH, size)
{setup}
size()
print('term', os.environ['TERM'], os.environ.get('TMUX'), flush=True)
while True:
    line = sys.stdin.readline()
    print('typed', line.strip(), flush=True)
"""


def start(setup: str = "") -> Session:
    """The child on a terminal of 90 x 20, seemingly started from inside tmux."""
    env = {**os.environ, "TMUX": "tmux-1000/default", "TERM": "tmux-256color"}
    return Session.start([sys.executable, "-c", CHILD.format(setup=setup)], (90, 20), env)


async def until(session: Session, text: str) -> str:
    """What the program writes up to and with a text."""
    said = ""
    async with aclosing(session.output()) as output:
        async for chunk in output:
            said += chunk.decode()
            if text in said:
                return said
    raise AssertionError(f"ended without {text!r}: {said}")


async def test_it_has_its_own_terminal_not_that_of_the_server() -> None:
    """The program sees the page's size and emulator, not the tmux in which the server runs."""
    session = start()
    assert "size 90 20" in await until(session, "term xterm-256color None")
    await session.close()


async def test_keys_go_in_and_a_new_size_is_told() -> None:
    """What is typed arrives whole; a resize is a signal."""
    session = start()
    await until(session, "term")
    await session.type("grüße\r".encode())
    assert "typed grüße" in await until(session, "typed grüße")
    session.resize((40, 10))
    await until(session, "size 40 10")
    await session.close()


async def test_closing_ends_the_program() -> None:
    """A page that is closed takes the program with it, as a closed terminal does."""
    session = start()
    await until(session, "term")
    await session.close()
    assert session.status == -1


async def test_a_program_that_does_not_listen_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ignores the hang-up is killed after a while."""
    monkeypatch.setattr(module, "_ENDING_SECONDS", 0.1)
    session = start("signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    await until(session, "term")
    await session.close()
    assert session.status == -9


async def test_a_program_that_ends_ends_the_output() -> None:
    """The output ends with the program; typing and closing afterwards do no harm."""
    session = Session.start([sys.executable, "-c", "print('bye')"], (80, 24))
    said = b"".join([chunk async for chunk in session.output()])
    assert b"bye" in said
    await session.type(b"too late")
    await session.close()
    assert session.status == 0


def test_a_program_that_is_not_there_is_an_error() -> None:
    """Nothing is left open when the program cannot be started."""
    with pytest.raises(FileNotFoundError):
        Session.start(["/nowhere/program"], (80, 24))
