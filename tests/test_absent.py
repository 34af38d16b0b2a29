"""What a machine lacks is skipped, and never where nothing may be lacking."""

import re
from pathlib import Path

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


def test_ci_installs_what_tests_would_lack():
    tests = Path(__file__).parent
    texts = [path.read_text() for path in tests.rglob("*.py")]
    asked = {
        package
        for text in texts
        for found in re.findall(r'apt-get install ([a-z -]+)\)|program\("[a-z-]+", "([a-z-]+)"\)', text)
        for package in " ".join(found).split()
    }
    assert asked >= {"chromium", "nginx", "postgresql", "prometheus", "systemd"}
    assert asked - set(re.findall(r"[a-z-]+", (tests.parent / ".ci" / "run").read_text())) == set()
