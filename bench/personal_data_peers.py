#!/usr/bin/env python3
"""Recall, precision and speed of finding personal data: Moru beside Microsoft's Presidio (its pattern recognizers, the
Korean ones too; no language model, so names and addresses are left out), on the labelled set of
tests/curate/personal_data_set.h. A label is found if a match of its kind covers it; a match is right if it touches a
label of its kind. The set is our own: it favours nobody knowingly, but Moru was developed beside it.

    python3 -m venv ~/peers && ~/peers/bin/pip install presidio-analyzer
    cmake --preset release -DMORU_REFERENCE=ON && ninja -C build personal_data_reference
    ~/peers/bin/python bench/personal_data_peers.py build/tests/personal_data_reference
"""
import argparse
import collections
import json
import subprocess
import time

KINDS = {"EMAIL_ADDRESS": "email", "IP_ADDRESS": "ip_address", "PHONE_NUMBER": "phone", "KR_RRN": "resident_number",
         "KR_FRN": "foreigner_number", "KR_BRN": "business_number", "KR_DRIVER_LICENSE": "driver_licence",
         "KR_PASSPORT": "passport", "CREDIT_CARD": "card", "IBAN_CODE": "bank_account"}


def presidio():
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers as known
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

    # The list of public suffixes that the package carries: no look at the network.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())

    class Blank(SpacyNlpEngine):
        """Words without a model: what the context of the recognizers needs."""

        def __init__(self):
            super().__init__(models=[{"lang_code": "ko", "model_name": "blank"}])
            self.nlp = {"ko": spacy.blank("xx")}

        def load(self):
            pass

        def is_loaded(self):
            return True

        def process_text(self, text, language):
            doc = self.nlp[language](text)
            return NlpArtifacts(entities=[], tokens=doc, tokens_indices=[t.idx for t in doc],
                                lemmas=[t.text for t in doc], nlp_engine=self, language=language, scores=[])

    registry = RecognizerRegistry(supported_languages=["ko"])
    registry.recognizers = []
    for recognizer in (known.EmailRecognizer, known.IpRecognizer, known.CreditCardRecognizer, known.IbanRecognizer,
                       known.KrRrnRecognizer, known.KrFrnRecognizer, known.KrBrnRecognizer,
                       known.KrDriverLicenseRecognizer, known.KrPassportRecognizer):
        registry.add_recognizer(recognizer(supported_language="ko"))
    registry.add_recognizer(known.PhoneRecognizer(supported_language="ko", supported_regions=("KR", "US", "GB", "DE")))
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["ko"])

    def find(text):
        return [[KINDS[r.entity_type], r.start, r.end] for r in engine.analyze(text=text, language="ko")
                if r.entity_type in KINDS]

    return find


def score(rows):
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    for labels, found in rows:
        for kind, begin, end in labels:
            counts[kind][0] += 1
            counts[kind][1] += any(k == kind and b <= begin and e >= end for k, b, e in found)
        for kind, begin, end in found:
            counts[kind][2] += 1
            counts[kind][3] += any(k == kind and b < end and begin < e for k, b, e in labels)
    return counts


def show(name, counts, rate):
    print(f"\n{name}: {rate:.3f} MB/s")
    print(f"{'kind':<20}{'labels':>8}{'recall':>8}{'matches':>9}{'precision':>11}")
    for kind, (labels, hit, matches, right) in sorted(counts.items()):
        recall = f"{hit / labels:.3f}" if labels else "-"
        precision = f"{right / matches:.3f}" if matches else "-"
        print(f"{kind:<20}{labels:>8}{recall:>8}{matches:>9}{precision:>11}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", help="the program personal_data_reference")
    parser.add_argument("--each", type=int, default=200, help="sentences of each kind")
    parser.add_argument("--none", type=int, default=2000, help="sentences without personal data")
    arguments = parser.parse_args()
    lines = subprocess.run([arguments.reference, "11", str(arguments.each), str(arguments.none)], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    own = rows.pop()
    show("Moru", score((r["labels"], r["found"]) for r in rows), own["bytes"] / own["seconds"] / 1e6)
    find = presidio()
    find("warm up 010-1234-5678")
    begin = time.process_time()
    found = [find(r["text"]) for r in rows]
    seconds = time.process_time() - begin
    show("Presidio", score((r["labels"], f) for r, f in zip(rows, found)), own["bytes"] / seconds / 1e6)


if __name__ == "__main__":
    main()
