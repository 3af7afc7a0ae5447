"""Shows a launch: the upload with a bar, then the job's name; and notes in the history what was launched."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentitui import safe
from sentitui.cli.check_view import show_check
from sentitui.cli.progress import duration, progress, size
from sentitui.cli.terminal import Terminal
from sentitui.errors import ConfigError, DatasetError, ProviderRefused
from sentitui.providers.models import naming_models
from sentitui.tuning.jobs import Job
from sentitui.tuning.launch import Created, LaunchEvent, LaunchRequest, Uploaded, Uploading, launch
from sentitui.tuning.precheck import precheck

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from sentitui.dataset.report import Report
    from sentitui.history import History
    from sentitui.providers.provider import Provider
    from sentitui.services import Services


async def launch_shown(
    terminal: Terminal,
    client: AsyncOpenAI,
    history: History,
    request: LaunchRequest,
    *,
    uploaded: dict[Path | str | None, str | None] | None = None,
    created: Callable[[Job], None] = lambda job: None,
) -> Job:
    """Launches and tells; raises as `launch`.

    `created` is called the moment the job exists. `uploaded` remembers the ids of files, so that several jobs
    of one file upload it once.
    """
    origin = await asyncio.to_thread(_origin, request)

    def tell(event: LaunchEvent) -> None:
        match event:
            case Uploading(name, sent, total):
                text = f"{safe.line(name)} {size(sent)} of {size(total)}"
                terminal.status("upload    " + progress(terminal, sent / total if total else 1.0, text))
            case Uploaded(name, file_id):
                terminal.line(f"upload    {safe.line(name)} is {safe.line(file_id)}")
            case Created(job):
                # Named first: whatever fails or interrupts us from here on, the job must be found again.
                created(job)
                terminal.line(f"job       {safe.line(job.id)}")
                history.save_job(request.provider.name, job.raw, origin)

    known = uploaded if uploaded is not None else {}
    ready = replace(
        request,
        training_file=known.get(request.training_file) or request.training_file,
        validation_file=known.get(request.validation_file) or request.validation_file,
    )
    try:
        job = await launch(client, ready, tell)
    except ProviderRefused as error:
        if error.code != "model_not_found":
            raise
        raise await naming_models(client, request.provider, error) from error
    known.update({request.training_file: job.training_file, request.validation_file: job.validation_file})
    return job


def _origin(request: LaunchRequest) -> dict[str, Any]:
    """Which files the job is made from, by path and content; and where it can be asked for."""
    files = {"training": request.training_file, "validation": request.validation_file}
    provider = request.provider
    return {
        **provider.address,
        **{
            role: {"path": str(file.absolute()), "sha256": _digest(file)}
            for role, file in files.items()
            if isinstance(file, Path) and file.is_file()
        },
    }


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def show_forecast(
    terminal: Terminal, services: Services, request: LaunchRequest, today: datetime.date | None = None
) -> None:
    """Says before the upload what training will take and cost, and what closes soon."""
    from sentitui.tuning.estimate import forecast

    if not isinstance(request.training_file, Path):
        return
    found = await asyncio.to_thread(
        forecast,
        request.training_file,
        request.provider,
        request.model,
        request.hyperparameters.n_epochs,
        history=services.history,
        settings=services.settings,
        today=today or datetime.datetime.now(tz=datetime.UTC).date(),
    )
    about = "" if found.exact else "about "
    facts = [f"{found.epochs} epochs, {about}{found.tokens:,} tokens to train"]
    if found.usd is not None:
        facts.append("free" if found.usd == 0 else f"{found.usd:.2f} USD (prices of {found.priced})")
    if found.seconds is not None:
        facts.append(
            f"about {duration(found.seconds)} as in {found.jobs} earlier job{'s' * (found.jobs > 1)}"
        )
    terminal.line(f"estimate  {', '.join(facts)}")
    for note in found.notes:
        terminal.line(terminal.paint("warn", f"          {note}"))


def base_model(provider: Provider, chosen: str | None) -> str:
    """The model to tune. Raises ConfigError when neither the command line nor the provider names one."""
    model = chosen or provider.default_model
    if not model:
        raise ConfigError(f"Which base model of {provider.name} shall be tuned?", "Name one with --model.")
    return model


def checked(terminal: Terminal, file: Path, provider: Provider, validation: Path | None = None) -> Report:
    """The check of a file, shown. Raises DatasetError when the provider would refuse the file."""
    report = precheck(file, provider, validation=validation)
    show_check(terminal, report)
    if report.has_errors:
        raise DatasetError(
            f"{provider.name} would refuse {file}; nothing was uploaded.",
            f"See everything with `sentitui check {file}`; `--fix` mends what is safe to mend.",
        )
    return report
