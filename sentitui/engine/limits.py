"""The engine's limits on what one client may ask for, with the reason or source of each."""

from __future__ import annotations

FILE_BYTES = 512 * 2**20
"""One uploaded file (OpenAI's own limit)."""

PART_BYTES = 64 * 2**20
"""One part of an upload (OpenAI's own limit)."""

UPLOAD_BYTES = 8 * 2**30
"""All parts of an upload together (OpenAI's own limit)."""

UPLOAD_SECONDS = 3600
"""How long an upload may stay open (OpenAI's own limit)."""

JSON_BYTES = 8 * 2**20
"""A JSON request body: a whole context of text is far smaller."""

FORM_FIELD_BYTES = 64 * 2**10
"""A form field that is not the file."""

FORM_OVERHEAD_BYTES = 2**20
"""What a multipart body may have beyond its file: boundaries, headers, fields."""

DRAIN_BYTES = 2**30
"""How much of a refused body is still read, so that the client sees the answer instead of a reset."""

HEADER_SECONDS = 20.0
"""How long a client may take for the headers of a request: on loopback they come at once."""

STALL_SECONDS = 60.0
"""How long a client may be silent in the middle of a body."""

FILES = 10_000
"""Files kept at once (the largest page of a list)."""

PENDING_JOBS = 1_000
"""Jobs that have not ended."""

PAGE = 10_000
"""Items of one page; the API's largest `limit`."""

METADATA_PAIRS = 16
METADATA_KEY = 64
METADATA_VALUE = 512
"""Metadata of a job (OpenAI's own limits, the latter two in characters)."""

FILENAME = 255
"""Characters of a file's name."""

MESSAGES = 2_048
"""Messages of one chat request."""

SCHEMA_BYTES = 64 * 2**10
"""A JSON schema that answers must satisfy: compiling the worst of this size took a quarter of a second."""

CHAT_REQUESTS = 512
"""Chat requests at once: each waits in memory with its messages until the model has room for it."""

TRAINER_CRASHES = 3
"""How often in a row a trainer that ends by its own fault is started again before its job fails."""

TRAINER_KILLS = 60
"""The same for one that was killed: by a person or a restart of the machine, which is no reason to lose a
job, or again and again for want of memory, which must end some time."""

CANCEL_GRACE_SECONDS = 30.0
"""How long a cancelled trainer may finish its step before it is killed."""

KEPT_CHECKPOINTS = 3
"""Checkpoints of a succeeded job that stay usable (OpenAI keeps the last three epochs)."""
