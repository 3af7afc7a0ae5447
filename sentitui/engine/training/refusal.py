"""A training or validation file that cannot be trained on, as the API reports it."""

from __future__ import annotations

from sentitui.errors import EngineError


class FileRefused(EngineError):  # noqa: N818 - it names what happened
    """The job ends as failed, with `code` and `param` (training_file, validation_file) in its error."""

    def __init__(self, message: str, *, code: str, param: str) -> None:
        super().__init__(message)
        self.code = code
        self.param = param

    @classmethod
    def invalid(cls, param: str, reason: str) -> FileRefused:
        """A file whose content is wrong, worded as the API words it."""
        what = param.replace("_", " ")
        message = f"The job failed due to an invalid {what}. Invalid file format. {reason}"
        return cls(message, code=f"invalid_{param}", param=param)

    @classmethod
    def too_few(cls, param: str, found: int, needed: int) -> FileRefused:
        """A file with too few examples, worded as the API words it."""
        what = param.replace("_", " ").capitalize()
        message = f"{what} has {found} example(s), but must have at least {needed} examples"
        return cls(message, code="invalid_n_examples", param=param)
