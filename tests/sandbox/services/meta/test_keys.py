"""Keys of either kind, beyond what is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from shim.sandbox.engine import times

from ...conftest import ROOT, Client, open_client, spoilt
from . import kit

LIST = "{ me { sshKeys { results { id key comment } } } }"
RAW = 'pq: duplicate key value violates unique constraint "{}key_fingerprint_key"'
DUPLICATE = "We already have this {} key on file, and duplicates are not allowed"
UNSEEN = "query ($f: String!) { sshKeyByFingerprint(fingerprint: $f) { id user { username } } }"
LINE = f"restrict ssh-ed25519 {kit.BLOB}\n"


def _pgp(client: Client, key_id: int) -> str:
    return client.store.pgp_keys.get(key_id).key  # type: ignore[no-any-return]


@pytest.mark.parametrize(("era", "shown"), [("2024", LINE), ("2026", kit.BLOB)])
def test_a_new_key_is_answered_as_sent_and_listed_as_kept(meta: Client, meta2026: Client, era: str, shown: str) -> None:
    client = meta if era == "2024" else meta2026
    made = client.data(kit.ADD, user="alice", key=LINE)["createSSHKey"]
    assert (made["key"], made["comment"]) == (LINE, None)
    listed = client.data(LIST, user="alice")["me"]["sshKeys"]["results"][-1]
    assert listed == {"id": made["id"], "key": shown, "comment": ""}


def test_keys_of_2026_are_not_found_by_md5(meta: Client, meta2026: Client) -> None:
    made = [client.data(kit.ADD, key=LINE)["createSSHKey"]["id"] for client in (meta, meta2026)]
    fingerprint = kit.MD5.replace(":", "").upper()
    assert meta.data(UNSEEN, user="alice", f=fingerprint) == {
        "sshKeyByFingerprint": {"id": made[0], "user": {"username": "jdoe"}}
    }
    assert meta2026.data(UNSEEN, f=fingerprint) == {"sshKeyByFingerprint": None}


def test_what_is_done_with_keys_is_written_down(meta: Client, meta2026: Client) -> None:
    for client, fingerprint in ((meta, kit.MD5), (meta2026, kit.SHA256)):
        made = client.data(kit.ADD, key=LINE)["createSSHKey"]["id"]
        client.data(kit.REMOVE, id=made)
        assert kit.told(client, 2) == [
            ("SSH key removed", f"SSH key {fingerprint} removed"),
            ("SSH key added", f"SSH key {fingerprint} added"),
        ]


def test_an_openpgp_key_is_added_by_its_encryption_key_and_removed_by_its_primary(meta: Client) -> None:
    text = _pgp(meta, 72)
    removed = meta.data(kit.REMOVE_PGP, id=72)["deletePGPKey"]
    made = meta.data(kit.ADD_PGP, key=text)["createPGPKey"]
    assert removed["fingerprint"] == "8D3B748829901FEED64104AF84F5408B6FEF3D51"
    assert made == {"id": 128, "fingerprint": "6C550BA9B5E03C790D687A984D5E27FBA9A11D98"}
    assert kit.told(meta, 2) == [
        ("PGP key added", f"PGP key {made['fingerprint']} added"),
        ("PGP key removed", f"PGP key {removed['fingerprint']} removed"),
    ]


def test_ones_own_openpgp_key_again_in_2026(meta2026: Client) -> None:
    before = meta2026.store.pgp_keys.get(1)
    text = f"-- \n{before.key}"
    assert meta2026.data(kit.ADD_PGP, key=text)["createPGPKey"]["id"] == 1
    after = meta2026.store.pgp_keys.get(1)
    assert (after.key, after.created > before.created, len(meta2026.store.pgp_keys)) == (text, True, 2)


def test_a_duplicate_costs_an_id_and_is_refused_in_words_of_the_database(tmp_path: Path) -> None:
    def spoil(rows: dict[str, object]) -> None:
        rows["settings"] = {"duplicate_key_text": RAW.format("ssh")}

    b = open_client(spoilt(tmp_path, "meta", spoil), "2024", "meta")
    a = open_client(ROOT, "2024", "meta")
    known = a.store.ssh_keys.get(374).text
    assert a.errors(kit.ADD, key=known) == [DUPLICATE.format("SSH") + "."]
    assert a.errors(kit.ADD_PGP, key=_pgp(a, 125)) == [DUPLICATE.format("PGP") + "."]
    assert b.errors(kit.ADD, key=known) == [RAW.format("ssh")]
    assert b.errors(kit.ADD_PGP, key=_pgp(b, 125)) == [RAW.format("pgp")]
    assert b.data(kit.ADD, key=LINE)["createSSHKey"]["id"] == 379


def test_touching_a_key_in_2024_overwrites_its_age(meta: Client) -> None:
    before = times.now()
    meta.data("mutation { updateSSHKey(id: 311) { id } }")
    row = meta.store.ssh_keys.get(311)
    assert row.created >= before
    assert row.last_used is None
    assert len(meta.errors("mutation { updateSSHKey(id: 371) { id } }")) == 1


@pytest.mark.parametrize("fingerprint", ["", "00" * 15, "00" * 17])
def test_a_fingerprint_of_another_length(meta: Client, fingerprint: str) -> None:
    assert meta.errors(UNSEEN, f=fingerprint) == ["Invalid key format; expected 16 bytes"]


def test_a_fingerprint_beyond_ascii(meta: Client) -> None:
    assert meta.errors(UNSEEN, f="é" * 16) == ["encoding/hex: invalid byte: U+00C3 'Ã'"]


def test_the_second_page_is_the_first_again(meta: Client) -> None:
    query = "query ($c: Cursor) { me { pgpKeys(cursor: $c) { cursor results { id } } } }"
    first = meta.data(query)["me"]["pgpKeys"]
    second = meta.data(query, c=first["cursor"])["me"]["pgpKeys"]
    assert len(first["results"]) == 25
    assert second["results"] == first["results"]
