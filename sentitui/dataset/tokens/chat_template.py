"""The count for a model on this machine: its own tokenizer on the text that its own chat template renders.

Needs what the `[engine]` extra installs (tokenizers, jinja2). The template sees what transformers would
show it, so the count is the number of tokens that training reads, the template's own overhead included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from string import hexdigits
from typing import TYPE_CHECKING, Any

from sentitui.dataset.tokens.counts import TokenCount, sections, trained_messages
from sentitui.errors import DatasetError
from sentitui.resources import install_command

if TYPE_CHECKING:
    import jinja2
    import tokenizers

_DIGEST = 12
"""Digits of the weights' hash at the end of a cached folder's name."""


class ModelCounter:
    """Counts with one model's tokenizer and chat template."""

    def __init__(
        self,
        name: str,
        tokenizer: tokenizers.Tokenizer,
        template: jinja2.Template,
        special: Mapping[str, str],
    ) -> None:
        self.name = name
        self._tokenizer = tokenizer
        self._template = template
        self._special = dict(special)
        self._marks = _dividing_marks(tokenizer)
        # System prompts, role lines and labels return in every example of a set.
        self._remembered = lru_cache(maxsize=2_048)(self.text)

    def text(self, text: str) -> int:
        """The tokens of a bare text."""
        if not text.isascii():
            # Half of a surrogate pair is no text to the tokenizer; U+FFFD is what training would read.
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def count(self, data: Mapping[str, Any]) -> TokenCount:
        """The tokens of an example, as the trainer reads it.

        A preference example is read twice, with each answer. DatasetError when the template refuses the
        example.
        """
        read, answers = sections(data)
        if "messages" not in data and "input" not in data:
            contents = (message["content"] for message in (*read, *answers))
            texts = [self.text(content) if isinstance(content, str) else 0 for content in contents]
            return TokenCount(sum(texts), sum(texts[1:]), tuple(texts))
        tools = data.get("tools") or data.get("functions")
        if not answers:
            return self._conversation(read, trained_messages(read, last_only=True), tools)
        mask = [False] * len(read) + [True]
        counts = [self._conversation([*read, answer], mask, tools) for answer in answers]
        per_message = counts[0].per_message[:-1] + tuple(count.per_message[-1] for count in counts)
        return TokenCount(sum(c.total for c in counts), sum(c.trained for c in counts), per_message)

    def _conversation(
        self, messages: Sequence[Mapping[str, Any]], trained: Sequence[bool], tools: Any
    ) -> TokenCount:
        ends, before = [0], ""
        learned = 0
        for i, is_trained in enumerate(trained):
            text = self._rendered(messages[: i + 1], tools)
            ends.append(self._up_to(text, before, ends[i]))
            if is_trained:
                prompt = self._rendered(messages[:i], tools, prompt=True)
                learned += ends[-1] - self._up_to(prompt, before, ends[i])
            before = text
        return TokenCount(ends[-1], learned, tuple(after - start for start, after in pairwise(ends)))

    def _up_to(self, text: str, before: str, tokens: int) -> int:
        """The tokens of a text that goes on from `before`, which has `tokens`.

        What is new is counted alone where it begins with a mark that no token spans; else all is counted.
        """
        new = text[len(before) :]
        if not text.startswith(before) or (before and not new.startswith(self._marks)):
            return self.text(text)
        return tokens + (self._remembered(new) if len(new) <= _REMEMBERED else self.text(new))

    def _rendered(self, messages: Sequence[Mapping[str, Any]], tools: Any, *, prompt: bool = False) -> str:
        """The messages as the template writes them, with the start of an answer after them when `prompt`."""
        import jinja2

        try:
            return self._template.render(
                messages=list(messages), tools=tools, add_generation_prompt=prompt, **self._special
            )
        except (jinja2.TemplateError, TypeError) as error:
            raise DatasetError(
                f"The chat template of {self.name} refuses this example: {error}",
                "Check the order of the roles and that every content is text.",
            ) from error


_REMEMBERED = 4_000  # characters


def _dividing_marks(tokenizer: tokenizers.Tokenizer) -> tuple[str, ...]:
    """The special tokens that cut the text before anything else, and take no space before them along."""
    added = tokenizer.get_added_tokens_decoder().values()
    return tuple(token.content for token in added if token.special and not token.lstrip)


def model_id(folder: Path) -> str:
    """The model's id for its folder: a cached one is called ID-DIGEST, with twelve hexadecimal digits."""
    name, dash, digest = folder.name.rpartition("-")
    cached = dash and len(digest) == _DIGEST and not set(digest) - set(hexdigits)
    return name if cached else folder.name


def model_counter(folder: Path) -> ModelCounter:
    """The counter of a model folder (tokenizer.json with chat_template.jinja or tokenizer_config.json).

    DatasetError when the extra is not installed or the folder holds no tokenizer or no chat template.
    """
    try:
        import jinja2.sandbox
        import tokenizers
    except ImportError as error:
        raise DatasetError(
            f"Tokens of {folder.name} cannot be counted: {error.name} is not installed",
            f"Install the engine's parts: {install_command('engine')}",
        ) from error
    config = _config(folder)
    source = _template_source(folder, config)
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _strftime_now
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        template = environment.from_string(source)
    except Exception as error:  # tokenizers raises bare Exception for every kind of bad file
        raise DatasetError(
            f"{folder}: its tokenizer cannot be loaded ({error})", "Remove the folder; it is fetched again."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return ModelCounter(model_id(folder), tokenizer, template, _special_tokens(config))


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error})") from error
    return config if isinstance(config, dict) else {}


def _template_source(folder: Path, config: Mapping[str, Any]) -> str:
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text("utf-8")
    source = config.get("chat_template")
    if isinstance(source, str):
        return source
    raise DatasetError(
        f"{folder}: the model has no chat template", "Choose a model tuned for chat (an Instruct model)."
    )


def _special_tokens(config: Mapping[str, Any]) -> dict[str, str]:
    """bos_token, eos_token... as plain text; some files write them as objects with a `content`."""
    found = {}
    for key, value in config.items():
        text = value.get("content") if isinstance(value, dict) else value
        if key.endswith("_token") and isinstance(text, str):
            found[key] = text
    return found


# What transformers gives every chat template (`_cached_compile_jinja_template`): the same names, the same
# results.
def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **options)


def _refuse(message: str) -> None:
    import jinja2

    raise jinja2.TemplateError(message)


def _strftime_now(form: str) -> str:
    # Local time, as transformers gives it: the count must follow the text that training reads.
    return datetime.now().astimezone().strftime(form)
