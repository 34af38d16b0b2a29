"""Whatever is handed in as a key is read or refused, and nothing else."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from shim.keys import openpgp, ssh

from .rows import rows

_PACKETS = base64.b64decode("".join(rows("", "pgp_keys")[0]["key"].splitlines()[2:-2]))
_BLOB = base64.b64decode(rows("", "ssh_keys")[0]["key"].split()[1])


def _changed(data: bytes, place: int, byte: int) -> bytes:
    place %= len(data)
    return data[:place] + bytes([byte]) + data[place + 1 :]


@given(st.text() | st.text("-BEGIN PUCKY\n=aA: ", max_size=200))
def test_any_text(text: str) -> None:
    for read, fault in ((openpgp.read, openpgp.OpenPGPError), (ssh.read, ssh.NoKeyError)):
        try:
            read(text)
        except fault:
            continue


@given(st.binary(max_size=300) | st.builds(_changed, st.just(_PACKETS), st.integers(0), st.integers(0, 255)))
def test_any_packets(data: bytes) -> None:
    block = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{base64.b64encode(data).decode()}\n"
    try:
        found = openpgp.read(block)
    except openpgp.OpenPGPError:
        return
    assert all(len(one.fingerprint) in (40, 64) for one in found)


@given(st.binary(max_size=100) | st.builds(_changed, st.just(_BLOB), st.integers(0), st.integers(0, 255)))
def test_any_blob(blob: bytes) -> None:
    try:
        key = ssh.read(f"x {base64.b64encode(blob).decode()} c")
    except ssh.NoKeyError:
        return
    assert (key.blob, key.comment) == (blob, "c")
