#!/usr/bin/env python3
"""Encoding by Moru and by Hugging Face's tokenizers on the same texts with the same tokenizer.json, one thread each, in one
run; prints the ratios of the processor times. The token counts must be equal.

    bench/text_tokenizer_peer.py BUILD/bench/bench_text_tokenizer [TOKENIZER.json...]

Without a tokenizer, some are trained in the manners of GPT-2, Llama 3, SmolLM, Gemma and K-EXAONE. The texts are Debian's
libreoffice-help-ko and -en-us, page by page. Needs `tokenizers` in its Python environment.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers  # noqa: E402

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
EXAONE_MOE = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}"
              r"| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+")
ROUNDS = 5


def pages(language):
    found = []
    for path in sorted(glob.glob(f"/usr/share/libreoffice/help/{language}/text/**/*.html", recursive=True)):
        with open(path, encoding="utf-8", errors="replace") as file:
            found.append(re.sub(r"\s*\n\s*", "\n", re.sub(r"<[^>]*>", "", file.read())))
    return found


def trained(folder, corpus):
    """Paths of tokenizers of 16,000 tokens."""
    split = lambda pattern: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"),
                                                     pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    manners = {
        "gpt2": (None, pre_tokenizers.ByteLevel(add_prefix_space=False)),
        "llama3": (None, split(LLAMA3)),
        "smollm": (None, pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])),
        "exaone_moe": (normalizers.NFC(), split(EXAONE_MOE)),
        "gemma": (normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous")),
    }
    paths = []
    for name, (normalizer, pre_tokenizer) in manners.items():
        fallback = name == "gemma"
        tokenizer = Tokenizer(models.BPE(byte_fallback=fallback, unk_token="<unk>" if fallback else None, fuse_unk=fallback))
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next") if fallback else pre_tokenizer
        trainer = trainers.BpeTrainer(vocab_size=16000, show_progress=False, initial_alphabet=[] if fallback else pre_tokenizers.ByteLevel.alphabet(),
                                      special_tokens=["<unk>"] + [f"<0x{i:02X}>" for i in range(256)] if fallback else ["<s>"])
        tokenizer.train_from_iterator(corpus, trainer)
        tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]) if fallback else decoders.ByteLevel()
        paths.append(os.path.join(folder, name + ".json"))
        tokenizer.save(paths[-1])
    return paths


def theirs(tokenizer, texts):
    """Seconds of processor time for all texts, and the number of tokens: by encode_batch_fast, with the making of lists in
    Python."""
    start = time.process_time()
    tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False))
    return time.process_time() - start, tokens


def ours(program, path, texts_path):
    result = subprocess.run([program, "--benchmark_format=json", "--benchmark_filter=encode"], check=True, capture_output=True,
                            env=os.environ | {"MORU_BENCH_TOKENIZER": path, "MORU_BENCH_TEXTS": texts_path})
    run = json.loads(result.stdout)["benchmarks"][0]
    return run["cpu_time"] / 1000, int(run["tokens"])


def main():
    program, paths = sys.argv[1], sys.argv[2:]
    languages = {"Korean": [p for p in pages("ko")], "English": [p for p in pages("en-US")]}
    with tempfile.TemporaryDirectory() as folder:
        if not paths:
            paths = trained(folder, languages["Korean"][::2] + languages["English"][::2])
        for path in paths:
            tokenizer = Tokenizer.from_file(path)
            tokenizer.no_truncation()
            for language, texts in languages.items():
                texts_path = os.path.join(folder, "texts.json")
                with open(texts_path, "w", encoding="utf-8") as file:
                    json.dump(texts, file, ensure_ascii=False)
                size = sum(len(text.encode()) for text in texts)
                theirs(tokenizer, texts)  # Fills its cache.
                times = []
                for _ in range(ROUNDS):
                    mine, my_tokens = ours(program, path, texts_path)
                    their, their_tokens = theirs(tokenizer, texts)
                    if my_tokens != their_tokens:
                        sys.exit(f"{path}, {language}: {my_tokens} tokens against {their_tokens}")
                    times.append((mine, their))
                mine, their = (sorted(column)[ROUNDS // 2] for column in zip(*times))
                ratios = sorted(their / mine for mine, their in times)
                print(f"{os.path.basename(path)} {language}: Moru {size / mine / 1e6:.1f} MB/s, tokenizers {size / their / 1e6:.1f} MB/s, "
                      f"{ratios[ROUNDS // 2]:.1f} times ({ratios[0]:.1f} to {ratios[-1]:.1f})", flush=True)


main()
