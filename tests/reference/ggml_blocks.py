#!/usr/bin/env python3
"""Makes tests/model/gguf/blocks.json: blocks of every format that Moru reads, with random codes and scales, what PyPI's
`gguf` (0.17 or later) dequantizes them to, and what it quantizes a few values to in Q8_0.

    PYTHON tests/reference/ggml_blocks.py
"""
import json
import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize, quantize

# Where a block holds half-precision scales: their offsets.
SCALES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2],
          "Q6_K": [208], "F16": [0], "BF16": []}


def main():
    random = np.random.default_rng(20)
    out = {}
    for name, offsets in SCALES.items():
        kind = GGMLQuantizationType[name]
        elements, size = GGML_QUANT_SIZES[kind]
        count = 2 if elements == 256 else 4 if elements == 32 else 64
        blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
        for i in range(count):
            for offset in offsets:
                # The last block's scales are below the least normal half.
                scale = random.normal() * (1e-6 if i == count - 1 else 0.02)
                blocks[i, offset:offset + 2] = np.array([scale], np.float16).view(np.uint8)
        if name == "BF16":
            blocks = (random.normal(size=count).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(
                np.uint8).reshape(count, 2)
        values = dequantize(blocks.reshape(-1), kind).reshape(-1)
        out[name] = {"blocks": blocks.tobytes().hex(), "values": values.astype("<f4").tobytes().hex()}
    values = random.normal(size=64).astype(np.float32)
    out["quantize_Q8_0"] = {"blocks": quantize(values, GGMLQuantizationType.Q8_0).tobytes().hex(),
                            "values": values.tobytes().hex()}
    path = pathlib.Path(__file__).resolve().parent.parent / "model" / "gguf" / "blocks.json"
    path.write_text(json.dumps(out, indent=1) + "\n")


main()
