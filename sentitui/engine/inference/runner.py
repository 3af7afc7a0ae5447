"""One loaded model: computes prompts and next tokens for rows of the base and of any adapters.

Not thread-safe: one scheduler thread owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentitui.engine.inference import attention
from sentitui.engine.inference.adapters import AdapterBank
from sentitui.engine.inference.memory import Keys, PromptMemory, RowMemory, Shape, no_keys
from sentitui.engine.inference.prefixes import PrefixCache
from sentitui.engine.packing import PackedRow, block_mask, common_prefix, pack
from sentitui.engine.weights import loading

# Prompts longer than this are computed in pieces, so that attention scores stay small.
_PIECE = 1024


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A computed prompt: the logits of its next token [vocabulary], and its keys in parts."""

    logits: Any
    parts: list[Keys]


class ModelRunner:
    """Prompts in, logits out; keeps the rows' memory."""

    def __init__(self, folder: Path) -> None:
        attention.register()
        self.device = loading.choose_device()
        self.chat = loading.load_chat(folder)
        self.model = loading.load_model(folder, self.device, attention=attention.NAME)
        self.context = loading.context_length(self.model)
        self.adapters = AdapterBank(self.model)
        self.rows = RowMemory(_shape(self.model, self.device))
        self.owners: list[Path | None] = []
        self._prefixes = PrefixCache(self.rows.shape.token_bytes)

    def prefill(self, owner: Path | None, prompts: Sequence[list[int]]) -> list[Prefilled]:
        """Computes several prompts of one adapter in one pass; what they share is computed once.

        Raises WeightsError when the adapter cannot be used.
        """
        import torch

        with torch.inference_mode():
            self.adapters.select([owner])
            past = self._past(owner, prompts)
            row = pack(prompts, past=len(past))
            made, hidden = self._run(row, past)
            last = [row.index(number, len(prompt) - 1) for number, prompt in enumerate(prompts)]
            logits = self._head(hidden[torch.tensor(last, device=self.device)])
            shared = made.part(0, row.prefix - len(past))
            self._remember(owner, prompts, past, made, row)
            return [
                Prefilled(logits[number], [past, shared, made.part(start, start + len(prompt) - row.prefix)])
                for number, (prompt, start) in enumerate(zip(prompts, row.starts, strict=True))
            ]

    def add_row(self, owner: Path | None, prompt: Prefilled) -> None:
        """A new last row that has read `prompt`."""
        import torch

        with torch.inference_mode():
            self.rows.add(prompt.parts)
        self.owners.append(owner)

    def remove_row(self, row: int) -> None:
        """Frees a row; the last row takes its number."""
        import torch

        with torch.inference_mode():
            self.rows.remove(row)
        self.owners[row] = self.owners[-1]
        self.owners.pop()

    def use_threads(self, count: int) -> None:
        """How many threads the coming passes use."""
        import torch

        torch.set_num_threads(count)

    def reset(self) -> None:
        """Forgets all rows."""
        self.rows = RowMemory(self.rows.shape)
        self.owners = []

    def step(self, tokens: Sequence[int]) -> Any:
        """Feeds one token to every row; the logits of the next ones [rows, vocabulary]."""
        import torch

        with torch.inference_mode():
            self.adapters.select(self.owners)
            positions = torch.tensor(self.rows.lengths, device=self.device)[:, None]
            self.rows.begin_step()
            hidden = self._backbone(torch.tensor(tokens, device=self.device)[:, None], positions, self.rows)
            self.rows.end_step()
            return self._head(hidden[:, 0])

    def _past(self, owner: Path | None, prompts: Sequence[list[int]]) -> Keys:
        """The longest cached beginning, extended piece by piece while what all share is long."""
        shared = _shared_part(prompts)
        past = self._prefixes.longest(owner, shared)
        past = no_keys(self.rows.shape) if past is None else past.part(0, min(len(past), len(shared)))
        while len(shared) - len(past) > _PIECE:
            piece = pack([shared[: len(past) + _PIECE]], past=len(past))
            past = past.then(self._run(piece, past)[0])
        return past

    def _run(self, row: PackedRow, past: Keys) -> tuple[Keys, Any]:
        """One forward pass of a packed row: its keys, and its hidden states [tokens, width]."""
        import torch

        mask = block_mask(row, self.model.dtype, self.device)
        memory = PromptMemory(self.rows.shape, past, len(row.tokens), mask)
        tokens = torch.tensor([row.tokens], device=self.device)
        hidden = self._backbone(tokens, torch.tensor([row.positions], device=self.device), memory)
        return memory.made, hidden[0]

    def _backbone(self, tokens: Any, positions: Any, memory: attention.Memory) -> Any:
        decoder = self.model.get_decoder()
        return decoder(
            input_ids=tokens, position_ids=positions, use_cache=False, memory=memory
        ).last_hidden_state

    def _head(self, hidden: Any) -> Any:
        return self.model.get_output_embeddings()(hidden).float()

    def _remember(
        self, owner: Path | None, prompts: Sequence[list[int]], past: Keys, made: Keys, row: PackedRow
    ) -> None:
        if len(prompts) == 1:
            self._prefixes.keep(owner, prompts[0], past.then(made))
        elif row.prefix > len(past):
            shared = past.then(made.part(0, row.prefix - len(past)))
            self._prefixes.keep(owner, prompts[0][: row.prefix], shared)


def _shared_part(prompts: Sequence[list[int]]) -> list[int]:
    """What all prompts begin with, leaving each at least its last token, whose logits are wanted."""
    return prompts[0][: min(common_prefix(prompts), min(map(len, prompts)) - 1)]


def _shape(model: Any, device: Any) -> Shape:
    config = model.config.get_text_config()
    heads = config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    return Shape(
        layers=config.num_hidden_layers,
        heads=getattr(config, "num_key_value_heads", None) or heads,
        width=width,
        dtype=model.dtype,
        device=device,
    )
