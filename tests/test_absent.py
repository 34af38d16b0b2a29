"""What a machine lacks is skipped, and never where nothing may be lacking."""

import pytest

from tests.absent import lacking


def test_a_test_is_skipped_for_what_is_not_there(monkeypatch):
    monkeypatch.delenv("TESTS_LACK_NOTHING", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no moon"):
        lacking("there is no moon")


def test_it_fails_where_all_was_promised(monkeypatch):
    monkeypatch.setenv("TESTS_LACK_NOTHING", "1")
    with pytest.raises(pytest.fail.Exception, match="no moon; TESTS_LACK_NOTHING is set"):
        lacking("there is no moon")
