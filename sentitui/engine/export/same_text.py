"""Asks an export what the engine was asked, and counts the answers that are the same."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sentitui.engine.inference.runner import ModelRunner
from sentitui.engine.weights import loading

_TOKENS = 24


def compare(
    form: str, base: Path, adapter: Path, folder: Path, prompts: list[list[dict[str, Any]]]
) -> tuple[int, int]:
    """How many prompts were asked, and how many were answered with the engine's own greedy text.

    A GGUF LoRA adapter is not asked: only llama.cpp reads it.
    """
    loaders: dict[str, Callable[[], Any]] = {
        "peft": lambda: _peft(base, folder),
        "merged": lambda: loading.load_model(folder, _cpu()),
        "gguf-f16": lambda: _from_gguf(folder),
        "gguf-q8_0": lambda: _from_gguf(folder),
    }
    if form not in loaders or not prompts:
        return 0, 0
    runner = ModelRunner(base)
    wanted = [_engine_text(runner, adapter, runner.chat.tokens(_text(runner, prompt))) for prompt in prompts]
    model = loaders[form]()
    found = [_plain_text(runner, model, runner.chat.tokens(_text(runner, prompt))) for prompt in prompts]
    return len(prompts), sum(one == other for one, other in zip(wanted, found, strict=True))


def _cpu() -> Any:
    import torch

    return torch.device("cpu")


def _peft(base: Path, folder: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(loading.load_model(base, _cpu()), folder)


def _from_gguf(folder: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    file = next(folder.glob("*.gguf"))
    # The reader of GGUF files draws a bar that no setting of transformers turns off.
    with contextlib.redirect_stderr(io.StringIO()):
        return AutoModelForCausalLM.from_pretrained(folder, gguf_file=file.name, dtype=torch.float32)


def _text(runner: ModelRunner, prompt: list[dict[str, Any]]) -> str:
    return runner.chat.render(prompt, answer_next=True)


def _engine_text(runner: ModelRunner, adapter: Path, tokens: list[int]) -> str:
    """The engine's greedy answer by the engine's own code."""
    prompt = runner.prefill(adapter, [tokens])[0]
    runner.add_row(adapter, prompt)
    said = [int(prompt.logits.argmax())]
    while said[-1] not in runner.chat.stop_tokens and len(said) < _TOKENS:
        said.append(int(runner.step(said[-1:])[0].argmax()))
    runner.remove_row(0)
    return str(runner.chat.tokenizer.decode(said, skip_special_tokens=True))


def _plain_text(runner: ModelRunner, model: Any, tokens: list[int]) -> str:
    """A greedy answer by transformers alone."""
    import torch

    said: list[int] = []
    with torch.no_grad():
        while not said or (said[-1] not in runner.chat.stop_tokens and len(said) < _TOKENS):
            output = model(input_ids=torch.tensor([tokens + said]), use_cache=False)
            said.append(int(output.logits[0, -1].argmax()))
    return str(runner.chat.tokenizer.decode(said, skip_special_tokens=True))
