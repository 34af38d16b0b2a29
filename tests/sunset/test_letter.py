"""Mails to callers: what stands in them, how they are wrapped, and templates that are none."""

from datetime import datetime, timezone
from email import message_from_string, policy

import pytest

from shim.sunset import letter
from shim.sunset.facts import facts
from shim.sunset.letter import LARGEST, WIDTH, Template, Unusable, wrapped
from shim.sunset.prospects import Prospects
from shim.usage.report import Report
from tests.sunset.kit import backends
from tests.usage.kit import HOUR, NOW, put

DAY = 24 * HOUR
AT = datetime.fromtimestamp(NOW, timezone.utc)
SINCE = NOW - 90 * DAY
ENDING = """[sr.ht]
owner-email = ops@example.org
[shim]
sunset = 2028-06-30
note = Ask us.
[git.sr.ht::get-repos]
sunset = 2028-03-01
brownouts = 2027-01-01T00:00Z/1h, 2028-02-01T12:00Z/1d
"""


@pytest.fixture
def used(sqlite_store):
    """Calls of two people."""
    put(
        sqlite_store,
        {"hour": NOW - DAY, "calls": 1200, "refused": 3},
        {"hour": NOW - DAY, "endpoint": "post-repos", "calls": 1, "agent": ""},
        {"hour": NOW - DAY, "endpoint": "gone-long-ago", "calls": 5},
        {"hour": NOW - 100 * DAY, "endpoint": "get-repos-r", "calls": 5},
        {"hour": NOW - DAY, "caller": "eve", "agent": "evesbot/1", "service": "todo", "endpoint": "get-trackers"},
        {"hour": NOW - DAY, "caller": "eve", "agent": "evesbot/1", "calls": 77},
    )
    return sqlite_store


def told(store, name="ann", text=ENDING):
    services = backends(text)
    config = services["git"].instance
    prospects = Prospects(Report(store, lambda: NOW), services, AT).of((name,), SINCE, NOW)
    return facts(name, prospects, config, SINCE, NOW)


def template(tmp_path, text):
    path = tmp_path / "outreach.txt"
    path.write_text(text, "utf-8")
    return Template(str(path))


def test_the_default_mail_tells_a_caller_of_their_own_calls(used):
    mail = message_from_string(Template().mail(told(used)), policy=policy.default)
    text = mail.get_content()
    assert (mail["To"], mail["Subject"]) == ("~ann", "git.sr.ht: your programs use calls that end on 2028-03-01")
    assert "it was called 1201 times with" in text
    assert "1. GET /api/repos of git.sr.ht" in text
    assert "1200 calls, the last one on 2027-01-14, by hut/0.4.0." in text
    assert "It ends on 2028-03-01." in text
    assert "2028-02-01 12:00 UTC to 2028-02-02 12:00 UTC" in " ".join(text.split())
    assert "2. POST /api/repos of git.sr.ht" in text
    assert "1 call, the last one on 2027-01-14.\n  It ends on 2028-06-30." in text
    assert "https://git.example.org/migrate/git/get-repos\n" in text
    assert "query Repositories(" in text
    assert "mutation CreateRepository(" in text
    assert "https://git.example.org/api/shim/usage" in text
    assert text.count("Ask us.") == 1
    assert text.rstrip().endswith("ops@example.org")


def test_nothing_of_another_caller_stands_in_it(used):
    mail = Template().mail(told(used))
    assert [word for word in ("eve", "77", "tracker", "todo", "jdoe") if word in mail] == []
    assert '"u": "ann"' in mail


def test_documents_are_told_once(used):
    put(used, {"hour": NOW - DAY, "endpoint": "delete-repos-r"}, {"hour": NOW - DAY, "endpoint": "put-repos-r"})
    known = told(used)
    texts = [query.text for endpoint in known.endpoints for query in endpoint.queries]
    assert len(texts) == len(set(texts))
    assert [endpoint.repeated for endpoint in known.endpoints if endpoint.repeated] == [["RepositoryId"]]
    words = " ".join(Template().mail(known).split())
    assert "It is replaced by the query below and RepositoryId, which stands above." in words


def test_without_dates_it_says_so(used):
    mail = Template().mail(told(used, text=""))
    assert "No date is set yet" in mail
    assert "Subject: git.sr.ht: your programs use calls that end\n" in mail
    assert mail.endswith("change.\n")


def test_lines_are_wrapped_but_queries_are_not(used):
    lines = Template().mail(told(used)).splitlines()
    long = [line for line in lines if len(line) > WIDTH]
    assert [line for line in long if not line.startswith("    ") and " " in line.strip()] == []


def test_a_wrapped_item_is_indented_and_a_long_word_whole():
    words, address = "word " * 20, f"https://example.org/{'x' * 80}"
    first, second = wrapped(f"  * {words}").splitlines()
    assert (first[:8], second[:5]) == ("  * word", "    w")
    assert wrapped(f"    {words}\n\n\n\n{address}\n") == f"    {words.strip()}\n\n{address}\n"


def test_the_operators_template_is_used(used, tmp_path):
    head, body = "To: {{ name }}@users.example.org\nSubject: x\n\n", "{{ e.title }} <{{ e.owner }}>\n"
    mail = template(tmp_path, f"{head}{{% for e in endpoints %}}{body}{{% endfor %}}").mail(
        told(used, text=ENDING + "[git.sr.ht::shim]\nowner = O'Neill & <co>")
    )
    assert mail == (
        "To: ann@users.example.org\nSubject: x\n\nGET /api/repos <O'Neill & <co>>\nPOST /api/repos <O'Neill & <co>>\n"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("To: x\nSubject: y\n\n{{ nmae }}", "line 4: 'nmae' is undefined"),
        (
            "To: x\nSubject: y\n\n{% for e in endpoints %}\n{{ e.cals }}{% endfor %}",
            "line 5: .* has no attribute 'cals'",
        ),
        ("To: x\n{% if %}", "line 2: "),
        ("To: x\nSubject: y\n\n{{ calls / 0 }}", "line 4: division by zero"),
        ("{{ ''.__class__.__mro__ }}", "line 1: access to attribute '__class__'"),
    ],
)
def test_a_wrong_template_says_the_line_and_what_there_is(used, tmp_path, text, problem):
    with pytest.raises(Unusable, match=problem) as failure:
        template(tmp_path, text).mail(told(used))
    assert "There are name, services, since, until, calls" in str(failure.value)


def test_a_template_reaches_nothing_but_its_variables(used, tmp_path):
    with pytest.raises(Unusable):
        template(tmp_path, "To: x\nSubject: y\n\n{% include '/etc/passwd' %}").mail(told(used))


@pytest.mark.parametrize("text", ["Hello", "To: x\n\nno subject", "Subject: x\nTo: y\n\n\n"])
def test_a_mail_has_headers_and_a_text(used, tmp_path, text):
    with pytest.raises(Unusable, match="To: and Subject:"):
        template(tmp_path, text).mail(told(used))


@pytest.mark.parametrize(("content", "problem"), [(b"\xff", "not UTF-8"), (b"x" * (LARGEST + 1), "longer than")])
def test_a_file_that_is_no_template_is_not_used(tmp_path, content, problem):
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(Unusable, match=problem):
        Template(str(tmp_path / "t"))
    with pytest.raises(Unusable, match="No such file"):
        Template(str(tmp_path / "absent"))


def test_the_variables_are_told():
    assert all(word in letter.variables() for word in ("operator", "brownout", "repeated", "text"))
