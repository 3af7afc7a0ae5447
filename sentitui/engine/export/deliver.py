"""Writes one export, checks what it answers, and puts it in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sentitui.engine.export import gguf_files, merge, peft_folder
from sentitui.engine.export.card import Provenance, model_card, provenance
from sentitui.engine.export.same_text import compare
from sentitui.errors import EngineError


class Form(StrEnum):
    """What a tuned model can leave as."""

    PEFT = "peft"
    MERGED = "merged"
    GGUF_F16 = "gguf-f16"
    GGUF_Q8_0 = "gguf-q8_0"
    GGUF_LORA = "gguf-lora"


@dataclass(frozen=True, slots=True)
class Export:
    """What was written; `same` of `asked` greedy answers equal the engine's (asked 0: no reader here)."""

    form: Form
    folder: Path
    bytes: int
    asked: int
    same: int


Writer = Callable[[Path, Path, Path, Provenance], None]

_WRITERS: dict[Form, Writer] = {
    Form.PEFT: peft_folder.write,
    Form.MERGED: merge.write,
    Form.GGUF_F16: gguf_files.write_f16,
    Form.GGUF_Q8_0: gguf_files.write_q8_0,
    Form.GGUF_LORA: gguf_files.write_adapter,
}


def export(form: Form, base: Path, adapter: Path, folder: Path, *, name: str) -> Export:
    """Writes the tuned model (`adapter` on `base`) as `form` into the new `folder`, under the model id
    `name`.

    Blocks for some seconds to a minute. Raises EngineError when the folder exists, the disk is full, or the
    architecture has no such form; nothing half-written stays.
    """
    if folder.exists():
        raise EngineError(f"{folder} exists already.", "Choose another folder, or remove it.")
    partial = folder.with_name(f".{folder.name}.partial")
    about = provenance(adapter, base, name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        _WRITERS[form](base, adapter, partial, about)
        asked, same = compare(form.value, base, adapter, partial, about.prompts)
        (partial / "README.md").write_text(model_card(form.value, about, asked, same), "utf-8")
        partial.rename(folder)
    except OSError as error:
        raise EngineError(f"Cannot write {folder}: {error.strerror or error}.", "Free some space.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Export(form, folder, sum(file.stat().st_size for file in folder.rglob("*")), asked, same)
