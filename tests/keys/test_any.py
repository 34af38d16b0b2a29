"""Whatever is handed in as a key is read or refused, and nothing else."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from shim.keys import openpgp, ssh
from shim.keys.armour import opened
from shim.services.meta import keytext

from .rows import rows

ROOTS = ("", "era2026")
_HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
_PARTS = st.sampled_from(
    [_HEAD, "Version: 1", ": ", "\n", "\r\n", "=", "AAAA", "-----END ", "\u00e9", "\ud800", " ", "x"]
)
_PACKETS = [opened(row["key"]) for root in ROOTS for row in rows(root, "pgp_keys")]
_BLOBS = [key.blob for row in rows("", "ssh_keys") if (key := ssh.read(row["key"]))]
_CHANGES = st.lists(st.tuples(st.integers(0), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=6)


def _changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Data with some bytes left out and others put in their place, here and there."""
    for place, size, new in changes:
        place %= len(data) + 1
        data = data[:place] + new + data[place + size :]
    return data


@given(st.lists(_PARTS, max_size=60).map("".join))
def test_any_armour(rest: str) -> None:
    try:
        openpgp.read(_HEAD + rest)
    except openpgp.OpenPGPError:
        return


@given(st.text() | st.text("-BEGIN PUCKY\n=aA: ", max_size=200))
def test_any_text(text: str) -> None:
    assert set(keytext.fingerprint(text)) <= set("0123456789abcdef:")
    assert keytext.line(text, None) == text or keytext.blob(text)
    for read, fault in ((openpgp.read, openpgp.OpenPGPError), (ssh.read, ssh.NoKeyError)):
        try:
            read(text)
        except fault:
            continue


@given(st.binary(max_size=300) | st.builds(_changed, st.sampled_from(_PACKETS), _CHANGES))
def test_any_packets(data: bytes) -> None:
    block = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{base64.b64encode(data).decode()}\n"
    try:
        found = openpgp.read(block)
    except openpgp.OpenPGPError:
        return
    assert all(len(one.fingerprint) in (40, 64) for one in found)


@given(st.binary(max_size=100) | st.builds(_changed, st.sampled_from(_BLOBS), _CHANGES))
def test_any_blob(blob: bytes) -> None:
    try:
        key = ssh.read(f"x {base64.b64encode(blob).decode()} c")
    except ssh.NoKeyError:
        return
    assert (key.blob, key.comment) == (blob, "c")
