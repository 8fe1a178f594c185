#!/usr/bin/env python3
"""How far models lie from the one that they were made of: the Kullback-Leibler divergence of their next tokens.

    PYTHON tests/reference/kl_divergence.py --text FILE [--tokens 8192] [--length 256] ORIGINAL MODEL...

ORIGINAL: a model folder; MODEL: a folder or a .gguf file. All are computed in float32, so that what differs is the
weights. Prints of each model the mean divergence and its 99th percentile in nats, the share of tokens of which both
find the same most likely, and the ratio of perplexities. Needs the target `model_reference` and PyPI's `tokenizers`.
"""
import argparse
import json
import pathlib
import subprocess

import numpy
from tokenizers import Tokenizer

REFERENCE = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "tests" / "model_reference"


def log_probabilities(model, sequences):
    """[tokens, vocabulary] of each sequence, a few sequences at a time: all logits of a text would fill the memory."""
    for begin in range(0, len(sequences), 4):
        few = sequences[begin:begin + 4]
        raw = subprocess.run([REFERENCE, "logits", model, "f32"], input=json.dumps(few).encode(), check=True,
                             stdout=subprocess.PIPE).stdout
        rows = numpy.frombuffer(raw, numpy.float32).reshape(len(few), len(few[0]), -1).astype(numpy.float64)
        rows = rows - rows.max(2, keepdims=True)
        yield few, rows - numpy.log(numpy.exp(rows).sum(2, keepdims=True))


def compare(original, model, sequences):
    divergences, same, nats = [], [], numpy.zeros(2)
    for (few, p), (_, q) in zip(log_probabilities(original, sequences), log_probabilities(model, sequences)):
        divergences.append((numpy.exp(p) * (p - q)).sum(2).ravel())
        same.append((p.argmax(2) == q.argmax(2)).ravel())
        for i, tokens in enumerate(few):
            places = numpy.arange(len(tokens) - 1)
            nats += [p[i, places, tokens[1:]].sum(), q[i, places, tokens[1:]].sum()]
    divergences = numpy.concatenate(divergences)
    scored = sum(len(tokens) - 1 for tokens in sequences)
    print(f"{model}: divergence {divergences.mean():.4f}, 99th percentile {numpy.quantile(divergences, 0.99):.3f}, same top "
          f"token {100 * numpy.concatenate(same).mean():.1f} %, perplexity x {numpy.exp((nats[0] - nats[1]) / scored):.3f}",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("original")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--text", required=True)
    parser.add_argument("--tokens", type=int, default=8192)
    parser.add_argument("--length", type=int, default=256)
    options = parser.parse_args()
    with open(options.text, encoding="utf-8") as file:
        tokens = Tokenizer.from_file(f"{options.original}/tokenizer.json").encode(file.read(), add_special_tokens=False).ids
    tokens = tokens[:options.tokens // options.length * options.length]
    sequences = [tokens[i:i + options.length] for i in range(0, len(tokens), options.length)]
    for model in options.models:
        compare(options.original, model, sequences)


main()
