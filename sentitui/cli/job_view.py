"""Shows a job as it runs: a line per event, and one line that says how far training is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.progress import duration, progress
from sentitui.cli.terminal import Terminal, clip

if TYPE_CHECKING:
    from sentitui.tuning.jobs import Job, JobEvent

_QUIET_LINES = 20  # step lines written where no status line can be shown
_PAINT = {"error": "bad", "warn": "warn"}


class JobView:
    """Takes what `follow` yields; keeps the losses, step by step."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._first: JobEvent | None = None
        self._held: JobEvent | None = None
        self._lines = 0
        self._troubled = False
        self.losses: list[float] = []

    def event(self, event: JobEvent) -> None:
        """Shows an event."""
        self._troubled = False
        self._release()
        if event.level == "error":
            self._held = event
            return
        if event.step is None:
            self._line(event)
            return
        if event.train_loss is not None:
            self.losses.append(event.train_loss)
        self._first = self._first or event
        if self._terminal.live:
            self._terminal.status(self._progress(event))
            self._terminal.title(f"sentitui {(event.step or 0) / (event.total_steps or 1):.0%}")
        elif self._is_due(event):
            self._line(event)

    def job(self, job: Job) -> None:
        """Shows how the job stands, where events alone do not say it."""
        if not self.losses and not job.is_terminal:
            self._terminal.status(f"  {job.status.value.replace('_', ' ')} …")
        if job.is_terminal:
            self._terminal.end_status()
            self._release(job)

    def trouble(self, message: str, seconds: float) -> None:
        """Says that the provider cannot be reached now, and when it is tried again; in a file once per
        trouble."""
        text = f"  {safe.line(message)} Trying again"
        self._terminal.status(f"{text} in {seconds:.0f} s; the job goes on.")
        if not self._terminal.live and not self._troubled:
            self._terminal.line(clip(f"{text}; the job goes on.", self._terminal.width))
        self._troubled = True

    def _release(self, ended: Job | None = None) -> None:
        """Shows an error that was held back, unless it is why the job has ended: whoever shows the end tells
        that, whole."""
        held, self._held = self._held, None
        if held is not None and not (ended and ended.error and ended.error.message == held.message):
            self._line(held)

    def _line(self, event: JobEvent) -> None:
        stamp = time.strftime("%H:%M:%S", time.localtime(event.created_at))
        text = clip(safe.line(event.message), self._terminal.width - 12)
        shown = self._terminal.paint(_PAINT[event.level], text) if event.level in _PAINT else text
        self._terminal.line(f"  {self._terminal.paint('dim', stamp)}  {shown}")

    def _is_due(self, event: JobEvent) -> bool:
        total, step = event.total_steps or 0, event.step or 0
        due = step == total or step * _QUIET_LINES >= self._lines * total
        self._lines += due
        return due

    def _progress(self, event: JobEvent) -> str:
        step, total = event.step or 0, event.total_steps or 0
        rate = self._rate(event)
        facts = [
            f"step {step}/{total}" if total else f"step {step}",
            f"loss {event.train_loss:.4f}" if event.train_loss is not None else "",
            f"{rate:.2g} steps/s" if rate else "",
            f"ETA {duration((total - step) / rate)}" if rate and total > step else "",
        ]
        return progress(self._terminal, step / total if total else 0.0, *facts)

    def _rate(self, event: JobEvent) -> float | None:
        """Steps per second by the server's clock, so that it is right for a job that is joined late too."""
        first = self._first
        if first is None or first.step is None or event.step is None or event.created_at <= first.created_at:
            return None
        return (event.step - first.step) / (event.created_at - first.created_at)
