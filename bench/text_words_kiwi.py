#!/usr/bin/env python3
"""The word splitters beside Kiwi, on the same Korean text in the same run, in CPU time of one thread.

    pip install kiwipiepy==0.21.0 kiwipiepy_model==0.21.0   (the last ones with the model "sbg", which FineWeb-2 uses)
    python3 bench/text_words_kiwi.py build-bench/bench/bench_text_words [TEXT]

TEXT: a file in UTF-8; without it, LibreOffice's Korean help as the benchmark reads it (Kiwi gets its first 200 kB).
"""
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from kiwipiepy import Kiwi

program = sys.argv[1]
environment = dict(os.environ)
if len(sys.argv) > 2:
    environment["MORU_WORDS_TEXT"] = sys.argv[2]
    text = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
else:
    pages = sorted(pathlib.Path("/usr/share/libreoffice/help/ko/text").rglob("*.html"))
    text = "".join(html.unescape(re.sub(r"<[^>]*>", "", p.read_text(encoding="utf-8"))) for p in pages[:400])
out = subprocess.run([program, "--benchmark_filter=_korean", "--benchmark_format=json", "--benchmark_min_time=0.5"], env=environment,
                     capture_output=True, text=True, check=True).stdout
sample = text.encode()[:200_000].decode(errors="ignore")
kiwi = Kiwi(model_type="sbg", num_workers=1)
kiwi.tokenize(sample[:1000])
begin = time.process_time()
for line in sample.split("\n"):
    kiwi.tokenize(line)
speed = len(sample.encode()) / (time.process_time() - begin)
print(f"kiwipiepy 0.21 sbg: {speed / 1e6:.3f} MB/s")
for run in json.loads(out)["benchmarks"]:
    rate = run["bytes_per_second"]  # of CPU time
    print(f"{run['name']}: {rate / 1e6:.1f} MB/s, {rate / speed:.0f} times Kiwi")
