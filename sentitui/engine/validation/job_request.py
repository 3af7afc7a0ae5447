"""The body of POST /fine_tuning/jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentitui.engine import limits
from sentitui.engine.entities import Method
from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields

_KEYS = (
    "model",
    "training_file",
    "validation_file",
    "suffix",
    "seed",
    "metadata",
    "integrations",
    "method",
    "hyperparameters",
)
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A checked request; hyperparameters are numbers or "auto"."""

    model: str
    training_file: str
    validation_file: str | None
    suffix: str | None
    seed: int | None
    metadata: Mapping[str, str] | None
    method: Method
    hyperparameters: Mapping[str, Any]


def job_request(body: Any) -> JobRequest:
    """Checks the body. Raises ApiError naming the parameter that is wrong."""
    fields = Fields(body)
    fields.only(_KEYS)
    for name in ("model", "training_file"):
        fields.require(name)
    _refuse_integrations(fields)
    method, hyperparameters = _method(fields)
    return JobRequest(
        model=fields.text("model") or "",
        training_file=fields.text("training_file") or "",
        validation_file=fields.text("validation_file"),
        suffix=fields.text("suffix", shortest=1, longest=64),
        seed=fields.integer("seed", 0, 2**31 - 1),
        metadata=_metadata(fields),
        method=method,
        hyperparameters=hyperparameters,
    )


def _refuse_integrations(fields: Fields) -> None:
    if fields.array("integrations"):
        raise bad_request(
            "Integrations are not available on this engine: it sends nothing to other services.",
            "integrations",
            "unsupported_value",
        )


def _metadata(fields: Fields) -> dict[str, str] | None:
    nested = fields.object("metadata")
    if nested is None:
        return None
    pairs: Mapping[str, Any] = fields.value("metadata")
    if len(pairs) > limits.METADATA_PAIRS:
        message = (
            f"Invalid 'metadata': at most {limits.METADATA_PAIRS} pairs are allowed, but got {len(pairs)}."
        )
        raise bad_request(message, "metadata", "object_above_max_properties")
    for key in pairs:
        if len(key) > limits.METADATA_KEY:
            message = f"Invalid 'metadata': keys have at most {limits.METADATA_KEY} characters."
            raise bad_request(message, "metadata", "string_above_max_length")
        if nested.text(key, longest=limits.METADATA_VALUE) is None:
            raise bad_request(
                f"Invalid type for 'metadata.{key}': expected a string.", "metadata", "invalid_type"
            )
    return dict(pairs)


def _method(fields: Fields) -> tuple[Method, dict[str, Any]]:
    top = fields.object("hyperparameters")
    method = fields.object("method")
    if method is None:
        return "supervised", _hyperparameters(top, "supervised")
    if top is not None:
        message = "'hyperparameters' (deprecated) cannot be given together with 'method'."
        raise bad_request(message, "hyperparameters", "invalid_value")
    method.only(("type", "supervised", "dpo", "reinforcement"))
    method.require("type")
    kind = method.choice("type", ("supervised", "dpo", "reinforcement"))
    if kind == "reinforcement":
        message = "Reinforcement fine-tuning is not available on this engine. Use 'supervised' or 'dpo'."
        raise bad_request(message, "method.type", "unsupported_value")
    _refuse_other_methods(method, str(kind))
    name: Method = "dpo" if kind == "dpo" else "supervised"
    settings = method.object(name)
    if settings is not None:
        settings.only(("hyperparameters",))
    return name, _hyperparameters(None if settings is None else settings.object("hyperparameters"), name)


def _refuse_other_methods(method: Fields, kind: str) -> None:
    for other in ("supervised", "dpo", "reinforcement"):
        if other != kind and method.has(other):
            message = f"'method.{other}' cannot be given when 'method.type' is '{kind}'."
            raise bad_request(message, f"method.{other}", "invalid_value")


def _hyperparameters(fields: Fields | None, method: Method) -> dict[str, Any]:
    given = Fields({}) if fields is None else fields
    names = ("n_epochs", "batch_size", "learning_rate_multiplier", *(("beta",) if method == "dpo" else ()))
    given.only(names)
    return {name: _number_or_auto(given, name) for name in names}


def _number_or_auto(fields: Fields, name: str) -> Any:
    value = fields.value(name)
    if value is None or value == AUTO:
        return AUTO
    if name == "n_epochs":
        return fields.integer(name, 1, 50)
    if name == "batch_size":
        return fields.integer(name, 1, 256)
    if name == "beta":
        return fields.number(name, None, 2, above=0)
    return fields.number(name, above=0)
