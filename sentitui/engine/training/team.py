"""The processes that train one job together, one per GPU, as `accelerate launch` starts them.

Each learns its share of every batch; gradients and sums are added up, so that all take the same step and the
numbers are those of one process. The first one alone writes and listens to the supervisor.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sentitui.engine.training.loss import Measured
from sentitui.errors import EngineError

_PR_SET_PDEATHSIG = 1


class TeamBroken(EngineError):  # noqa: N818 - it names what happened
    """Another process of this training ended; the whole can go on from the last checkpoint."""


class Team:
    """This process's place among `size` ones, or alone."""

    def __init__(self, rank: int = 0, size: int = 1, device: Any = None) -> None:
        self.rank = rank
        self.size = size
        self._device = device

    @property
    def leads(self) -> bool:
        """Whether this process writes for all."""
        return self.rank == 0

    def share(self, numbers: Sequence[int]) -> Sequence[int]:
        """What of a batch is this process's; the shares differ by one example at most."""
        return numbers[self.rank :: self.size]

    def total(self, part: Measured) -> Measured:
        """The sums over all processes."""
        if self.size == 1:
            return part
        loss, right, tokens = self._added([part.loss, part.right, float(part.tokens)]).tolist()
        return Measured(loss, right, round(tokens))

    def add_gradients(self, parameters: Iterable[Any]) -> None:
        """Gives every process the sum of all gradients; whoever had nothing to learn adds nothing."""
        if self.size == 1:
            return
        import torch

        kept = list(parameters)
        for parameter in kept:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        flat = torch.cat([parameter.grad.reshape(-1) for parameter in kept])
        _add_up(flat)
        parts = flat.split([parameter.numel() for parameter in kept])
        for parameter, part in zip(kept, parts, strict=True):
            parameter.grad.copy_(part.view_as(parameter))

    def agreed(self, number: int) -> int:
        """The first process's number."""
        if self.size == 1:
            return number
        return round(float(self._added([float(number) if self.leads else 0.0])[0]))

    def _added(self, numbers: list[float]) -> Any:
        import torch

        tensor = torch.tensor(numbers, dtype=torch.float64, device=self._device)
        _add_up(tensor)
        return tensor


@contextmanager
def joined() -> Iterator[Team]:
    """The team that the launcher's environment names; this process alone when there is no launcher."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team()
        return
    import torch

    _end_with_launcher()
    local = int(os.environ["LOCAL_RANK"])
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(local)
    torch.distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Team(int(os.environ["RANK"]), size, torch.device("cuda", local) if on_gpu else None)
    finally:
        torch.distributed.destroy_process_group()


def _add_up(tensor: Any) -> None:
    import torch

    try:
        torch.distributed.all_reduce(tensor)
    except RuntimeError as error:  # all that the backends raise when a process is gone
        raise TeamBroken(f"Another process of this training ended: {error}") from error


def _end_with_launcher() -> None:
    """Has the kernel end this process when the launcher ends.

    The launcher gives it a session of its own, which a kill of the launcher's session does not reach.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
