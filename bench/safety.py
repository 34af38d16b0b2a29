"""`make bench-safety`: whether anything that clients do to the shim kills the servers behind it.

Upstream servers that die like the real ones stand behind `shim serve`, and many clients before it, some of which
hang up or are slow. In the middle it is reloaded, then ended and started anew.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.fatal import Fatal, Figures
from bench.load import Client, Notes
from bench.ports import HOST, hold
from shim.crypto import BearerToken
from shim.sandbox.instance import Instance

HOUR = 3600
GRACE = 60.0
"""Seconds until an end is no gentle one; `shim serve` gives its last calls a little less."""
_USER = "jdoe"


@dataclass
class Shim:
    """`shim serve` in processes of a group of its own, which can be ended and started anew at the same port."""

    config: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    program: Sequence[str] = ("-m", "shim")

    @property
    def address(self) -> tuple[str, int]:
        return HOST, self.port

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, *self.program, "serve", "--config", str(self.config)]
        with self.log.open("ab") as log:
            command += ["--bind", f"{HOST}:{self.port}"]
            self.process = subprocess.Popen(command, stderr=log, stdout=log, start_new_session=True)  # noqa: S603
        while self.process.poll() is None:
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"shim serve ended with {self.process.returncode}; see {self.log}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the first process."""
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> float | None:
        """End it gently; the seconds that took, or None if it had to be killed."""
        assert self.process is not None
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return time.monotonic() - begin

    def memory(self) -> float:
        """MiB that the workers hold."""
        assert self.process is not None
        return sum(map(_resident, self.workers()))

    def workers(self) -> list[int]:
        """The ids of its workers."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def kill(self) -> None:
        """End all of its processes as the machine's failure does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Report:
    """Everything there is to tell of a run."""

    notes: Notes
    figures: Figures
    peak: Mapping[str, int] = field(default_factory=dict)
    connections: int = 0
    memory: tuple[float, float] = (0.0, 0.0)
    stops: list[float | None] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every server lived."""
        return not self.figures.deaths

    def tables(self) -> Iterator[Table]:
        """The figures."""
        yield self._services()
        yield self._rest()

    def _services(self) -> Table:
        statuses = sorted({status for _, status in self.notes.answers})
        table = Table("service", *statuses, "median", "95%", "max (s)", "peak upstream", box=None)
        for name in sorted(self.notes.seconds):
            counts = [str(self.notes.answers[name, status]) for status in statuses]
            spread = [f"{value:.2f}" for value in _spread(self.notes.seconds[name])]
            table.add_row(name, *counts, *spread, str(self.peak.get(name, "")))
        return table

    def _rest(self) -> Table:
        table = Table("", "", box=None)
        stops = ("killed" if one is None else f"{one:.1f} s" for one in self.stops)
        rows = {
            "deaths upstream": str(len(self.figures.deaths)),
            **{f"  {s}: {c}": str(n) for (s, c), n in sorted(self.figures.by_service.items())},
            "answers upstream": ", ".join(f"{name} {n}" for name, n in sorted(self.figures.answered.items())),
            "most connections": str(self.connections),
            **{f"requests {how}": str(n) for how, n in sorted(self.notes.ends.items())},
            "memory of the workers": "{:.0f} MiB before, {:.0f} MiB after".format(*self.memory),
            "time to end": ", ".join(stops),
        }
        for name, value in rows.items():
            table.add_row(name, value)
        return table


def run(seconds: float = 24.0, clients: int = 24, era: str = "2024", **settings: str) -> Report:
    """Half of the time until a reload, then a quarter until the end, and as much after the new start.

    `settings` are the shim's own: a short `deadline` makes it give up on many requests, `paging` can be `walk`.
    """
    instance = Instance()
    token = BearerToken(int(time.time()) + HOUR, "", "", _USER).mint(instance.private_key)
    upstream = Fatal(network_key=instance.network_key, era=era)
    report = Report(Notes(), upstream.figures)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        origins = stack.enter_context(upstream.running())
        port: int = stack.enter_context(hold()).getsockname()[1]
        shim = Shim(_configuration(folder, instance, origins, settings), port, folder / "log")
        shim.start()
        stack.callback(lambda: report.stops.append(shim.end()))
        before = shim.memory()
        with _clients(shim, token, report.notes, clients):
            time.sleep(seconds / 2)
            shim.signal(signal.SIGHUP)
            time.sleep(seconds / 4)
            report.stops.append(shim.end())
            shim.start()
            time.sleep(seconds / 4)
        report.memory = before, shim.memory()
    report.peak, report.connections = upstream.machine.peak, upstream.machine.most_connections
    return report


@contextmanager
def _clients(shim: Shim, token: str, notes: Notes, count: int) -> Iterator[None]:
    clients = [Client(lambda: shim.address, token, notes, seed) for seed in range(count)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        for client in clients:
            client.stop()
        for client in clients:
            client.join()


def _configuration(folder: Path, instance: Instance, origins: Mapping[str, str], settings: Mapping[str, str]) -> Path:
    lines = ["[sr.ht]", f"network-key={instance.network_key}", "[shim]", "store=none"]
    lines += [f"{name}={value}" for name, value in settings.items()]
    for name, origin in origins.items():
        lines += [f"[{name}.sr.ht]", f"origin=http://{name}.example.org", f"api-origin={origin}"]
        lines += ["oauth-client-id=0123456789abcdef"]
    path = folder / "config.ini"
    path.write_text("\n".join(lines) + "\n")
    return path


def _resident(pid: int) -> float:
    """MiB of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _spread(values: list[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]


def main() -> int:
    """Run it and print the figures; 1 if a server died."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--era", default="2024", choices=("2024", "2026"))
    parser.add_argument("--deadline", default="30s")
    parser.add_argument("--paging", default="auto", choices=("auto", "walk"))
    report = run(**vars(parser.parse_args()))
    console = Console(highlight=False)
    for table in report.tables():
        console.print(table)
    return 0 if report.passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
