"""GGUF files as llama.cpp reads them, written with the `gguf` package alone.

Only Llama-shaped models with a byte-level tokenizer that llama.cpp knows by name; others leave as a merged
folder and go through llama.cpp's own converter.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sentitui.engine.export.card import Provenance
from sentitui.engine.export.merge import merged_model
from sentitui.engine.inference.adapters import AdapterBank
from sentitui.engine.weights import loading
from sentitui.errors import EngineError

# llama.cpp splits text by the name of the tokenizer: SmolLM's by vocabulary size, as its names are not in
# our files.
_SPLITTERS = {("llama", 49152): "smollm", ("llama", 128256): "llama-bpe"}
_NORMAL, _CONTROL = 1, 3


def write_f16(base: Path, adapter: Path, folder: Path, about: Provenance) -> None:
    """Writes `<base>-tuned-F16.gguf`: the merged model, matrices in F16, vectors in F32."""
    _write_model(base, adapter, folder, about, "F16")


def write_q8_0(base: Path, adapter: Path, folder: Path, about: Provenance) -> None:
    """Writes `<base>-tuned-Q8_0.gguf`: the merged model, matrices in 8 bits, vectors in F32."""
    _write_model(base, adapter, folder, about, "Q8_0")


def _write_model(base: Path, adapter: Path, folder: Path, about: Provenance, quantization: str) -> None:
    import gguf

    model = merged_model(base, adapter)
    writer = gguf.GGUFWriter(folder / f"{about.base}-tuned-{quantization}.gguf", "llama")
    _describe(writer, model.config, about)
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{quantization}"])
    _add_tokenizer(writer, model.config, base)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, model.config.num_hidden_layers)
    kind = gguf.GGMLQuantizationType[quantization]
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        values = _permuted(name, tensor, model.config).numpy()
        known = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if values.ndim == 1:
            writer.add_tensor(known, values)
        else:
            writer.add_tensor(known, gguf.quants.quantize(values, kind), raw_dtype=kind)
    _finish(writer)


def write_adapter(base: Path, adapter: Path, folder: Path, about: Provenance) -> None:
    """Writes `<base>-lora.gguf`: the adapter alone, for llama.cpp's `--lora`."""
    import gguf
    import torch

    model = loading.load_model(base, torch.device("cpu"))
    writer = gguf.GGUFWriter(folder / f"{about.base}-lora.gguf", "llama")
    _splitter(model.config)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    loaded = AdapterBank(model).load(adapter)
    # The scale is in the second matrix already, and llama.cpp multiplies by alpha / rank.
    writer.add_float32("adapter.lora.alpha", float(loaded.rank))
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, model.config.num_hidden_layers)
    for layer, (down, up) in loaded.layers.items():
        known = names.get_name(f"{layer}.weight", try_suffixes=(".weight",))
        rows = _permuted(f"{layer}.weight", up.t().contiguous(), model.config)
        writer.add_tensor(f"{known}.lora_a", down.float().numpy())
        writer.add_tensor(f"{known}.lora_b", rows.float().contiguous().numpy())
    _finish(writer)


def _describe(writer: Any, config: Any, about: Provenance) -> None:
    writer.add_name(about.name)
    if about.license:
        writer.add_license(about.license)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(writer: Any, config: Any, base: Path) -> None:
    tokenizer = loading.load_tokenizer(base)
    core = json.loads(tokenizer.backend_tokenizer.to_str())
    special = {entry["id"] for entry in core["added_tokens"] if entry["special"]}
    tokens = tokenizer.convert_ids_to_tokens(list(range(config.vocab_size)))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_splitter(config))
    writer.add_token_list(tokens)
    writer.add_token_types([_CONTROL if number in special else _NORMAL for number in range(len(tokens))])
    merges = core["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    for add, token in (
        (writer.add_bos_token_id, tokenizer.bos_token_id),
        (writer.add_eos_token_id, tokenizer.eos_token_id),
        (writer.add_unk_token_id, tokenizer.unk_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id),
    ):
        if token is not None:
            add(token)
    writer.add_chat_template(tokenizer.chat_template)


def _splitter(config: Any) -> str:
    known = _SPLITTERS.get((config.model_type, config.vocab_size))
    if known is None:
        raise EngineError(
            f"GGUF export knows no tokenizer of llama.cpp for this model ({config.model_type}).",
            "Export it as `merged` and use llama.cpp's convert_hf_to_gguf.py.",
        )
    return known


def _permuted(name: str, tensor: Any, config: Any) -> Any:
    """Rows of the query and key projections in llama.cpp's order, which pairs the halves of a head."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    count = next((heads[part] for part in heads if f".{part}." in name), None)
    if count is None:
        return tensor.float()
    rows = tensor.shape[0]
    halves = tensor.float().view(count, 2, rows // count // 2, *tensor.shape[1:])
    return halves.transpose(1, 2).reshape(tensor.shape).contiguous()


def _finish(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
