"""Looks at this machine as sentitui will use it, and says what works, what does not, and what to do.

Owns the facts behind `sentitui doctor`: terminal, versions, places, engine, providers. Only looks: it starts
no engine, makes no folder, imports no model library, and no fact ever holds a key.
"""

from __future__ import annotations

from sentitui.checkup.examine import examine
from sentitui.checkup.fact import Fact, Verdict, healthy

__all__ = ["Fact", "Verdict", "examine", "healthy"]
