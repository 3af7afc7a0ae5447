"""The fields that come with a file, and those of an upload in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentitui.engine import limits
from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields

FILE_PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
UPLOAD_PURPOSES = ("assistants", "batch", "fine-tune", "vision")
_SECONDS = (3600, 2_592_000)


@dataclass(frozen=True, slots=True)
class FileFields:
    """What a new file is for, and after how many seconds it goes (None: never)."""

    purpose: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A checked request for an upload in parts."""

    filename: str
    purpose: str
    bytes: int
    mime_type: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class CompleteRequest:
    """The parts of an upload in order, and the MD5 of the whole if the client wants it checked."""

    part_ids: tuple[str, ...]
    md5: str | None


def file_fields(form: Mapping[str, str], filename: str, size: int) -> FileFields:
    """Checks the form's fields beside the file. Raises ApiError."""
    body: dict[str, Any] = {}
    for name, value in form.items():
        if name in ("expires_after[anchor]", "expires_after[seconds]"):
            inner = name[len("expires_after[") : -1]
            number = inner == "seconds" and value.isdecimal() and len(value) < 10
            body.setdefault("expires_after", {})[inner] = int(value) if number else value
        else:
            body[name] = value
    fields = Fields(body)
    fields.only(("purpose", "expires_after"))
    fields.require("purpose")
    purpose = fields.choice("purpose", FILE_PURPOSES) or ""
    _check_name(filename, purpose, "file")
    if size == 0:
        raise bad_request("The file is empty.", "file", "empty_file")
    return FileFields(purpose, _expiry(fields))


def upload_request(body: Any) -> UploadRequest:
    """Checks the body of POST /uploads. Raises ApiError."""
    fields = Fields(body)
    fields.only(("filename", "purpose", "bytes", "mime_type", "expires_after"))
    for name in ("filename", "purpose", "bytes", "mime_type"):
        fields.require(name)
    filename = fields.text("filename") or ""
    purpose = fields.choice("purpose", UPLOAD_PURPOSES) or ""
    _check_name(filename, purpose, "filename")
    size = fields.integer("bytes", 1, limits.UPLOAD_BYTES) or 0
    return UploadRequest(
        filename, purpose, size, fields.text("mime_type", longest=255) or "", _expiry(fields)
    )


def complete_request(body: Any) -> CompleteRequest:
    """Checks the body of POST /uploads/{id}/complete. Raises ApiError."""
    fields = Fields(body)
    fields.only(("part_ids", "md5"))
    fields.require("part_ids")
    ids = fields.array("part_ids") or []
    for index, part_id in enumerate(ids):
        Fields({f"part_ids[{index}]": part_id}).text(f"part_ids[{index}]")
    return CompleteRequest(tuple(ids), fields.text("md5", longest=32))


def _check_name(filename: str, purpose: str, param: str) -> None:
    if not filename or len(filename) > limits.FILENAME:
        message = f"Invalid '{param}': the file needs a name of at most {limits.FILENAME} characters."
        raise bad_request(message, param, "invalid_filename")
    if purpose == "fine-tune" and not filename.lower().endswith(".jsonl"):
        message = "Invalid file format for Fine-Tuning API. Must be .jsonl"
        raise bad_request(message, param, "invalid_file_format")


def _expiry(fields: Fields) -> int | None:
    after = fields.object("expires_after")
    if after is None:
        return None
    after.only(("anchor", "seconds"))
    after.require("anchor")
    after.require("seconds")
    after.choice("anchor", ("created_at",))
    return after.integer("seconds", *_SECONDS)
