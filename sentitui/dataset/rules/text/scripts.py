"""Where unseen characters are spelling: joiners in scripts and emoji, spaces without width, tags of flags."""

from __future__ import annotations

import re

ZWNJ, ZWJ, ZWSP = "\u200c", "\u200d", "\u200b"

# Blocks of scripts in which ZWJ or ZWNJ shapes letters (Unicode 15, chapters 9 to 16: Arabic, Syriac, the
# scripts of India and Sri Lanka, Tibetan, Myanmar, Khmer, Mongolian, N'Ko, Mandaic, Adlam and their
# extensions).
_JOINING = (
    "\u0590-\u0fff\u1000-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\ua8ff\ua900-\uabff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
# Thai, Lao, Myanmar and Khmer are written without spaces; ZWSP says where a line may break.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
# Pictographs, their skin tones and the selectors that may follow them; arrows and signs join emoji as well.
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
)

_SPELLING = re.compile(
    # Runs are tried from their first character only: a text of joiners alone must not take a time that is
    # squared.
    rf"(?<=[{_JOINING}])[{ZWNJ}{ZWJ}]+|(?<![{ZWNJ}{ZWJ}])[{ZWNJ}{ZWJ}]+(?=[{_JOINING}])"
    rf"|(?<=[{_EMOJI}]){ZWJ}(?=[{_EMOJI}])"
    rf"|(?<=[{_UNSPACED}]){ZWSP}|{ZWSP}(?=[{_UNSPACED}])"
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f"
)


def without_spelling(text: str) -> str:
    """The text without the invisible characters that belong to its spelling."""
    return _SPELLING.sub("", text)


def strip_outside_spelling(text: str, unwanted: re.Pattern[str]) -> str:
    """The text without unwanted characters, those kept that belong to its spelling."""
    kept, position = [], 0
    for match in _SPELLING.finditer(text):
        kept += [unwanted.sub("", text[position : match.start()]), match[0]]
        position = match.end()
    return "".join([*kept, unwanted.sub("", text[position:])])
