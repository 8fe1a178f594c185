#!/usr/bin/env python3
"""Cuts Korean texts into morphemes with Kiwi, as datatrove's KiwiTokenizer does for FineWeb-2: what the morpheme
splitter is calibrated on and compared with.

    python3 tests/reference/morpheme_kiwi_label.py OUT.jsonl [--pages FOLDER] [--help-topics FOLDER] [--reviews FOLDER]
                                                    [--dialogues FILE] [--words FILE.dic] [--unseen FILE...]

Writes one JSON line a document: id, source, split (calibrate or test, by the id's hash; sources under --unseen are
test only), text, spans (begin and end in code points). See tests/reference/README.md for the texts and their licences.
"""
import argparse
import csv
import hashlib
import html
import json
import pathlib
import re
import unicodedata

from kiwipiepy import Kiwi

TAG = re.compile(r"<[^>]*>")
DIGITS = re.compile("[0-9,]{20,}")  # datatrove cuts these: Kiwi cannot take very long numbers


def chance(name):
    return int(hashlib.sha1(name.encode()).hexdigest()[:8], 16) / 2**32


def pages(folder, share):
    for path in sorted(pathlib.Path(folder).rglob("*.md")):
        name = str(path.relative_to(folder))
        if chance("pick " + name) < share:
            yield name, path.read_text(encoding="utf-8-sig", errors="replace")


def help_topics(folder, share):
    for path in sorted(pathlib.Path(folder).rglob("*.html")):
        name = str(path.relative_to(folder))
        if chance("pick " + name) < share:
            text = path.read_text(encoding="utf-8")
            body = re.search(r'<main[^>]*>(.*)</main>|<div id="DisplayArea"[^>]*>(.*)</body>', text, re.S)
            text = body.group(1) or body.group(2) if body else text
            text = re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.S)
            text = re.sub(r"</(p|h\d|li|td|th|div)>", "\n", text)
            text = html.unescape(TAG.sub("", text))
            yield name, re.sub(r"[ \t]*\n\s*", "\n", text).strip()


def groups(name, lines, size):
    for i in range(0, len(lines), size):
        yield f"{name}/{i // size}", "\n".join(lines[i:i + size])


def reviews(folder, share):
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        if chance("pick " + path.name) < share:
            lines = [r["review"].strip() for r in json.loads(path.read_text(encoding="utf-8"))]
            yield from groups(path.stem, [l for l in lines if l], 20)


def dialogues(file, _):
    lines = [cell for row in list(csv.reader(open(file, encoding="utf-8")))[1:] for cell in row[:2]]
    yield from groups("dialogue", lines, 20)


PARTICLES = [("은", "는"), ("이", "가"), ("을", "를"), ("의", "의"), ("에", "에"), ("에서", "에서"), ("으로", "로"),
             ("과", "와"), ("도", "도"), ("이다", "다"), ("까지", "까지"), ("만", "만"), ("이라는", "라는"), ("부터", "부터")]


def words(file, _):
    """Words of a hunspell dictionary: nouns alone and with two particles each, others as they are."""
    lines = []
    for line in open(file, encoding="utf-8"):
        word, _, flags = line.strip().partition("/")
        word = unicodedata.normalize("NFC", word)
        if not re.fullmatch("[가-힣]{2,}", word):
            continue
        lines.append(word)
        if flags in ("10", "25", ""):  # nouns
            has_final = (ord(word[-1]) - 0xAC00) % 28 > 0
            for i in range(2):
                pair = PARTICLES[int(chance(f"{word}{i}") * len(PARTICLES))]
                lines.append(word + pair[0 if has_final else 1])
    yield from groups("words", sorted(set(lines), key=chance), 200)


def unseen(file):
    """Sentences of KLUE's development sets."""
    path = pathlib.Path(file)
    if path.suffix == ".json":
        rows = json.loads(path.read_text(encoding="utf-8"))
        keys = [k for k in ("premise", "hypothesis", "sentence1", "sentence2") if k in rows[0]]
        lines = list(dict.fromkeys(row[k] for row in rows for k in keys))
    else:  # "## id<TAB>sentence"
        lines = [l.split("\t", 1)[1] for l in path.read_text(encoding="utf-8").splitlines()
                 if l.startswith("## klue") and "\t" in l]
        lines = [TAG.sub("", re.sub(r"<([^<>]*):[A-Z]{2}>", r"\1", l)).strip() for l in lines]
    yield from groups(path.stem, lines, 10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--pages")
    parser.add_argument("--help-topics")
    parser.add_argument("--reviews")
    parser.add_argument("--dialogues")
    parser.add_argument("--words")
    parser.add_argument("--unseen", nargs="*", default=[])
    parser.add_argument("--share", type=float, default=0.25, help="of the pages, topics and reviews")
    args = parser.parse_args()
    sources = []
    for name, place, read in (("pages", args.pages, pages), ("help", args.help_topics, help_topics),
                              ("reviews", args.reviews, reviews), ("dialogues", args.dialogues, dialogues),
                              ("words", args.words, words)):
        if place:
            sources += [(name, *document) for document in read(place, args.share)]
    for file in args.unseen:
        sources += [("unseen", *document) for document in unseen(file)]
    kiwi = Kiwi(model_type="sbg", num_workers=1)
    with open(args.out, "w", encoding="utf-8") as out:
        for source, name, text in sources:
            text = DIGITS.sub("", text.replace("\r\n", "\n"))
            if source == "words":  # each by itself: a list is no sentence
                spans, place = [], 0
                for line in text.split("\n"):
                    spans += [[place + t.start, place + t.start + t.len] for t in kiwi.tokenize(line)]
                    place += len(line) + 1
            else:
                spans = [[t.start, t.start + t.len] for t in kiwi.tokenize(text)]
            test = source == "unseen" or (source != "words" and chance(source + name) < 0.3)
            split = "test" if test else "calibrate"
            record = {"id": name, "source": source, "split": split, "text": text, "spans": spans}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
