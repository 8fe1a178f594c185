#!/usr/bin/env python3
"""Compares the tokens that Moru and llama.cpp (PyPI `llama-cpp-python`) make of texts with the same GGUF files, for each
name that GGUF has for a way to split text, and for a vocabulary of characters with scores.

    PYTHON tests/reference/gguf_tokenizers.py [HELPER]

Files of a vocabulary alone are made by Hugging Face's `tokenizers` and PyPI's `gguf`. llama.cpp brings no text into a
normal form: where the model's tokenizer.json does (Moru with it), texts are given in that form. HELPER:
build/tests/model_reference. Run as README.md beside this file says. Exits 1 and shows the first differences if there
are any."""
import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile
import unicodedata

import gguf
import llama_cpp
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from tokenizer_manners import BYTES, pages, texts

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HELPER = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "tests" / "model_reference"
NORMAL = {"qwen2": "NFC", "deepseek-r1-qwen": "NFC", "exaone-moe": "NFC", "exaone4": "NFKC"}
NAMES = ["default", "llama-bpe", "smaug-bpe", "qwen2", "deepseek-r1-qwen", "stablelm2", "smollm", "starcoder", "exaone", "exaone4", "exaone-moe",
         "gpt-2", "olmo", "glm4"]


@llama_cpp.llama_log_callback
def quiet(_level, _text, _data):
    pass


def llama_cpp_tokens(path, samples):
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    how = llama_cpp.llama_model_default_params()
    how.vocab_only, how.use_extra_bufts = True, False
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), how)
    if not model:
        raise RuntimeError(f"llama.cpp does not load {path.name}")
    vocab, found = llama_cpp.llama_model_get_vocab(model), []
    for sample in samples:
        raw = sample.encode()
        room = (llama_cpp.llama_token * (2 * len(raw) + 8))()
        count = llama_cpp.llama_tokenize(vocab, raw, len(raw), room, len(room), False, False)
        if count < 0:
            raise RuntimeError("llama.cpp makes more tokens than bytes")
        found.append(list(room[:count]))
    llama_cpp.llama_model_free(model)
    return found


def moru_tokens(path, samples):
    answer = subprocess.run([HELPER, "tokens", path], input=json.dumps(samples).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def bytes_file(path, tokenizer, name):
    parts = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(parts["vocab"], key=parts["vocab"].get)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(name)
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token == "<s>" else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in parts["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    close(writer)


def characters_file(path, tokenizer, prefix):
    parts = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(parts["vocab"], key=parts["vocab"].get)
    rank = {}
    for number, (left, right) in enumerate(parts["merges"]):
        rank.setdefault(left + right, number)
    kinds = {"<unk>": 2, "<s>": 3, "</s>": 3} | {byte: 6 for byte in BYTES}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(rank.get(token, 0)) for token in tokens])
    writer.add_token_types([kinds.get(token, 1) for token in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(prefix)
    close(writer)


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def compare(name, path, samples):
    ours, theirs = moru_tokens(path, samples), llama_cpp_tokens(path, samples)
    wrong = [i for i in range(len(samples)) if ours[i] != theirs[i]]
    print(f"{name}: {len(samples) - len(wrong)} of {len(samples)} texts the same, {sum(map(len, theirs))} tokens")
    for i in wrong[:3]:
        print(f"  {samples[i]!r}\n    Moru      {ours[i]}\n    llama.cpp {theirs[i]}")
    return len(wrong)


def main():
    corpus = [page for language in ["ko", "en-US"] for page in pages(language)[:300]]
    held_out = [page[:2000] for language in ["ko", "en-US"] for page in pages(language)[300:400]]
    samples, failed = texts(held_out, 2000), 0
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    short = [line[i:i + 60] for page in corpus for line in page.split("\n") for i in range(0, len(line), 60)]
    bpe.train_from_iterator(short, trainers.BpeTrainer(vocab_size=4000, show_progress=False, special_tokens=["<s>"], max_token_length=16,
                                                       initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    spm = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    spm.normalizer = normalizers.Replace(" ", "▁")
    spm.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    spm.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=4000, show_progress=False, special_tokens=["<unk>", "<s>", "</s>"] + BYTES,
                                                        limit_alphabet=1500))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in NAMES:
            bytes_file(folder / f"{name}.gguf", bpe, name)
            form = NORMAL.get(name)
            failed += compare(name + (f" (texts in {form})" if form else ""), folder / f"{name}.gguf",
                              [unicodedata.normalize(form, sample) for sample in samples] if form else samples)
        for prefix in [True, False]:
            characters_file(folder / f"spm{prefix}.gguf", spm, prefix)
            failed += compare("characters, " + ("a space before a text" if prefix else "no space before a text"), folder / f"spm{prefix}.gguf", samples)
    return 1 if failed else 0


sys.exit(main())
