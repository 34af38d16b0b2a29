"""The master process: options instead of a configuration file, the gate, and signals that harm nobody.

HUP reads the configuration anew and replaces the workers; TERM and INT let calls under way end first, for a connection
that is cut kills the GraphQL server at its other end (upstream-safety 2.2).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from shim import logs, metrics
from shim.app import create_app
from shim.server.log import ServerLog
from shim.server.worker import Worker
from shim.settings import Config, ConfigError
from shim.store.configured import configured
from shim.upstream import Keeper, Remote

log = structlog.get_logger(__name__)
_SLACK = 5.0
_ENDS = frozenset({signal.SIGTERM, signal.SIGINT})


class Server(BaseApplication):
    """gunicorn for a configuration that `read` gives, now and whenever it is told to read it anew.

    Raises ConfigError at once where that can't be used; later it goes on with the last one that could.
    """

    def __init__(self, read: Callable[[], Config], options: dict[str, Any]) -> None:
        logs.configure()
        self._read, self._options = read, options
        self._config = read()
        self._store = configured(self._config)
        self._begun = False
        self._keeper, self._places = Keeper(), metrics.Places()
        super().__init__()
        self._begun = True

    def load_config(self) -> None:
        """Take over the options, and what follows from the configuration."""
        if self._begun:
            self._renew()
        patience = int(longest_call(self._config) + _SLACK)
        mine = {
            "worker_class": Worker,
            "logger_class": ServerLog,
            "control_socket_disable": True,
            "graceful_timeout": patience,
            "timeout": patience,
            "pre_fork": self._before_fork,
            "post_fork": self._after_fork,
            "child_exit": lambda arbiter, worker: self._places.left(worker.place),
            "worker_exit": _end,
        }
        for key, value in {**mine, **self._options}.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """The WSGI app of a worker."""
        gate = Remote(self._keeper.path, self._options["workers"])
        app = create_app(self._config, gate, self._options["threads"], self._store)
        app.begin()
        return app

    def run(self) -> None:
        """Serve until told to stop."""
        self._keeper.start()
        master = os.getpid()
        try:
            Master(self).run()
        finally:
            if os.getpid() == master:  # a worker ends here too
                self._keeper.stop()
                self._places.stop()

    def _before_fork(self, arbiter: Arbiter, worker: Worker) -> None:
        """Give a new worker the place of one that has ended."""
        worker.place = self._places.free(w.place for w in arbiter.WORKERS.values() if isinstance(w, Worker))

    def _after_fork(self, arbiter: Arbiter, worker: Worker) -> None:
        """In the worker: the gate is the master's, the place its own."""
        self._keeper.leave()
        metrics.join(self._places.folder, worker.place)

    def _renew(self) -> None:
        try:
            self._config = self._read()
            self._store = configured(self._config)
            log.info("configuration read anew")
        except ConfigError as error:
            log.error("configuration not read anew", problem=str(error))


def _end(arbiter: Any, worker: Any) -> None:
    """Let a worker that ends write down what it knows."""
    close = getattr(getattr(worker, "wsgi", None), "close", None)
    if close:
        close()


def longest_call(config: Config) -> float:
    """How many seconds a legacy call may take at most: its deadline, and an upstream call begun just before that."""
    limits = (max(config.deadline, 2 * s.max_duration) + s.max_duration for s in config.services.values())
    return max(limits) + config.grace


class Master(Arbiter):
    """gunicorn's master without the ways to end that cut calls under way, or that are late."""

    _reloading = False

    def reload(self) -> None:
        """Replace the workers, and wait until the old ones have ended."""
        self._reloading = True
        try:
            super().reload()
        finally:
            self._reloading = False

    def reap_workers(self) -> None:
        """Note who has ended. Who is told to end himself waits no longer for the calls of old workers one by one."""
        super().reap_workers()
        if self._reloading and self._is_told_to_end():
            raise StopIteration

    def _is_told_to_end(self) -> bool:
        """Whether that is among the signals that wait; then it waits no longer, the others do."""
        waiting = [self.SIG_QUEUE.get_nowait() for _ in range(self.SIG_QUEUE.qsize())]
        for number in waiting:
            if number not in _ENDS:
                self.SIG_QUEUE.put_nowait(number)
        return not _ENDS.isdisjoint(waiting)

    def handle_int(self) -> None:
        """Ctrl-C: let calls under way end."""
        raise StopIteration

    def handle_usr2(self) -> None:
        """No second master: it would have a gate of its own, and both together let in twice as much."""
        log.error("SIGUSR2 is not supported", instead="send SIGHUP for a new configuration, restart for a new version")
