"""Compares the logits that Moru computes with those of Hugging Face's `transformers` on the same model folder.

    exaone_moe_parity.py [HELPER] [MODEL_FOLDER]

Without a folder a small random model is made, with every kind of layer. Sequences run past the sliding window. Exits 1
if the logits differ by more than rounding explains. Run as README.md beside this file says.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

import numpy
import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

HELPER = sys.argv[1] if len(sys.argv) > 1 else "build/tests/model_reference"
FLOAT32_LARGEST = 1e-3  # as a share of the standard deviation of all logits
# In bf16 both round after every step, each in its own places, and a token near a tie may go to other experts. What can
# be asked is that Moru is about as near to the float32 logits as the other is.
BF16_RATIO = 1.25


def ours(folder, sequences, kind, vocabulary):
    result = subprocess.run([HELPER, "logits", folder, kind], input=json.dumps(sequences).encode(), capture_output=True)
    if result.returncode:
        sys.exit(result.stderr.decode())
    return numpy.frombuffer(result.stdout, dtype=numpy.float32).reshape(-1, vocabulary)


def theirs(folder, sequences, dtype):
    model, loading = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, output_loading_info=True,
                                                          attn_implementation="eager")
    if loading["missing_keys"] or loading["mismatched_keys"]:
        sys.exit(f"transformers misses weights: {loading}")
    model.eval()
    print(f"{type(model).__name__}: {sum(p.numel() for p in model.parameters())} parameters, window "
          f"{model.config.sliding_window}")
    with torch.no_grad():
        rows = [model(input_ids=torch.tensor([ids])).logits[0].float().numpy() for ids in sequences]
    return numpy.concatenate(rows)


def main():
    logging.disable_progress_bar()
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as made:
        folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(made, "model")
        if len(sys.argv) <= 2:
            subprocess.run([HELPER, "make", folder], check=True)
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        rng = random.Random(1)
        window, most = config["sliding_window"], config["max_position_embeddings"]
        lengths = sorted({1, 2, window, window + 1, min(most, 3 * window + 5), min(most, 200)})
        sequences = [[rng.randrange(config["vocab_size"]) for _ in range(length)] for length in lengths]
        count, longest = sum(lengths), lengths[-1]
        a, exact = ours(folder, sequences, "f32", config["vocab_size"]), theirs(folder, sequences, torch.float32)
        scale = float(exact.std())

        def compare(what, one, other):
            difference = numpy.abs(one - other) / scale
            same = float((one.argmax(1) == other.argmax(1)).mean())
            print(f"{what}: largest difference {difference.max():.2e}, mean {difference.mean():.2e}; same most likely "
                  f"token {100 * same:.1f} %")
            return float(difference.max()), float(difference.mean())

        print(f"{count} tokens of {len(lengths)} sequences of up to {longest}; differences are shares of the logits' "
              f"standard deviation of {scale:.3f}")
        failed = compare("float32", a, exact)[0] > FLOAT32_LARGEST
        a, b = ours(folder, sequences, "bf16", config["vocab_size"]), theirs(folder, sequences, torch.bfloat16)
        compare("bfloat16", a, b)
        mine = compare("bfloat16 of Moru and float32", a, exact)[1]
        failed |= mine > BF16_RATIO * compare("bfloat16 of transformers and float32", b, exact)[1]
        sys.exit(1 if failed else 0)


main()
