"""`make bench`: what a request costs the shim, as ratios within one run to the thinnest way there is.

The shim and the thin path each have one worker on one core; the API, which answers from memory, and the clients have
another. They take turns, round by round, for other jobs on the machine make times vary; the medians count. Processor
time is that of the whole server, its master with the gate included.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median

from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table

from bench.canned import HOST
from bench.cases import CASES, Case
from bench.layers import Layers
from bench.recording import RECORDED, Cost, Recording, added
from bench.thin import THREADS
from shim.crypto import BearerToken

CONNECTIONS = 4
SERVER = "gunicorn, its threads, the gate's keeper"
SERVICES = ("git", "todo", "lists", "builds", "meta")
_USER, _HOUR = "jdoe", 3600
_PATIENCE = 30.0


class Processes:
    """A server that was started: its first process and those that it started itself."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self.port = process, port

    @classmethod
    @contextmanager
    def running(cls, command: Sequence[str], port: int, core: int) -> Iterator[Processes]:
        """Start a command that listens at a port, on one core, and end it afterwards."""
        process = subprocess.Popen([sys.executable, "-m", *command], stdin=subprocess.DEVNULL)  # noqa: S603
        os.sched_setaffinity(process.pid, {core})
        try:
            _await(process, port)
            yield cls(process, port)
        finally:
            process.terminate()
            process.wait()

    def seconds(self) -> float:
        """The processor time that they have taken so far."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(_seconds(one) for one in (str(pid), *children))


def _seconds(pid: str) -> float:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"a server ended with {process.returncode} before it listened")


class Client:
    """Sends one request again and again on a connection that is kept."""

    def __init__(self, port: int, request: bytes) -> None:
        self._request = request
        self._connection = socket.create_connection((HOST, port), _PATIENCE)
        self._source = self._connection.makefile("rb")

    def send(self, often: int = 1) -> None:
        """Send it so often, one after the other. Raises RuntimeError for an answer that is no success."""
        for _ in range(often):
            self._connection.sendall(self._request)
            head, length = self._source.readline(), 0
            while (line := self._source.readline()) not in (b"\r\n", b""):
                name, _, value = line.lower().partition(b":")
                length = int(value) if name == b"content-length" else length
            body = self._source.read(length)
            if b" 200 " not in head:
                raise RuntimeError(f"{head!r} {body[:200]!r} to {self._request[:80]!r}")

    def close(self) -> None:
        """Hang up."""
        self._source.close()
        self._connection.close()


def measured(server: Processes, case: Case, token: str) -> Cost:
    """What a case costs a server now, by as many requests as it is sent in a round."""
    clients = [Client(server.port, case.request(token)) for _ in range(CONNECTIONS)]
    each = -(-case.often // CONNECTIONS)
    for client in clients:
        client.send()
    threads = [threading.Thread(target=client.send, args=(each,)) for client in clients]
    before, begin = server.seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, lasted = server.seconds() - before, time.perf_counter() - begin
    for client in clients:
        client.close()
    often = each * CONNECTIONS
    return Cost(spent / often * 1000, often / lasted)


@dataclass
class Report:
    """What was measured, round by round, by case and server, and the layers of one request in milliseconds."""

    rounds: dict[str, dict[str, list[Cost]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    recording: Recording = field(default_factory=Recording)
    layers: Mapping[str, float] = field(default_factory=dict)

    def processor(self, case: str, server: str = "shim") -> float:
        """The median of the processor time, in milliseconds."""
        return median(cost.processor for cost in self.rounds[case][server])

    def to_thin(self, case: str) -> float:
        """The processor time by that of the thin path: the median of the ratios within a round."""
        return median(shim.processor / thin.processor for shim, thin in self._pairs(case))

    def rate(self, case: str) -> float:
        """The requests a second by those of the thin path."""
        return median(shim.rate / thin.rate for shim, thin in self._pairs(case))

    def _pairs(self, case: str) -> Iterator[tuple[Cost, Cost]]:
        return zip(self.rounds[case]["shim"], self.rounds[case]["thin"], strict=True)

    def to_first(self, case: str) -> float:
        """The processor time by that of the first case, in the same rounds."""
        pairs = zip(self.rounds[case]["shim"], self.rounds[CASES[0].name]["shim"], strict=True)
        return median(one.processor / first.processor for one, first in pairs)

    def table(self) -> Table:
        """The costs of the cases: processor time, its ratio to the thin path's, and to that of the first case."""
        titles = ("ms", "thin ms", "to thin", "rate", "to one", "aim")
        table = Table("", *titles, box=None)
        for case in self._measured():
            shim, thin = self.processor(case.name), self.processor(case.name, "thin")
            ratios = (self.to_thin(case.name), self.rate(case.name), self.to_first(case.name))
            aim = "rate >= 0.8" if case is CASES[0] else f"to one <= {case.most}" if case.most else ""
            table.add_row(case.name, f"{shim:.2f}", f"{thin:.2f}", *(f"{ratio:.2f}" for ratio in ratios), aim)
        return table

    def layers_table(self) -> Table:
        """Where the time of one repository goes."""
        table = Table("one repository", "ms", "share", box=None)
        total = sum(self.layers.values())
        for name, cost in self.layers.items():
            table.add_row(name, f"{cost:.3f}", f"{cost / total:.0%}")
        table.add_row("in all", f"{total:.3f}", "")
        return table

    def facts(self) -> dict[str, object]:
        """All of it, as JSON tells it."""
        cases = {case.name: self._case(case.name) for case in self._measured()}
        return {"cases": cases, "recording": self.recording.facts(), "layers": dict(self.layers)}

    def _case(self, name: str) -> dict[str, object]:
        servers = {server: [asdict(cost) for cost in costs] for server, costs in self.rounds[name].items()}
        ratios = {"processor_to_thin": self.to_thin(name), "rate_to_thin": self.rate(name)}
        ratios["to_one_repository"] = self.to_first(name)
        return {"milliseconds": self.processor(name), **ratios, "rounds": servers}

    def _measured(self) -> list[Case]:
        return [case for case in CASES if case.name in self.rounds]


def run(rounds: int, share: float = 1.0) -> Report:
    """Measure so many rounds; `share` is the part of the requests that are sent in each."""
    report = Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        here, there = _cores()
        stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, {there})
        key, private = Fernet.generate_key().decode(), base64.b64encode(secrets.token_bytes(32)).decode()
        token = BearerToken(int(time.time()) + _HOUR, "", "", _USER).mint(private)
        ports = {name: _free_port() for name in (*SERVICES, "shim", "recording", "thin")}
        config = _configuration(folder / "config.ini", key, ports, "none")
        recording = _configuration(folder / "recording.ini", key, ports, f"sqlite:///{folder}/shim.sqlite3")
        api = ("bench.canned", key, *(f"{name}={ports[name]}" for name in SERVICES))
        stack.enter_context(Processes.running(api, ports["git"], there))
        commands = {
            "shim": _serve(config, ports["shim"]),
            "recording": _serve(recording, ports["recording"]),
            "thin": ("bench.thin", config, str(ports["thin"])),
        }
        servers = {
            name: stack.enter_context(Processes.running(command, ports[name], here))
            for name, command in commands.items()
        }
        for _ in range(rounds):
            for case in CASES:
                for name in ("shim", "thin"):
                    report.rounds[case.name][name].append(measured(servers[name], _shortened(case, share), token))
        shims = [servers["shim"], servers["recording"]]
        for _ in range(rounds):
            shims.reverse()
            for server in shims:
                cost = measured(server, replace(CASES[0], often=max(1, int(RECORDED * share))), token)
                report.recording.served["with" if server is servers["recording"] else "without"].append(cost)
        report.recording.added = added(Path(recording), token, max(1, int(RECORDED * share)))
        layers = Layers(Path(config), token).measured(max(1, int(1000 * share)))
        report.layers = {**layers, SERVER: report.processor(CASES[0].name) - sum(layers.values())}
    return report


def _serve(config: str, port: int) -> tuple[str, ...]:
    serve = ("shim", "serve", "--config", config, "--bind", f"{HOST}:{port}")
    return (*serve, "--workers", "1", "--threads", str(THREADS))


def _shortened(case: Case, share: float) -> Case:
    return replace(case, often=max(1, int(case.often * share)))


def _cores() -> tuple[int, int]:
    """A core for the workers and another, if there is one, for everything else."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def _configuration(path: Path, key: str, ports: Mapping[str, int], store: str) -> str:
    lines = ["[sr.ht]", f"network-key={key}", "[shim]", "era=2024", f"store={store}"]
    for name in SERVICES:
        lines += [f"[{name}.sr.ht]", f"origin=http://{name}.example.org", f"api-origin=http://{HOST}:{ports[name]}"]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    options = parser.parse_args()
    report = run(options.rounds)
    if options.json:
        print(json.dumps(report.facts(), indent=2))
        return 0
    console = Console(highlight=False)
    console.print(report.table())
    console.print(report.recording.table())
    console.print(report.layers_table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
