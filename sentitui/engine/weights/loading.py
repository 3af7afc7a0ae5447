"""From a folder to a model and tokenizer on this machine's best device; nothing else chooses a device."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sentitui.engine.chat import ChatFormat
from sentitui.errors import WeightsError


def choose_device() -> Any:
    """CUDA, else Apple's MPS, else the CPU, as a torch.device."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def choose_dtype(device: Any) -> Any:
    """bfloat16 on CUDA; float32 elsewhere: bfloat16 was 4.5 times slower on an AVX2 processor."""
    import torch

    return torch.bfloat16 if device.type == "cuda" else torch.float32


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of the model in `folder`; it must be a fast one with a chat template.

    Raises WeightsError when it has no chat template or cannot be loaded.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise _broken(folder, "tokenizer", error) from error
    if not tokenizer.chat_template:
        raise WeightsError(
            f"The model in {folder} has no chat template.",
            "Choose an instruct model, or add a chat_template.",
        )
    if not tokenizer.is_fast:
        raise WeightsError(f"The model in {folder} has no fast tokenizer.", "Add its tokenizer.json.")
    return tokenizer


def load_chat(folder: Path) -> ChatFormat:
    """The chat format of the model in `folder`, with every token that ends an answer. Raises WeightsError."""
    stops: Any = None
    settings = folder / "generation_config.json"
    if settings.is_file():
        stops = json.loads(settings.read_bytes()).get("eos_token_id")
    return ChatFormat(load_tokenizer(folder), stops if isinstance(stops, list) else [stops])


def load_model(folder: Path, device: Any, *, attention: str = "sdpa") -> Any:
    """The causal language model in `folder`, frozen, in evaluation mode, on `device`.

    Raises WeightsError when it cannot be loaded.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=choose_dtype(device),
            attn_implementation=attention,
            local_files_only=True,
            use_safetensors=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _broken(folder, "model", error) from error
    model.requires_grad_(requires_grad=False)
    with torch.no_grad():
        return model.to(device).eval()


def context_length(model: Any) -> int:
    """How many tokens prompt and answer may have together."""
    return int(getattr(model.config, "max_position_embeddings", 0) or 2048)


def _broken(folder: Path, what: str, error: Exception) -> WeightsError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return WeightsError(
        f"Cannot load the {what} in {folder}: {reason}",
        "Check that the folder is whole, or fetch the model again.",
    )
