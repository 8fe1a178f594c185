"""Compares Moru with Hugging Face's `tokenizers` on tokenizer.json files in the manners of published models: same ids,
same text, and the file as Moru writes it anew gives the same ids there.

    tokenizer_manners.py [HELPER]                 trains the tokenizers with that library and compares
    tokenizer_manners.py [HELPER] --write FOLDER  also writes small ones with expected ids (tests/text/manners)

Run as README.md beside this file says. Exits 1 and shows the first differences if there are any.
"""
import glob
import json
import os
import random
import re
import subprocess
import sys
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
EXAONE_MOE = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}"
              r"| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def pages(language):
    found = []
    for path in sorted(glob.glob(f"/usr/share/libreoffice/help/{language}/text/**/*.html", recursive=True)):
        with open(path, encoding="utf-8", errors="replace") as file:
            found.append(re.sub(r"<[^>]*>", "", file.read()))
    return found


def texts(held_out, count):
    rng = random.Random(1)
    made = [
        "", " ", "\n", "  ", "Hello, world! It's what we'll say; I'M, YOU'RE, they've, can't, 'tis '\u017f",
        "모루는 문서를 전문가 모델로 만듭니다. 표를 만들려면 삽입 - 표를 선택하십시오.",
        "def f(x):\n\treturn [i ** 2 for i in range(x)]  # 제곱\n\n\nclass A: pass\r\n",
        "가족 👨‍👩‍👧‍👦 🇰🇷 👍🏽 漢字 ひらがな العربية हिन्दी ไทย Ελληνικά e\u0301 x\u0327\u0301 \u1112\u1161\u11ab ½ ² Ⅻ",
        "<s>[INST] hi [/INST]</s> <mask>a <mask> b<mask>\n<|im_start|>user\n<think>",
        "no\u00a0break\u3000space\u2028line\u0085next\u001cfs\u200bzw İSTANBUL ΣΑΣ ﬁ ①",
        "1234567 12 3 a1b22c333 v2.0 3.14 ١٢٣",
    ]
    alphabet = ["a", "Z", "It", "the ", "of ", "'", "'s", "'LL", "re", " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "/", ".", "-", "_", "1", "23", "٣",
                "½", "가", "글", "은 ", "표를 ", "\u1112", "\u1161", "\u11ab", "\u0301", "\u0327", "\u00a0", "\u3000", "\u2028", "\u0085", "\v", "\u001c",
                "漢", "ñ", "É", "😀", "\u200d", "\ufe0f", "हि", "▁", "<s>", "</s>", "<mask>", "<think>", "<0x41>", "é"]
    for _ in range(count):
        made.append("".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 30))))
    for _ in range(count // 4):  # Bytes at random, with what is no UTF-8 replaced: Hugging Face takes text only.
        made.append(bytes(rng.randrange(256) for _ in range(rng.randrange(1, 40))).decode("utf-8", "replace"))
    # Characters of Unicode 3.2 whose category no later version changed: both know them alike.
    known = [chr(code) for code in range(0x20, 0xD7FF) if unicodedata.ucd_3_2_0.category(chr(code)) != "Cn" and code != 0x166D]
    for _ in range(count // 4):
        made.append("".join(rng.choice(known) for _ in range(8)))
    return made + held_out


def byte_level(tokenizer, corpus, size, specials=()):
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False, special_tokens=list(specials),
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def characters(tokenizer, corpus, size, specials):
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False, special_tokens=specials, limit_alphabet=(size - len(specials)) // 2)
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def changed(tokenizer, change):
    parts = json.loads(tokenizer.to_str())
    change(parts)
    return Tokenizer.from_str(json.dumps(parts, ensure_ascii=False))


def manners(corpus, size):
    """Yields (name, tokenizer)."""
    split = lambda pattern: pre_tokenizers.Split(Regex(pattern), "isolated")
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)

    def bpe(normalizer, pre_tokenizer, specials=("<s>", "</s>"), extra=()):
        tokenizer = Tokenizer(models.BPE())
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.decoder = decoders.ByteLevel()
        byte_level(tokenizer, corpus, size, specials)
        tokenizer.add_tokens(list(extra))
        return tokenizer

    yield "gpt2", bpe(None, pre_tokenizers.ByteLevel(add_prefix_space=False))
    yield "gpt2_split", bpe(None, pre_tokenizers.Sequence([split(GPT2), bytes_only]))
    prefixed = bpe(None, pre_tokenizers.ByteLevel(add_prefix_space=True), extra=[
        AddedToken("<mask>", lstrip=True, normalized=False, special=True), AddedToken("<think>", rstrip=True), AddedToken("the", single_word=True)])
    prefixed.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    yield "roberta", prefixed
    llama3 = bpe(None, pre_tokenizers.Sequence([split(LLAMA3), bytes_only]))
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        "<s> $A", "<s> $A <s> $B", [("<s>", 0)])])

    def whole_pieces(parts):  # Tokens that no merge makes any more: ignore_merges finds them whole.
        parts["model"]["ignore_merges"] = True
        parts["model"]["merges"] = parts["model"]["merges"][:-50]
    yield "llama3", changed(llama3, whole_pieces)
    yield "qwen2", bpe(normalizers.NFC(), pre_tokenizers.Sequence([split(QWEN2), bytes_only]), extra=["<think>", "</think>"])
    yield "exaone_moe", bpe(normalizers.NFC(), pre_tokenizers.Sequence([split(EXAONE_MOE), bytes_only]))
    yield "o200k", bpe(None, pre_tokenizers.Sequence([split(O200K), bytes_only]))
    yield "smollm", bpe(None, pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]))
    yield "exaone4", bpe(normalizers.NFKC(), pre_tokenizers.ByteLevel(add_prefix_space=False), extra=[AddedToken("   ", normalized=False)])
    yield "deepseek", bpe(normalizers.Sequence([]), pre_tokenizers.Sequence([
        split(r"[\r\n]"), split(r"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ϿЀ-ԯ]+"), split(r"\s?[!-/:-~！-／：-～‘-‟　-。]+"), split(r"\s+$"),
        split(r"[一-龥ࠀ-一가-퟿]+"), pre_tokenizers.Digits(individual_digits=True), bytes_only]))
    no_bytes = bpe(None, pre_tokenizers.ByteLevel(add_prefix_space=False))

    def without_some(parts):
        gone = {piece for piece in parts["model"]["vocab"] if any(c in piece for c in "zZ1ð")}
        parts["model"]["vocab"] = {piece: i for piece, i in parts["model"]["vocab"].items() if piece not in gone}
        parts["model"]["merges"] = [pair for pair in parts["model"]["merges"] if not gone & {pair[0], pair[1], "".join(pair)}]
    yield "bytes_missing", changed(no_bytes, without_some)

    def with_unknown(parts):
        without_some(parts)
        parts["model"]["unk_token"] = "<s>"
        parts["model"]["fuse_unk"] = True
    yield "bytes_unknown", changed(no_bytes, with_unknown)

    def sentencepiece(normalizer, pre_tokenizer, decoder, fallback=True, extra=(), **options):
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=fallback, **options))
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        if decoder:
            tokenizer.decoder = decoder
        specials = ["<unk>", "<s>", "</s>"] + (BYTES if fallback else [])
        # Training needs words; what is trained is used without them.
        tokenizer.pre_tokenizer = pre_tokenizer or pre_tokenizers.Split("▁", "merged_with_next")
        tokenizer = characters(tokenizer, corpus, size, specials)

        def change(parts):
            if pre_tokenizer is None:
                parts["pre_tokenizer"] = None
            parts["added_tokens"] = [token for token in parts["added_tokens"] if not token["content"].startswith("<0x")]
        tokenizer = changed(tokenizer, change)
        tokenizer.add_tokens(list(extra))
        tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A <s> $B", [("<s>", 1)])
        return tokenizer

    unmark = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    yield "llama2", sentencepiece(normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None,
                                  decoders.Sequence(unmark + [decoders.Strip(" ", 1, 0)]), fuse_unk=True)
    yield "gemma", sentencepiece(normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"), decoders.Sequence(unmark), fuse_unk=True,
                                 extra=[AddedToken("\n\n", normalized=False), AddedToken("▁▁", normalized=False)])
    for scheme in ["always", "first", "never"]:
        yield f"metaspace_{scheme}", sentencepiece(None, pre_tokenizers.Metaspace(prepend_scheme=scheme, split=scheme != "first"),
                                                   decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme=scheme)])
                                                   if scheme != "never" else decoders.Metaspace(prepend_scheme=scheme), fuse_unk=scheme == "never")
    yield "unknown_only", sentencepiece(normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()]),
                                        pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits()]),
                                        None, fallback=False)
    yield "unknown_fused", sentencepiece(normalizers.Sequence([normalizers.NFD(), normalizers.Replace(Regex(r"\s{2,}|\w\d"), " ")]),
                                         pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_next")]),
                                         decoders.Fuse(), fallback=False, fuse_unk=True)
    for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        for invert in [False, True]:
            yield f"{behavior}{'_inverted' * invert}", bpe(None, pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(r"\d+|[aeiou.]|(?<=l)\s|\b\w{2,3}+\b|x*"), behavior, invert), pre_tokenizers.Split(" ", behavior, invert), bytes_only]))


def differences(name, tokenizer, inputs, helper):
    parts = tokenizer.to_str()
    result = subprocess.run([helper], input=json.dumps({"tokenizer_json": parts, "texts": inputs}).encode(), capture_output=True)
    if result.returncode:
        print(name, result.stderr.decode(), file=sys.stderr)
        return 1, None
    ours = json.loads(result.stdout)
    again = Tokenizer.from_str(ours["written"])
    count = 0
    expected = []
    for i, text in enumerate(inputs):
        marked = tokenizer.encode(text, add_special_tokens=False).ids
        framed = tokenizer.encode(text).ids
        decoded = tokenizer.decode(marked, skip_special_tokens=False)
        skipped = tokenizer.decode(marked)
        expected.append({"text": text, "marked": marked, "template": framed, "decoded": decoded})
        wrong = [what for what, theirs, mine in [("marked", marked, ours["marked"][i]), ("template", framed, ours["template"][i]),
                                                 ("written", framed, again.encode(text).ids), ("decoded", decoded, ours["decoded"][i]),
                                                 ("skipped", skipped, ours["skipped"][i])]
                 if theirs != mine and not (isinstance(theirs, str) and "\ufffd" in theirs)]
        count += bool(wrong)
        if wrong and count <= 3:
            print(name, wrong, repr(text[:150]), marked[:40], ours["marked"][i][:40], repr(decoded[:80]), repr(ours["decoded"][i][:80]), file=sys.stderr)
    return count, expected


def main():
    arguments = sys.argv[1:]
    folder = None
    if "--write" in arguments:
        at = arguments.index("--write")
        folder = arguments[at + 1]
        del arguments[at:at + 2]
    helper = arguments[0] if arguments else "build/tests/tokenizer_reference"
    korean = pages("ko")
    corpus, held_out = korean[100:200] + ["The quick brown fox jumps over the lazy dog and the dog of the fox. "] * 20, korean[::40]
    inputs = texts(held_out, 4000)
    total = 0
    for name, tokenizer in manners(corpus, 2500):
        count, _ = differences(name, tokenizer, inputs, helper)
        print(f"{name}: {len(inputs)} texts, {count} differences", flush=True)
        total += count
    if folder:
        os.makedirs(folder, exist_ok=True)
        for name, tokenizer in manners([text[:1500] for text in corpus[:20]] + corpus[-20:], 560):
            if name.endswith("_inverted"):
                continue
            _, expected = differences(name, tokenizer, texts([], 16), helper)
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
                json.dump({"tokenizer": json.loads(tokenizer.to_str()), "texts": expected}, file, ensure_ascii=False, separators=(",", ":"))
                file.write("\n")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
