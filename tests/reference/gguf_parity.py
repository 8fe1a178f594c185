"""Shows that the GGUF file which `moru convert` writes of a model means to llama.cpp what the model means to Moru.

    gguf_parity.py [--moru build/moru] [--helper build/tests/model_reference] [FOLDER...]

Without folders: the small checkpoints of tests/model/families that llama.cpp can run, whose greedy continuations
`transformers` has computed too. Every model is written in float32; logits of one go and a greedy continuation of 40
tokens (past the sliding window of the small ones) are compared. Exits 1 if a token differs, or a logit by more than
1e-3 of the logits' standard deviation.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import numpy

from llama_cpp_model import LlamaCppModel

FAMILIES = "tests/model/families"
# llama.cpp's exaone-moe has one window for all sliding layers and no clamped SwiGLU.
NOT_THERE = {"exaone_moe-2"}
MOST_APART = 1e-3


def helper(options, command, folder, tokens, *more):
    result = subprocess.run([options.helper, command, folder, "f32", *map(str, more)], input=json.dumps([tokens]).encode(),
                            capture_output=True)
    if result.returncode:
        sys.exit(result.stderr.decode())
    return result.stdout


def compare(options, folder, scratch):
    name = os.path.basename(os.path.normpath(folder))
    gguf = os.path.join(scratch, name + ".gguf")
    subprocess.run([options.moru, "convert", folder, gguf, "--type", "f32"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        vocabulary = json.load(file)["vocab_size"]
    known = os.path.join(folder, "expected.json")
    if os.path.exists(known):
        with open(known, encoding="utf-8") as file:
            expected = json.load(file)
        tokens, prompt, reference = expected["tokens"], expected["prompt"], expected["continuation"]
    else:
        rng = random.Random(1)
        tokens, prompt, reference = [rng.randrange(vocabulary) for _ in range(200)], 32, None
    theirs = LlamaCppModel(gguf, 512, threads=1)
    a = numpy.frombuffer(helper(options, "logits", folder, tokens), dtype=numpy.float32).reshape(-1, vocabulary)
    b = theirs.logits(tokens)[:, :vocabulary]
    apart = float(numpy.abs(a - b).max() / a.std())
    ours = json.loads(helper(options, "greedy", folder, tokens[:prompt], 40))[0]
    same = ours == theirs.greedy(tokens[:prompt], 40) and (reference is None or ours == reference)
    print(f"{name}: logits apart by {apart:.1e} of their deviation; 40 greedy tokens {'the same' if same else 'DIFFER'}"
          f"{' (transformers too)' if reference and same else ''}")
    return same and apart < MOST_APART


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--moru", default="build/moru")
    parser.add_argument("--helper", default="build/tests/model_reference")
    options = parser.parse_args()
    folders = options.folders or [os.path.join(FAMILIES, n) for n in sorted(os.listdir(FAMILIES)) if n not in NOT_THERE]
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(0 if all([compare(options, folder, scratch) for folder in folders]) else 1)


main()
