#!/usr/bin/env python3
"""Training a vocabulary of 32,000 by Moru and by Hugging Face's tokenizers on the same file, one after the other, all
processors each; prints wall time, processor time and peak memory of both processes.

    bench/text_trainer_peer.py BUILD/bench/bench_text_tokenizer CORPUS
    bench/text_trainer_peer.py --make CORPUS BYTES FOLDER...   writes a corpus of texts found in folders, each line once

CORPUS holds a text a line. Both learn within words over bytes. Needs `tokenizers` in its Python environment.
"""
import gzip
import os
import re
import subprocess
import sys
import time

THEIRS = """
import sys
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trainer = trainers.BpeTrainer(vocab_size=32000, show_progress=False, min_frequency=2, max_token_length=48,
                              initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
tokenizer.train([sys.argv[1]], trainer)
print(tokenizer.get_vocab_size())
"""


def make(path, size, folders):
    seen, written = set(), 0
    with open(path, "w", encoding="utf-8") as out:
        for folder in folders:
            for root, _, names in sorted(os.walk(folder)):
                for name in sorted(names):
                    file = os.path.join(root, name)
                    if os.path.islink(file) or not os.path.isfile(file) or os.path.getsize(file) > 30e6:
                        continue
                    try:
                        data = gzip.open(file).read() if name.endswith(".gz") else open(file, "rb").read()
                        text = data.decode("utf-8")
                    except (UnicodeDecodeError, OSError, EOFError):
                        continue
                    if "\0" in text[:4096]:
                        continue
                    if name.endswith((".html", ".htm", ".xml")):
                        text = re.sub(r"<[^>]*>", "", text)
                    for line in text.split("\n"):
                        key = hash(line)
                        if len(line) < 4 or key in seen:
                            continue
                        seen.add(key)
                        written += out.write(line + "\n")
                    if out.tell() >= size:
                        return
    print(f"only {os.path.getsize(path) / 1e6:.0f} MB found", file=sys.stderr)


def measure(command, environment):
    start = time.time()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return time.time() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.strip().split("\n")[-1]


def main():
    if sys.argv[1] == "--make":
        return make(sys.argv[2], int(float(sys.argv[3])), sys.argv[4:])
    program, corpus = sys.argv[1:]
    print(f"{os.path.getsize(corpus) / 1e6:.0f} MB, {os.cpu_count()} processors")
    ours = measure([program, "--benchmark_filter=train", "--benchmark_format=csv"], {"MORU_BENCH_CORPUS": corpus})
    print("Moru: %.0f s, %.0f s of processors, %.0f MiB" % ours[:3], flush=True)
    theirs = measure([sys.executable, "-c", THEIRS, corpus], {"TOKENIZERS_PARALLELISM": "true"})
    print("tokenizers: %.0f s, %.0f s of processors, %.0f MiB" % theirs[:3])
    print("%.1f times as fast, in %.2f of the memory" % (theirs[0] / ours[0], ours[2] / theirs[2]))


main()
