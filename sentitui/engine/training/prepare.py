"""All that a training needs, from its spec: checked files, encoded examples, a model with its adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.format import Format
from sentitui.engine.training import adapter
from sentitui.engine.training.data import encode_all, read_examples
from sentitui.engine.training.encoding import encode
from sentitui.engine.training.objective import Objective, Supervised
from sentitui.engine.training.preference import Pair, Preference, chosen_beta, encode_pair
from sentitui.engine.training.refusal import FileRefused
from sentitui.engine.training.spec import JobSpec

# Above this a row's activations would take more than some 2 GB on the CPU (about 2 MB a token for the default
# model). On a GPU memory is always the scarcer good.
_LONG_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class Prepared:
    """`make` puts the adapter on the base model (seconds); `tokens` are those of the training file."""

    examples: int
    tokens: int
    make: Callable[[], tuple[Any, Objective]]


def prepare(spec: JobSpec, threads: int) -> Prepared:
    """Checks and encodes the files. Raises FileRefused when they cannot be trained on, WeightsError without
    a model.

    Files are read before torch is imported: a bad one is told within a second.
    """
    wanted = Format.PREFERENCE if spec.method == "dpo" else Format.CHAT
    files = {"training_file": spec.training_file, "validation_file": spec.validation_file}
    examples = {
        param: read_examples(path, param, wanted) for param, path in files.items() if path is not None
    }
    import torch

    from sentitui.engine.weights import loading

    torch.set_num_threads(threads)
    chat = loading.load_chat(spec.base_path)
    device = loading.choose_device()
    model = loading.load_model(spec.base_path, device)
    limit = loading.context_length(model)
    if spec.method == "dpo":
        pairs = {
            param: encode_all(rows, lambda row: encode_pair(row, chat, limit), param)
            for param, rows in examples.items()
        }
        return _preference(spec, model, device, pairs)
    encoded = {
        param: encode_all(rows, lambda row: encode(row, chat, limit), param)
        for param, rows in examples.items()
    }
    for param, rows in encoded.items():
        if not any(row.targets for row in rows):
            raise FileRefused.invalid(param, f"No answer lies within the model's {limit} tokens.")
    training, validation = encoded["training_file"], encoded.get("validation_file", [])

    def make() -> tuple[Any, Objective]:
        tuned = _tuned(spec, model, max(len(row.tokens) for row in training))
        return tuned, Supervised(training, validation, device)

    return Prepared(len(training), sum(len(row.tokens) for row in training), make)


def _preference(spec: JobSpec, model: Any, device: Any, pairs: dict[str, list[Pair]]) -> Prepared:
    training, validation = pairs["training_file"], pairs.get("validation_file", [])
    beta = chosen_beta(spec.beta)

    def make() -> tuple[Any, Objective]:
        longest = max(len(answer.tokens) for pair in training for answer in (pair.preferred, pair.other))
        tuned = _tuned(spec, model, longest)
        return tuned, Preference(tuned, training, validation, beta, device)

    tokens = sum(len(pair.preferred.tokens) + len(pair.other.tokens) for pair in training)
    return Prepared(len(training), tokens, make)


def _tuned(spec: JobSpec, model: Any, longest: int) -> Any:
    tuned = adapter.attach(model, spec.adapter_path, spec.seed)
    if model.device.type != "cpu" or longest > _LONG_TOKENS:
        adapter.save_memory(tuned)
    return tuned
