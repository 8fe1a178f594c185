#!/usr/bin/env python3
"""MinHash signatures by Moru, datatrove and others on the same texts, in one run; prints the ratios.

    bench/curate_minhash_peer.py BUILD/bench/bench_curate_minhash [FILE...]

Files hold one document a line. Without any, Korean and English text is made. Needs in its Python environment: datatrove,
numpy, "xxhash<3.6", regex; measures datasketch and rensa too where they are installed. datatrove's word tokenizer is
replaced by splitting at white space, which is faster than spaCy or Kiwi: the comparison favours it. One thread each.
"""
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def made_texts(folder: Path, megabytes: float) -> list[str]:
    """Sentences of a few hundred words, the frequent ones more often."""
    rng = random.Random(5)
    english = [f"{a}{b}" for a in "the of value page report system user data file set".split() for b in ["", "s", "ing", "er"]]
    stems = "문서 파일 보고서 시스템 사용자 자료 번호 항목 요청 서비스 부서 계약 고객 결제 가격 변경 목록 절차".split()
    korean = [s + p for s in stems for p in ["", "을", "는", "의", "에서", "으로"]]
    paths = []
    for name, words in (("english", english), ("korean", korean)):
        path, lines, size = folder / f"{name}.txt", [], 0
        while size < megabytes * 1e6:
            line = " ".join(words[int(rng.random() ** 2 * len(words))] + (str(rng.randrange(999)) if rng.random() < 0.1 else "")
                            for _ in range(rng.randrange(100, 800))) + "."
            lines.append(line)
            size += len(line.encode()) + 1
        path.write_text("\n".join(lines) + "\n")
        paths.append(str(path))
    return paths


def datatrove_signer():
    from datatrove.pipeline.dedup import minhash

    class WhiteSpace:
        def word_tokenize(self, text):
            return text.split()

    minhash.load_word_tokenizer = lambda language: WhiteSpace()
    step = minhash.MinhashDedupSignature(tempfile.mkdtemp(), minhash.MinhashConfig())

    def sign(text):
        shingles = step.get_shingles(text)
        return sum(v & 0xFFFFFFFF for band in step.get_signature(shingles) for v in band) if shingles.size else 0

    return sign


def datasketch_signer():
    from datasketch import MinHash

    def sign(text):
        words = text.lower().split()
        signature = MinHash(num_perm=112, seed=1)
        signature.update_batch([" ".join(words[i:i + 5]).encode() for i in range(len(words) - 4)])
        return int(signature.hashvalues[0])

    return sign


def rensa_signer():
    from rensa import RMinHash

    def sign(text):
        words = text.lower().split()
        signature = RMinHash(num_perm=112, seed=1)
        signature.update([" ".join(words[i:i + 5]) for i in range(len(words) - 4)])
        return signature.digest()[0]

    return sign


def main():
    program, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        files = files or made_texts(Path(folder), 4)
        moru = [json.loads(line) for line in subprocess.run([program, "--files", *files], check=True,
                                                            capture_output=True, text=True).stdout.splitlines()]
        peers = {}
        for name, make in (("datatrove", datatrove_signer), ("datasketch", datasketch_signer), ("rensa", rensa_signer)):
            try:
                peers[name] = make()
            except ImportError as problem:
                print(f"{name}: not installed ({problem})")
        for file in files:
            texts = Path(file).read_text().split("\n")[:-1]
            size = Path(file).stat().st_size
            ours = {m["family"]: m for m in moru if m["file"] == file}
            print(f"{file}: {size / 1e6:.1f} MB, {len(texts)} documents")
            for family, measured in ours.items():
                print(f"  moru ({family})   {measured['mb_per_second']:8.1f} MB/s")
            for name, sign in peers.items():
                start = time.process_time()
                total = sum(sign(text) for text in texts)
                rate = size / 1e6 / (time.process_time() - start)
                same = ""
                if name == "datatrove":
                    same = "; same values as moru (datatrove)" if total == ours["datatrove"]["low32_sum"] else "; OTHER VALUES"
                print(f"  {name:<16} {rate:8.2f} MB/s; moru is {ours['moru']['mb_per_second'] / rate:.0f} times as fast{same}")


main()
