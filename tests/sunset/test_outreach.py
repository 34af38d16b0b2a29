"""What is noted of callers, in both databases."""

import pytest

from shim.sunset.outreach import LONGEST_NOTE, Contact, Outreach, Pointless, checked_note, is_name

MONDAY, TUESDAY, WEDNESDAY = 1_800_000_000, 1_800_086_400, 1_800_172_800


@pytest.fixture
def outreach(store):
    return Outreach(store)


def test_whoever_nothing_is_noted_of_is_open():
    assert Contact("ann").standing(MONDAY) == "open"


def test_the_way_from_told_to_moved_keeps_its_dates(outreach):
    outreach.mark("ann", "told", now=MONDAY)
    outreach.mark("ann", "answered", note="a script on her laptop", consent="yes", now=TUESDAY)
    outreach.mark("ann", "moved", last_call=TUESDAY, now=WEDNESDAY)
    assert outreach.contacts() == {
        "ann": Contact("ann", "moved", "yes", "a script on her laptop", MONDAY, TUESDAY, WEDNESDAY)
    }


def test_a_caller_that_moved_and_calls_again_is_open_again(outreach):
    moved = outreach.mark("ann", "moved", last_call=MONDAY, now=TUESDAY)
    assert (moved.standing(MONDAY), moved.has_returned(MONDAY)) == ("moved", False)
    assert (moved.standing(WEDNESDAY), moved.has_returned(WEDNESDAY)) == ("open", True)
    assert outreach.mark("ann", "told", last_call=WEDNESDAY, now=WEDNESDAY).state == "told"


def test_who_returned_may_be_noted_as_moved_or_open_anew(outreach):
    outreach.mark("ann", "moved", last_call=MONDAY, now=MONDAY)
    assert outreach.mark("ann", "open", last_call=TUESDAY, now=TUESDAY).updated_at == TUESDAY
    outreach.mark("ann", "moved", last_call=TUESDAY, now=TUESDAY)
    assert outreach.mark("ann", "moved", last_call=WEDNESDAY, now=WEDNESDAY).updated_at == WEDNESDAY


def test_being_told_again_is_a_reminder(outreach):
    outreach.mark("ann", "told", now=MONDAY)
    assert outreach.mark("ann", "told", note="in chat", now=TUESDAY).told_at == TUESDAY


@pytest.mark.parametrize(
    ("before", "state", "why"),
    [
        ((), "open", "~ann is open already"),
        ((), "answered", "mark ~ann told before answered"),
        (("told", "answered"), "answered", "~ann is answered already"),
        (("moved",), "moved", "~ann has moved already"),
        (("moved",), "told", "mark ~ann open to begin anew"),
        (("moved",), "answered", "mark ~ann open to begin anew"),
    ],
)
def test_states_that_make_no_sense_say_why_and_change_nothing(outreach, before, state, why):
    for step in before:
        outreach.mark("ann", step, now=MONDAY)
    known = outreach.contacts()
    with pytest.raises(Pointless, match=why):
        outreach.mark("ann", state, now=TUESDAY)
    assert outreach.contacts() == known


def test_a_note_and_a_consent_leave_the_state_and_its_date(outreach):
    outreach.mark("ann", "moved", now=MONDAY)
    outreach.mark("ann", "moved", note="by mail", now=TUESDAY)
    outreach.mark("ann", None, consent="no", now=WEDNESDAY)
    assert outreach.contacts()["ann"] == Contact("ann", "moved", "no", "by mail", None, None, MONDAY)


def test_a_first_note_needs_no_state(outreach):
    assert outreach.mark("ann", None, note="knows", now=MONDAY).state == "open"
    assert outreach.mark("ann", "open", note="knows it well", now=MONDAY).note == "knows it well"


@pytest.mark.parametrize("name", ["ann", "u00", "a.b-c_d", "_x", "A" * 64])
def test_names_are_names(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "(other)", "hash:0123", "..", ".ann", "-ann", "a/b", "ann\n", "ann\nBcc: eve", "é", "A" * 65, "a b"]
)
def test_what_nobody_can_be_written_to_by_is_no_name(name):
    assert not is_name(name)


@pytest.mark.parametrize("note", ["a\nb", "\x1b[31m", "x" * (LONGEST_NOTE + 1)])
def test_a_note_is_a_line_of_bounded_length(note):
    with pytest.raises(ValueError, match=str(LONGEST_NOTE)):
        checked_note(note)
