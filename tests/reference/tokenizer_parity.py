"""Compares Moru's tokenizer with Hugging Face's `tokenizers` on the tokenizer.json that Moru trains: same ids, same text.

Run as README.md beside this file says. Exits 1 and shows the first differences if there are any.
"""
import glob
import json
import random
import re
import subprocess
import sys

from tokenizers import Tokenizer

HELPER = sys.argv[1] if len(sys.argv) > 1 else "build/tests/text_reference"


def help_pages():
    pages = []
    for path in sorted(glob.glob("/usr/share/libreoffice/help/ko/text/**/*.html", recursive=True)):
        with open(path, encoding="utf-8", errors="replace") as file:
            pages.append(re.sub(r"<[^>]*>", "", file.read()))
    return pages


def texts(pages):
    rng = random.Random(1)
    made = [
        "", " ", "\n", "Hello, world! It's what we'll say; I'M, YOU'RE, they've, can't, 'tis '\u017f",
        "모루는 문서를 전문가 모델로 만듭니다. 표를 만들려면 삽입 - 표를 선택하십시오.",
        "def f(x):\n\treturn [i ** 2 for i in range(x)]  # 제곱\n\n\nclass A: pass\r\n",
        "가족 👨‍👩‍👧‍👦 🇰🇷 👍🏽 漢字 ひらがな العربية हिन्दी ไทย Ελληνικά e\u0301 x\u0327\u0301 \u1112\u1161\u11ab ½ ² Ⅻ",
        "<|user|>\n표란?<|endofturn|>\n<|assistant|>\n<think>\n\n</think>\n\n[PAD][unused70]<|endofturn",
        "no\u00a0break\u3000space\u2028line\u0085next\u001cfs\u200bzw",
    ]
    alphabet = ["a", "Z", "'", "'s", "'LL", "re", " ", "  ", "\t", "\n", "\r", "/", ".", "-", "1", "٣", "½", "가", "글", "은 ", "\u1112", "\u1161",
                "\u11ab", "\u0301", "\u0327", "\u00a0", "\u3000", "\u2028", "\u0085", "\v", "\u001c", "漢", "ñ", "😀", "\u200d", "\ufe0f", "हि", "<think>"]
    for _ in range(20000):
        made.append("".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 30))))
    for _ in range(5000):  # Bytes at random, with what is no UTF-8 replaced: Hugging Face takes text only.
        made.append(bytes(rng.randrange(256) for _ in range(rng.randrange(1, 40))).decode("utf-8", "replace"))
    for _ in range(5000):  # Any assigned or unassigned character up to Unicode 13, which both know alike.
        made.append("".join(chr(rng.choice([rng.randrange(0x20, 0x2FFF), rng.randrange(0x3000, 0xD7FF)])) for _ in range(8)))
    return made + pages


def main():
    pages = help_pages()
    held_out = pages[::10]
    corpus = [page for i, page in enumerate(pages) if i % 10]
    inputs = texts(held_out)
    request = {"corpus": corpus, "vocabulary_size": 8192, "texts": inputs, "chats": []}
    result = subprocess.run([HELPER], input=json.dumps(request).encode(), capture_output=True)
    if result.returncode:
        sys.exit(result.stderr.decode())
    ours = json.loads(result.stdout)
    theirs = Tokenizer.from_str(ours["tokenizer_json"])
    if theirs.get_vocab_size() != 8192:
        sys.exit(f"vocabulary of {theirs.get_vocab_size()}")
    differences = 0
    tokens = 0
    for text, plain, marked in zip(inputs, ours["plain"], ours["marked"]):
        theirs.encode_special_tokens = False
        expected = theirs.encode(text, add_special_tokens=False).ids
        if not any(name in text for name in ("<think>", "</think>")):
            theirs.encode_special_tokens = True  # Leaves special tokens as text; <think> is not one of them there.
            if theirs.encode(text, add_special_tokens=False).ids != plain:
                differences += 1
                print("plain:", repr(text[:200]), file=sys.stderr)
        if expected != marked:
            differences += 1
            print("marked:", repr(text[:200]), expected[:40], marked[:40], file=sys.stderr)
        tokens += len(marked)
    print(f"{len(inputs)} texts, {tokens} tokens, {differences} differences")
    sys.exit(1 if differences else 0)


main()
