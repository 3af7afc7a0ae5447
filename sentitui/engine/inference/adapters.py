"""LoRA adapters beside one base model: rows of different adapters, and of none, in one batch.

The adapters in use are stacked: every linear layer computes one thin product with all of them and a mask
per row keeps the row's own. Two small products per layer, however many adapters there are; rows equal
separate runs.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentitui.errors import WeightsError

_KEPT = 16


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter's layers: name of the linear layer -> (down [rank, in], up [rank, out], scale included)."""

    rank: int
    layers: dict[str, tuple[Any, Any]]


class AdapterBank:
    """Loads adapters, stacks those that a batch needs, and adds their share to the model's linear layers."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._loaded: OrderedDict[Path, Adapter] = OrderedDict()
        self._stacked: tuple[Path, ...] = ()
        self._stacks: dict[str, tuple[Any, Any]] = {}
        self._mask: Any = None
        self._on = False
        self._hooked: set[str] = set()

    def load(self, folder: Path) -> Adapter:
        """The adapter in `folder`, read once. Raises WeightsError when it does not fit this model."""
        if folder not in self._loaded:
            self._loaded[folder] = _read(folder, self._model)
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(folder)
        return self._loaded[folder]

    def select(self, owners: Sequence[Path | None]) -> None:
        """Says whose rows the next forward pass computes: an adapter's folder per row, or None for the base.

        A single owner stands for every row.
        """
        wanted = {owner for owner in owners if owner is not None}
        self._on = bool(wanted)
        if not wanted:
            return
        if not wanted <= set(self._stacked):
            self._stack(tuple(sorted(wanted)))
        alone = len(self._stacked) == 1 and None not in owners
        self._mask = None if alone else self._columns(owners)

    def _columns(self, owners: Sequence[Path | None]) -> Any:
        """1 where a column of the stack is the row's own adapter's, else 0: [rows, 1, columns]."""
        import torch

        ranks = torch.tensor([self.load(folder).rank for folder in self._stacked])
        columns = torch.repeat_interleave(torch.arange(len(self._stacked)), ranks)
        numbers = torch.tensor([-1 if owner is None else self._stacked.index(owner) for owner in owners])
        mask = (columns[None] == numbers[:, None]).to(device=self._model.device, dtype=self._model.dtype)
        return mask[:, None]

    def _stack(self, wanted: tuple[Path, ...]) -> None:
        import torch

        adapters = [self.load(folder) for folder in wanted]
        self._stacks = {}
        for name in sorted({name for adapter in adapters for name in adapter.layers}):
            parts = [adapter.layers.get(name) or self._nothing(name, adapter.rank) for adapter in adapters]
            down = torch.cat([part[0] for part in parts])
            self._stacks[name] = (down.t().contiguous(), torch.cat([part[1] for part in parts]))
            if name not in self._hooked:
                self._model.get_submodule(name).register_forward_hook(_Share(self, name))
                self._hooked.add(name)
        self._stacked = wanted

    def _nothing(self, name: str, rank: int) -> tuple[Any, Any]:
        weight = self._model.get_submodule(name).weight
        return weight.new_zeros((rank, weight.shape[1])), weight.new_zeros((rank, weight.shape[0]))

    def share(self, name: str, inputs: Any, output: Any) -> Any:
        """The layer's output with the adapters' share added in place."""
        import torch

        stack = self._stacks.get(name) if self._on else None
        if stack is None:
            return output
        down, up = stack
        thin = torch.matmul(inputs, down)
        if self._mask is not None:
            thin = thin * self._mask
        output.view(-1, output.shape[-1]).addmm_(thin.view(-1, thin.shape[-1]), up)
        return output


class _Share:
    """A forward hook that knows its layer's name."""

    def __init__(self, bank: AdapterBank, name: str) -> None:
        self._bank = bank
        self._name = name

    def __call__(self, module: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        return self._bank.share(self._name, inputs[0], output)


def _read(folder: Path, model: Any) -> Adapter:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / "adapter_config.json").read_bytes())
        tensors = load_file(folder / "adapter_model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise WeightsError(f"Cannot read the adapter in {folder}: {error}", "Train it again.") from error
    if config.get("use_dora") or config.get("modules_to_save"):
        raise WeightsError(
            f"The adapter in {folder} is not plain LoRA.", "Merge it into its base model first."
        )
    layers = {}
    for key in tensors:
        name, _, end = key.removeprefix("base_model.model.").partition(".lora_A.")
        if not end:
            continue
        down, up = tensors[key], tensors[key.replace(".lora_A.", ".lora_B.")]
        scale = config["lora_alpha"] / (down.shape[0] ** (0.5 if config.get("use_rslora") else 1.0))
        layers[name] = (down, up.t() * scale)
    return _fitted(folder, layers, model)


def _fitted(folder: Path, layers: dict[str, tuple[Any, Any]], model: Any) -> Adapter:
    """Checks that every layer is one of the model's and pads all to one rank."""
    import torch

    rank = max((down.shape[0] for down, _ in layers.values()), default=0)
    placed = {}
    for name, (down, up) in layers.items():
        try:
            weight = model.get_submodule(name).weight
        except AttributeError as error:
            raise WeightsError(
                f"The adapter in {folder} was trained on another model: no {name} here."
            ) from error
        if weight.shape != (up.shape[1], down.shape[1]):
            raise WeightsError(
                f"The adapter in {folder} was trained on another model: {name} has another shape."
            )
        missing = (0, 0, 0, rank - down.shape[0])
        placed[name] = tuple(
            torch.nn.functional.pad(part, missing).to(device=weight.device, dtype=weight.dtype).contiguous()
            for part in (down, up)
        )
    return Adapter(rank, placed)
