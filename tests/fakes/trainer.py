"""A trainer double: a real process that writes real progress lines, as its training file's first line says.

Run as `python trainer.py JOB_FOLDER`. The script is the JSON object `{"script": {...}}` in that line; without
one, three epochs of four steps succeed. It resumes after its last step and never writes a line twice, like
the real one. Script keys: `epochs`, `steps` (per epoch), `seconds` (per step), `invalid` (message), `fail`
(at that step), `crash` (exit status, before the first step, every time), `nan` (every loss), `hold` (waits
after that step until a file `go` exists in the folder).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Trainer:
    """One run of the script."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = json.loads((folder / "spec.json").read_text())
        self.progress = folder / "progress.jsonl"
        self.script = self._script()
        self.done = self._repair()

    def _script(self) -> dict[str, Any]:
        with Path(self.spec["training_file"]).open() as file:
            first = json.loads(file.readline())
        script: dict[str, Any] = {"epochs": 3, "steps": 4, "seconds": 0.0} | first.get("script", {})
        return script

    def _repair(self) -> list[dict[str, Any]]:
        if not self.progress.exists():
            return []
        content = self.progress.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        os.truncate(self.progress, len(whole))
        return [json.loads(line) for line in whole.splitlines()]

    def _say(self, kind: str, **values: Any) -> None:
        line = json.dumps({"kind": kind, "time": time.time(), **values}) + "\n"
        descriptor = os.open(self.progress, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line.encode())
        os.close(descriptor)

    def _asked(self) -> str:
        control = self.folder / "control"
        return control.read_text() if control.exists() else ""

    def run(self) -> int:
        """Trains, or says why not; the exit status."""
        if not any(line["kind"] == "started" for line in self.done):
            if "invalid" in self.script:
                found = {"code": "invalid_training_file", "param": "training_file"}
                self._say("invalid", message=self.script["invalid"], **found)
                return 1
            self._begin()
        return self._train()

    def _begin(self) -> None:
        said = {line["kind"] for line in self.done}
        total = self.script["epochs"] * self.script["steps"]
        if "validated" not in said:
            self._say("validated", examples=10, tokens=100)
        if "resolved" not in said:
            chosen = {"n_epochs": self.script["epochs"], "batch_size": 8, "learning_rate_multiplier": 1.0}
            self._say("resolved", total_steps=total, beta=0.1, **chosen)
        self._say("started")

    def _train(self) -> int:
        if "crash" in self.script:
            print("last words of the trainer", file=sys.stderr)
            return int(self.script["crash"])
        total = self.script["epochs"] * self.script["steps"]
        steps = [line["step"] for line in self.done if line["kind"] == "step"]
        saved = {line["step"] for line in self.done if line["kind"] == "checkpoint"}
        for step in range(1, total + 1):
            if step > max(steps, default=0):
                wish = self._asked()
                if wish:
                    self._say({"pause": "paused", "cancel": "cancelled"}[wish], step=step - 1)
                    return 0
                self._step(step, total)
            if step % self.script["steps"] == 0 and step not in saved:
                self._checkpoint(step)
        final = self.folder / "checkpoints" / f"step-{total}"
        self._say("succeeded", trained_tokens=100 * self.script["epochs"], path=str(final))
        return 0

    def _step(self, step: int, total: int) -> None:
        time.sleep(self.script["seconds"])
        values: dict[str, Any] = {"step": step, "total_steps": total, "train_loss": 2.0 / step}
        values |= {"train_mean_token_accuracy": 0.5, "epoch": step / self.script["steps"]}
        if self.script.get("nan"):
            values["train_loss"] = float("nan")
        if self.spec["validation_file"] is not None:
            values |= {"valid_loss": 1.5, "valid_mean_token_accuracy": 0.25}
            if step == total:
                values |= {"full_valid_loss": 1.25, "full_valid_mean_token_accuracy": 0.75}
        self._say("step", **values)
        if self.script.get("hold") == step:
            self._hold()
        if self.script.get("fail") == step:
            self._say("failed", code="training_failed", message="The loss is not a number any more")
            sys.exit(1)

    def _hold(self) -> None:
        # Two minutes at most: a test that was killed must not leave a process behind for ever.
        for _ in range(12_000):
            if (self.folder / "go").exists() or self._asked():
                return
            time.sleep(0.01)

    def _checkpoint(self, step: int) -> None:
        path = self.folder / "checkpoints" / f"step-{step}"
        path.mkdir(parents=True, exist_ok=True)
        (path / "adapter_model.safetensors").write_bytes(b"weights")
        metrics = {"train_loss": 2.0 / step, "train_mean_token_accuracy": 0.5}
        self._say("checkpoint", step=step, epoch=step // self.script["steps"], path=str(path), **metrics)


def check(folder: Path) -> None:
    """Prints what is wrong with the training file, as the script says."""
    with (folder / "training.jsonl").open() as file:
        message = json.loads(file.readline()).get("script", {}).get("invalid")
    found = {"code": "invalid_training_file", "message": message, "param": "training_file"}
    print(json.dumps(found if message else {}))


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(Path(sys.argv[2]))
    else:
        sys.exit(Trainer(Path(sys.argv[1])).run())
