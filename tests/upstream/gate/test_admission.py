"""The gate's rules, on a clock that the test moves (upstream-safety 3.4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shim.upstream.gate import Admission, Bounds, Entry

GIT, TODO, HG = (Bounds(name, waiting=20) for name in ("git", "todo", "hg"))


class Gate:
    """The rules, with a clock."""

    def __init__(self):
        self.admission, self.now = Admission(), 0.0

    def arrive(self, bounds, weight=1, caller="a"):
        entry = Entry(bounds, caller, weight)
        self.admission.arrive(entry, self.now)
        return entry

    def leave(self, entry, after=0.0, good=True):
        self.now += after
        self.admission.leave(entry, self.now, good=good)

    def look(self, after):
        self.now += after
        self.admission.look(self.now)

    def sum(self):
        return self.admission.sums()[""]


def states(entries):
    return [entry.state for entry in entries]


def test_calls_are_let_in_up_to_the_sum_of_their_weights():
    gate = Gate()
    entries = [gate.arrive(TODO, 20) for _ in range(3)]
    assert states(entries) == ["inside", "inside", "waiting"]
    gate.leave(entries[0])
    assert entries[2].state == "inside"


def test_a_call_as_heavy_as_the_sum_is_let_in_when_nothing_else_is_under_way():
    gate = Gate()
    light = gate.arrive(GIT), gate.arrive(GIT)
    heavy = gate.arrive(TODO, 50)
    assert heavy.state == "waiting"
    for entry in light:
        gate.leave(entry)
    assert heavy.state == "inside"


def test_nobody_who_comes_later_takes_the_place_a_heavy_call_waits_for():
    gate = Gate()
    first = [gate.arrive(TODO, 30), gate.arrive(GIT), gate.arrive(GIT)]
    heavy = gate.arrive(TODO, 40, caller="b")
    late = gate.arrive(GIT, 1, caller="c")
    assert states([heavy, late]) == ["waiting", "waiting"]
    gate.leave(first[0])
    assert states([heavy, late]) == ["inside", "inside"]


def test_a_service_that_hangs_leaves_the_others_their_turns():
    gate = Gate()
    hanging = [gate.arrive(GIT, caller=str(i)) for i in range(40)]
    assert states(hanging) == ["inside"] * GIT.calls + ["waiting"] * GIT.waiting + ["refused"] * 4
    gate.look(after=2.0)
    assert states([gate.arrive(HG) for _ in range(HG.calls)]) == ["inside"] * HG.calls
    assert gate.arrive(TODO, 50).state == "waiting"


def test_light_calls_of_a_service_that_hangs_count_until_its_api_has_given_them_up():
    gate = Gate()
    for number in range(GIT.calls):
        gate.arrive(GIT, caller=str(number))
    gate.look(after=2.0)
    assert gate.sum()[0] == GIT.calls - 1
    gate.look(after=2.0)
    assert gate.sum()[0] == 0


def test_a_quiet_service_may_always_ask_one_light_thing():
    gate = Gate()
    gate.arrive(TODO, 50)
    assert gate.arrive(HG).state == "inside"
    assert gate.arrive(HG).state == "waiting"


def test_who_waits_is_served_caller_by_caller():
    gate = Gate()
    first = gate.arrive(TODO, 50)
    greedy = [gate.arrive(TODO, 50, "greedy") for _ in range(3)]
    modest = gate.arrive(TODO, 50, "modest")
    order = []
    for _ in range(4):
        gate.leave(first)
        first = next(e for e in (*greedy, modest) if e.state == "inside")
        order.append(first.caller)
    assert order == ["greedy", "modest", "greedy", "greedy"]


def test_the_same_callers_other_service_does_not_wait_behind_the_one_that_hangs():
    gate = Gate()
    for _ in range(GIT.calls + 1):
        gate.arrive(GIT, caller="hub")
    assert gate.arrive(HG, caller="hub").state == "inside"


def test_a_full_queue_refuses_who_has_most_in_it():
    gate = Gate()
    gate.arrive(TODO, 50)
    greedy = [gate.arrive(TODO, 50, "greedy") for _ in range(TODO.waiting)]
    assert gate.arrive(TODO, 50, "greedy").state == "refused"
    modest = gate.arrive(TODO, 50, "modest")
    assert (modest.state, greedy[-1].state, greedy[0].state) == ("waiting", "refused", "waiting")


def test_the_sum_shrinks_over_slow_calls_once_for_all_that_were_under_way_and_grows_back_slowly():
    gate = Gate()
    slow = [gate.arrive(TODO, 25), gate.arrive(TODO, 25)]
    gate.leave(slow[0], after=1.5)
    gate.leave(slow[1])
    assert gate.sum() == (0, 35.0)
    sums = []
    for _ in range(100):
        gate.leave(gate.arrive(TODO, 25), after=0.1)
        sums.append(gate.sum()[1])
    assert sums == sorted(sums)
    assert sums[0] < 36
    assert sums[-1] == 50


def test_a_hanging_call_is_noticed_while_it_lasts():
    gate = Gate()
    gate.arrive(TODO, 25)
    gate.look(after=1.5)
    assert gate.sum()[1] == 35.0
    gate.look(after=5)
    assert gate.sum()[1] == 35.0


def test_the_sum_never_falls_below_what_lets_one_call_in():
    gate = Gate()
    for _ in range(50):
        gate.leave(gate.arrive(TODO, 50), after=3, good=False)
    assert gate.sum()[1] == 1.0
    assert gate.arrive(TODO, 50).state == "inside"


def test_what_gives_up_waiting_makes_way():
    gate = Gate()
    holding = gate.arrive(TODO, 50)
    impatient, patient = gate.arrive(TODO, 50, "b"), gate.arrive(TODO, 20, "c")
    gate.admission.withdraw(impatient, gate.now)
    gate.leave(holding)
    assert states([impatient, patient]) == ["refused", "inside"]


def test_services_of_other_databases_have_sums_of_their_own():
    gate = Gate()
    gate.arrive(TODO, 50)
    assert gate.arrive(Bounds("lists", pool="other"), 50).state == "inside"


STEPS = st.lists(
    st.tuples(st.sampled_from([GIT, TODO, HG]), st.sampled_from("ab"), st.integers(1, 50), st.floats(0, 3)),
    max_size=60,
)


@given(STEPS)
def test_whatever_comes_the_sum_holds_and_everybody_has_his_turn(steps):
    gate, inside = Gate(), []
    entries = []
    for bounds, caller, weight, seconds in steps:
        entries.append(gate.arrive(bounds, weight, caller))
        gate.look(seconds)
        inside = [e for e in entries if e.state == "inside"]
        counted = [e.weight for e in inside if not e.beside and not (e.stale and e.weight == 1)]
        assert len(counted) == 1 or sum(counted) <= 50
        if len(inside) > 5:
            gate.leave(inside[0])
    for _ in entries:
        inside = [e for e in entries if e.state == "inside"]
        if inside:
            gate.leave(inside[0])
    assert set(states(entries)) <= {"gone", "refused"}
