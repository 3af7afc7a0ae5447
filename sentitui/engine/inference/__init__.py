"""Answering: one loaded base model, adapters beside it, all requests in one continuously changing batch.

`LocalInference` is what the server uses. It needs no torch to be imported; the model's thread imports it.
"""

from __future__ import annotations

from sentitui.engine.inference.service import LocalInference

__all__ = ["LocalInference"]
