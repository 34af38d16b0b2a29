"""Whether somebody has hung up."""

import socket

from shim.sandbox.engine.hangup import gone


def test_a_connection_that_was_closed_on_this_side_is_no_sign_of_it():
    here, there = socket.socketpair()
    here.close()
    assert not gone(here, 0.01)
    there.close()
