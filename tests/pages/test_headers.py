"""What every answer says about itself."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

ALL = ["/usage", "/usage.csv", "/usage.json", "/usage?since=x", "/usage/nothing", "/migrate/", "/migrate/git/get-repos"]
ALL += ["/migrate/git/nothing", "/sunset.ics", "/nothing"]


@pytest.mark.parametrize("path", ALL)
def test_nothing_runs_and_nobody_frames_it(reader, path):
    headers = reader.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert not {"script-src", "connect-src"} & set(policy)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/usage", "/migrate/", "/nothing"])
def test_the_policy_names_the_style_that_is_in_the_page(reader, path):
    answer = reader.get(path)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/usage", "/usage/callers", "/usage/callers/alice", "/migrate/git/get-repos", "/migrate/"]
)
def test_pages_hold_no_script_and_nothing_from_elsewhere(reader, path):
    text = reader.get(path).text
    assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:|<form|<iframe|@import|url\(", text)
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    assert addresses
    assert [a for a in addresses if not a.startswith(("/", "#", "data:,", "?"))] == []


@pytest.mark.parametrize(
    ("path", "caching"),
    [("/usage", "no-store"), ("/usage/callers.csv", "no-store"), ("/migrate/", "public"), ("/sunset.ics", "public")],
)
def test_only_what_is_for_everybody_may_be_kept(reader, path, caching):
    assert reader.get(path).headers["Cache-Control"].partition(",")[0] == caching
