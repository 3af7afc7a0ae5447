"""One job from its folder to its end: check, encode, train, and say on record how it ended."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
from contextlib import nullcontext
from pathlib import Path

from sentitui.engine.training import checkpoints
from sentitui.engine.training.control import only_trainer
from sentitui.engine.training.loop import Training
from sentitui.engine.training.preference import chosen_beta
from sentitui.engine.training.prepare import Prepared, prepare
from sentitui.engine.training.progress import ProgressLog
from sentitui.engine.training.refusal import FileRefused
from sentitui.engine.training.spec import JobSpec, load_spec, resolve
from sentitui.engine.training.team import Team, TeamBroken
from sentitui.errors import SentituiError

_log = logging.getLogger(__name__)

EXIT_OK = 0
EXIT_FAILED = 1
# Another trainer of this job is alive (sysexits' EX_TEMPFAIL).
EXIT_BUSY = 75


def run(folder: Path, team: Team | None = None) -> int:
    """Runs or resumes the job in `folder`; returns the exit status.

    `team`: the processes that train it together; None: this one alone.
    0: ended or paused, as the last line of `progress.jsonl` says; 1: failed; 75: another trainer has it.
    """
    team = team or Team()
    with only_trainer(folder) if team.leads else nullcontext(enter_result=True) as alone:
        if not alone:
            _log.error("another trainer of %s is running", folder)
            return EXIT_BUSY
        log = ProgressLog(folder, silent=not team.leads)
        try:
            return EXIT_OK if log.ended else _run(folder, log, team)
        finally:
            log.close()


def _run(folder: Path, log: ProgressLog, team: Team) -> int:
    try:
        _train(folder, load_spec(folder), log, team)
    except FileRefused as error:
        log.emit("invalid", code=error.code, message=error.message, param=error.param)
    except TeamBroken:  # no end of the job: whoever started it starts it again
        _log.exception("stopped before the end")
        return EXIT_FAILED
    except Exception as error:  # the one place that turns whatever ends a job into its reason
        _log.exception("the job failed")
        log.emit("failed", **_reason(error))
        return EXIT_FAILED
    return EXIT_OK


def _train(folder: Path, spec: JobSpec, log: ProgressLog, team: Team) -> None:
    prepared = prepare(spec, spec.threads or default_threads())
    log.emit("validated", examples=prepared.examples, tokens=prepared.tokens)
    if team.leads:
        _describe_data(folder, spec, prepared)
    plan = resolve(spec, prepared.examples)
    log.emit(
        "resolved",
        n_epochs=plan.n_epochs,
        batch_size=plan.batch_size,
        learning_rate_multiplier=plan.learning_rate_multiplier,
        total_steps=plan.total_steps,
        **({"beta": chosen_beta(spec.beta)} if spec.method == "dpo" else {}),
    )
    model, objective = prepared.make()
    training = Training(folder, model, objective, plan, spec.seed, log, team=team)
    log.emit("started")
    if training.run() is None and team.leads:
        path = folder / "checkpoints" / f"step-{plan.total_steps}"
        checkpoints.drop_state(folder)
        log.emit("succeeded", trained_tokens=prepared.tokens * plan.n_epochs, path=str(path))


def _describe_data(folder: Path, spec: JobSpec, prepared: Prepared) -> None:
    """Leaves `data.json`: what the model card says about the data after its files are gone."""
    about: dict[str, object] = {"examples": prepared.examples, "tokens": prepared.tokens}
    for name, path in (("training_sha256", spec.training_file), ("validation_sha256", spec.validation_file)):
        if path is not None:
            about[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "data.json").write_text(json.dumps(about), "utf-8")


def default_threads() -> int:
    """Cores minus one, so that the server and the app stay quick; both cores where there are only two.

    Measured on two idle cores: with one thread a step takes 1.7 times as long, and the other core stands
    idle.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if cores <= 2 else cores - 1


def _reason(error: Exception) -> dict[str, str]:
    if isinstance(error, SentituiError):
        return {"code": "engine_error", "message": f"{error.message} {error.hint}".strip()}
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return {"code": "disk_full", "message": "The disk is full. Free some space and create the job again."}
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return {
            "code": "out_of_memory",
            "message": "Training ran out of memory. Use a smaller batch_size or shorter examples.",
        }
    return {"code": "internal_error", "message": f"{type(error).__name__}: {error}"}
