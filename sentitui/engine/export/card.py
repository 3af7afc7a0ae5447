"""Where a tuned model comes from, and the card that says so beside its files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentitui.engine.models import base_model
from sentitui.engine.weights import revision

_PROMPTS = 8


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the job's folder tells about a tuned model; empty where it tells nothing."""

    name: str
    base: str
    base_revision: str
    license: str = ""
    homepage: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    losses: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[list[dict[str, Any]]] = field(default_factory=list)


def provenance(adapter: Path, base: Path, name: str) -> Provenance:
    """Reads the folder of the job that made `adapter` (`JOB/checkpoints/step-N`)."""
    job = adapter.parent.parent
    spec = _json(job / "spec.json")
    lines = _lines(job / "progress.jsonl")
    known = base_model(str(spec.get("base", "")))
    resolved: dict[str, Any] = next((line for line in lines if line["kind"] == "resolved"), {})
    wanted = ("n_epochs", "batch_size", "learning_rate_multiplier", "total_steps")
    return Provenance(
        name=name,
        base=str(spec.get("base") or base.name),
        base_revision=revision(base),
        license=known.license if known else "",
        homepage=known.homepage if known else "",
        data=_json(job / "data.json"),
        hyperparameters={key: resolved[key] for key in wanted if key in resolved}
        | {"seed": spec.get("seed")},
        losses=[line for line in lines if line["kind"] == "checkpoint"],
        prompts=_prompts(Path(spec.get("training_file", ""))),
    )


def model_card(form: str, about: Provenance, asked: int, same: int) -> str:
    """The README.md of an export: metadata first, as the hub reads it, then plain words."""
    meta = {
        "base_model": about.homepage or about.base,
        "license": about.license,
        "pipeline_tag": "text-generation",
    }
    head = "".join(f"{key}: {value}\n" for key, value in meta.items() if value)
    tags = "tags:\n- sentitui\n- lora\n" + ("library_name: peft\n" if form == "peft" else "")
    parts = [
        f"---\n{head}{tags}---",
        f"# {about.name}",
        f"{about.base} (weights {about.base_revision}), fine-tuned with LoRA by sentitui: its `{form}` form.",
        _table("Training data", about.data),
        _table("Hyperparameters", about.hyperparameters),
        _loss_table(about.losses),
        _checked(asked, same),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _checked(asked: int, same: int) -> str:
    if not asked:
        return "Not asked anything here: no program on the machine that wrote it reads this form."
    return f"Asked {asked} training prompts greedily, it gave the engine's own answer to {same}."


def _table(title: str, values: dict[str, Any]) -> str:
    if not values:
        return ""
    return f"## {title}\n\n" + "\n".join(
        f"- {key.replace('_', ' ')}: {value}" for key, value in values.items()
    )


def _loss_table(losses: list[dict[str, Any]]) -> str:
    if not losses:
        return ""
    shown = ["step", "epoch", "train_loss", "full_valid_loss"]
    rows = ["| " + " | ".join(_cell(line.get(key)) for key in shown) + " |" for line in losses]
    head = "| step | epoch | training loss | validation loss |\n| --- | --- | --- | --- |"
    return "\n".join(["## Losses\n", head, *rows])


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _prompts(training_file: Path) -> list[list[dict[str, Any]]]:
    """A few of the training file's questions, to ask the export; none when the file is gone."""
    prompts = []
    for line in _lines(training_file)[:_PROMPTS]:
        messages = line.get("messages") or []
        if messages and messages[-1].get("role") == "assistant":
            prompts.append(messages[:-1])
    return prompts


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return value if isinstance(value, dict) else {}


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
