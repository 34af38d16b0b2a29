"""Screenshots made small: a picture in the few colours that it has most of."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
Colour = bytes


def reduced(picture: bytes, colours: int = 64) -> bytes:
    """A PNG of 8 bits a channel, as Chromium makes them, with a palette; what is opaque only."""
    chunks = list(_chunks(picture))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    assert depth == 8
    lines = _lines(zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), width, _CHANNELS[kind])
    pixels = [[line[i : i + 3] for i in range(0, len(line), _CHANNELS[kind])] for line in lines]
    palette = [colour for colour, _ in Counter(pixel for line in pixels for pixel in line).most_common(colours)]
    nearest = {pixel: _nearest(pixel, palette) for line in pixels for pixel in set(line)}
    data = b"".join(b"\0" + bytes(map(nearest.__getitem__, line)) for line in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, part) for name, part in parts)


def _nearest(pixel: Colour, palette: list[Colour]) -> int:
    return min(range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(pixel, palette[i], strict=True)))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        yield picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _lines(data: bytes, width: int, channels: int) -> Iterator[bytes]:
    """The lines of a picture, without the filters that they were written through."""
    length = width * channels
    above = bytes(length)
    for place in range(0, len(data), length + 1):
        line = bytearray(data[place + 1 : place + 1 + length])
        for i, byte in enumerate(line):
            left, corner = (line[i - channels], above[i - channels]) if i >= channels else (0, 0)
            line[i] = (byte + _guess(data[place], left, above[i], corner)) & 255
        above = bytes(line)
        yield above


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
