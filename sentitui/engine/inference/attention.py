"""Attention over our own key-value memory, plugged into transformers by name.

The model hands over each layer's queries, keys and values after the rotary step; whoever runs it passes a
`memory` that stores the keys and attends. So transformers keeps the model's shape and we keep the rows.
"""

from __future__ import annotations

from typing import Any, Protocol

from sentitui.errors import WeightsError

NAME = "sentitui_rows"


class Memory(Protocol):
    """Stores what a layer computed and answers its queries."""

    def attend(self, layer: int, query: Any, key: Any, value: Any, scale: float) -> Any:
        """Output [batch, heads, tokens, width] for query of that shape; key and value have the key heads."""


def register() -> None:
    """Makes the attention known to transformers under NAME."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _attend)


def _attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    *,
    scaling: float,
    memory: Memory,
    **options: Any,
) -> tuple[Any, None]:
    # What some architectures add to attention; leaving it out would give wrong answers quietly.
    if options.get("softcap") is not None or options.get("s_aux") is not None:
        raise WeightsError("This model's attention (soft cap or sinks) is not supported by the engine.")
    output = memory.attend(module.layer_idx, query, key, value, scaling)
    return output.transpose(1, 2), None


def masked_attention(query: Any, key: Any, value: Any, mask: Any, scale: float) -> Any:
    """Plain attention with an additive mask; query heads are a multiple of key heads."""
    import torch

    return torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=scale, enable_gqa=query.shape[1] != key.shape[1]
    )


def one_token_attention(query: Any, key: Any, value: Any, mask: Any, scale: float) -> Any:
    """Attention of one new token per row, without copying the keys once per query head.

    query [rows, heads, 1, width]; key, value [rows, key heads, tokens, width]; mask [rows, 1, 1, tokens].
    """
    import torch

    rows, heads, _, width = query.shape
    groups = heads // key.shape[1]
    grouped = (query * scale).view(rows, key.shape[1], groups, width)
    scores = torch.matmul(grouped, key.transpose(2, 3)) + mask
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(value.dtype)
    return torch.matmul(weights, value).view(rows, heads, 1, width)
