"""`shim explain`: an entry on a terminal, without a server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from shim.cli import main


def run(*arguments):
    return CliRunner().invoke(main, ["explain", *arguments])


def shown(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_an_entry_is_printed():
    text = shown("git", "GET", "/api/repos/weather/refs")
    assert text.startswith("GET /api/repos/<r>/refs (git.sr.ht)\nAll references but HEAD")
    assert "git.sr.ht/OBJECTS:RO" in text
    assert "## ReferencesWithObjects (query, the caller's own)" in text
    assert "hut graphql git --stdin -v r=weather <<'EOF'" in text
    assert "results[].artifacts[].size" in text
    assert "https://git.sr.ht/query" in text


def test_where_the_path_names_an_owner_the_documents_do():
    for path in ("/api/~jdoe/repos/weather/refs", "/api/<u>/repos/<r>/refs"):
        text = shown("git", f"GET {path}")
        assert "## ReferencesWithObjects (query, anybody's)" in text
        assert "the caller's own)" not in text


def test_what_has_but_one_form_is_printed_in_it():
    assert "(query, anybody's)" in shown("git", "GET /api/<u>/repos/<r>/webhooks")
    assert "## RepositoryId" in shown("git", "get-u-repos-r-webhooks")


def test_the_era_chooses_the_documents():
    name = "GET /api/repos/<r>/blob/<path:ref>"
    assert "TextBlob" in shown("git", name)
    assert "TextBlob" not in shown("git", name, "--era", "2026")


def test_another_origin_stands_in_the_lines():
    text = shown("todo", "get-trackers", "--origin", "https://todo.example.org/")
    assert "https://todo.example.org/query <<'EOF'" in text
    assert "https://todo.example.org/api/trackers\n" in text


def test_json_has_the_whole_entry():
    told = json.loads(shown("git", "get-repos-r-refs", "--json"))
    assert (told["slug"], told["page"]) == ("get-repos-r-refs", "/migrate/git/get-repos-r-refs")
    assert {document["form"] for document in told["documents"]} == {"caller", "owner"}
    assert told["rows"][1]["sources"][0]["path"].endswith("references(cursor:).results.target")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gti", "get-repos"), "no service 'gti'; did you mean git?"),
        (("nothing", "get-repos"), "no service 'nothing'; there are builds, git, hg, lists, meta, paste, todo"),
        (("git", "get-repo"), "did you mean get-repos"),
        (("git", "GET /api/repos/<r>/reffs"), "did you mean GET /api/repos/<r>/refs"),
        (("git", "get-repos", "--origin", "ftp://x"), "'ftp://x' is no http or https origin"),
    ],
)
def test_what_there_is_not_is_one_line_with_what_is_near(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1
