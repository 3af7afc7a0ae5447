"""The LoRA adapter as peft writes it: rank 8, alpha 16, on every linear layer but the output head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

RANK = 8
ALPHA = 16


def attach(model: Any, adapter: Path | None, seed: int) -> Any:
    """The peft model around a frozen base: a fresh adapter drawn from `seed`, or one to learn on with."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model

    torch.manual_seed(seed)
    if adapter is not None:
        return PeftModel.from_pretrained(model, adapter, is_trainable=True)
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return get_peft_model(model, config)


def save_memory(model: Any) -> None:
    """Computes activations again on the way back, not keeps them: a third more time, a fraction of memory."""
    base = model.get_base_model()
    # transformers 5.24 renamed it; the older name serves the earlier 5.x.
    enable = getattr(base, "activation_checkpointing_enable", None) or base.gradient_checkpointing_enable
    enable({"use_reentrant": False})


def learnable(model: Any) -> dict[str, Any]:
    """The adapter's parameters by name, in a fixed order."""
    return {name: value for name, value in sorted(model.named_parameters()) if value.requires_grad}


def save(model: Any, folder: Path) -> None:
    """Writes `adapter_config.json` and `adapter_model.safetensors` into `folder`."""
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # peft's empty card; ours is written at export
