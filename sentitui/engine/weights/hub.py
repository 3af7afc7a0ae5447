"""Models by hub id: fetched through the hub's own client into our cache, safetensors only."""

from __future__ import annotations

from pathlib import Path

from sentitui.engine.weights.progress import FetchProgress, OnProgress
from sentitui.errors import WeightsError

# Pickled weights (*.bin, *.pt) are left out on purpose: loading them runs code from the file.
_WANTED = ["*.safetensors", "*.json", "*.jinja", "*.model", "*.txt"]


def snapshot(model: str, models: Path, on_progress: OnProgress) -> Path:
    """The local folder of the hub's model `owner/name`; what was fetched before is used without a network.

    Raises WeightsError when the hub cannot be reached and no whole copy is here, or the model is not there.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    on_progress(FetchProgress("fetching"))
    try:
        folder = Path(snapshot_download(model, allow_patterns=_WANTED, cache_dir=models / "hub"))
    except LocalEntryNotFoundError as error:
        raise WeightsError(
            f"Cannot reach the hub to fetch {model}, and no copy of it is here.",
            "Check the network and HF_ENDPOINT, or give the path of a local Hugging Face folder.",
        ) from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise WeightsError(
            f"Cannot fetch {model} from the hub: {str(error).splitlines()[0]}",
            "Check its name, and that HF_TOKEN is set if it is private or gated.",
        ) from error
    if not any(folder.glob("*.safetensors")):
        raise WeightsError(f"{model} has no safetensors weights.", "Choose a model that has them.")
    on_progress(FetchProgress("ready"))
    return folder
