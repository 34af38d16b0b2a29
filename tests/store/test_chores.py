"""What is done beside requests: in a thread of its own, in each process, however it fails."""

from __future__ import annotations

import os
import threading
from itertools import count

import pytest

from shim.store import Outdated, StoreError
from shim.store.chores import Chores

PATIENCE = 20


class Told:
    """A job that ends as told, once for each, and then well; knows when it was done so often."""

    def __init__(self, *ends):
        self._ends, self.done, self._all = list(ends), 0, threading.Event()

    def __call__(self):
        end = self._ends.pop(0) if self._ends else None
        self.done += 1
        if not self._ends:
            self._all.set()
        if end:
            raise end

    def wait(self):
        assert self._all.wait(PATIENCE)


@pytest.fixture
def chores():
    made = Chores(clock=count().__next__)
    yield made
    assert made.stop(PATIENCE)


def test_jobs_are_done_at_once_and_again_when_they_are_due(chores):
    often, seldom = Told(None, None, None), Told()
    chores.every(0, often, "often")
    chores.every(10**9, seldom, "seldom")
    chores.ensure()
    often.wait()
    assert seldom.done == 1


def test_nothing_is_done_before_the_first_call_for_it():
    chores = Chores()
    job, last = Told(), Told()
    chores.every(1, job, "job", last=last)
    assert chores.stop()
    assert (job.done, last.done) == (0, 0)


def test_last_jobs_are_done_once_at_the_end():
    chores = Chores()
    last = Told()
    chores.every(3600, lambda: None, "job", last=last)
    chores.ensure()
    chores.ensure()
    assert chores.stop(PATIENCE)
    assert chores.stop(PATIENCE)
    assert last.done == 1


def test_a_last_job_that_hangs_keeps_nobody_for_ever():
    chores, go = Chores(), threading.Event()
    chores.every(3600, lambda: None, "job", last=lambda: go.wait(PATIENCE))
    chores.ensure()
    assert not chores.stop(0.01)
    go.set()


def test_trouble_is_told_when_it_begins_and_when_it_ends(logged):
    chores = Chores(clock=count().__next__)
    locked = [StoreError("locked"), StoreError("locked"), StoreError("still")]
    one, other = Told(*locked, None, None), Told(*locked, None, None)
    chores.every(0, one, "one")
    chores.every(0, other, "other")
    chores.ensure()
    one.wait()
    assert chores.stop(PATIENCE)
    told = [(entry["event"], entry["chore"], entry.get("problem"), entry.get("exc_info")) for entry in logged]
    assert told == [("chore failed", "one", "locked", False), ("chore works again", "one", None, None)]


def test_another_kind_of_trouble_is_told_and_a_fault_with_its_place(logged):
    chores = Chores(clock=count().__next__)
    job = Told(Outdated("not migrated"), KeyError("fault"), None)
    chores.every(0, job, "job")
    chores.ensure()
    job.wait()
    assert chores.stop(PATIENCE)
    told = [(entry["event"], entry.get("exc_info")) for entry in logged]
    assert told == [("chore failed", False), ("chore failed", True), ("chore works again", None)]


def test_a_process_without_threads_left_goes_on_and_tries_again(monkeypatch):
    chores, job = Chores(), Told()
    chores.every(3600, job, "job")

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        chores.ensure()
    assert job.done == 0
    chores.ensure()
    job.wait()
    assert chores.stop(PATIENCE)


def test_a_forked_process_has_a_thread_of_its_own(monkeypatch):
    chores, job = Chores(), Told(None, None)
    chores.every(3600, job, "job")
    chores.ensure()
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: -1)
        chores.ensure()
        job.wait()
        assert chores.stop(PATIENCE)
    assert chores.stop(PATIENCE)
