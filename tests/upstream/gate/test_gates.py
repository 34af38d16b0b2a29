"""The gate of a process, and that of all workers of a node."""

from __future__ import annotations

import os
import socket
import threading
import warnings
from contextlib import ExitStack, suppress

import pytest

from shim.upstream import Bounds, Keeper, Kind, Local, Remote, UpstreamError

BOUNDS = Bounds("todo", weight=50, waiting=4)


@pytest.fixture
def keeper():
    keeper = Keeper()
    keeper.start()
    yield keeper
    keeper.stop()


@pytest.fixture(params=["local", "remote"])
def gate(request):
    if request.param == "local":
        return Local()
    return Remote(request.getfixturevalue("keeper").path)


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_turn_is_waited_for_and_given_back(gate):
    done = []

    def second():
        with gate.admitted(BOUNDS, "b", 50, 5.0):
            done.append("second")

    with gate.admitted(BOUNDS, "a", 50, 5.0):
        thread = in_thread(second)
        done.append("first")
    thread.join()
    assert done == ["first", "second"]


def test_who_waits_too_long_is_told_so_and_holds_nothing(gate):
    refused = []

    def impatient():
        try:
            with gate.admitted(BOUNDS, "b", 50, 0.05):
                pass
        except UpstreamError as error:
            refused.append(error.kind)

    with gate.admitted(BOUNDS, "a", 50, 5.0):
        in_thread(impatient).join()
    assert refused == [Kind.BUSY]
    with gate.admitted(BOUNDS, "a", 50, 1.0):
        pass


def test_what_a_call_raises_gives_the_turn_back(gate):
    for _ in range(3):
        with pytest.raises(ValueError, match="mine"), gate.admitted(BOUNDS, "a", 50, 1.0):
            raise ValueError("mine")


def test_two_workers_share_one_sum(keeper):
    one, other = Remote(keeper.path), Remote(keeper.path)
    with one.admitted(BOUNDS, "a", 30, 5.0), pytest.raises(UpstreamError), other.admitted(BOUNDS, "b", 30, 0.05):
        pass


def test_a_light_call_alone_in_its_process_asks_nobody_and_a_second_one_does(keeper):
    gate, other = Remote(keeper.path), Remote(keeper.path)
    for _ in range(2):
        with gate.admitted(BOUNDS, "a", 1, 1.0):
            assert keeper.admission.sums() == {}
    with gate.admitted(BOUNDS, "a", 1, 1.0), other.admitted(BOUNDS, "b", 50, 1.0):
        assert keeper.admission.sums()[""][0] == 50
        with pytest.raises(UpstreamError), gate.admitted(BOUNDS, "c", 1, 0.05):
            pass


def test_a_worker_that_dies_gives_back_its_turns(keeper):
    with socket.socket(socket.AF_UNIX) as dying:
        dying.connect(keeper.path)
        dying.sendall(b'["todo", "", 50, 16, 4, 1.0, "a", 50, 5.0]\n')
        assert dying.recv(2) == b"1\n"
    with Remote(keeper.path).admitted(BOUNDS, "b", 50, 5.0):
        pass


def test_the_end_of_a_turn_and_the_wish_for_the_next_may_come_together(keeper):
    ask = b'["todo", "", 50, 16, 4, 1.0, "a", 50, 5.0]\n'
    with socket.socket(socket.AF_UNIX) as hasty:
        hasty.connect(keeper.path)
        hasty.sendall(ask)
        assert hasty.recv(2) == b"1\n"
        for cut in (3, 5, 20):
            together = b"good\n" + ask
            hasty.sendall(together[:cut])
            hasty.sendall(together[cut:])
            assert hasty.recv(2) == b"1\n"
        hasty.sendall(b"good\n" + ask)
        assert hasty.recv(2) == b"1\n"


@pytest.mark.parametrize("line", [b"x\n", b"[]\n", b"good\n" * 2000, b'["todo"]\n', b"null\n"])
def test_nonsense_ends_its_connection_and_nothing_else(keeper, line):
    with socket.socket(socket.AF_UNIX) as odd:
        odd.connect(keeper.path)
        with suppress(ConnectionResetError):
            odd.sendall(line)
            odd.shutdown(socket.SHUT_WR)
            assert odd.recv(2) == b""
    with Remote(keeper.path).admitted(BOUNDS, "b", 50, 5.0):
        pass


def test_without_a_keeper_each_process_keeps_its_own_gate(tmp_path):
    gate = Remote(str(tmp_path / "gone"), processes=2)
    with gate.admitted(BOUNDS, "a", 20, 1.0), pytest.raises(UpstreamError), gate.admitted(BOUNDS, "b", 20, 0.05):
        pass


def test_a_forked_process_that_leaves_takes_the_gate_with_it_from_nobody(keeper):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads, as there is the keeper's
        child = os.fork()
    if child == 0:
        keeper.leave()
        os._exit(0)
    os.waitpid(child, 0)
    gates = Remote(keeper.path), Remote(keeper.path)
    with (
        gates[0].admitted(BOUNDS, "a", 30, 1.0),
        pytest.raises(UpstreamError),
        gates[1].admitted(BOUNDS, "b", 30, 0.05),
    ):
        pass


def test_many_threads_never_hold_more_than_the_sum(gate):
    held, most, lock = [0], [0], threading.Lock()
    barrier = threading.Barrier(8)

    def work(number):
        barrier.wait()
        for _ in range(20):
            with gate.admitted(Bounds("todo"), str(number), 20, 30.0):
                with lock:
                    held[0] += 20
                    most[0] = max(most[0], held[0])
                with lock:
                    held[0] -= 20

    with ExitStack() as stack:
        for number in range(8):
            stack.callback(in_thread(lambda number=number: work(number)).join)
    assert 0 < most[0] <= 50
