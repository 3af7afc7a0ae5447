"""Exact offline token counts: OpenAI's models by shipped ranks, the engine's models by their own tokenizer.

Owns counting and the seeded estimate for very large files. Refuses guesses: a part that no published rule
counts (images, the serialised form of tools) makes the count say `exact=False`; nothing is ever characters
divided by four.
"""

from __future__ import annotations

from sentitui.dataset.tokens.chat_template import ModelCounter, model_counter
from sentitui.dataset.tokens.cookbook import OpenAICounter, openai_counter
from sentitui.dataset.tokens.counts import Counter, TokenCount
from sentitui.dataset.tokens.estimate import Estimate, count_example, count_lines, estimate_file
from sentitui.dataset.tokens.ranks import text_tokens

__all__ = [
    "Counter",
    "Estimate",
    "ModelCounter",
    "OpenAICounter",
    "TokenCount",
    "count_example",
    "count_lines",
    "estimate_file",
    "model_counter",
    "openai_counter",
    "text_tokens",
]
