"""Every metric that is counted as calls come: its name, its labels, and what it means."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
OWN_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1)
"""Upper bounds of the histograms' buckets: of what waits for the API, and of the shim's own work."""
_ENDPOINT = ("service", "endpoint")

# One more series for each, and none where several processes count.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Families:
    """The metrics, on a registry if they are read from this process's memory.

    `status` is a class, e.g. `2xx`, or 501; `endpoint` a slug; `kind` one of `upstream.Kind`; `reason` says why a call
    was not recorded; `result` is one of `webhooks.Result`.
    """

    def __init__(self, registry: CollectorRegistry | None) -> None:
        def counter(name: str, meaning: str, *labels: str) -> Counter:
            return Counter(name, meaning, labels, registry=registry)

        def histogram(name: str, meaning: str, *labels: str, buckets: tuple[float, ...] = SECONDS) -> Histogram:
            return Histogram(name, meaning, labels, registry=registry, buckets=buckets)

        self.requests = counter("shim_requests", "Answered calls.", *_ENDPOINT, "method", "status")
        self.seconds = histogram("shim_request_seconds", "From a call to its answer.", *_ENDPOINT)
        self.own = histogram("shim_own_seconds", "The same without upstream and gate.", "service", buckets=OWN_SECONDS)
        self.gate = histogram("shim_gate_seconds", "A call's wait for its turns at the gate.", "service")
        self.upstream = histogram("shim_upstream_seconds", "One upstream call.", "service", "operation")
        self.errors = counter("shim_upstream_errors", "What failed upstream.", "service", "kind")
        self.bytes = counter("shim_answer_bytes", "Bytes of answers' bodies.", *_ENDPOINT)
        self.deprecated = counter("shim_deprecated_requests", "Calls of deprecated endpoints.", *_ENDPOINT)
        self.refused = counter("shim_refused_requests", "Calls refused by a brownout or a sunset.", *_ENDPOINT)
        self.rehearsed = counter("shim_rehearsed_requests", "Calls that a rehearsal would have refused.", *_ENDPOINT)
        self.busy = counter("shim_busy", "Calls refused for want of a thread.", "service")
        self.webhooks = counter("shim_webhooks", "What became of the API's webhooks.", "service", "result")
        self.lost = counter("shim_usage_lost", "Calls that the usage recorder lost.", "reason")
        self.queue = Gauge(
            "shim_usage_queue",
            "Calls that wait for the usage recorder.",
            registry=registry,
            multiprocess_mode="livesum",
        )
