"""Turns the fetched GGUF file into a Hugging Face folder of float32 safetensors, once.

Loading straight from GGUF takes some 15 s every time; the converted folder is mapped into memory in a
fraction of a second, and the processes that use it share its pages. Runs as its own process (`python -m
sentitui.engine.weights.convert GGUF FOLDER`) so that its memory and its chatter end with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sentitui.errors import WeightsError


def convert(gguf: Path, folder: Path) -> None:
    """Writes `folder` from `gguf` in a process of its own; every file is on disk when it returns."""
    done = subprocess.run(
        [sys.executable, "-m", "sentitui.engine.weights.convert", str(gguf), str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
    )
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"]
        hint = "Free some space or memory and try again; the fetched file was not kept."
        raise WeightsError(f"Cannot convert {gguf.name}: {lines[-1]}", hint)


def _write(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32, local_files_only=True
    )
    # The weights are plain float32 now: what says "quantised" must go, or saving refuses.
    model.hf_quantizer = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for file in folder.iterdir():
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())


if __name__ == "__main__":
    _write(Path(sys.argv[1]), Path(sys.argv[2]))
