#!/usr/bin/env python3
"""Texts in known languages for the language identification: makes the table of romanised Korean, and tests.

    language_samples.py table LABELLED.jsonl... --help-topics /usr/share/libreoffice/help --out src/text/romanised_korean.bin
    language_samples.py test LABELLED.jsonl... --help-topics /usr/share/libreoffice/help --program build/tests/language_reference

Korean: the documents of morpheme_kiwi_label.py, those marked "calibrate" for the table and "test" for the test. Other
languages: the sentences of LibreOffice's help pages (MPL-2.0; Debian's libreoffice-help-*), halved by their hash.
Romanised Korean and romanised Japanese are made of these by romanise.py. Prints accuracy with Wilson's 95 % intervals.
"""
import argparse
import collections
import hashlib
import html
import json
import math
import pathlib
import random
import re
import struct
import subprocess

from romanise import hepburn, romanise

TAG = re.compile(r"<[^>]*>")
LETTERS = 27
SYSTEMS = ("revised", "letters", "mccune")
BACKGROUND = ("en-US", "de", "fr", "es", "it", "fi", "pl", "tr", "id", "vi")


def half(text):
    return "calibrate" if hashlib.sha1(text.encode()).digest()[0] < 128 else "test"


def sentences(text):
    for line in text.split("\n"):
        for s in re.split(r"(?<=[.!?。])\s*(?=\S)", line.strip()):
            if len(s) >= 8:
                yield s


def korean(files, part):
    for file in files:
        for line in open(file, encoding="utf-8"):
            record = json.loads(line)
            if record["split"] == part and record["source"] != "words":
                for s in sentences(record["text"]):
                    letters = re.findall(r"[^\W\d_]", s)
                    if len(letters) >= 8 and sum("가" <= c <= "힣" for c in letters) >= 0.6 * len(letters):
                        yield s


ENGLISH = set()


def is_of(language, s):
    """Whether the sentence is translated: pages that are not stand in English in every package."""
    if language == "ja":
        return sum("ぁ" <= c <= "ヺ" for c in s) >= 0.2 * len(s)
    if language == "zh-CN":
        return sum("一" <= c <= "鿿" for c in s) >= 0.4 * len(s)
    return language == "en-US" or s not in ENGLISH


def foreign(folder, language, part, limit):
    if not ENGLISH and language != "en-US":
        for p in ("calibrate", "test"):
            ENGLISH.update(foreign(folder, "en-US", p, 10**9))
    seen = set()
    for path in sorted((pathlib.Path(folder) / language).rglob("*.html")):
        body = re.sub(r"<script.*?</script>|<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.S)
        body = html.unescape(TAG.sub("", re.sub(r"</(p|h\d|li|td|th|div)>", "\n", body)))
        for s in sentences(body):
            letters = sum(c.isalpha() for c in s)
            if s not in seen and half(s) == part and is_of(language, s) and letters >= 8 and letters >= 0.6 * len(s):
                seen.add(s)
                yield s
        if len(seen) > limit:
            return


def symbols(text):
    out = [0]
    for c in text.lower().replace("ŏ", "o").replace("ŭ", "u"):
        if "a" <= c <= "z":
            out.append(ord(c) - 96)
        elif c not in "'’-" and out[-1]:
            out.append(0)
    return out + [0]


def table(args):
    rng = random.Random(1)
    counts = [collections.Counter(), collections.Counter()]

    def add(which, text, weight):
        s = symbols(text)
        for i in range(len(s) - 2):
            counts[which][s[i], s[i + 1], s[i + 2]] += weight

    lines = list(korean(args.files, "calibrate"))
    rng.shuffle(lines)
    for s in lines[:24000]:
        add(1, romanise(re.sub("[A-Za-z0-9]+", " ", s), rng.choice(("revised", "revised", "letters", "mccune"))), 1)
    for language in BACKGROUND:
        for s in foreign(args.help_topics, language, "calibrate", 6000):
            add(0, s, 3 if language == "en-US" else 1)
    for s in foreign(args.help_topics, "ja", "calibrate", 6000):
        add(0, hepburn(s), 1)
    totals = [sum(c.values()) for c in counts]
    out = bytearray()
    for i in range(LETTERS ** 3):
        key = (i // LETTERS ** 2, i // LETTERS % LETTERS, i % LETTERS)
        ratio = math.log((counts[1][key] + 0.5) / totals[1]) - math.log((counts[0][key] + 0.5) / totals[0])
        out += struct.pack("b", max(-127, min(127, round(16 * ratio))))
    open(args.out, "wb").write(out)


def wilson(hits, n):
    if n == 0:
        return "-"
    z, p = 1.96, hits / n
    centre, spread = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    low, high = (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)
    return f"{100 * p:.2f} % ({100 * low:.2f} … {100 * high:.2f}) of {n}"


def cut(text, length):
    """The first `length` characters, back to a word's end."""
    if len(text) <= length:
        return text
    short = text[:length]
    return short.rsplit(" ", 1)[0] if " " in short else short


def code(files):
    """Lines of C++ from the pages' code blocks."""
    for file in files:
        for line in open(file, encoding="utf-8"):
            for block in re.findall(r"```cpp\n(.*?)```", json.loads(line)["text"], re.S):
                yield from (l.strip() for l in block.split("\n") if len(l.strip()) > 8 and not re.search("[가-힣]", l))


def noise(rng):
    """Digits and marks, base 64, or keys struck at random."""
    kinds = ("0123456789 -+=/|.,", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "asdfghjkl qwertyuiop zxcvbnm ")
    return "".join(rng.choice(rng.choice(kinds)) for _ in range(40)) if rng.random() < 0.2 else "".join(
        rng.choices(rng.choice(kinds), k=40))


NOT_KOREAN = ("ja-Latn", "code", "noise")  # any answer is right but Korean


def test(args):
    rng = random.Random(2)
    pools = {"ko": list(korean(args.files, "test"))}
    for label, folder in (("en", "en-US"), ("ja", "ja"), ("zh", "zh-CN"), ("de", "de"), ("fr", "fr"), ("es", "es"), ("it", "it"),
                          ("fi", "fi"), ("id", "id"), ("vi", "vi"), ("tr", "tr"), ("pl", "pl")):
        pools[label] = list(foreign(args.help_topics, folder, "test", 4000))
    for system in SYSTEMS:
        pools[f"ko-Latn {system}"] = [romanise(re.sub("[A-Za-z0-9]+", " ", s), system) for s in pools["ko"][:20000]]
    pools["ja-Latn"] = [s for s in map(hepburn, pools["ja"]) if sum("a" <= c <= "z" for c in s) > 20]
    pools["code"] = list(code(args.files))
    pools["noise"] = [noise(rng) for _ in range(2000)]
    cases = []
    for label, pool in pools.items():
        for length in (15, 40, 100, 400):
            for _ in range(args.cases):
                text = ""
                while len(text) < length:
                    text = (text + " " + rng.choice(pool)).strip()
                cases.append((label, length, cut(text, length)))
    mixed = []
    for share in (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0):  # of English characters, in whole sentences
        for _ in range(args.cases):
            chosen = []
            for label, want in (("ko", 1 - share), ("en", share)):
                size = 0
                while size < 1200 * want:
                    s = rng.choice(pools[label])
                    chosen.append(s)
                    size += len(s)
            rng.shuffle(chosen)
            mixed.append(("mix", share, "\n".join(chosen)))
    everything = cases + mixed
    lines = "\n".join(json.dumps({"text": t}) for _, _, t in everything) + "\n"
    answers = [json.loads(a) for a in subprocess.run([args.program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()]
    tally = collections.defaultdict(collections.Counter)
    for (label, length, _), answer in zip(everything, answers):
        tally[label, length][answer["code"]] += 1
        tally[label, length]["mixed"] += answer["mixed"]
    print("text | characters | named right | otherwise")
    for label in pools:
        for length in (15, 40, 100, 400):
            found = tally[label, length]
            want = label.split(" ")[0]
            right = found[want] if want not in NOT_KOREAN else args.cases - found["ko-Latn"] - found["ko"]
            others = [(c, n) for c, n in found.most_common(5) if c not in (want, "mixed")][:3]
            print(label, "|", length, "|", wilson(right, args.cases), "|", ", ".join(f"{c} {n}" for c, n in others))
    other = [k for k in tally if k[0] != "mix" and not k[0].startswith("ko")]
    for code_ in ("ko", "ko-Latn"):
        print(f"other text named {code_}:", wilson(sum(tally[k][code_] for k in other), args.cases * len(other)))
    print("English share | ko | en | marked mixed")
    for share in (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0):
        found = tally["mix", share]
        print(share, "|", found["ko"], "|", found["en"], "|", wilson(found["mixed"], args.cases))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("table", "test"))
    parser.add_argument("files", nargs="+")
    parser.add_argument("--help-topics", default="/usr/share/libreoffice/help")
    parser.add_argument("--out", default="src/text/romanised_korean.bin")
    parser.add_argument("--program", default="build/tests/language_reference")
    parser.add_argument("--cases", type=int, default=500)
    args = parser.parse_args()
    table(args) if args.what == "table" else test(args)


main()
