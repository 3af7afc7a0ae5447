"""The optimizer steps of one job, in an order that depends on its seed alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentitui.engine.training import adapter, checkpoints
from sentitui.engine.training.control import Request, requested
from sentitui.engine.training.loss import Measured
from sentitui.engine.training.objective import Objective
from sentitui.engine.training.progress import ProgressLog
from sentitui.engine.training.spec import Plan, scheduled_rate
from sentitui.engine.training.team import Team

_CLIP = 1.0
# Validation loss on about this many steps of an epoch, on one batch each time; the whole file at epoch ends.
_PEEKS_PER_EPOCH = 4
_VALIDATED_TOGETHER = 8
_REQUESTS: tuple[Request | None, ...] = (None, "cancel", "pause")


@dataclass(slots=True)
class Training:
    """One job's model, data and plan, and how far it is."""

    job: Path
    model: Any
    objective: Objective
    plan: Plan
    seed: int
    log: ProgressLog
    asked: Callable[[Path], Request | None] = requested
    team: Team = field(default_factory=Team)
    recorded: int = field(init=False)
    optimizer: Any = field(init=False)
    step: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Makes the optimizer and goes back to the newest checkpoint, if there is one."""
        import torch

        # What is on record is not measured again; all processes must go by the same record.
        self.recorded = self.team.agreed(self.log.last_step)
        parameters = list(adapter.learnable(self.model).values())
        self.optimizer = torch.optim.AdamW(
            parameters, lr=self.plan.learning_rate, weight_decay=0.0, fused=True
        )
        checkpoint = checkpoints.newest(self.job)
        if checkpoint is not None:
            checkpoints.restore(checkpoint, self.model, self.optimizer)
            self.step = checkpoint.step
            # Killed between writing an epoch's checkpoint and saying so: say it now.
            metrics = self.log.recorded_step(self.step)
            if metrics is not None and self.step % self.plan.steps_per_epoch == 0:
                self._announce(metrics, checkpoint.folder)

    def run(self) -> Request | None:
        """Trains to the end, or to the supervisor's request, which is then returned."""
        self.model.train()
        while self.step < self.plan.total_steps:
            request = self._request()
            if request is not None:
                self._stop(request)
                return request
            self._step()
        return None

    def _request(self) -> Request | None:
        request = self.asked(self.job) if self.team.leads else None
        return _REQUESTS[self.team.agreed(_REQUESTS.index(request))]

    def _stop(self, request: Request) -> None:
        if request == "pause" and self.step > 0 and self.team.leads:
            checkpoints.save(self.job, self.step, self.model, self.optimizer)
        self.log.emit("paused" if request == "pause" else "cancelled", step=self.step)

    def _step(self) -> None:
        self.step += 1
        epoch, place = divmod(self.step - 1, self.plan.steps_per_epoch)
        measured = self._learn(self._batch(epoch, place))
        metrics: dict[str, Any] = {
            "step": self.step,
            "total_steps": self.plan.total_steps,
            "train_loss": measured.mean_loss,
            "train_mean_token_accuracy": measured.accuracy,
            "epoch": epoch + 1,
        }
        ends_epoch = place == self.plan.steps_per_epoch - 1
        if self.objective.held_out and (ends_epoch or self.step > self.recorded):
            metrics |= self._validate(place, ends_epoch=ends_epoch)
        self.log.emit("step", **metrics)
        if ends_epoch and self.team.leads:
            path = checkpoints.save(self.job, self.step, self.model, self.optimizer)
            self._announce(metrics, path)

    def _announce(self, metrics: dict[str, Any], path: Path) -> None:
        shown = {name: value for name, value in metrics.items() if name != "total_steps"}
        self.log.emit("checkpoint", **shown, path=str(path))

    def _batch(self, epoch: int, place: int) -> list[int]:
        order = list(range(self.objective.examples))
        random.Random(f"{self.seed}:{epoch}").shuffle(order)  # noqa: S311 - an order, not a secret
        start = place * self.plan.batch_size
        return order[start : start + self.plan.batch_size]

    def _learn(self, batch: Sequence[int]) -> Measured:
        import torch

        self.optimizer.zero_grad(set_to_none=True)
        total = self.team.total(self.objective.learn(self.model, self.team.share(batch), batch))
        self.team.add_gradients(self.optimizer.param_groups[0]["params"])
        for group in self.optimizer.param_groups:
            group["lr"] = scheduled_rate(self.plan, self.step)
        torch.nn.utils.clip_grad_norm_(self.optimizer.param_groups[0]["params"], _CLIP)
        self.optimizer.step()
        return total

    def _validate(self, place: int, *, ends_epoch: bool) -> dict[str, float]:
        peek = max(1, self.plan.steps_per_epoch // _PEEKS_PER_EPOCH)
        if not ends_epoch and place % peek:
            return {}
        count = self.objective.held_out
        start = (self.step * self.plan.batch_size) % count
        few = self._held_out_loss(range(start, min(count, start + self.plan.batch_size)))
        metrics = {"valid_loss": few.mean_loss, "valid_mean_token_accuracy": few.accuracy}
        if ends_epoch:
            full = self._validate_all()
            metrics |= {"full_valid_loss": full.mean_loss, "full_valid_mean_token_accuracy": full.accuracy}
        return metrics

    def _validate_all(self) -> Measured:
        total = Measured()
        for start in range(0, self.objective.held_out, _VALIDATED_TOGETHER):
            stop = min(self.objective.held_out, start + _VALIDATED_TOGETHER)
            total = total + self.objective.validate(self.model, self.team.share(range(start, stop)))
        return self.team.total(total)

    def _held_out_loss(self, numbers: range) -> Measured:
        return self.team.total(self.objective.validate(self.model, self.team.share(numbers)))
