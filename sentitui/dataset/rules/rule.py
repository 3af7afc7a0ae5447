"""What a rule is: a value with a code, a doc, one or more checks, and a repair where one exists.

Owns the shapes only. The framework (`sentitui.dataset.checking`) decides when a check runs; a rule never
reads a file, never keeps state and never decides how bad its finding is for a provider (the profile does).

The kinds of check, by what they look at:

- `FileCheck`: facts about the whole file (its name, size, line ends, number of examples).
- `LineCheck`: the raw bytes of one line, before they are decoded.
- `ExampleCheck`: one decoded example, through a `Subject`.
- `GroupCheck`: examples that share a hash (duplicates, contradictions, leakage).
- `CountCheck`: how often each label, system prompt, format or column set occurs.
- `NearCheck`: examples with similar signatures (MinHash).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple, Protocol

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts, RawLine
from sentitui.dataset.format import Format
from sentitui.dataset.gates import Gate
from sentitui.dataset.profiles import Profile
from sentitui.dataset.subject import Subject

EVERY_FORMAT = frozenset(Format)
CONVERSATIONS = frozenset({Format.CHAT, Format.PREFERENCE, Format.REINFORCEMENT})


@dataclass(frozen=True, slots=True)
class Doc:
    """What `--explain` and the app's help show; each a sentence or two of plain words.

    `example` is a line (or the part of one) that the rule reports and `instead` the same, cured; `fix` says
    what the automatic repair does, or that there is none and why; `source` names where the condition is
    stated.
    """

    what: str
    why: str
    example: str
    instead: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check yields. `name` is one of the rule's names (default: its first); `severity` only where the
    rule's own table does not say it; `line` (1-based) only for checks over many examples."""

    message: str
    path: str = ""
    name: str = ""
    severity: Severity | None = None
    byte: int | None = None
    fix: Fix | None = None
    line: int | None = None


class Ordinary(Enum):
    """Whether an example check can find anything in an ordinary conversation.

    An ordinary conversation is `{"messages": [{"role": ..., "content": ...}, ...]}` and no other key, with
    the roles system, user and assistant and contents that are strings. Most lines of most files are; one
    typed decode proves it.
    """

    NEVER = "never"
    """It cannot: the rule is about keys, types, tools, parts or another format."""
    ROLES = "roles"
    """Only the sequence of roles decides; checked once per distinct sequence."""
    EDGES = "edges"
    """Only a content that is empty or begins or ends with white space can trigger it."""
    GATE = "gate"
    """Only lines that the check's `gate` picks can trigger it."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """Looks at the facts of a whole file once all its lines have been seen."""

    run: Callable[[FileFacts, Profile], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class LineCheck:
    """Looks at the bytes of one line (without its line end) that is suspicious or could not be decoded."""

    run: Callable[[RawLine], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class ExampleCheck:
    """Looks at one decoded example. With Ordinary.GATE, `gate` picks the lines of a block that need it.

    `needs` is a quick question that many checks share (has it tools, has it parts?); it is asked once an
    example, and where the answer is no the check is not run.
    """

    run: Callable[[Subject], Iterator[Finding]]
    ordinary: Ordinary = Ordinary.NEVER
    gate: Gate | None = None
    needs: Callable[[Subject], bool] | None = None


class Member(NamedTuple):
    """One example of a group: its 1-based line, which file, its hashes (see Digest) and its short answer."""

    line: int
    validation: bool
    exact: int
    folded: int
    prompt: int
    answer: int
    label: str | None


@dataclass(frozen=True, slots=True)
class GroupCheck:
    """Judges every group of at least two examples whose `key` hash is equal (0 never groups).

    Members come in file order, the training file's first. Findings are for training lines; with `across` the
    group holds at least one example of each file and the findings are for the validation file's lines.
    """

    key: Literal["exact", "folded", "prompt"]
    run: Callable[[Sequence[Member]], Iterator[Finding]]
    across: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A finding about a value that a CountCheck saw: for each line that has it, or once (value None)."""

    value: str | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each value occurs. `examples` is the number of examples, those without a value included.

    `complete` is False when there were more than 10,000 distinct values: then `values` is only a part of
    them.
    """

    values: Mapping[str, int]
    examples: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class CountCheck:
    """Judges the number of times each value of one feature occurs (see Digest for the features)."""

    feature: Literal["label", "system", "columns", "ends", "format", "images"]
    run: Callable[[Counts, Profile], Iterator[Counted]]


class NearIndex(Protocol):
    """Finds the lines whose signature is similar."""

    def add(self, line: int, signature: bytes) -> None:
        """Remembers a line."""

    def remove(self, line: int, signature: bytes) -> None:
        """Forgets a line."""

    def similar(self, signature: bytes) -> Iterable[int]:
        """The remembered lines whose texts are similar enough."""


@dataclass(frozen=True, slots=True)
class NearCheck:
    """Compares signatures of texts.

    Costly, so it runs for at most `max_examples` examples; more are told so.
    """

    signature: Callable[[str], bytes]
    new_index: Callable[[], NearIndex]
    run: Callable[[int, Sequence[int]], Iterator[Finding]]
    max_examples: int


Check = FileCheck | LineCheck | ExampleCheck | GroupCheck | CountCheck | NearCheck

Repair = Callable[[bytes, Finding], bytes | None]
"""The bytes of a line with the finding's problem cured, or None when this one cannot be cured that way."""


Rewrite = Callable[[Iterator[bytes]], Iterator[bytes]]
"""A whole file with the problem cured: takes its bytes in pieces of any size and gives the new ones."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue: one code, the condition names it reports, its checks, its doc and its
    repair.

    `severity` holds for all names except those in `severities`; both are the general case, which a provider's
    profile overrides. `repair` is called with a line and a finding that offered a Fix; `rewrite` cures the
    whole file.
    """

    code: str
    names: tuple[str, ...]
    severity: Severity
    formats: frozenset[Format]
    doc: Doc
    checks: tuple[Check, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    repair: Repair | None = None
    rewrite: Rewrite | None = None

    def severity_of(self, finding: Finding, profile: Profile) -> Severity | None:
        """How bad a finding is for a provider; None when that provider accepts it."""
        name = finding.name or self.names[0]
        default = finding.severity or self.severities.get(name, self.severity)
        return profile.severity(self.code, name, default)
