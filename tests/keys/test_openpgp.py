"""OpenPGP keys: the recorded ones, and texts that are none or only half."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shim.keys import openpgp
from shim.keys.armour import MAX_TEXT
from shim.keys.packets import MAX_PACKETS

from .rows import rows

KEYS = rows("", "pgp_keys")
RECORDED = datetime(2023, 6, 1, tzinfo=timezone.utc)
BEGIN, END = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n", "\n-----END PGP PUBLIC KEY BLOCK-----\n"
SIGN_ONLY = """-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawdX2RYJKwYBBAHaRw8BAQdAVqQxetuNKjyviIagnYWcwYxWojvhrjL8He7/
y4SsEQW0GVNpZ24gb25seSA8c0BleGFtcGxlLm9yZz6IkAQTFggAOBYhBDCaZXBY
8aSHAFhMjXh+X7zsYorzBQJrB1fZAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheA
AAoJEHh+X7zsYorzKnEBAJ/H9NllfjLBJroS20LZ5e8BTtcs/U6jpCiGvUr0SI6O
AQDLntUHXuRqqUerjlQwN97C5mA3nG7L93tnOgNaY4DkBQ==
=c/ui
-----END PGP PUBLIC KEY BLOCK-----
"""


def packets(text: str) -> bytes:
    """What is in an armour."""
    lines = text.strip().splitlines()
    return base64.b64decode("".join(line for line in lines[2:-1] if not line.startswith("=")))


def armour(data: bytes) -> str:
    """Packets in an armour."""
    return BEGIN + base64.b64encode(data).decode() + END


def packet(tag: int, body: bytes) -> bytes:
    """A packet with a length of four bytes."""
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body


def subpackets(*said: tuple[int, bytes]) -> bytes:
    """What a signature says, short."""
    return b"".join(bytes([len(body) + 1, number]) + body for number, body in said)


def signature(kind: int, made: int, *said: tuple[int, bytes], unhashed: tuple[tuple[int, bytes], ...] = ()) -> bytes:
    """A signature of version 4 that nobody made."""
    parts = (subpackets((2, made.to_bytes(4, "big")), *said), subpackets(*unhashed))
    lengthy = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return packet(2, bytes([4, kind, 22, 8]) + lengthy + b"\0\0")


def key(tag: int, made: int, algorithm: int = 18) -> bytes:
    """A key that nobody has: of curves, or of numbers of one bit."""
    curve = b"\3abc\0\1\1" if algorithm == 22 else b"\3abc\0\1\1\1\0" if algorithm == 18 else b"\0\1\1" * 2
    return packet(tag, b"\4" + made.to_bytes(4, "big") + bytes([algorithm]) + curve)


def one(*parts: bytes) -> openpgp.Certificate:
    """The certificate of these packets."""
    (certificate,) = openpgp.read(armour(b"".join(parts)))
    return certificate


@pytest.mark.parametrize("row", KEYS, ids=lambda row: str(row["id"]))
def test_recorded_keys_of_2024(row: dict[str, Any]) -> None:
    (certificate,) = openpgp.read(row["key"])
    encryption = certificate.encryption(RECORDED)
    assert encryption is not None
    assert (certificate.fingerprint, encryption.fingerprint) == (row["fingerprint"], row["encryption_fingerprint"])
    ends = encryption.expires and encryption.expires.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert ends == row["expiration"]


def test_recorded_keys_that_end_are_among_them() -> None:
    assert any(row["expiration"] for row in KEYS)


def test_a_key_that_encrypts_by_itself() -> None:
    prints = ["933F49A5497BED79FAED495CF4AE14A98EEFFA5B", "8F0FCD7620DE727E6D95908655C73BE045EE6525"]
    for row, wanted in zip(rows("era2026", "pgp_keys"), prints, strict=True):
        (certificate,) = openpgp.read(row["key"])
        assert certificate.encryption(RECORDED) is certificate.primary
        assert certificate.fingerprint == wanted


def test_a_key_that_only_signs() -> None:
    (certificate,) = openpgp.read(SIGN_ONLY)
    assert certificate.encryption(RECORDED) is None


def test_keys_behind_each_other() -> None:
    both = packets(KEYS[0]["key"]) + packets(KEYS[1]["key"])
    assert [found.fingerprint for found in openpgp.read(armour(both))] == [row["fingerprint"] for row in KEYS[:2]]
    assert len(openpgp.read(KEYS[0]["key"] + KEYS[1]["key"])) == 1


def test_the_newest_valid_subkey_encrypts() -> None:
    flags = (27, b"\x04")
    parts = [key(6, 1, 22), signature(0x13, 1, (27, b"\x03"))]
    parts += [key(14, 10), signature(0x18, 10, flags)]
    parts += [key(14, 20), signature(0x18, 20, flags, (9, (50).to_bytes(4, "big")))]
    parts += [key(14, 30), signature(0x18, 30, flags), signature(0x28, 40)]
    parts += [key(14, 40), signature(0x18, 40, (27, b"\x02"))]
    certificate = one(*parts)
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    at = {seconds: certificate.encryption(epoch + timedelta(seconds=seconds)) for seconds in (60, 69, 70)}
    made = {seconds: found and found.created.timestamp() for seconds, found in at.items()}
    assert made == {60: 20, 69: 20, 70: 10}


def test_the_last_signature_counts_and_a_primary_key_that_ended_encrypts_nothing() -> None:
    lifetime = (9, (5).to_bytes(4, "big"))
    alive = [key(6, 1, 1), signature(0x13, 3), signature(0x13, 2, lifetime)]
    assert one(*alive).encryption(RECORDED) is not None
    assert one(*alive, signature(0x13, 4, lifetime)).encryption(RECORDED) is None
    assert one(*alive, signature(0x20, 4)).encryption(RECORDED) is None


def test_secret_keys_are_noticed() -> None:
    assert not one(key(6, 1)).private
    assert one(key(5, 1)).private
    assert one(key(6, 1), key(7, 1)).private
    assert one(key(5, 1)).fingerprint == one(key(6, 1)).fingerprint


@pytest.mark.parametrize(("version", "head"), [(5, b"\x9a"), (6, b"\x9b")])
def test_keys_of_newer_versions(version: int, head: bytes) -> None:
    body = bytes([version]) + (7).to_bytes(4, "big") + b"\x1b" + (32).to_bytes(4, "big") + b"k" * 32
    certificate = one(packet(6, body))
    hashed = head + len(body).to_bytes(4, "big") + body
    assert certificate.fingerprint == hashlib.sha256(hashed).hexdigest().upper()
    assert certificate.primary.created.timestamp() == 7


@pytest.mark.parametrize("size", [1, 2, 4])
def test_lengths_of_the_old_form(size: int) -> None:
    body = packets(armour(key(6, 9)))[6:]
    old = bytes([0x80 | 6 << 2 | {1: 0, 2: 1, 4: 2}[size]]) + len(body).to_bytes(size, "big") + body
    assert one(old).fingerprint == one(key(6, 9)).fingerprint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "openpgp: invalid argument: no armored data found"),
        ("nonsense", "openpgp: invalid argument: no armored data found"),
        (
            "-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----",
            "openpgp: invalid argument: expected public or private key block, got: PGP MESSAGE",
        ),
        (BEGIN + "A?AA" + END, "openpgp: invalid data: armor invalid"),
        (KEYS[0]["key"][:200], "unexpected EOF"),
        (armour(b"\x06"), "openpgp: invalid data: tag byte does not have MSB set"),
        (armour(b"\xc6"), "unexpected EOF"),
        (armour(b"\xc6\xc0"), "unexpected EOF"),
        (armour(b"\xc6\xe0"), "openpgp: unsupported feature: partial lengths of keys"),
        (armour(packet(6, b"\x03\0\0\0\0\1")), "openpgp: unsupported feature: public key version"),
        (armour(packet(6, b"\x04\0\0\0\0\x63")), "openpgp: unsupported feature: public key type: 99"),
        (armour(packet(6, b"\x04\0\0\0\0\x01\xff\xff")), "unexpected EOF"),
        (armour(key(6, 1) + packet(2, b"\4\x13\1\x08\0\0")), "openpgp: invalid data: no creation time in signature"),
        (armour(b"\xca\0" * (MAX_PACKETS + 1)), "openpgp: invalid data: too many packets"),
    ],
)
def test_what_is_no_key(text: str, message: str) -> None:
    with pytest.raises(openpgp.OpenPGPError) as caught:
        openpgp.read(text)
    assert str(caught.value) == message


def test_the_checksum_of_an_armour_counts_where_there_is_one() -> None:
    text = KEYS[0]["key"]
    (line,) = (line for line in text.splitlines() if line.startswith("="))
    assert openpgp.read(text.replace(f"{line}\n", ""))[0].fingerprint == KEYS[0]["fingerprint"]
    for wrong in ("=AAAA", "=!!!!", "=AA", text[40:60]):
        spoilt = text.replace(line, wrong) if wrong.startswith("=") else text.replace(wrong, wrong.swapcase())
        with pytest.raises(openpgp.OpenPGPError, match=r"^openpgp: invalid data: armor invalid$"):
            openpgp.read(spoilt)


@pytest.mark.parametrize("text", ["\u00e9AAA", "\n\u00e9AAA\n", "\nAAAA\n=\u00e9\n", "\n\ud800AAA"])
def test_an_armour_that_is_not_ascii_is_refused(text: str) -> None:
    with pytest.raises(openpgp.OpenPGPError, match=r"^openpgp: invalid data: armor invalid$"):
        openpgp.read(BEGIN.strip() + "\n" + text)


@pytest.mark.parametrize("line", ["a: a: a\n", "a: a\n", ": ", ": \n", "a: a\r", " : : \r\n"])
def test_headers_of_an_armour_take_no_time(line: str) -> None:
    with pytest.raises(openpgp.OpenPGPError):
        openpgp.read(BEGIN.strip() + "\n" + line * (MAX_TEXT // len(line)) + "?")


@pytest.mark.parametrize("row", KEYS[:3], ids=lambda row: str(row["id"]))
def test_a_text_cut_anywhere_is_read_or_refused(row: dict[str, Any]) -> None:
    data = packets(row["key"])
    for end in range(len(data)):
        try:
            found = openpgp.read(armour(data[:end]))
        except openpgp.OpenPGPError:
            continue
        assert all(one.fingerprint == row["fingerprint"] for one in found)


def test_what_others_certify_changes_nothing() -> None:
    lifetime, others = (9, (5).to_bytes(4, "big")), (16, b"stranger")
    bound = [key(6, 1, 1), signature(0x13, 2, lifetime)]
    assert one(*bound).encryption(RECORDED) is None
    primary = one(*bound).fingerprint
    for stranger in (others, (33, b"\4" + b"s" * 20)):
        assert one(*bound, signature(0x10, 3, stranger)).encryption(RECORDED) is None
    for owner in ((16, bytes.fromhex(primary)[-8:]), (33, b"\4" + bytes.fromhex(primary))):
        assert one(*bound, signature(0x10, 3, owner)).encryption(RECORDED) is not None
    alive = [key(6, 1, 1), signature(0x13, 3)]
    assert (
        one(*alive, signature(0x20, 4, others), signature(0x1F, 5, lifetime, others)).encryption(RECORDED) is not None
    )


def test_who_signed_may_stand_where_it_is_not_signed() -> None:
    bound = [key(6, 1, 1), signature(0x13, 2, (9, (5).to_bytes(4, "big")))]
    assert one(*bound, signature(0x10, 3, unhashed=((16, b"stranger"),))).encryption(RECORDED) is None
    owner = bytes.fromhex(one(*bound).fingerprint)[-8:]
    assert one(*bound, signature(0x10, 3, unhashed=((16, owner),))).encryption(RECORDED) is not None


def test_the_key_id_of_newer_keys_is_at_their_beginning() -> None:
    body = b"\6" + (7).to_bytes(4, "big") + b"\x19" + (32).to_bytes(4, "big") + b"k" * 32
    primary = packet(6, body)
    ended = signature(0x1F, 8, (9, (5).to_bytes(4, "big")), (16, bytes.fromhex(one(primary).fingerprint)[:8]))
    assert one(primary).encryption(RECORDED) is not None
    assert one(primary, ended).encryption(RECORDED) is None


def test_signatures_of_version_3_say_nothing() -> None:
    assert one(key(6, 1, 1), packet(2, b"\3")).encryption(RECORDED) is not None
