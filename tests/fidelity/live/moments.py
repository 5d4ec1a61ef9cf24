"""Texts of dates, times and durations: right ones, wrong ones and those that only pydantic takes."""

import random

DATES = """2024-01-02 2024-02-29 2023-02-29 2024-13-01 2024-00-01 2024-01-00 2024-1-2 0000-01-01 0001-01-01 9999-12-31
10000-01-01 2024/01/02 20240102 2024-01-0a 2024-0a-01 20a4-01-01 -2024-01-01 2024-W01-1 2024W011 2024-001 2024-02-30
2024-04-31 1900-02-29 2000-02-29 2024-12-32 0000-00-00 0000-02-29 ２０２４-01-02 today 2024-01 2024- 2024-01-02- +2024-01-02
1969-12-31 1970-01-01 2038-01-19""".split()
TIMES = """00:00:00 03:04:05 03:04 03 23:59:59 24:00:00 23:60:00 23:59:60 3:04:05 030405 03:04:05.1 03:04:05.123456
03:04:05.1234567 03:04:05.9999999 03:04:05, 03:04:05. 03:04:05,5 03-04-05 a3:04:05 03:04:5 03:4:05 03:04:05.12345678901234567890
03:04:05.000000 03:04:05.0000001 03:04:05.100000 23:59:59.999999 23:59:59.9999999 03:04:05.a 03:04:05.1a 25:00:00 03:04:61
03:04:05:06 03:04.5 03:04:""".split()
ZONES = ["Z", "Z", "Z", "z", "+00:00", "-00:00", "+0000", "+05:30", "-0530", "+23:59", "-23:59", "+24:00", "+05:60", "+05", "+5:30"]
ZONES += ["", "", "", "\u221205:00", "\u22120530", "Zx", "+05:30:15", "UTC", " Z", "+ 05:30", "ZZ", "+", "-", "+0", "+12345", "+99:99", "+00:01"]
SEPARATORS = ["T", "T", "T", "T", "t", " ", "_", "", "TT", "X", "-", "  ", "\t"]
ODD = """x now NaN Infinity nan -inf -1 +5 1e9 1704164645 1704164645.5 1704164645123456 0 .5 5. - + . 1_000 -0 +0 00 -0.0
99999999999999999999 -99999999999 2024 20240102 1704164645.1234567 1704164645,5 ١٢٣ 0x10 1704164645.5.5 --5 9223372036854775807
9223372036854775808 -9223372036854775808 2e10 20000000000 20000000001 -20000000000 -20000000001 253402300799 253402300800
253402300799999 253402300800000 -62135596800 -62135596801 -62167219200 -62167219201 -62135596800000 -62167219200001""".split()
ODD += ["", " 1704164645", "1704164645 ", "\n", "0." + "0" * 30 + "1", "1" * 40, "." * 12]
DURATIONS = """P1D PT1H P1DT2H3M4S P3W P1Y P1M PT PT0S P 1:02:03 00:00:01 25:00:00 1:2 P1.5D PT1.5S -P1D +P1D P1W2D
1 86400 -1 1.5 P999999999D P1000000000D x 1day -00:00:01 00:00:01.5 PT36H P1DT36H 3 03:04:05.1234567 P1DT PT1H1H PT1S1M
P-1D p1d pt1h PT0.000001S PT0.0000001S PT1,5S P1H PT1D -1:00:00 +1:00:00 1,02:03:04 1d 1days 1:00 -1day PT99999999999S""".split()
DURATIONS += ["3 days", "1 day, 01:02:03", "1 d 00:00:00", "-1 day, 23:59:59", "1 days 2:03:04", "", " ", "1  day"]
MUTATIONS = "0123456789-:TZ+. _,tz/\u2212é"


def mutated(rng: random.Random, text: str) -> str:
    """One character taken out, put in or changed."""
    at = rng.randint(0, len(text))
    kept = at + rng.randint(0, 1)
    return text[:at] + (rng.choice(MUTATIONS) if rng.random() < 0.7 else "") + text[kept:]


def sound(rng: random.Random) -> str:
    """A date-time that RFC 3339 allows, of any year."""
    date = f"{rng.choice([rng.randint(1, 9999), 1970, 2024]):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    time = f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}"
    digits = rng.choice([0, 0, 1, 3, 6, 7, 9, 12])
    fraction = "." + "".join(rng.choice("0059") for _ in range(digits)) if digits else ""
    minutes = rng.randint(0, 1439)
    zone = rng.choice(["Z", "Z", "+00:00", f"{rng.choice('+-')}{minutes // 60:02d}:{minutes % 60:02d}"])
    return f"{date}T{time}{fraction}{zone}"


def clock(rng: random.Random) -> str:
    return rng.choice(TIMES) + rng.choice(ZONES)


def moment(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(ODD)
    if kind < 0.4:
        return sound(rng)
    if kind < 0.6:
        return mutated(rng, sound(rng))
    if kind < 0.7:
        return unix_time(rng)
    return rng.choice(DATES) + rng.choice(SEPARATORS) + clock(rng)


def unix_time(rng: random.Random) -> str:
    """A number, in a spelling that JSON allows too."""
    base = rng.choice([0, 1, 86400, 1704067200, 2 * 10**10, 253402300799, 253402300800, 62135596800, 62135596801, 62167219200])
    number = (base + rng.randint(-1, 1)) * rng.choice([1, 1, 1000, 10**6]) * rng.choice([1, -1])
    digits = rng.choice([0, 0, 0, 1, 3, 6, 7, 12])
    fraction = "." + "".join(rng.choice("0123456789") for _ in range(digits)) if digits else ""
    return f"{number}{fraction}" + ("e0" if rng.random() < 0.03 else "")
