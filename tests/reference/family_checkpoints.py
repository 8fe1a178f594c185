"""Makes the small checkpoints in tests/model/families/ with Hugging Face's `transformers`, and what it computes on them.

    family_checkpoints.py [FOLDER [NAME...]]

For every family: a model of random weights (bfloat16 on disk, so that float32 holds them exactly), and beside it
  expected.json         token ids, the loss, and the greedy continuation of a prompt far past the sliding window;
  expected.safetensors  in float32: the logits of all tokens in one go (those of the MTP module too), and of the loss's
                        gradient by every tensor its norm and 32 evenly spread elements.
The loss is the mean cross entropy of the next token, plus, where there is an MTP module, that of the token after it.
A seed is taken only if the same model in float64 agrees, so that no near tie decides a test.

Where transformers lacks a family or a part of it, the script says so and builds it out of transformers' own modules.
"""
import json
import math
import os
import sys
import tempfile
import types

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import (Exaone4Config, Exaone4ForCausalLM, ExaoneMoeConfig, ExaoneMoeForCausalLM, Gemma3ForCausalLM,
                          Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM, Qwen3MoeConfig,
                          Qwen3MoeForCausalLM)
from transformers.utils import logging
from transformers.models.exaone_moe.modeling_exaone_moe import ExaoneMoeDecoderLayer, ExaoneMoeRMSNorm

TOKENS, PROMPT, CONTINUATION, SAMPLES = 48, 16, 40, 32
# Scaling that shows in short sequences: wavelengths lie below, between and above the two limits.
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
COMMON = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2,
              head_dim=16, max_position_embeddings=128, bos_token_id=1, pad_token_id=None, attn_implementation="eager")


class Mtp(torch.nn.Module):
    """K-EXAONE's multi-token prediction, which transformers leaves out when it reads a checkpoint. Built after the
    published description out of transformers' own norm and decoder layer: the layer is dense, sliding, with RoPE."""

    def __init__(self, config):
        super().__init__()
        values = config.to_dict() | {"mlp_layer_types": ["dense"], "layer_types": ["sliding_attention"],
                                     "num_hidden_layers": 1}
        config = ExaoneMoeConfig(**values, attn_implementation="eager")
        self.fc = torch.nn.Linear(2 * config.hidden_size, config.hidden_size, bias=False)
        self.pre_fc_norm_embedding = ExaoneMoeRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.pre_fc_norm_hidden = ExaoneMoeRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.norm = ExaoneMoeRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.layers = torch.nn.ModuleList([ExaoneMoeDecoderLayer(config, 0)])
        self.window = config.sliding_window

    def forward(self, main, normed, next_tokens):
        z = self.fc(torch.cat([self.pre_fc_norm_embedding(main.model.embed_tokens(next_tokens)),
                               self.pre_fc_norm_hidden(normed)], -1))
        positions = torch.arange(z.shape[1])[None]
        z = self.layers[0](z, attention_mask=window_mask(z.shape[1], self.window, z.dtype), position_ids=positions,
                           position_embeddings=main.model.rotary_emb(z, positions))
        return main.lm_head(self.norm(z))


def window_mask(length, window, dtype):
    """Additive mask: a token sees itself and the window - 1 before it; with window 0 all before it."""
    distance = torch.arange(length)[:, None] - torch.arange(length)[None]
    seen = (distance >= 0) & ((distance < window) | (window == 0))
    return torch.zeros(length, length, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)[None, None]


def give_windows(model, windows):
    """A window for every layer (0: full), which this version of transformers lacks."""
    for layer, window in zip(model.model.layers, windows):
        def hook(_, args, kwargs, window=window):
            kwargs["attention_mask"] = window_mask(args[0].shape[1], window, args[0].dtype)
            return args, kwargs
        layer.register_forward_pre_hook(hook, with_kwargs=True)


def give_limits(model, limits):
    """Clamped SwiGLU in the layers whose limit is not 0, which this version of transformers lacks."""
    def gated(gate, up, limit):
        return F.silu(gate.clamp(max=limit)) * up.clamp(-limit, limit)

    def dense(self, x):
        return self.down_proj(gated(self.gate_proj(x), self.up_proj(x), self.limit))

    def experts(self, x, chosen, weights):
        out = torch.zeros_like(x)
        for expert in range(self.num_experts):
            row, place = torch.where(chosen == expert)
            gate, up = F.linear(x[row], self.gate_up_proj[expert]).chunk(2, -1)
            y = F.linear(gated(gate, up, self.limit), self.down_proj[expert]) * weights[row, place, None]
            out = out.index_add(0, row, y.to(out.dtype))
        return out

    for layer, limit in zip(model.model.layers, limits):
        if not limit:
            continue
        sparse = hasattr(layer.mlp, "experts")
        for module, forward in ([(layer.mlp.experts, experts), (layer.mlp.shared_experts, dense)] if sparse
                                else [(layer.mlp, dense)]):
            module.limit = limit
            module.forward = types.MethodType(forward, module)


def published(config, **more):
    """config.json in the spelling of published checkpoints: rope_theta and rope_scaling, torch_dtype."""
    values = json.loads(config.to_json_string(use_diff=False))
    rope = values.pop("rope_parameters")
    values["rope_theta"] = rope.pop("rope_theta")
    values["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    values["torch_dtype"] = "bfloat16"
    for key in ("dtype", "_name_or_path", "transformers_version", "chunk_size_feed_forward", "is_encoder_decoder", "id2label",
                "label2id", "output_hidden_states", "return_dict", "problem_type", "output_attentions"):
        values.pop(key, None)
    return values | more


def exaone():
    """transformers has no class for EXAONE 3.5: its block is llama's, under other names."""
    config = LlamaConfig(**COMMON | dict(hidden_size=40, head_dim=10), num_hidden_layers=3, eos_token_id=95,
                         rms_norm_eps=1e-5, tie_word_embeddings=False,
                         rope_parameters={"rope_theta": 10000.0, **LLAMA3})
    renamed = [("model.embed_tokens", "transformer.wte"), ("model.norm", "transformer.ln_f"),
               ("model.layers", "transformer.h"), ("input_layernorm", "ln_1"), ("post_attention_layernorm", "ln_2"),
               ("self_attn.o_proj", "self_attn.out_proj"), ("self_attn", "attn.attention"), ("gate_proj", "c_fc_0"),
               ("up_proj", "c_fc_1"), ("down_proj", "c_proj")]
    values = {"architectures": ["ExaoneForCausalLM"], "model_type": "exaone", "activation_function": "silu",
              "attention_dropout": 0.0, "embed_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 95, "pad_token_id": 0,
              "head_dim": 10, "hidden_size": 40, "initializer_range": 0.02, "intermediate_size": 48,
              "layer_norm_epsilon": 1e-5, "max_position_embeddings": 128, "num_attention_heads": 4,
              "num_key_value_heads": 2, "num_layers": 3, "rope_scaling": LLAMA3, "rope_theta": 10000,
              "tie_word_embeddings": False, "torch_dtype": "bfloat16", "use_cache": True, "vocab_size": 96}
    return dict(model=LlamaForCausalLM(config), config=values, renamed=renamed)


def exaone4_sliding():
    config = Exaone4Config(**COMMON, num_hidden_layers=4, eos_token_id=95, sliding_window=8, tie_word_embeddings=False,
                           layer_types=["sliding_attention"] * 3 + ["full_attention"],
                           rope_parameters={"rope_theta": 10000.0, **LLAMA3})
    values = published(config, sliding_window_pattern="LLLG", architectures=["Exaone4ForCausalLM"])
    return dict(model=Exaone4ForCausalLM(config), config=values)


def exaone4_full():
    config = Exaone4Config(**COMMON, num_hidden_layers=3, eos_token_id=95, sliding_window=None, tie_word_embeddings=True,
                           layer_types=["full_attention"] * 3, rope_parameters={"rope_theta": 10000.0, **LLAMA3})
    return dict(model=Exaone4ForCausalLM(config), config=None)


def exaone_moe_values(**more):
    return COMMON | dict(eos_token_id=95, moe_intermediate_size=8, num_experts=8, num_experts_per_tok=3, n_group=4,
                         topk_group=2, norm_topk_prob=True, routed_scaling_factor=2.5, num_shared_experts=1,
                         tie_word_embeddings=False, rope_parameters={"rope_theta": 1e6, "rope_type": "default"}) | more


def exaone_moe():
    layers = ["sliding_attention"] * 3 + ["full_attention", "sliding_attention"]
    config = ExaoneMoeConfig(**exaone_moe_values(num_hidden_layers=5, sliding_window=8, layer_types=layers,
                                                 mlp_layer_types=["dense"] + ["sparse"] * 4))
    values = published(config, num_nextn_predict_layers=1, architectures=["ExaoneMoEForCausalLM"],
                       sliding_window_pattern="LLLG", scoring_func="sigmoid", topk_method="noaux_tc",
                       is_moe_layer=[False, True, True, True, True], first_k_dense_replace=1)
    return dict(model=ExaoneMoeForCausalLM(config), config=values, mtp=Mtp(config))


def exaone_moe_2():
    windows, limits = [0, 16, 8, 8, 0], [0.0, 1.5, 0.0, 1.0, 1.5]
    layers = ["sliding_attention" if w else "full_attention" for w in windows]
    config = ExaoneMoeConfig(**exaone_moe_values(num_hidden_layers=5, sliding_window=8, layer_types=layers,
                                                 mlp_layer_types=["dense"] * 2 + ["sparse"] * 3))
    model = ExaoneMoeForCausalLM(config)
    give_windows(model, windows)
    give_limits(model, limits)
    values = published(config, num_nextn_predict_layers=1, architectures=["ExaoneMoeForCausalLM"],
                       scoring_func="sigmoid", topk_method="noaux_tc", sliding_windows=windows, swiglu_limits=limits,
                       mtp_layer_types=["sliding_attention"], mtp_sliding_windows=[8], mtp_num_speculative_steps=4,
                       mtp_share_layers=True)
    for key in ("first_k_dense_replace", "sliding_window_pattern"):
        values.pop(key, None)
    return dict(model=model, config=values, mtp=Mtp(config), patched=True)


def llama_tied():
    return dict(model=LlamaForCausalLM(LlamaConfig(**COMMON, num_hidden_layers=3, eos_token_id=2, rms_norm_eps=1e-5,
                                                   tie_word_embeddings=True,
                                                   rope_parameters={"rope_theta": 1e5, "rope_type": "default"})))


def llama_scaled():
    config = LlamaConfig(**COMMON, num_hidden_layers=3, eos_token_id=[2, 95], rms_norm_eps=1e-5,
                         tie_word_embeddings=False, rope_parameters={"rope_theta": 10000.0, **LLAMA3})
    values = published(config, architectures=["LlamaForCausalLM"])
    return dict(model=LlamaForCausalLM(config), config=values)


def qwen3():
    return dict(model=Qwen3ForCausalLM(Qwen3Config(**COMMON, num_hidden_layers=3, eos_token_id=95,
                                                   tie_word_embeddings=True,
                                                   rope_parameters={"rope_theta": 1e6, "rope_type": "default"})))


def qwen3_moe():
    config = Qwen3MoeConfig(**COMMON, num_hidden_layers=4, eos_token_id=95, moe_intermediate_size=16, num_experts=6,
                            num_experts_per_tok=2, norm_topk_prob=True, mlp_only_layers=[1], decoder_sparse_step=1,
                            tie_word_embeddings=False, rope_parameters={"rope_theta": 1e6, "rope_type": "default"})
    values = published(config, architectures=["Qwen3MoeForCausalLM"])
    values["num_experts"] = values.pop("num_local_experts", 6)
    return dict(model=Qwen3MoeForCausalLM(config), config=values)


def gemma3():
    config = Gemma3TextConfig(**COMMON, num_hidden_layers=4, eos_token_id=1, query_pre_attn_scalar=20, sliding_window=8,
                              layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
                              rope_parameters={
                                  "full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
                                  "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}})
    return dict(model=Gemma3ForCausalLM(config))


FAMILIES = {"exaone": exaone, "exaone4-sliding": exaone4_sliding, "exaone4-full": exaone4_full,
            "exaone_moe": exaone_moe, "exaone_moe-2": exaone_moe_2, "llama-tied": llama_tied,
            "llama-scaled": llama_scaled, "qwen3": qwen3, "qwen3_moe": qwen3_moe, "gemma3": gemma3}


@torch.no_grad()
def randomise(model, mtp, seed):
    """Weights large enough that every part shows in the logits, rounded to bfloat16."""
    generator = torch.Generator().manual_seed(seed)
    centred = isinstance(model, Gemma3ForCausalLM)  # its norms multiply by 1 + weight
    for module in [model] + ([mtp] if mtp else []):
        for name, p in module.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() == 1:
                p.copy_(0.3 * noise + (0 if centred else 1))
            else:
                p.copy_(noise * ((0.1 if centred else 0.5) if "embed_tokens" in name else 1.1 / math.sqrt(p.shape[-1])))
            p.copy_(p.bfloat16())
        for name, b in module.named_buffers():
            if name.endswith("e_score_correction_bias"):
                b.copy_(0.2 * torch.randn(b.shape, generator=generator))


def tensors_of(model, mtp, renamed):
    """The model's tensors under the names of published files, as transformers writes them."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, safe_serialization=True)
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        tensors = load_file(os.path.join(folder, "model.safetensors"))
    if mtp:
        tensors |= {"mtp." + name: p.detach().clone() for name, p in mtp.named_parameters()}
    out = {}
    for name, tensor in tensors.items():
        for old, new in renamed:
            name = name.replace(old, new)
        out[name] = tensor.contiguous()
    return out, config


def forward(model, mtp, ids):
    out = model(input_ids=ids[None], output_hidden_states=True, use_cache=False)
    if not mtp:
        return out.logits[0], None
    following = torch.cat([ids[1:], ids[:1]])[None]  # the last one's is unknown, and no earlier row sees it
    normed = model.model.norm(out.hidden_states[-1]) if not hidden_is_normed(model, out) else out.hidden_states[-1]
    return out.logits[0], mtp(model, normed, following)[0]


def hidden_is_normed(model, out):
    return torch.allclose(model.lm_head(out.hidden_states[-1]), out.logits, rtol=1e-4, atol=1e-4)


def loss_of(logits, mtp_logits, ids):
    loss = F.cross_entropy(logits[:-1].float(), ids[1:])
    return loss if mtp_logits is None else loss + F.cross_entropy(mtp_logits[:-2].float(), ids[2:])


@torch.no_grad()
def greedy(model, ids):
    least, made = math.inf, []
    for _ in range(CONTINUATION):
        logits = model(input_ids=torch.cat([ids, torch.tensor(made, dtype=torch.long)])[None], use_cache=False).logits[0, -1]
        best = logits.topk(2).values
        least = min(least, float((best[0] - best[1]) / logits.std()))
        made.append(int(logits.argmax()))
    return made, least


def attempt(build, seed):
    torch.manual_seed(0)
    parts = build()
    model, mtp = parts["model"].float().eval(), parts.get("mtp")
    model.config._experts_implementation = "eager"
    model.get_input_embeddings().padding_idx = None
    if mtp:
        mtp = mtp.float().eval()
    randomise(model, mtp, seed)
    ids = torch.randint(0, model.config.vocab_size, (TOKENS,), generator=torch.Generator().manual_seed(1000 + seed))
    tensors, config = tensors_of(model, mtp, parts.get("renamed", []))
    logits, mtp_logits = forward(model, mtp, ids)
    loss = loss_of(logits, mtp_logits, ids)
    loss.backward()
    made, margin = greedy(model, ids[:PROMPT])

    gradients = {}
    with torch.no_grad():
        for module in [model] + ([mtp] if mtp else []):
            for p in module.parameters():
                p.copy_(p.grad)
        gradients, _ = tensors_of(model, mtp, parts.get("renamed", []))
        randomise(model, mtp, seed)
        model.double()
        if mtp:
            mtp.double()
        exact, _ = forward(model, mtp, ids)
        exact_made, _ = greedy(model, ids[:PROMPT])
    off = float((exact - logits.detach()).abs().max() / logits.detach().std())
    good = off < 1e-5 and margin > 3e-3 and made == exact_made and len(set(made)) >= 10
    print(f"  seed {seed}: loss {loss:.4f}, logits' deviation {logits.std():.3f}, off float64 by {off:.1e}, "
          f"least margin {margin:.1e}, {len(set(made))} different tokens{'' if good else ': not taken'}")
    if not good:
        return None
    config = parts.get("config") or config
    config.pop("transformers_version", None)
    for key in ("dtype", "torch_dtype"):
        if key in config:
            config[key] = "bfloat16"
    return dict(config=config, tensors=tensors, gradients=gradients, logits=logits.detach(), ids=ids, loss=loss.item(),
                mtp=None if mtp_logits is None else mtp_logits.detach(), made=made, patched=parts.get("patched"))


def sampled(gradient):
    flat = gradient.float().flatten()
    count = min(SAMPLES, flat.numel())
    places = torch.arange(count) * flat.numel() // count
    return torch.cat([flat.norm()[None], flat[places]])


def write(folder, name, found):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    place = lambda file: os.path.join(folder, name, file)
    config = {key: found["config"][key] for key in sorted(found["config"])}
    with open(place("config.json"), "w", encoding="utf-8") as file:
        file.write(json.dumps(config, indent=2) + "\n")
    stored = {n: t.float() if "e_score_correction_bias" in n else t.bfloat16() for n, t in found["tensors"].items()}
    save_file(stored, place("model.safetensors"), metadata={"format": "pt"})
    expected = {"logits": found["logits"].contiguous()}
    if found["mtp"] is not None:
        expected["mtp_logits"] = found["mtp"].contiguous()
    for n, g in found["gradients"].items():
        if "e_score_correction_bias" not in n:
            expected["gradient." + n] = sampled(g)
    save_file(expected, place("expected.safetensors"))
    with open(place("expected.json"), "w", encoding="utf-8") as file:
        json.dump({"tokens": found["ids"].tolist(), "loss": found["loss"], "prompt": PROMPT,
                   "continuation": found["made"]}, file)
        file.write("\n")


def check_reading(folder, name, found):
    """transformers itself reads what was written, its config.json in the published spelling included."""
    if name == "exaone" or found["patched"]:
        return
    from transformers import AutoModelForCausalLM
    model, loading = AutoModelForCausalLM.from_pretrained(os.path.join(folder, name), dtype=torch.float32,
                                                          attn_implementation="eager", output_loading_info=True)
    assert not loading["missing_keys"] and not loading["mismatched_keys"], loading
    with torch.no_grad():
        again = model.eval()(input_ids=found["ids"][None]).logits[0]
    off = float((again - found["logits"]).abs().max() / found["logits"].std())
    assert off < 1e-5, f"{name}: transformers reads another model from what was written: {off}"


def main():
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/model/families"
    for name in sys.argv[2:] or FAMILIES:
        print(name)
        found = next(f for f in (attempt(FAMILIES[name], seed) for seed in range(1, 200)) if f)
        write(folder, name, found)
        check_reading(folder, name, found)


if __name__ == "__main__":
    main()
