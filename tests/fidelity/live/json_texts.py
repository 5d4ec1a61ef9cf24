"""JSON texts of values, in several styles, and what can be wrong with such a text."""

import random


class Lexeme(str):
    """A JSON token that is written as it is: a number in some spelling, NaN."""


class Members(list):
    """An object as a list of pairs, so that names can be repeated."""


SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
BLANKS = ["", "", " ", "\n  ", "\t\r\n"]
CHARACTERS = list("{}[]:,\"'\\x0-+.eE ntfNI\x01\n\x00é🚀/#\x7f\x0b\x0c\u00a0\ufeff\u2028*")
TOKENS = """NaN Infinity -Infinity -NaN +Infinity - -- +1 \\u12 \\x \\ 01 -01 1. .5 -.5 1e 1e+ 1E- 1.e5 0x10 1_000 // ' \\u
\\uD83D\\uDE00 \\u00 \\u00g0 \\u+123 \\u0x12 \\U0041 \\' \\a \\0 /*x*/ nul nulll True None tru false1 undefined nan infinity
-I Inf "" "a [] {} ]] }} [} {] , ,, : :: ;""".split()
BYTES = [b"\xff", b"\xc3(", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x82", b"\xf5", b"\xf0\x9f\x9a", b"\xe0\x80\x80", b"\xfe\xff"]
ENCODINGS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32", "utf-8-sig", "latin-1"]


class Writer:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.blank = rng.choice(BLANKS)
        self.ascii_only = rng.random() < 0.5

    def text(self, text: str) -> str:
        out = []
        for character in text:
            point = ord(character)
            if character in SHORT:
                out.append(SHORT[character])
            elif point < 0x20 or (self.ascii_only and 0x7F <= point < 0x10000):
                out.append(f"\\u{point:04{self.rng.choice('xX')}}")
            elif self.ascii_only and point >= 0x10000:
                point -= 0x10000
                out.append(f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}")
            elif self.rng.random() < 0.005:
                out.append(f"\\u{point:04x}" if point < 0x10000 else character)
            else:
                out.append("\\/" if character == "/" and self.rng.random() < 0.1 else character)
        return '"' + "".join(out) + '"'

    def value(self, value) -> str:
        blank = self.blank
        if isinstance(value, Lexeme):
            return value
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, (int, float)):
            return repr(value)
        if isinstance(value, Members):
            inner = (self.text(k) + ":" + blank + self.value(v) for k, v in value)
            return "{" + blank + ("," + blank).join(inner) + "}"
        return "[" + ("," + blank).join(self.value(item) for item in value) + blank + "]"


def write(rng: random.Random, value) -> str:
    return Writer(rng).value(value)


def broken(rng: random.Random, text: str) -> bytes:
    """The text with something wrong in it, most of the time."""
    at = rng.randint(0, len(text))
    kind = rng.randint(0, 10)
    if kind <= 1:
        text = text[:at]
    elif kind == 2:
        text = text[:at] + text[at + rng.choice([1, 1, 1, 2, 5]) :]
    elif kind == 3:
        text = text[:at] + rng.choice(CHARACTERS) + text[at:]
    elif kind == 4:
        text = text[:at] + rng.choice(TOKENS) + text[at:]
    elif kind == 5:
        text += rng.choice(["x", "{}", ",", " ]", "\x00", "\ufeff", "null", "\x0b", "\u00a0", " //", "\n\n}"])
    elif kind == 6:
        prefix = rng.choice(["", " ", "\n", "\ufeff", "\ufeff\ufeff", ",", "[", "{", '"', "-", "nul", "tru", "x", "\x0c", "\u00a0", "\x00"])
        text = prefix + rng.choice([text, ""])
    elif kind == 7:
        text = text.replace(",", rng.choice([",,", ";", " ", ",]", ",}", ", ,"]), rng.randint(1, 3))
    elif kind == 8:
        text = swapped(rng, text)
    elif kind == 9:
        text = text[:at] + rng.choice(CHARACTERS + TOKENS) + text[at + 1 :]
    else:
        data = bytearray(text.encode())
        where = rng.randint(0, len(data))
        data[where:where] = rng.choice(BYTES)
        return bytes(data)
    return text.encode()


def swapped(rng: random.Random, text: str) -> str:
    """One kind of token for another."""
    old, new = rng.choice([('"', "'"), (":", "="), ("[", "("), ("}", "]"), ("]", "}"), ("{", "["), ('":', '"'), ("true", "True"), ("null", "None")])
    return text.replace(old, new, rng.randint(1, 3))


def encoded(rng: random.Random, text: str) -> bytes:
    """In another encoding than UTF-8; some with a byte too few or too many."""
    data = text.encode(rng.choice(ENCODINGS), errors="replace")
    if rng.random() < 0.15:
        return rng.choice([data[:-1], data + b"\x00", data[1:], b"\xff\xfe" + data, b"\xef\xbb\xbf" + data])
    return data
