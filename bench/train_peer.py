"""Training steps of SmolLM2-135M's layout: PyTorch beside Moru's bench_train_smollm2, in turns, in one run.

    train_peer.py [--bench build/bench/bench_train_smollm2] [--rounds 3] [--steps 3] [--compile] [--threads 2]

PyTorch: transformers' LlamaForCausalLM with scaled_dot_product_attention, bf16 autocast over float32 weights, fused
AdamW; 4 sequences of 512 tokens (a plain batch, which spares PyTorch what packing costs). LoRA: rank 16 on all seven
projections, written out below. Every run is a process of its own, so that peak memory is its own. Needs PyPI's torch and
transformers.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import time

CONFIG = dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
              num_key_value_heads=3, head_dim=64, max_position_embeddings=8192, tie_word_embeddings=True, rms_norm_eps=1e-5,
              rope_parameters={"rope_theta": 1e5, "rope_type": "default"})


def peer(kind, steps, compiled, threads):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = LlamaForCausalLM(LlamaConfig(**CONFIG, attn_implementation="sdpa", use_cache=False)).train()
    if kind == "lora":
        class Lora(torch.nn.Module):
            def __init__(self, base):
                super().__init__()
                self.base = base
                self.a = torch.nn.Linear(base.in_features, 16, bias=False)
                self.b = torch.nn.Linear(16, base.out_features, bias=False)
                torch.nn.init.zeros_(self.b.weight)

            def forward(self, x):
                return self.base(x) + self.b(self.a(x)) * 2

        model.requires_grad_(False).bfloat16()
        for layer in model.model.layers:
            for block in (layer.self_attn, layer.mlp):
                for name, child in list(block.named_children()):
                    if isinstance(child, torch.nn.Linear):
                        setattr(block, name, Lora(child))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, fused=True)
    run = torch.compile(model) if compiled else model
    ids, targets = torch.randint(0, 49152, (4, 512)), torch.randint(0, 49152, (2048,))

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = run(input_ids=ids).logits
            loss = torch.nn.functional.cross_entropy(logits.view(-1, 49152), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    step()
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"tokens/s": steps * 2048 / wall, "tokens/cpu_s": steps * 2048 / processor,
            "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def ours(bench, kind, steps):
    out = subprocess.run([bench, f"--benchmark_filter=lora:{int(kind == 'lora')}/", "--benchmark_format=json"], check=True,
                         capture_output=True, env=os.environ | {"OMP_WAIT_POLICY": "passive"}).stdout
    found = json.loads(out)["benchmarks"][0]
    return {"tokens/s": found["tokens/s"], "tokens/cpu_s": 2048 / (found["cpu_time"] / 1e3),
            "peak_MB": found["peak_MB"], "of_peak": found["of_peak"], "peak_GFLOP/s": found["peak_GFLOP/s"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", default="build/bench/bench_train_smollm2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--kind", choices=["full", "lora"], action="append")
    parser.add_argument("--peer")
    options = parser.parse_args()
    if options.peer:
        print(json.dumps(peer(options.peer, options.steps, options.compile, options.threads)))
        return
    for kind in options.kind or ["full", "lora"]:
        for _ in range(options.rounds):
            again = [sys.executable, __file__, "--peer", kind, "--steps", str(options.steps), "--threads", str(options.threads)]
            theirs = json.loads(subprocess.run(again + ["--compile"] * options.compile, check=True,
                                               capture_output=True).stdout.splitlines()[-1])
            mine = ours(options.bench, kind, options.steps)
            show = lambda found: ", ".join(f"{name} {value:.3g}" for name, value in found.items())
            print(f"{kind}: PyTorch {show(theirs)} | Moru {show(mine)} | "
                  f"{mine['tokens/s'] / theirs['tokens/s']:.2f} times the tokens/s", flush=True)


main()
