"""The tuned model as one: the adapter's share added to the base's weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sentitui.engine.export.card import Provenance
from sentitui.engine.inference.adapters import AdapterBank
from sentitui.engine.weights import loading


def merged_model(base: Path, adapter: Path) -> Any:
    """The base with the adapter merged, in float32 on the CPU. Raises WeightsError when they do not fit."""
    import torch

    model = loading.load_model(base, torch.device("cpu")).float()
    with torch.no_grad():
        for name, (down, up) in AdapterBank(model).load(adapter).layers.items():
            # A new tensor: the loaded one may be a view of the file that other processes map.
            layer = model.get_submodule(name)
            layer.weight = torch.nn.Parameter(layer.weight + (up.t() @ down), requires_grad=False)
    return model


def write(base: Path, adapter: Path, folder: Path, _: Provenance) -> None:
    """Writes the merged model in bfloat16 (half of float32, as models are published) with its tokenizer."""
    import torch

    model = merged_model(base, adapter)
    model.to(torch.bfloat16).save_pretrained(folder)
    loading.load_tokenizer(base).save_pretrained(folder)
