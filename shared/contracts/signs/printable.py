"""What can be printed: the signs that the fonts of our letters have.

Used where a text is bounded (`fields.plain`, for a text that is printed) and by the rules about figures, so
that whoever types a sign that no letter could show is told then, and not months later by the draft of the
report. The fonts lie in `services/documents/letters/fonts`; `tests/unit/test_printable.py` holds the table
equal to them, and typesets every sign of it. Pure.
"""

from functools import cache

IN_THE_FONTS = """
20-7e a0-36f 374-375 37a-37e 384-38a 38c 38e-3a1 3a3-3ce 3d0-513 51a-51d 591-5c7 5d0-5ea 5f0-5f4 e3f
1d00-1dca 1dfe-1e9b 1e9e 1ea0-1ef9 1f00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d
1f5f-1f7d 1f80-1fb4 1fb6-1fc4 1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-2022 2026 202a-2034
2039-2040 2044-2046 2052 2054 205e 206a-206f 2074-2079 207f-2089 2090-2094 20a0-20b5 20bf 20f0 2103 2105
2113 2116-2118 211e 2120 2122 2126-2127 212e 214d-214e 2153-2154 215b-215e 2184 2190-2195 21a8 21d4 2202
2206 220f 2211-2213 2215 2217 2219-221a 221e-221f 2222 2229 222b 2248 2260-2262 2264-2265 22c6 2300 2302
2310 2320-2321 2329-232a 2422-2423 2500 2502 250c 2510 2514 2518 251c 2524 252c 2534 253c 2550-256c 2580
2584 2588 258c 2590-2593 25a0-25a1 25aa-25ac 25b2 25ba 25bc 25c4 25ca-25cc 25cf-25d9 25e6 263a-263c
263f-2647 2660 2663 2665-2666 2669-266c 266f 26ad-26ae 27e6-27e7 2a7d-2a7e 2c60-2c6d 2c71-2c77 2e17
a717-a721 a788-a78c fb00-fb04 fb1d-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44 fb46-fb4f fe20-fe23 fffc
"""
"""Code points and ranges of them, as the fonts say them."""
NOTHING_TO_SEE = "\n\t\u180e\u2060\u2061\u2062\u2063\u2064\u3000" + "".join(map(chr, range(0xFE00, 0xFE10)))
"""What is set as a space or as nothing, whatever the fonts have."""


def unprintable(text: str) -> str:
    """The first sign that can't be printed, as a person reads it (one that is not seen by its number);
    empty where all can be.
    """
    if text.isascii():
        return ""
    sign = next((sign for sign in text if sign not in _printable()), "")
    return sign if sign.isprintable() else f"U+{ord(sign):04X}"


@cache
def _printable() -> frozenset[str]:
    found = set(NOTHING_TO_SEE)
    for entry in IN_THE_FONTS.split():
        first, _, last = entry.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)
