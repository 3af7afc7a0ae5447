"""How the package was installed, as its hints need to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentitui import resources


def test_an_extra_is_installed_from_where_the_package_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a checkout the checkout is installed again; elsewhere the published package is."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "sentitui")
    assert resources.install_command("engine") == "pip install 'sentitui[engine]'"
    (tmp_path / "pyproject.toml").write_text("", "utf-8")
    assert resources.install_command("serve") == "pip install -e '.[serve]'"
