"""X006: a text holds no keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.gates import first_bytes_gate
from sentitui.dataset.rules.text.pieces import cure, pieces
from sentitui.dataset.subject import Subject

# Shapes with a prefix that the issuer documents; hashes, UUIDs and ids have none and are left alone.
_SHAPES = (
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"),
    ("a GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a Hugging Face token", r"hf_[A-Za-z0-9]{30,}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a Stripe key", r"[rs]k_live_[A-Za-z0-9]{16,}"),
    ("a Slack token", r"xox[abeprs]-[A-Za-z0-9-]{16,}"),
    ("a Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    ("a JSON web token", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
)
_PEM = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
_SECRET = re.compile(
    r"(?<![A-Za-z0-9_-])(?:" + "|".join(f"({shape})" for _, shape in _SHAPES) + ")"
    rf"|({_PEM}(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]*-----)?)"
)
_GATE = first_bytes_gate(
    rb"-[A-Za-z0-9_-]{16}",
    rb"_[A-Za-z0-9_]{16}",
    rb"KIA[0-9A-Z]{16}",
    rb"SIA[0-9A-Z]{16}",
    rb"za[0-9A-Za-z_-]{35}",
    rb"J[A-Za-z0-9_-]{8,200}\.eyJ",
    rb"VATE KEY",
)
_REDACT = Fix("Replace it by [secret]")


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        found: dict[str, list[str]] = {}
        for match in _SECRET.finditer(text):
            found.setdefault(_kind(match), []).append(match[0])
        for kind, secrets in found.items():
            first = secrets[0]
            more = f", and {len(secrets) - 1:,} more" if len(secrets) > 1 else ""
            message = f"It looks like {kind}: {shown(first[:8], 8)}… ({len(first)} characters){more}."
            yield Finding(message, path, fix=_REDACT)


def _kind(match: re.Match[str]) -> str:
    group = match.lastindex or 0
    return _SHAPES[group - 1][0] if group <= len(_SHAPES) else "a private key"


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: _SECRET.sub("[secret]", text))


RULE = Rule(
    code="X006",
    names=("secret",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A text holds what looks like an API key, an access token or a private key.",
        why="A tuned model can repeat it to anyone, and the file is uploaded to the provider.",
        example='"content": "use AKIA0123456789ABCDEF"',
        instead='"content": "use [secret]"',
        fix="Offered: it is replaced by [secret]. Revoke a key that was real.",
        source="none; the issuers' documented prefixes",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, _GATE),),
    repair=_repair,
)
