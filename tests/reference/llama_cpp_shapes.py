"""Models of random weights in shapes that llama.cpp has where those of tests/model/families have others.

llama.cpp takes some of a family's shape from elsewhere than the file: of exaone4 the hidden size from the heads and the
windows from 64 layers; of qwen3moe experts in every layer; of gemma3 full attention in every sixth layer and the
attention's scale from the width of a head.
"""
from transformers import (Exaone4Config, Exaone4ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig, Qwen3MoeConfig,
                          Qwen3MoeForCausalLM)

from family_checkpoints import COMMON, LLAMA3, published

PLAIN = {"rope_theta": 1e6, "rope_type": "default"}


def exaone4(layers, types, window):
    config = Exaone4Config(**COMMON | dict(hidden_size=64, intermediate_size=80), num_hidden_layers=layers,
                           eos_token_id=95, sliding_window=window, layer_types=types, tie_word_embeddings=False,
                           rope_parameters={"rope_theta": 10000.0, **LLAMA3})
    return dict(model=Exaone4ForCausalLM(config), config=published(config, architectures=["Exaone4ForCausalLM"]))


def exaone4_full():
    return exaone4(5, ["full_attention"] * 5, None)


def exaone4_sliding():
    return exaone4(64, (["sliding_attention"] * 3 + ["full_attention"]) * 16, 8)


def qwen3_moe():
    config = Qwen3MoeConfig(**COMMON, num_hidden_layers=4, eos_token_id=95, moe_intermediate_size=16, num_experts=8,
                            num_experts_per_tok=2, norm_topk_prob=True, mlp_only_layers=[], decoder_sparse_step=1,
                            tie_word_embeddings=False, rope_parameters=PLAIN)
    values = published(config, architectures=["Qwen3MoeForCausalLM"])
    values["num_experts"] = values.pop("num_local_experts", 8)
    return dict(model=Qwen3MoeForCausalLM(config), config=values)


def gemma3():
    layers = ["sliding_attention"] * 5 + ["full_attention", "sliding_attention"]
    config = Gemma3TextConfig(**COMMON, num_hidden_layers=7, eos_token_id=1, query_pre_attn_scalar=16, sliding_window=8,
                              layer_types=layers, rope_parameters={
                                  "full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
                                  "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}})
    return dict(model=Gemma3ForCausalLM(config))


SHAPES = {"exaone4-full": exaone4_full, "exaone4-sliding": exaone4_sliding, "qwen3_moe": qwen3_moe, "gemma3": gemma3}
