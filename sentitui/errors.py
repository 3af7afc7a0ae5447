"""What can go wrong, as the user is told it.

Every error says what happened and where (`message`) and what to do now (`hint`). Foreign exceptions (OS,
SQLite, openai, torch) are mapped to one of these where they enter, with `raise ... from error`.

    SentituiError
    ├── ConfigError          settings that cannot be read or make no sense
    ├── DatasetError         a training file that cannot be opened, decoded, edited or saved
    │   └── FileChanged      the file on disk is not the one that was opened
    ├── ProviderError        a provider refused or could not be reached
    │   ├── ProviderUnreachable   no connection, a time-out, a server error that retries did not cure
    │   ├── ProviderRefused       an answer that retrying will not change (wrong key, unknown model)
    │   └── EngineUnavailable     the embedded engine cannot be started here
    ├── JobFailed            a fine-tuning job ended as failed or cancelled
    ├── HistoryError         the history database cannot be read or written
    └── EngineError          inside the engine: weights, training, inference, its store
        └── WeightsError     model weights that cannot be fetched, verified or loaded
"""

from __future__ import annotations


class SentituiError(Exception):
    """A problem the user can understand: what happened, and what to do now (`hint`, may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(SentituiError):
    """Settings that cannot be read or make no sense."""


class DatasetError(SentituiError):
    """A training file that cannot be opened, decoded, edited or saved."""


class FileChanged(DatasetError):  # noqa: N818 - it names what happened, as the screen says it
    """The file on disk is not the one that was opened."""


class ProviderError(SentituiError):
    """A provider refused or could not be reached."""


class ProviderUnreachable(ProviderError):  # noqa: N818
    """No connection, a time-out, or a server error; `retry_after` is how many seconds the server asks to
    wait."""

    def __init__(self, message: str, hint: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class ProviderRefused(ProviderError):  # noqa: N818
    """An answer that retrying will not change: `status` is the HTTP status, `code` the API's own code."""

    def __init__(self, message: str, hint: str = "", *, status: int = 0, code: str | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class EngineUnavailable(ProviderError):  # noqa: N818
    """The embedded engine cannot be started on this machine."""


class JobFailed(SentituiError):  # noqa: N818
    """A fine-tuning job ended as failed or cancelled."""


class HistoryError(SentituiError):
    """The history database cannot be read or written."""


class EngineError(SentituiError):
    """Inside the engine: weights, training, inference, its store."""


class WeightsError(EngineError):
    """Model weights that cannot be fetched, verified or loaded."""
