#!/usr/bin/env python3
"""From the start of a process to the first token of an answer, by Moru and by llama.cpp (PyPI `llama-cpp-python`), with
the files in the cache; prints the least and the median of several runs that take turns.

    bench/first_token_peer.py [--runs N] BUILD/moru FILE.gguf [FOLDER...]

FOLDER: model folders (safetensors) for Moru alone. For llama.cpp the time of Python's start and of importing the library
is printed, and not counted: what counts is loading the file, the prompt's tokens and the first token.
"""
import json
import os
import statistics
import subprocess
import sys
import time

QUESTION = "What is the capital of South Korea?"
THEIRS = """
import json, sys, time
started = float(sys.argv[3])
import llama_cpp
ready = time.time()
original = llama_cpp.llama_cpp.llama_model_default_params
def parameters():
    how = original()
    how.use_extra_bufts = False  # with GCC 12 the AMX path, which belongs to the repacked buffers, crashes
    return how
llama_cpp.llama_cpp.llama_model_default_params = parameters
model = llama_cpp.Llama(sys.argv[1], n_ctx=4096, verbose=False)
loaded = time.time()
answer = model.create_chat_completion([{"role": "user", "content": sys.argv[2]}], max_tokens=1, temperature=0)
print(json.dumps([ready - started, loaded - ready, time.time() - ready, answer["choices"][0]["message"]["content"]]))
"""


def ours(moru, model):
    """Seconds until the first byte of the answer, and until the process has ended; the answer."""
    start = time.time()
    process = subprocess.Popen([moru, "chat", model, "--prompt", QUESTION, "--max-tokens", "1"], stdout=subprocess.PIPE)
    first = os.read(process.stdout.fileno(), 1)
    seen = time.time() - start
    rest = process.stdout.read()
    process.wait()
    return seen, time.time() - start, (first + rest).decode().strip()


def theirs(model):
    command = [sys.executable, "-c", THEIRS, model, QUESTION, str(time.time())]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def line(name, times):
    print(f"{name}: {min(times):.3f} s at least, {statistics.median(times):.3f} s in the middle of {len(times)}")


def main():
    arguments, runs = sys.argv[1:], 7
    if arguments[:1] == ["--runs"]:
        runs, arguments = int(arguments[1]), arguments[2:]
    moru, *models = arguments
    measured = {model: [] for model in models}
    peer = []
    for run in range(runs + 1):
        for model in models:
            measured[model].append(ours(moru, model))
        peer.append(theirs(models[0]))
    for times in (*measured.values(), peer):
        del times[0]  # it brought the files into the cache
    for model, times in measured.items():
        line(f"Moru, {os.path.basename(os.path.normpath(model))}, first byte ({times[0][2]!r})", [t[0] for t in times])
        line("    the whole process", [t[1] for t in times])
    line(f"llama.cpp, first token ({peer[0][3]!r})", [t[2] for t in peer])
    line("    of which loading the file", [t[1] for t in peer])
    line("    before that, not counted: Python and its library", [t[0] for t in peer])
    first, other = min(t[0] for t in measured[models[0]]), min(t[2] for t in peer)
    print(f"Moru takes {first / other:.2f} of llama.cpp's time")


main()
