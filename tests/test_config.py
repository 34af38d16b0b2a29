"""Reading the configuration (design D11): places, errors, secrets, `shim config`."""

import json

import pytest
from click.testing import CliRunner

from shim.cli import main
from shim.config import load, parse
from shim.parsers import seconds
from shim.settings import ConfigError
from tests.conftest import NETWORK_KEY

INI = f"""
[sr.ht]
network-key = {NETWORK_KEY}
owner-email = root@example.org
[git.sr.ht]
origin = https://git.example.org/
api-origin = http://127.0.0.1:5101
oauth-client-id = 0123456789abcdef
[git.sr.ht::api]
max-duration = 1m30s
[shim]
internal-ipnet = 127.0.0.0/8, ::1/128
"""


def test_the_instances_own_keys_are_read():
    config = parse(INI, "config.ini")
    git = config.services["git"]
    assert (git.origin, git.api_origin) == ("https://git.example.org", "http://127.0.0.1:5101")
    assert (git.oauth_client_id, git.max_duration, git.era) == ("0123456789abcdef", 90.0, "auto")
    assert (config.network_key, config.owner_email) == (NETWORK_KEY, "root@example.org")
    assert [str(network) for network in config.internal_ipnet] == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("extra", "api"),
    [
        ("", "https://git.example.org"),
        ("api-origin = http://a", "http://a"),
        ("internal-origin = http://b", "http://b"),
        ("api-origin = http://a\ninternal-origin = http://b", "http://a"),
        ("api-origin = http://a\ninternal-origin = http://b\napi-internal-origin = http://c", "http://c"),
    ],
)
def test_the_apis_own_origins_are_preferred(extra, api):
    config = parse(f"[git.sr.ht]\norigin = https://git.example.org\n{extra}\n", "x")
    assert config.services["git"].api_origin == api


def test_the_environment_overrides_and_says_so():
    environ = {"SHIM_GIT_API_ORIGIN": "http://127.0.0.1:1", "SHIM_LEGACY_TOKENS": "yes", "SHIM_GIT_ERA": "2026"}
    config = parse(INI, "config.ini", environ)
    assert (config.services["git"].api_origin, config.legacy_tokens) == ("http://127.0.0.1:1", True)
    assert config.services["git"].era == "2026"
    sources = {(value.section, value.key): value.source for value in config.values}
    assert sources["shim", "legacy-tokens"] == "SHIM_LEGACY_TOKENS"
    assert sources["sr.ht", "owner-email"] == "config.ini"
    assert sources["shim", "deadline"] == "default"


def test_a_variable_of_one_service_precedes_that_of_all():
    ini = f"{INI}\n[todo.sr.ht]\norigin = https://todo.example.org\n"
    services = parse(ini, "x", {"SHIM_ERA": "2026", "SHIM_GIT_ERA": "2024"}).services
    assert (services["git"].era, services["todo"].era) == ("2024", "2026")


def test_a_setting_that_does_not_exist_is_told_without_its_value():
    ini = f"[DEFAULT]\nsite = x\n{INI}\ndeadlien = 3s\nkey = hunter2\n"
    assert parse(ini, "config.ini").unknown == (
        "config.ini: [shim] deadlien: there is no such setting; is deadline meant?",
        "config.ini: [shim] key: there is no such setting",
    )
    assert parse(INI, "config.ini").unknown == ()


def test_a_percent_sign_is_only_that():
    assert parse("[git.sr.ht]\norigin = https://git.example.org/%41\n", "x").services["git"].origin.endswith("%41")


@pytest.mark.parametrize(
    ("ini", "words"),
    [
        (
            "[git.sr.ht]\norigin = git.example.org\n",
            ["[git.sr.ht] origin", "no http or https origin", "https://git.example.org"],
        ),
        ("[git.sr.ht]\norigin = http://git.example.org # public\n", ["[git.sr.ht] origin", "no http or https origin"]),
        ("[git.sr.ht]\norigin = http://h:port\n", ["[git.sr.ht] origin", "Port could not be cast"]),
        ("[git.sr.ht]\norigin = http://h:99999\n", ["[git.sr.ht] origin", "Port out of range"]),
        ("[git.sr.ht]\norigin = http://h/?a=b\n", ["[git.sr.ht] origin", "more than scheme, host, port and path"]),
        (
            "[git.sr.ht]\norigin = http://例え.example\n",
            ["[git.sr.ht] origin", "a character that a URL writes otherwise"],
        ),
        ("[git.sr.ht]\norigin = http://h/ü\n", ["[git.sr.ht] origin", "a character that a URL writes otherwise"]),
        ("[git.sr.ht]\norigin = http://h/a>;b\n", ["[git.sr.ht] origin", "a character that a URL writes otherwise"]),
        ('[git.sr.ht]\norigin = http://h/"\n', ["[git.sr.ht] origin", "a character that a URL writes otherwise"]),
        ("[git.sr.ht]\norigin = http://u:hunter2@h\n", ["[git.sr.ht] origin", "holds a user name"]),
        (f"{INI}\nera = 2025\n", ["[shim] era", "none of auto, 2024, 2026", "Example: era = 2026"]),
        ("[sr.ht]\nnetwork-key = short\n", ["[sr.ht] network-key", "no Fernet key"]),
        (f"{INI}\nlegacy-tokens = maybe\n", ["[shim] legacy-tokens", "neither yes nor no"]),
        (f"{INI}\ninternal-ipnet = everywhere\n", ["[shim] internal-ipnet", "everywhere"]),
        (f"{INI}\ndeadline = soon\n", ["[shim] deadline", "no duration", "Example: deadline = 30s"]),
        (f"{INI}\ndeadline = 0\n", ["[shim] deadline", "not between 0 and a day"]),
        (f"{INI}\nconnect-timeout = {'9' * 400}\n", ["[shim] connect-timeout", "not between 0 and a day"]),
        (f"{INI}\npage-budget = 0\n", ["[shim] page-budget", "no positive whole number"]),
        ("[shim]\n", ["no service has an origin", "[git.sr.ht] origin"]),
        ("[git.sr.ht]\norigin = http://x\n[shim]\npaging = sealed\n", ["[shim] paging", "need [sr.ht] network-key"]),
        ("secret = hunter2\n", ["line 1", "neither a [section] nor a key = value"]),
        (f"{INI}\nstore = /var/lib/x\n", ["[shim] store", "is neither a sqlite", "store = sqlite:////var/lib/shim/"]),
        (f"{INI}\nstore = sqlite:///\n", ["[shim] store", "names no file"]),
        (f"{INI}\nstore = postgresql://u:hunter2/@h/d\n", ["[shim] store", "must be percent-encoded"]),
        (f"{INI}\nstore = postgresql://u:hunter2@h:port/d\n", ["[shim] store", "a port that is no number"]),
        ("[sr.ht]\nnetwork-key tbuG\n", ["line 2", "neither a [section] nor a key = value"]),
    ],
)
def test_an_error_says_where_what_and_what_instead(ini, words):
    with pytest.raises(ConfigError) as caught:
        parse(ini, "config.ini")
    message = str(caught.value)
    assert message.startswith("config.ini: ")
    assert "\n" not in message
    assert [word for word in words if word not in message] == []
    assert "hunter2" not in message
    assert "tbuG" not in message


@pytest.mark.parametrize(
    ("text", "value"), [("3s", 3), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("7", 7), ("1.5s", 1.5)]
)
def test_durations(text, value):
    assert seconds(text) == value


def test_the_first_file_found_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.ini").write_text(INI)
    assert load(None, {}).services["git"].api_origin == "http://127.0.0.1:5101"
    (tmp_path / "other.ini").write_text("[git.sr.ht]\norigin = http://other.example.org\n")
    assert load(None, {"SHIM_CONFIG": "other.ini"}).services["git"].origin == "http://other.example.org"


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def test_shim_config_shows_values_and_hides_secrets(tmp_path):
    (tmp_path / "c.ini").write_text(INI)
    shown = run("config", "--config", str(tmp_path / "c.ini"))
    assert shown.exit_code == 0
    assert NETWORK_KEY not in shown.output
    assert "(secret)" in shown.output
    rows = json.loads(run("config", "--config", str(tmp_path / "c.ini"), "--json").output)
    assert {
        "section": "git.sr.ht",
        "key": "api-origin",
        "shown": "http://127.0.0.1:5101",
        "source": str(tmp_path / "c.ini"),
    } in rows


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("", "sqlite:////var/lib/shim/shim.sqlite3"),
        ("store = none", None),
        ("store = sqlite:///here.db", "sqlite:///here.db"),
        ("store = postgresql://u:hunter2@h/d", "postgresql://u:hunter2@h/d"),
        ("store = postgres://[::1]:5432,h2:1/d?a=b", "postgres://[::1]:5432,h2:1/d?a=b"),
        ("store = postgresql:///d?host=/run/postgresql&user=me@h", "postgresql:///d?host=/run/postgresql&user=me@h"),
    ],
)
def test_the_store_is_a_url_of_which_no_password_is_shown(tmp_path, written, url):
    file = tmp_path / "c.ini"
    file.write_text(f"{INI}\n{written}\n")
    config = load(str(file), {})
    assert config.store == url
    shown = run("config", "--config", str(file)).output
    assert "hunter2" not in shown + repr(config)
    (row,) = [line.split()[2:] for line in shown.splitlines() if " store " in line]
    assert row == ["(secret)" if "postgres" in written else url or "none", str(file) if written else "default"]


@pytest.mark.parametrize("command", [["config"], ["serve"]])
def test_a_bad_configuration_is_one_line_and_status_2(tmp_path, command):
    result = run(*command, "--config", str(tmp_path / "missing.ini"))
    assert result.exit_code == 2
    assert result.output.strip().splitlines() == [
        f"Error: {tmp_path}/missing.ini: can't be read: No such file or directory"
    ]


def test_shim_config_shows_everything_on_a_narrow_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    file = tmp_path / "c.ini"
    file.write_text(f"{INI}\ndeadlien = 3s\n")
    shown = run("config", "--config", str(file))
    row = next(line for line in shown.stdout.splitlines() if " api-origin " in line)
    assert row.split() == ["[git.sr.ht]", "api-origin", "http://127.0.0.1:5101", str(file)]
    assert shown.stderr == f"Warning: {file}: [shim] deadlien: there is no such setting; is deadline meant?\n"


def test_shim_config_shows_defaults_as_they_would_be_written(tmp_path):
    file = tmp_path / "c.ini"
    file.write_text("[git.sr.ht]\norigin = https://git.example.org\n")
    rows = json.loads(run("config", "--config", str(file), "--json").output)
    shown = {row["key"]: row["shown"] for row in rows if row["source"] == "default"}
    assert (shown["internal-ipnet"], shown["legacy-tokens"], shown["deadline"]) == ("", "no", "30s")


def test_where_there_is_no_file_it_says_how_to_name_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shim.config.SEARCHED", (tmp_path / "a.ini", tmp_path / "b.ini"))
    result = run("config", "--config", "")
    assert (result.exit_code, result.output) == (
        2,
        f"Error: there is no {tmp_path}/a.ini and no {tmp_path}/b.ini: name a file by --config or SHIM_CONFIG\n",
    )
