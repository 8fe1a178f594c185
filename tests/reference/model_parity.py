"""Shows that what Moru writes is to Hugging Face's `transformers` the same model: compares the logits of both.

    model_parity.py [--helper build/tests/model_reference] [MODEL_FOLDER...]

Without folders Moru makes a random model of every family's configuration in tests/model/families. Sequences run past the
sliding window. Exits 1 if the logits differ by more than rounding explains. Run as README.md beside this file says.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import numpy
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

import family_checkpoints

FAMILIES = "tests/model/families"
FLOAT32_LARGEST = 1e-4  # as a share of the standard deviation of all logits
# In bf16 both round after every step, each in its own places, and a token near a tie may go to other experts. What can
# be asked is that Moru is about as near to the float32 logits as the other is.
BF16_RATIO = 1.25


def ours(helper, folder, sequences, kind, vocabulary):
    result = subprocess.run([helper, "logits", folder, kind], input=json.dumps(sequences).encode(), capture_output=True)
    if result.returncode:
        sys.exit(result.stderr.decode())
    return numpy.frombuffer(result.stdout, dtype=numpy.float32).reshape(-1, vocabulary)


def as_llama(folder, config, scratch):
    """EXAONE 3.5 under llama's names: transformers has no class for it."""
    names = family_checkpoints.exaone()["renamed"]
    tensors = {}
    for name, tensor in load_file(os.path.join(folder, "model.safetensors")).items():
        for llama, exaone in reversed(names):
            name = name.replace(exaone, llama)
        tensors[name] = tensor
    save_file(tensors, os.path.join(scratch, "model.safetensors"), metadata={"format": "pt"})
    values = {"num_hidden_layers": config["num_layers"], "rms_norm_eps": config["layer_norm_epsilon"],
              "hidden_act": config["activation_function"], "model_type": "llama", "architectures": ["LlamaForCausalLM"]}
    with open(os.path.join(scratch, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config | values, file)
    return scratch


def theirs(folder, config, sequences, dtype):
    with tempfile.TemporaryDirectory() as scratch:
        if config["model_type"] == "exaone":
            folder = as_llama(folder, config, scratch)
        model, loading = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, output_loading_info=True,
                                                              attn_implementation="eager")
    if loading["missing_keys"] or loading["mismatched_keys"]:
        sys.exit(f"transformers misses weights: {loading}")
    if any(config.get("sliding_windows") or []):
        family_checkpoints.give_windows(model, config["sliding_windows"])
    if any(config.get("swiglu_limits") or []):
        family_checkpoints.give_limits(model, config["swiglu_limits"])
    model.eval()
    with torch.no_grad():
        rows = [model(input_ids=torch.tensor([ids])).logits[0].float().numpy() for ids in sequences]
    return type(model).__name__, numpy.concatenate(rows)


def compare_folder(helper, name, folder):
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    rng = random.Random(1)
    window, most = config.get("sliding_window") or 8, config["max_position_embeddings"]
    lengths = sorted({1, 2, min(most, window), min(most, window + 1), min(most, 3 * window + 5), min(most, 200)})
    vocabulary = config["vocab_size"]
    sequences = [[rng.randrange(vocabulary) for _ in range(length)] for length in lengths]
    kind, exact = theirs(folder, config, sequences, torch.float32)
    a = ours(helper, folder, sequences, "f32", vocabulary)
    scale = float(exact.std())
    apart = lambda one, other: numpy.abs(one - other) / scale
    largest = float(apart(a, exact).max())
    b, c = ours(helper, folder, sequences, "bf16", vocabulary), theirs(folder, config, sequences, torch.bfloat16)[1]
    mine, other = float(apart(b, exact).mean()), float(apart(c, exact).mean())
    good = largest <= FLOAT32_LARGEST and mine <= BF16_RATIO * other
    print(f"{name} ({kind}): {sum(lengths)} tokens of {len(lengths)} sequences of up to {lengths[-1]}; float32 apart by at "
          f"most {largest:.1e} of the logits' deviation; bfloat16 off float32 by {mine:.1e} on average, transformers "
          f"{other:.1e}{'' if good else ': FAILED'}")
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--helper", default="build/tests/model_reference")
    options = parser.parse_args()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    good = [compare_folder(options.helper, folder, folder) for folder in options.folders]
    with tempfile.TemporaryDirectory() as made:
        for name in sorted(os.listdir(FAMILIES)) if not options.folders else []:
            folder = os.path.join(made, name)
            subprocess.run([options.helper, "make", os.path.join(FAMILIES, name), folder], check=True)
            good.append(compare_folder(options.helper, name, folder))
    sys.exit(0 if all(good) else 1)


main()
