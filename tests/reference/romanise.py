"""Korean in Latin letters, by the Revised Romanization of 2000 (National Institute of Korean Language) with its main
sound changes, letter by letter (its third chapter, 8), and by McCune-Reischauer without its marks, as people type it;
and Japanese kana by Hepburn's system."""

INITIALS = "g kk n d tt r m b pp s ss _ j jj ch k t p h".split()
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
# Each final: how it sounds alone, and what is left of it and what moves on before a vowel.
FINALS = (" k k k n n n t l k m l l l p l m p p t t ng t t k t p t").split(" ")
MOVES = [("", ""), ("", "g"), ("", "kk"), ("k", "s"), ("", "n"), ("n", "j"), ("", "n"), ("", "d"), ("", "r"), ("l", "g"),
         ("l", "m"), ("l", "b"), ("l", "s"), ("l", "t"), ("l", "p"), ("", "r"), ("", "m"), ("", "b"), ("p", "s"),
         ("", "s"), ("", "ss"), ("ng", ""), ("", "j"), ("", "ch"), ("", "k"), ("", "t"), ("", "p"), ("", "")]
LETTER_FINALS = ("_ g kk gs n nj nh d l lg lm lb ls lt lp lh m b bs s ss ng j ch k t p h").split()
MC_INITIALS = "k kk n t tt r m p pp s ss _ ch tch ch k t p h".split()
MC_VOWELS = "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i".split()


def parts(c):
    i = ord(c) - 0xAC00
    return (i // 588, i // 28 % 21, i % 28) if 0 <= i < 11172 else None


def revised(word):
    out, carry = "", None
    cut = [parts(c) for c in word]
    for k, p in enumerate(cut):
        if p is None:
            out, carry = out + word[k], None
            continue
        initial, vowel, final = p
        start = carry if carry is not None else INITIALS[initial].replace("_", "")
        carry = None
        following = cut[k + 1] if k + 1 < len(cut) else None
        end = FINALS[final] if final else ""
        if following and final:
            nxt = following[0]
            if nxt == 11 and final != 21:  # before a vowel the final moves on
                end, carry = MOVES[final]
                if following[1] == 20 and final in (7, 25):  # 굳이, 같이
                    carry = "j" if final == 7 else "ch"
            elif nxt == 18 and final in (1, 7, 17, 22, 27, 6, 15):  # with ㅎ
                end, carry = {1: ("", "k"), 7: ("", "t"), 17: ("", "p"), 22: ("", "ch"), 27: ("", "h"), 6: ("n", "h"),
                              15: ("l", "h")}[final]
            elif final in (27, 6, 15) and nxt in (0, 3, 12):  # ㅎ before ㄱ ㄷ ㅈ
                end = {27: "", 6: "n", 15: "l"}[final]
                carry = {0: "k", 3: "t", 12: "ch"}[nxt]
            elif nxt in (2, 6) and end in ("k", "t", "p"):
                end = {"k": "ng", "t": "n", "p": "m"}[end]
            elif nxt == 5:
                if end in ("l", "n"):
                    end, carry = "l", "l"
                elif end in ("k", "t", "p", "m", "ng"):
                    end, carry = {"k": "ng", "t": "n", "p": "m"}.get(end, end), "n"
            elif nxt == 2 and end == "l":
                carry = "l"
        out += start + VOWELS[vowel] + end
    return out


def by_letters(word, initials=INITIALS, vowels=VOWELS):
    out = ""
    for c in word:
        p = parts(c)
        out += c if p is None else (initials[p[0]] + vowels[p[1]] + LETTER_FINALS[p[2]]).replace("_", "")
    return out


def mccune(word):
    return by_letters(word, MC_INITIALS, MC_VOWELS)


def romanise(text, system):
    convert = {"revised": revised, "letters": by_letters, "mccune": mccune}[system]
    return " ".join(convert(w) for w in text.split(" "))


ROWS = {"": "あいうえお", "k": "かきくけこ", "s": "さ_すせそ", "t": "た__てと", "n": "なにぬねの", "h": "はひ_へほ", "m": "まみむめも",
        "y": "や_ゆ_よ", "r": "らりるれろ", "w": "わ___を", "g": "がぎぐげご", "z": "ざ_ずぜぞ", "d": "だ__でど", "b": "ばびぶべぼ",
        "p": "ぱぴぷぺぽ"}
KANA = {c: r + v for r, row in ROWS.items() for c, v in zip(row, "aiueo") if c != "_"}
KANA.update({"し": "shi", "ち": "chi", "つ": "tsu", "ふ": "fu", "じ": "ji", "ん": "n", "ゃ": "ya", "ゅ": "yu", "ょ": "yo", "っ": "", "ー": ""})


def hepburn(text):
    return "".join(KANA.get(chr(ord(c) - 0x60) if "ァ" <= c <= "ン" else c, " " if c > "\u2fff" else c) for c in text)


if __name__ == "__main__":
    for word, expected in (("독립문", "dongnimmun"), ("신라", "silla"), ("종로", "jongno"), ("좋고", "joko"), ("별내", "byeollae"),
                           ("한국어", "hangugeo"), ("같이", "gachi"), ("압구정", "apgujeong"), ("합니다", "hamnida")):
        assert revised(word) == expected, (word, revised(word))
