"""The sandbox: all services over one fixtures root, served by one HTTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from shim.sandbox.engine.http import Endpoint, create_app
from shim.sandbox.engine.process import Process
from shim.sandbox.instance.conditions import Conditions
from shim.sandbox.instance.config import Instance
from shim.sandbox.services import available, load
from shim.sandbox.services.service import Service
from shim.sandbox.webhooks.delivery import WAITS, Queue, Transport, post
from shim.settings import ConfigError


class DataError(Exception):
    """A fixtures root without usable data; the message is fit for the user."""


class Sandbox:
    """Stand-in GraphQL servers of one era over the data sets `<root>/<service>/data/`.

    `services` are the services to play, by default those that have data; `instance_root` is where
    `config.ini` is looked for (default: `root`); links lead to the sandbox itself, or with
    `own_origin=False` to the address that the instance configures; `transport` makes webhook deliveries,
    by so many `senders` at once, those that fail again after `waits`.
    With `max_duration` (seconds) the servers also die of requests that take longer or are abandoned.
    """

    def __init__(
        self,
        root: Path,
        *,
        era: str = "2024",
        services: Iterable[str] | None = None,
        own_origin: bool = True,
        instance_root: Path | None = None,
        transport: Transport = post,
        max_duration: float | None = None,
        waits: Sequence[float] = WAITS,
        senders: int = 1,
    ) -> None:
        """Raises DataError when the data cannot be used."""
        try:
            self.instance = Instance(instance_root or root)
        except ConfigError as error:
            raise DataError(str(error)) from error
        self._queue = Queue(self.instance, transport, waits, senders)
        names = list(services) if services is not None else _with_data(root)
        self.services = {name: self._open(root, name, era, own_origin) for name in names}
        self.processes = {name: Process(name, max_duration) for name in self.services}
        if not self.services:
            raise DataError(f"{root}: no data set of any of {', '.join(available())}")
        self.app = create_app(self._endpoints(), self._reset_to)

    def _endpoints(self) -> dict[str, Endpoint]:
        return {slug: Endpoint(service, self.processes[slug]) for slug, service in self.services.items()}

    def _reset_to(self, value: Any) -> None:
        self.reset(Conditions.from_json(value))

    def _open(self, root: Path, name: str, era: str, own_origin: bool) -> Service:
        if name not in available():
            raise DataError(f"{name}: the sandbox knows {', '.join(available())}")
        kind = load(name)
        data = root / name / "data"
        try:
            return kind(data, era, self.instance, self._queue, own_origin=own_origin)
        except OSError as error:
            raise DataError(f"{error.filename or data}: {error.strerror}") from error
        except KeyError as error:
            raise DataError(f"{data}: {error} is missing") from error
        except (ValueError, TypeError) as error:
            raise DataError(f"{data}: {error}") from error

    def reset(self, conditions: Conditions | None = None) -> None:
        """Bring every service back to its untouched data set; no delivery of before is made again."""
        self._queue.forget()
        for service in self.services.values():
            service.reset(conditions or Conditions())

    @property
    def deaths(self) -> list[tuple[str, str]]:
        """What the real servers would have died of so far: services with causes."""
        return [(name, cause) for name, process in self.processes.items() for cause in process.deaths]

    def drain(self, timeout: float | None = None) -> bool:
        """Wait for webhook deliveries; False if some were still under way after `timeout` seconds."""
        return self._queue.drain(timeout)

    @property
    def waiting(self) -> int:
        """How many webhook deliveries failed and will be made again."""
        return self._queue.waiting

    @contextmanager
    def running(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve in a thread; gives the base URL. Raises OSError when the port is taken."""
        with closing(socket.create_server((host, port))) as listener:
            port = listener.getsockname()[1]
            server = make_server(host, port, self.app, threaded=True, request_handler=_Handler, fd=listener.fileno())
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, name="sandbox", daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            self._queue.close()


def _with_data(root: Path) -> list[str]:
    return [name for name in available() if (root / name / "data" / "dataset.json").is_file()]


class _Handler(WSGIRequestHandler):
    """Keeps connections open and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """No access log."""
