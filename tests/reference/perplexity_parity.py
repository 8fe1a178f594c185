"""Compares `moru perplexity` with the perplexity that llama.cpp computes of the same tokens in the same windows.

    perplexity_parity.py GGUF [MODEL] [--moru build/moru] [--context 512] [--stride 256] [--tokens 12000] [TEXT...]

GGUF goes to llama.cpp, MODEL (or the GGUF itself) to Moru. Without a text: /usr/share/common-licenses of Debian's
base-files. Exits 1 if the two differ by more than 0.5 %.
"""
import argparse
import json
import math
import subprocess
import sys
import tempfile

import numpy

from llama_cpp_model import LlamaCppModel

MOST_APART = 0.005
TEXTS = [f"/usr/share/common-licenses/{name}" for name in ("GPL-3", "Apache-2.0", "MPL-2.0", "GFDL-1.3")]


def perplexity(model, sequences, context, stride):
    nats, count = 0.0, 0
    for tokens in sequences:
        begin, scored = 0, 1
        while scored < len(tokens):
            end = min(begin + context, len(tokens))
            rows = model.logits(tokens[begin:end])[scored - begin - 1:end - begin - 1].astype(numpy.float64)
            targets = numpy.array(tokens[scored:end])
            most = rows.max(1, keepdims=True)
            log_sum = numpy.log(numpy.exp(rows - most).sum(1)) + most[:, 0]
            nats += float((log_sum - rows[numpy.arange(len(targets)), targets]).sum())
            count += len(targets)
            begin, scored = begin + stride, end
    return math.exp(nats / count), count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gguf")
    parser.add_argument("model", nargs="?")
    parser.add_argument("texts", nargs="*", default=TEXTS)
    parser.add_argument("--moru", default="build/moru")
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--stride", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=12000, help="about how many of each text at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files, sequences = [], []
        theirs = LlamaCppModel(options.gguf, options.context)
        for i, text in enumerate(options.texts or TEXTS):
            with open(text, "rb") as file:
                content = file.read(options.tokens * 4)
            content = content[:content.rfind(b"\n")]
            files.append(f"{folder}/{i}.txt")
            with open(files[-1], "wb") as file:
                file.write(content)
            sequences.append(theirs.tokenize(content))
        result = subprocess.run([options.moru, "perplexity", options.model or options.gguf, *files, "--json", "--context",
                                 str(options.context), "--stride", str(options.stride)], stdout=subprocess.PIPE)
        if result.returncode:
            sys.exit(1)
    ours = json.loads(result.stdout)
    value, count = perplexity(theirs, sequences, options.context, options.stride)
    apart = ours["perplexity"] / value - 1
    print(f"llama.cpp {value:.4f} over {count} tokens; Moru {ours['perplexity']:.4f} over {ours['tokens']} "
          f"(95 %: {ours['perplexity_interval'][0]:.4f} - {ours['perplexity_interval'][1]:.4f}): {100 * apart:+.3f} %")
    sys.exit(0 if count == ours["tokens"] and abs(apart) <= MOST_APART else 1)


main()
