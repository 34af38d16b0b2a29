"""Stores to test with: a file of SQLite, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from shim.store import Store, migrations, open_store
from tests.absent import lacking

PASSWORD = "s3cr3t-0f-th3-st0r3"
OPTIONS = (
    "-c listen_addresses= -c unix_socket_directories={0} -c fsync=off -c full_page_writes=off -c max_connections=40"
)
# Stops the server and removes its folder when the tests' process is gone, however it went.
GUARD = """
"$1/pg_ctl" --pgdata "$2" --log "$2/log" --options "$3" --wait start >/dev/null && echo ready
cat >/dev/null
"$1/pg_ctl" --pgdata "$2" --mode immediate stop >/dev/null
rm -rf "$2"
"""


PATIENCE = 60.0
"""How many seconds a server may take to end."""


class Server:
    """A PostgreSQL server on a Unix socket in a folder of its own; as root it runs as somebody else."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="shim-store-"))
        self._as: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}}
        if os.geteuid() == 0:
            somebody = _somebody()
            os.chown(self._folder, somebody.pw_uid, somebody.pw_gid)
            self._as |= {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
        options = ("--username=shim", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", *options)
        command = ["sh", "-c", GUARD, "guard", self._programs, self._folder, OPTIONS.format(self._folder)]
        self._guard = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, **self._as
        )
        assert self._guard.stdout is not None
        assert self._guard.stdout.readline() == b"ready\n", (self._folder / "log").read_text()

    def url(self) -> str:
        """Where its one database answers."""
        return f"postgresql://shim:{PASSWORD}@/postgres?host={self._folder}"

    def stop(self) -> None:
        """Break all connections, as a crash does."""
        self._run("pg_ctl", "--mode=immediate", "stop")

    def start(self) -> None:
        """Answer again."""
        log, options = self._folder / "log", OPTIONS.format(self._folder)
        self._run("pg_ctl", f"--log={log}", f"--options={options}", "--wait", "start")

    def close(self) -> None:
        """End it. Raises TimeoutExpired where somebody else holds the pipe open by which it is told."""
        self._guard.communicate(timeout=PATIENCE)

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, f"--pgdata={self._folder}", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as)


def _somebody() -> pwd.struct_passwd:
    """Who runs the server in place of root, whom it refuses."""
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _programs() -> Path:
    """The folder of PostgreSQL's programs, the newest that Debian has installed or those on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found or on_path:
        return (found[-1] if found else Path(str(on_path)).resolve()).parent
    lacking("there is no PostgreSQL server (Debian: apt-get install postgresql)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server, begun when a test first asks for it."""
    if not find_spec("psycopg"):
        lacking("there is no psycopg (pip install '.[test]')")
    server = Server(_programs())
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    """The URL of an empty database, with a password in it that must not be seen anywhere."""
    import psycopg

    ending = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(ending)
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return postgres_server.url()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A migrated, empty store in a file."""
    yield from _migrated(sqlite_url)


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a store without tables, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A migrated, empty store of either kind."""
    yield from _migrated(store_url)


def _migrated(url: str) -> Iterator[Store]:
    store = open_store(url)
    migrations.migrate(store)
    yield store
    store.close()
