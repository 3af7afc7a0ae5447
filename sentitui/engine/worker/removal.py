"""Removing a tuned model: its entry, its checkpoint's name and its weights, unless a job goes on from it."""

from __future__ import annotations

from sentitui.engine.store import Store
from sentitui.engine.worker.finish import remove_adapters
from sentitui.errors import EngineError


class ModelInUse(EngineError):  # noqa: N818 - it names what happened
    """A job that has not ended starts from the model's weights."""


def remove_tuned(store: Store, name: str) -> bool:
    """Removes a tuned model; False when there is none of that name. Raises ModelInUse."""
    with store.database.transaction():
        model = store.models.get(name)
        if model is None:
            return False
        for job in store.jobs.open_jobs():
            if job.adapter == model.adapter:
                raise ModelInUse(
                    f"The model `{name}` is being fine-tuned further by {job.id}.", "Cancel the job or wait."
                )
        store.models.remove(name)
        store.checkpoints.withdraw(name)
    remove_adapters([model.adapter])
    return True
