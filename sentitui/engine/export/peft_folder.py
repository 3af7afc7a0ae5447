"""The adapter as peft loads it: `PeftModel.from_pretrained(base, folder)`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sentitui.engine.export.card import Provenance


def write(base: Path, adapter: Path, folder: Path, about: Provenance) -> None:
    """Copies the adapter; its configuration names the base model as the world does, not our cache's path."""
    shutil.copyfile(adapter / "adapter_model.safetensors", folder / "adapter_model.safetensors")
    config = json.loads((adapter / "adapter_config.json").read_bytes())
    config["base_model_name_or_path"] = about.homepage or str(base)
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2), "utf-8")
