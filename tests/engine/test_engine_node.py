"""Other people's tools: the official Node client runs the whole life unchanged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.engine_client import Engine

SCRIPT = Path(__file__).parent / "node_life.mjs"


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the official client and our script in it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "openai@6"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        pytest.skip(f"the Node client cannot be installed here: {done.stderr[-200:]}")
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.mark.slow
def test_the_node_client_creates_follows_and_asks(engine: Engine, node_folder: Path) -> None:
    """create -> events -> checkpoints -> chat -> stream -> error, as documented."""
    environment = os.environ | {"BASE_URL": engine.base_url, "API_KEY": engine.api_key}
    done = subprocess.run(
        ["node", SCRIPT.name],
        cwd=node_folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["status"] == "succeeded"
    assert told["events"][0].startswith("Created fine-tuning job: ")
    assert told["events"][-1] == "The job has successfully completed"
    assert len(told["events"]) == 2 + 2 + 4 + 1 + 2
    assert told["checkpoints"] == [4, 2]
    assert told["answers"] == ["step-4", "step-4"]
    assert told["streamed"] == "step-4"
    assert told["refused"] == [404, "model_not_found"]
