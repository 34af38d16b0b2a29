"""The pictures of the documentation."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from tests.pages.palette import _SIGNATURE, _chunk, _chunks, _guess, reduced
from tests.pages.screenshots import DOCS, LARGEST, PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_they_are_small_and_of_the_size_that_was_asked_for(name):
    picture = (DOCS / name).read_bytes()
    assert len(picture) < LARGEST
    assert struct.unpack(">II", picture[16:24]) == PICTURES[name][2:]


def test_the_readme_shows_them_all():
    shown = re.findall(r"!\[[^\]]+\]\(docs/([^)]+)\)", (DOCS.parent / "README.md").read_text())
    assert sorted(shown) == sorted(PICTURES) == sorted(path.name for path in DOCS.glob("*.png"))


def written(lines, filters):
    """A PNG of RGB lines, each through a filter of its number (PNG 9.2)."""
    data, above = b"", bytes(len(lines[0]))
    for line, kind in zip(lines, filters, strict=True):
        left, corner = bytes(3) + line[:-3], bytes(3) + above[:-3]
        guesses = [_guess(kind, *near) for near in zip(left, above, corner, strict=True)]
        data += bytes([kind]) + bytes((byte - guess) % 256 for byte, guess in zip(line, guesses, strict=True))
        above = line
    header = struct.pack(">IIBBBBB", len(lines[0]) // 3, len(lines), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(*part) for part in parts)


def shown(picture):
    """The lines of a PNG with a palette, as colours."""
    chunks = dict(_chunks(picture))
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    data = zlib.decompress(chunks[b"IDAT"])
    palette = [chunks[b"PLTE"][i : i + 3] for i in range(0, len(chunks[b"PLTE"]), 3)]
    return [b"".join(palette[i] for i in data[y * (width + 1) + 1 :][:width]) for y in range(height)]


def test_a_picture_of_few_colours_keeps_them_through_every_filter():
    lines = [bytes((x * 40 + y * 7 + c * 90) % 256 for x in range(6) for c in range(3)) for y in range(5)]
    assert shown(reduced(written(lines, range(5)))) == lines


def test_of_many_colours_the_usual_ones_stay():
    lines = [b"\x00\x00\x00" * 5 + b"\xff\xff\xff" * 4 + b"\xf0\xff\xff"]
    assert shown(reduced(written(lines, [0]), 2)) == [b"\x00\x00\x00" * 5 + b"\xff\xff\xff" * 5]
