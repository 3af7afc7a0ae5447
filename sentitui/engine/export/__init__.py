"""Open at the end: a tuned model leaves as files that other programs load.

Four forms: the LoRA adapter as a peft folder, a merged Hugging Face folder, and GGUF for llama.cpp and what
is built on it (F16, Q8_0, or the adapter alone). Each goes with a model card, appears by one rename when it
is whole, and is asked the same questions as the engine's own model before it is handed over.
"""

from __future__ import annotations

from sentitui.engine.export.deliver import Export, Form, export

__all__ = ["Export", "Form", "export"]
