"""What the SDK and the network raise, as what the user is told and what to do.

Every exception class of `openai` has its place in `KINDS`; a test fails when the SDK grows one that has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.errors import ProviderError, ProviderRefused, ProviderUnreachable
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    import openai

KINDS = {
    "APITimeoutError": "unreachable",
    "APIConnectionError": "unreachable",
    "InternalServerError": "unreachable",
    "RateLimitError": "unreachable",
    "BadRequestError": "refused",
    "AuthenticationError": "refused",
    "OAuthError": "refused",
    "PermissionDeniedError": "refused",
    "NotFoundError": "refused",
    "ConflictError": "refused",
    "UnprocessableEntityError": "refused",
    "APIStatusError": "refused",
    "APIResponseValidationError": "unreachable",
    "APIError": "unreachable",
    "OpenAIError": "refused",
    "SubjectTokenProviderError": "refused",
    "LengthFinishReasonError": "refused",
    "ContentFilterFinishReasonError": "refused",
    "InvalidWebhookSignatureError": "refused",
    "WebSocketConnectionClosedError": "unreachable",
    "WebSocketQueueFullError": "unreachable",
}
"""Per exception class of the SDK: may the same request work later (unreachable), or never (refused)."""

# What the SDK itself tries again: time-out, conflict, limit; and every server error.
_MAY_WORK_LATER = frozenset({408, 409, 429, *range(500, 600)})


def map_error(error: Exception, provider: Provider, *, model: str = "") -> ProviderError:
    """The domain error for what the SDK raised; raise it `from error`.

    An exception that is neither the SDK's nor the network's is a bug and is raised again as it is.
    """
    import httpx2
    import openai

    if isinstance(error, ProviderError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status(error, provider, model)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return _connection(error, provider)
    if isinstance(error, openai.OpenAIError | httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL):
        kind = ProviderRefused if KINDS.get(type(error).__name__) == "refused" else ProviderUnreachable
        return kind(f"{provider.name}: {safe.line(str(error))}")
    raise error


def _connection(error: Exception, provider: Provider) -> ProviderError:
    import openai

    cause = error.__cause__ or error
    where = provider.base_url or provider.name
    if isinstance(error, openai.APITimeoutError):
        return ProviderUnreachable(f"{where} did not answer in time.", "Try again; the job itself goes on.")
    hint = (
        "The engine is not running any more; the next command starts it, or run `sentitui engine`."
        if provider.is_engine
        else "Check the address and the network."
    )
    return ProviderUnreachable(
        f"Cannot reach {where}: {safe.line(str(cause)) or type(cause).__name__}.", hint
    )


def _status(error: openai.APIStatusError, provider: Provider, model: str) -> ProviderError:
    said = safe.line(_message(error))
    if error.status_code in _MAY_WORK_LATER:
        wait = _retry_after(error)
        return ProviderUnreachable(
            f"{provider.name} answered {error.status_code}: {said}", _later(error, wait), retry_after=wait
        )
    hint = _hint(error, provider, model)
    return ProviderRefused(
        f"{provider.name} refused: {said}", hint, status=error.status_code, code=error.code
    )


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    detail = body.get("detail") if isinstance(body, dict) else None
    return str(detail) if detail else error.message.split("<", 1)[0].strip() or f"HTTP {error.status_code}"


def _retry_after(error: openai.APIStatusError) -> float:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:  # a date instead of seconds: the usual back-off is as good
        return 0.0


def _later(error: openai.APIStatusError, wait: float) -> str:
    if error.code == "insufficient_quota":
        return "The account has no quota left: add credit at the provider."
    return f"Try again in {wait:g} s." if wait else "Try again later."


def _hint(error: openai.APIStatusError, provider: Provider, model: str) -> str:
    if error.code == "training_not_available":
        return "Fine-tuning is not open to this account: use `--provider engine`, or another provider."
    if error.code == "model_not_found":
        return f"Is {safe.line(model) or 'the model'} the name of a model that {provider.name} has?"
    if error.status_code in (401, 403) and provider.is_engine:
        return "The engine was started with another key; see `engine.json` in its home."
    hints = {
        401: f"Is the key in {provider.api_key_env} the right one for {provider.base_url or provider.name}?",
        403: f"The key in {provider.api_key_env} may not do this.",
        404: "It may have been deleted, or belong to another provider or project.",
        413: "The file is larger than this provider takes.",
    }
    return hints.get(error.status_code, "")
