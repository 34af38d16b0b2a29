"""No test reaches beyond this machine, in whatever process it runs."""

from __future__ import annotations

import socket

import pytest


def test_other_machines_are_out_of_reach() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match=r"Network is disabled for host '192\.0\.2\.1'"):
        client.connect(("192.0.2.1", 80))
