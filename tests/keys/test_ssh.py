"""SSH keys: the recorded ones, and what Go says of texts that are none."""

from __future__ import annotations

import base64
import struct

import pytest

from shim.keys import ssh

from .rows import rows

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAILrSCnjCMOrM/iHrHgsjOHS/Y/7ewwYuDykTvAuELJzJ"
OTHER = "AAAAC3NzaC1lZDI1NTE5AAAAIFdncQpcPIUQm1jISPFa+nyODlh0HZ4crRB7j0AvS/Oc"


def packed(*parts: bytes) -> str:
    """Strings as a blob in base64."""
    return base64.b64encode(b"".join(struct.pack(">I", len(part)) + part for part in parts)).decode()


def test_fingerprints_of_the_contract() -> None:
    key = ssh.read(f"ssh-ed25519 {BLOB}")
    assert key.md5 == "31:7b:13:10:3b:e5:4c:a3:a8:16:38:e0:c9:a6:7e:4a"
    assert key.sha256 == "SHA256:J2HsDH4blB2JQWTaenHcEGLmaLoh2y1p6WGr0IZDdxY"
    assert (key.algorithm, key.text, key.comment) == ("ssh-ed25519", BLOB, "")


def test_recorded_keys_of_2024() -> None:
    known = rows("", "ssh_keys")
    assert [ssh.read(row["key"]).md5 for row in known] == [row["fingerprint"] for row in known]


def test_recorded_keys_of_2026() -> None:
    for row in rows("era2026", "ssh_keys"):
        key = ssh.read(row["raw"])
        told = (row["fingerprint_sha256"], row["key"], row["key_type"], row["comment"])
        assert (key.sha256, key.text, key.algorithm, key.comment) == told


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        (f"ssh-ed25519 {BLOB} two  words \r\nnext", "two  words"),
        (f"  ssh-ed25519\t{BLOB}\n", ""),
        (f"# a comment\n\nssh-ed25519 {BLOB} x\nssh-ed25519 {OTHER} y", "x"),
        (f'restrict,command="echo \\"hi there\\"" ssh-ed25519 {BLOB} o', "o"),
        (f"nonsense\nssh-ed25519 AAAA\nrsa {BLOB} any algorithm word", "any algorithm word"),
    ],
)
def test_where_a_key_stands(text: str, comment: str) -> None:
    key = ssh.read(text)
    assert (key.text, key.comment) == (BLOB, comment)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("", None),
        ("# c\n", None),
        ("garbage", None),
        ("ssh-ed25519 AAAA", "ssh: short read"),
        ("ssh-ed25519 " + "A" * 68 + " x", "illegal base64 data at input byte 0"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "illegal base64 data at input byte 4"),
        ('command="open ssh-ed25519 ' + BLOB, "illegal base64 data at input byte 3"),
        (f"a {BLOB}=", "illegal base64 data at input byte 68"),
        ("a AA=A", "illegal base64 data at input byte 2"),
        ("a AA==A", "illegal base64 data at input byte 4"),
        ("a AAA=A", "illegal base64 data at input byte 4"),
        ("a AAA!", "illegal base64 data at input byte 3"),
        ("a A=", "illegal base64 data at input byte 1"),
        ("a A===", "illegal base64 data at input byte 1"),
        ("a AAA", "illegal base64 data at input byte 0"),
        ("a AA=", "illegal base64 data at input byte 3"),
        ("a !AAA", "illegal base64 data at input byte 0"),
        ("a " + packed(b"ssh-foo", b"x"), "ssh: unknown key algorithm: ssh-foo"),
        ("a " + packed(b"ssh-ed25519", b"x" * 31), "invalid size 31 for Ed25519 public key"),
        ("a " + packed(b"ssh-ed25519", b"x" * 32, b""), "ssh: trailing junk in public key"),
        ("a " + packed(b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + b"x" * 64), "ssh: invalid curve point"),
        ("a " + packed(b"ecdsa-sha2-nistp256", b"nistp1", b"\4"), "ssh: unsupported curve"),
    ],
)
def test_what_is_no_key(text: str, last: str | None) -> None:
    with pytest.raises(ssh.NoKeyError, match=r"^ssh: no key found$") as caught:
        ssh.read(text)
    assert caught.value.last == last


def test_no_more_than_a_bound_is_looked_at() -> None:
    with pytest.raises(ssh.NoKeyError):
        ssh.read("\n" * ssh.MAX_TEXT + f"ssh-ed25519 {BLOB}")


@pytest.mark.parametrize("text", ['"' * ssh.MAX_TEXT, "a " * ssh.MAX_TEXT, "a a\n" * ssh.MAX_TEXT])
def test_long_texts_hold_no_key(text: str) -> None:
    with pytest.raises(ssh.NoKeyError):
        ssh.read(text)
