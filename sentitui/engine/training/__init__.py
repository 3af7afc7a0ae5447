"""The trainer: one process per job (`python -m sentitui.engine.training JOB_FOLDER`).

It reads `spec.json` in the job's folder, appends what happens to `progress.jsonl`, looks at `control`
between steps and leaves LoRA adapters in `checkpoints/`. Killed at any moment, the same command goes on
from the last whole checkpoint and ends with the very same weights. It knows nothing of HTTP,
the database or the API's event texts.
"""
