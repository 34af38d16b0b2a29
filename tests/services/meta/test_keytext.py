"""Keys as texts (meta 4.4)."""

from __future__ import annotations

import pytest

from shim.services.meta import keytext
from tests.services.meta.kit import B1, B2, MD5_OF_B1

CHECKED = "AAAAC3NzaC1lZDI1NTE5AAAAILrSCnjCMOrM/iHrHgsjOHS/Y/7ewwYuDykTvAuELJzJ"
LINES = [
    B1,
    f"ssh-ed25519 {B1}",
    f"ssh-ed25519 {B1} alder@workstation",
    f"  ssh-ed25519\t{B1}  two  blanks\r\n",
    f'restrict,command="echo hi" ssh-ed25519 {B1} c',
    f'command="say \\"{B2}\\" x" ssh-ed25519 {B1}',
    f"# ssh-ed25519 {B2}\n\nssh-ed25519 {B1}\nssh-ed25519 {B2}\n",
    f"nothing here\nssh-rsa {B1} another word than the key's",
]
NONE = [
    "",
    " ",
    "nonsense",
    "ssh-ed25519",
    f"# ssh-ed25519 {B1}",
    f"ssh-ed25519 {B1[:-1]}",
    "AAAA",
    "ssh-x ÄÖÜ",
    "x\0y z",
]


def test_the_fingerprint_of_the_contract() -> None:
    assert keytext.fingerprint(CHECKED) == "31:7b:13:10:3b:e5:4c:a3:a8:16:38:e0:c9:a6:7e:4a"


@pytest.mark.parametrize("text", LINES)
def test_the_first_key_of_a_text_counts(text: str) -> None:
    assert keytext.fingerprint(text) == MD5_OF_B1


@pytest.mark.parametrize("text", NONE)
def test_a_text_without_a_key_has_no_fingerprint_and_stays(text: str) -> None:
    assert (keytext.fingerprint(text), keytext.line(text, "c")) == ("", text)


@pytest.mark.parametrize("text", LINES[1:])
def test_a_line_stays_as_it_is(text: str) -> None:
    assert keytext.line(text, "other") == text


@pytest.mark.parametrize(("comment", "end"), [(None, ""), ("", ""), ("two  blanks", " two  blanks")])
def test_bare_base64_becomes_a_line(comment: str | None, end: str) -> None:
    assert keytext.line(B1, comment) == f"ssh-ed25519 {B1}{end}"


@pytest.mark.parametrize("text", [f"{B1}=", f"{B1}====", B1[:-1], f"{B1} ", "AAAAAAAA", "/////w==", "AAAAAQ=="])
def test_what_is_no_key_is_none(text: str) -> None:
    assert keytext.blob(text) is None


def test_a_text_is_looked_through_up_to_a_bound() -> None:
    assert keytext.fingerprint("\n" * keytext.MOST_CHARACTERS + f"ssh-ed25519 {B1}") == ""


@pytest.mark.parametrize("armour", ["", "no armour", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"])
def test_a_pgp_key_that_cannot_be_read_ends_never(armour: str) -> None:
    assert keytext.expiration(armour, "2024-09-03T08:20:00.123456Z") is None
