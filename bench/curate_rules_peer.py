#!/usr/bin/env python3
"""FineWeb's rule chain in moru and in datatrove, on the same texts in the same run.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install datatrove nltk
    /tmp/peer/bin/python bench/curate_rules_peer.py build/bench/bench_curate_rules

Prints MB a second and core of each rule and of the chain, and the ratio; then how many verdicts differ (none should).
datatrove's own filters run with words split at white space, and with sentences counted at full stops, since its spaCy
splitters are slower still: the ratio is the least that it can be.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

import datatrove.pipeline.filters.c4_filters as c4
import datatrove.pipeline.filters.fineweb_quality_filter as fineweb
import datatrove.pipeline.filters.gopher_quality_filter as gopher_quality
import datatrove.pipeline.filters.gopher_repetition_filter as gopher_repetition
from datatrove.data import Document


def words(text, language=None):
    return text.split()


def sentences(text, language=None):
    return re.split(r"(?<=[.!?])\s+", text)


gopher_repetition.split_into_words = words
gopher_quality.split_into_words = words
fineweb.split_into_words = words
c4.split_into_sentences = sentences

FILTERS = {
    "gopher_repetition": gopher_repetition.GopherRepetitionFilter(),
    "gopher_quality": gopher_quality.GopherQualityFilter(),
    "c4_quality": c4.C4QualityFilter(filter_no_terminal_punct=False),
    "fineweb_quality": fineweb.FineWebQualityFilter(),
}


def verdict(rule, text):
    try:
        result = FILTERS[rule].filter(Document(text=text, id="0"))
    except ZeroDivisionError:
        return "empty"
    return "keep" if result is True else result[1]


def peer(texts, rules):
    """Every text through every rule; process time, so that others on the machine do not count."""
    start = time.process_time()
    for text in texts:
        for rule in rules:
            verdict(rule, text)
    return sum(len(t.encode()) for t in texts) / (time.process_time() - start)


def ours(program, folder):
    environment = dict(os.environ, MORU_BENCH_DUMP=folder)
    out = subprocess.run(
        [program, "--benchmark_format=json", "--benchmark_min_time=2"],
        env=environment, stdout=subprocess.PIPE, check=True,
    ).stdout
    return {"/".join(b["name"].split("/")[:2]): b.get("bytes_per_second") for b in json.loads(out)["benchmarks"]}


def main():
    program = sys.argv[1]
    moru = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        rates = ours(program, folder)
        print(f"{'rule':<22}{'language':<10}{'moru MB/s':>10}{'datatrove MB/s':>16}{'ratio':>8}")
        for language in ("korean", "english"):
            with open(os.path.join(folder, language + ".jsonl")) as file:
                texts = [json.loads(line)["text"] for line in file]
            for name, rules in [(r, [r]) for r in FILTERS] + [("fineweb_chain", list(FILTERS))]:
                mine, theirs = rates[f"{name}/{language}"] / 1e6, peer(texts, rules) / 1e6
                print(f"{name:<22}{language:<10}{mine:>10.1f}{theirs:>16.2f}{mine / theirs:>8.0f}")
            if moru:
                compare(moru, texts, folder, language)


def compare(moru, texts, folder, language):
    paths = []
    for i, text in enumerate(texts):
        paths.append(os.path.join(folder, f"{language}-{i}.txt"))
        with open(paths[-1], "w", newline="") as file:
            file.write(text)
    for rule in ("gopher_repetition", "gopher_quality", "fineweb_quality"):
        out = []
        for i in range(0, len(paths), 2000):
            out += subprocess.run(
                [moru, "curate", "check", "--json", "--rules", rule.replace("_", "-"), *paths[i : i + 2000]],
                stdout=subprocess.PIPE, check=True, text=True,
            ).stdout.splitlines()
        differ = sum(json.loads(line)["verdict"] != verdict(rule, text) for line, text in zip(out, texts))
        print(f"{rule} {language}: {differ} of {len(texts)} verdicts differ")


if __name__ == "__main__":
    main()
