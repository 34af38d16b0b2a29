from __future__ import annotations

import pytest

from bench.machine import ALONE, BASE, LONGEST_STEP, PER_ROW, TRANSACTION, Job, Machine


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def machine(clock: Clock) -> Machine:
    return Machine(clock=clock)


def flat() -> Job:
    return Job.of("git", rows=0, row_wise=0)


def test_a_page_of_fifty_tickets_takes_as_long_as_was_measured(machine: Machine) -> None:
    job = Job.of("todo", rows=50, row_wise=100)
    assert machine.begin(job)
    assert machine.progress(job) == pytest.approx(BASE + 50 * PER_ROW + 100 * TRANSACTION)
    assert 0.38 <= machine.progress(job) <= 0.52


def test_one_that_reads_no_rows_singly_has_one_core(machine: Machine) -> None:
    job = flat()
    assert machine.begin(job)
    assert machine.progress(job) == pytest.approx(BASE / ALONE)


def test_more_than_two_at_once_only_wait_for_each_other(machine: Machine, clock: Clock) -> None:
    jobs = [flat() for _ in range(4)]
    assert all(map(machine.begin, jobs))
    assert machine.progress(jobs[0]) == pytest.approx(BASE * 4)
    clock.now += BASE * 2
    machine.end(jobs[3])
    assert machine.progress(jobs[0]) == pytest.approx(BASE / 2 * 3)
    clock.now += BASE * 3
    assert machine.progress(jobs[0]) == 0
    assert jobs[0].age == pytest.approx(BASE * 5)
    assert machine.peak == {"git": 4}


def test_time_in_which_this_process_stood_still_does_not_count(machine: Machine, clock: Clock) -> None:
    job = Job.of("todo", rows=50, row_wise=100)
    assert machine.begin(job)
    clock.now += 10
    assert machine.progress(job) > 0
    assert job.age == LONGEST_STEP


def test_connections_run_out_and_come_back_as_rows_are_read(machine: Machine, clock: Clock) -> None:
    first, second = (Job.of("todo", rows=50, row_wise=100) for _ in range(2))
    assert machine.begin(first)
    assert not machine.begin(second)
    for _ in range(7):
        clock.now += LONGEST_STEP
        machine.progress(first)
    assert not machine.begin(second)
    assert machine.begin(Job.of("git", rows=1, row_wise=0))
    machine.end(first)
    assert machine.begin(Job.of("todo", rows=25, row_wise=50))
    assert machine.most_connections == 100
