#!/usr/bin/env python3
"""How close the morpheme splitter comes to Kiwi, on the documents that morpheme_kiwi_label.py marks "test".

    python3 tests/reference/morpheme_kiwi.py build/tests/words_reference LABELLED.jsonl...

Prints for each source: precision, recall and F1 of the words' spans and of boundaries inside runs of Hangul; mean word
length by document (bias, correlation); counts of FineWeb-2's Korean stop words; the share of documents on which each
rule of FineWeb-2's kor_Hang settings decides as with Kiwi's words, with Wilson's 95 % intervals; and how many documents
each of Kiwi, this splitter and white space would keep. The rules are those of datatrove 0.10, counted on words.
"""
import collections
import json
import math
import re
import subprocess
import sys
import unicodedata

STOP = set("의 다 이 는 에 을 한 년 하 은 를 했 고 에서 가 있 으로 인 월 로 되".split())
TOP = {2: 0.282, 3: 0.228, 4: 0.185}
REPEATED = {5: 0.201, 6: 0.184, 7: 0.168, 8: 0.154, 9: 0.140, 10: 0.127}
HANGUL = re.compile("[가-힣]+")


def is_punctuation(word):
    return all(unicodedata.category(c)[0] in "PS" for c in word)


def verdicts(text, words):
    """Rule -> whether it keeps the document."""
    n = len(words)
    real = [w for w in words if not is_punctuation(w)]
    mean = sum(map(len, real)) / len(real) if real else 0
    out = {"mean word length 1…6": 1 <= mean <= 6, "two stop words": len(STOP & set(words)) >= 2,
           "alphabetic share 0.791": n > 0 and sum(any(c.isalpha() for c in w) for w in words) / n >= 0.791,
           "newlines / words 0.196": n > 0 and text.count("\n") / n <= 0.196,
           "50 words": len(real) >= 50}
    for k, limit in TOP.items():
        grams = collections.Counter(" ".join(words[i:i + k]) for i in range(n - k + 1))
        top = grams.most_common(1)[0] if grams else ("", 0)
        out[f"top {k}-gram {limit}"] = top[1] <= 1 or len(top[0]) * top[1] / max(1, len(text)) <= limit
    for k, limit in REPEATED.items():
        seen, repeated, i = set(), 0, 0
        while i < n - k:
            gram = "".join(words[i:i + k])
            if gram in seen:
                repeated += len(gram)
                i += k
            else:
                seen.add(gram)
                i += 1
        out[f"repeated {k}-gram {limit}"] = repeated / max(1, len(text)) <= limit
    return out, mean


def wilson(hits, n):
    z, p = 1.96, hits / n
    centre, spread = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return f"{100 * p:.2f} % ({100 * (centre - spread) / (1 + z * z / n):.2f} … {100 * (centre + spread) / (1 + z * z / n):.2f})"


def f1(hits, mine, ref):
    return f"P {hits / mine:.4f} R {hits / ref:.4f} F1 {2 * hits / (mine + ref):.4f}"


def correlation(pairs):
    n = len(pairs)
    mx, my = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    sxy = sum((a - mx) * (b - my) for a, b in pairs)
    sxx, syy = sum((a - mx) ** 2 for a, _ in pairs), sum((b - my) ** 2 for _, b in pairs)
    return sxy / math.sqrt(sxx * syy) if sxx and syy else float("nan")


def main():
    program, files = sys.argv[1], sys.argv[2:]
    documents = [d for f in files for d in map(json.loads, open(f, encoding="utf-8")) if d["split"] == "test"]
    lines = "\n".join(json.dumps({"text": d["text"]}) for d in documents) + "\n"
    answers = subprocess.run([program, "morpheme"], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    groups = collections.defaultdict(list)
    for document, answer in zip(documents, answers):
        groups[document["source"]].append((document, json.loads(answer)))
    for source, group in groups.items():
        spans, edges, lengths, stops = [0, 0, 0], [0, 0, 0], [], collections.Counter()
        agree, kept, overlap = collections.Counter(), collections.Counter(), 0
        for document, mine in group:
            text = document["text"]
            ref = [tuple(s) for s in document["spans"] if text[s[0]:s[1]].strip()]
            mine = [tuple(s) for s in mine]
            hangul = [collections.Counter(s for s in words if HANGUL.search(text[s[0]:s[1]])) for words in (mine, ref)]
            for i, value in enumerate((sum((hangul[0] & hangul[1]).values()), sum(hangul[0].values()), sum(hangul[1].values()))):
                spans[i] += value
            inside = {i for m in HANGUL.finditer(text) for i in range(m.start() + 1, m.end())}
            begins = [{s for s, _ in words} & inside for words in (mine, ref)]
            for i, value in enumerate((len(begins[0] & begins[1]), len(begins[0]), len(begins[1]))):
                edges[i] += value
            my_words = [text[s:e] for s, e in mine]
            ref_words = [text[s:e].strip() for s, e in ref]
            (a, mean_a), (b, mean_b) = verdicts(text, my_words), verdicts(text, ref_words)
            c, _ = verdicts(text, text.split())
            lengths.append((mean_a, mean_b))
            stops["mine"] += sum(w in STOP for w in my_words)
            stops["kiwi"] += sum(w in STOP for w in ref_words)
            for rule in a:
                agree[rule] += a[rule] == b[rule]
                for who, verdict in (("moru", a), ("kiwi", b), ("white space", c)):
                    kept[rule, who] += verdict[rule]
            agree["all together"] += all(a.values()) == all(b.values())
            for who, verdict in (("moru", a), ("kiwi", b), ("white space", c)):
                kept["all together", who] += all(verdict.values())
        n = len(group)
        print(f"\n== {source}: {n} documents, {spans[2]} Korean words")
        print("spans     ", f1(*spans))
        print("boundaries", f1(*edges))
        bias = sum(a - b for a, b in lengths) / n
        print(f"mean word length: Kiwi {sum(b for _, b in lengths) / n:.3f}, bias {bias:+.4f}, correlation {correlation(lengths):.4f}")
        print(f"stop words: Moru {stops['mine']}, Kiwi {stops['kiwi']} ({100 * (stops['mine'] / stops['kiwi'] - 1):+.2f} %)")
        print("rule | agrees with Kiwi | kept: Kiwi, Moru, white space")
        for rule, hits in agree.items():
            print(f"{rule} | {wilson(hits, n)} | " + ", ".join(f"{100 * kept[rule, who] / n:.1f} %" for who in ("kiwi", "moru", "white space")))


main()
