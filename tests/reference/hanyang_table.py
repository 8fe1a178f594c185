#!/usr/bin/env python3
"""Makes src/text/hanyang.bin: three bytes for each code point from U+E0BC to U+F8F7, which initial, vowel and final the
Hanyang private-use code point stands for; 255 for none.

    python3 tests/reference/hanyang_table.py TABLE src/text/hanyang.bin

TABLE has lines "e0bc,115f&1161&11ae": the table of the Hanyang PUA Table Project of the Korean TeX Users Group, in the
public domain (as github.com/kiwiyou/hypua keeps it).
"""
import sys

FIRST, LAST = 0xE0BC, 0xF8F7
# Unicode's two blocks of each kind of jamo, side by side.
BLOCKS = [[(0x1100, 0x1160), (0xA960, 0xA97D)], [(0x1160, 0x11A8), (0xD7B0, 0xD7C7)], [(0x11A8, 0x1200), (0xD7CB, 0xD7FC)]]


def index(kind, code):
    base = 0
    for begin, end in BLOCKS[kind]:
        if begin <= code < end:
            return base + code - begin
        base += end - begin
    return None


table = bytearray(b"\xff" * (3 * (LAST - FIRST + 1)))
for line in open(sys.argv[1]):
    code, jamo = line.strip().split(",")
    place = 3 * (int(code, 16) - FIRST)
    kind = -1
    for value in (int(j, 16) for j in jamo.split("&")):
        kind = next(k for k in range(kind + 1, 3) if index(k, value) is not None)
        table[place + kind] = index(kind, value)
open(sys.argv[2], "wb").write(table)
