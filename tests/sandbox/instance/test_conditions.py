"""What names and notes of recordings tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from shim.sandbox import Conditions, Storage
from shim.sandbox.instance import Instance

NOTE = "object storage on: s3-upstream o.example.org, s3-insecure no, s3-bucket b, s3-prefix p/q"


def test_a_note_sets_the_storage() -> None:
    assert Conditions.of("artifacts-on-upload.yaml", NOTE).storage == Storage("o.example.org", False, "b", "p/q")


def test_what_a_note_leaves_out_is_the_instances() -> None:
    storage = Conditions.of("artifacts-on").storage
    assert storage is not None
    assert storage.url("a b.txt") == "http://objects.example.org/gitsrht/pfx/a b.txt"


@pytest.mark.parametrize(
    ("name", "note", "reachable"),
    [
        ("auth-meta-down", None, False),
        ("meta_down.yaml", None, False),
        ("auth", "meta.sr.ht cannot be reached", False),
        ("auth", "object storage is off; artifact rows exist", True),
    ],
)
def test_meta_and_nothing_else(name: str, note: str | None, reachable: bool) -> None:
    assert Conditions.of(name, note) == Conditions(None, reachable)


@pytest.mark.parametrize(
    ("name", "note", "free"),
    [
        ("payment.yaml", None, False),
        ("submit", "Service with allow-free=no. Users by type: see dataset.", False),
        ("repayments", "allow-free=yes", True),
    ],
)
def test_payment_and_nothing_else(name: str, note: str | None, free: bool) -> None:
    assert Conditions.of(name, note) == Conditions(allow_free=free)


@pytest.mark.parametrize(
    "conditions",
    [Conditions(), Conditions.of("x", NOTE), Conditions(meta_reachable=False), Conditions(allow_free=False)],
)
def test_json_and_back(conditions: Conditions) -> None:
    assert Conditions.from_json(conditions.to_json()) == conditions


def test_a_roots_own_configuration_wins(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("[sr.ht]\nowner-email=me@example.net\n")
    instance = Instance(tmp_path)
    assert instance.get("sr.ht", "owner-email") == "me@example.net"
    assert instance.network_key == Instance().network_key
    assert instance.get("nowhere", "nothing", "x") == "x"
