"""Revision texts (git 2.2, 4.3): what libgit2 was seen to take, refuse and mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.services.git.revspec import Malformed, Revspec, Unresolvable, is_ref_name, parse

OID = "5e4b2ae1faf75972e9ed77295e127806e0025c7d"


@pytest.mark.parametrize(
    ("text", "base", "walk", "kind", "path"),
    [
        ("master", "master", "", "object", ""),
        ("@", "HEAD", "", "object", ""),
        ("master~1", "master", "~1", "commit", ""),
        ("master^", "master", "^", "commit", ""),
        ("HEAD~2^2", "HEAD", "~2^2", "commit", ""),
        ("v1.0^{}", "v1.0", "", "commit", ""),
        ("v1.0^{commit}", "v1.0", "", "commit", ""),
        ("v1.0^0", "v1.0", "", "commit", ""),
        ("master^{tree}", "master", "", "tree", ""),
        ("master:", "master", "", "tree", ""),
        ("master^{tree}:lib", "master", "", "object", "lib"),
        ("master^00", "master", "", "commit", ""),
        ("master~01", "master", "~1", "commit", ""),
        ("master@", "HEAD", "", "object", ""),
        ("master^@", "master", "^", "commit", ""),
        ("master:lib/a~b", "master", "", "object", "lib/a~b"),
        ("master~1:README.md", "master", "~1", "object", "README.md"),
        ("master@{0}", "master", "", "object", ""),
        ("x@y", "x@y", "", "object", ""),
        (OID, OID, "", "object", ""),
    ],
)
def test_what_a_revision_says(text, base, walk, kind, path):
    assert parse(text) == Revspec(base, walk, kind, path)


@pytest.mark.parametrize(
    "text",
    [
        *["", "a..b", "a b", "~1", "^", "^{tree}", "x.lock", ".x", "a?", "a*", "a[", "a\\b", "a\tb"],
        *[":path", ":", ":/", "x@{}", "x@{-0}", "x@{push}", "x^@{0}", "x~\u0661", "x^-1"],
        *["x~2147483648", "x^" + "9" * 5000],
    ],
)
def test_malformed_texts(text):
    with pytest.raises(Malformed):
        parse(text)


@pytest.mark.parametrize(
    "text", ["master@{1}", "master@{yesterday}", "@{-1}", "@{u}", "x@{upstream}", "x@{2020-01-01}", ":/text", "x^{/t}"]
)
def test_texts_that_nothing_on_a_server_can_answer(text):
    with pytest.raises(Unresolvable):
        parse(text)


@pytest.mark.parametrize(
    "text", ["x^3", "x~1^3", "x^{blob}", "x^{tag}", "x^{tree}~1", "x^{tree}^{}", "x^{tag}:lib", "x^{no}"]
)
def test_steps_that_upstream_can_not_take(text):
    assert not parse(text).plain


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("abc", "abc"), ("CAFE", "cafe"), ("2024", "2024"), ("v1.0-0-g5e4b2ae", "5e4b2ae"), ("add-x", None), (OID, None)],
)
def test_what_may_be_the_beginning_of_an_id(text, prefix):
    assert parse(text).prefix == prefix


@pytest.mark.parametrize("text", ["add", "cafe", "10", "x@y", "v1-3-gabcdef0", "x."])
def test_upstream_would_misunderstand(text):
    assert parse(text).is_treacherous


@pytest.mark.parametrize("text", ["master", "feature", "v1.0", OID, "HEAD"])
def test_upstream_understands(text):
    assert not parse(text).is_treacherous


VALID = "HEAD NOPE FETCH_HEAD heads/master refs/heads/x refs//heads/x refs/heads/\u00fc refs/heads/x\x7fy".split(" ")  # noqa: SIM905
INVALID = (
    """
master|refs|head|@|a b|..|refs/heads/|refs/heads/a b|refs/heads/a~b|refs/heads/x.lock|refs/heads/.x|refs/heads/x.
refs/heads/a..b|refs/heads/@{|refs/heads/x?y|refs/heads/x*|refs/heads/x[|refs/heads/x:y|refs/heads/x^y|refs/heads/x\\y
refs/heads/x\ty|HEAD/x|
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("name", VALID)
def test_valid_reference_names(name):
    assert is_ref_name(name)


@pytest.mark.parametrize("name", INVALID)
def test_invalid_reference_names(name):
    assert not is_ref_name(name)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        spec = parse(text)
    except (Malformed, Unresolvable):
        return
    assert spec.upstream()
