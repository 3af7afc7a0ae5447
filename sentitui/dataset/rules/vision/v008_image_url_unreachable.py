"""V008: a provider can fetch an image's URL."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts, images
from sentitui.dataset.subject import Subject

# RFC 6761, RFC 6762 and RFC 9476 reserve these for names that only local networks resolve.
_PRIVATE = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid")


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        url = image.url
        if url is None or url[:5].lower() == "data:":
            continue
        problem = _problem(url)
        if problem is None and not subject.profile.limits.image_urls:
            problem = f"{subject.profile.title} takes images as data URLs only"
        if problem is not None:
            yield Finding(f"The image {shown(url, 60)} cannot be fetched: {problem}.", image.url_path)


def _problem(url: str) -> str | None:
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return "it is not a URL"
    if parts.scheme not in {"http", "https"}:
        return f"{shown(parts.scheme)}: URLs are not fetched" if parts.scheme else "it is a path, not a URL"
    if not host:
        return "it names no host"
    return "its host is on a private network" if _is_private(host) else None


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE)


RULE = Rule(
    code="V008",
    names=("image-url-unreachable",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what=(
            "An image's URL is a file, on localhost or in a private network. (Together takes data URLs only.)"
        ),
        why=(
            "The provider fetches images itself; one that it cannot reach is skipped. The network "
            "is not asked."
        ),
        example='"url": "http://localhost:8000/cat.png"',
        instead='"url": "data:image/png;base64,iVBORw0KGgo..."',
        fix="None: only you can read the image and put it into a data URL.",
        source="vision fine-tuning guide; together 2.14 file checks",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
