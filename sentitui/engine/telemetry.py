"""What the engine counts about itself, for /metrics: one registry per application, nothing of its users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)


class Telemetry:
    """Counters of requests and tokens, and gauges that are set when somebody looks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "sentitui_requests_total", "Requests answered.", ("method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "sentitui_request_seconds", "Duration of requests.", buckets=_SECONDS, registry=self._registry
        )
        self._tokens = Counter(
            "sentitui_tokens_total", "Tokens read and written by models.", ("kind",), registry=self._registry
        )
        self._active = Gauge(
            "sentitui_generations_active", "Chat requests being answered.", registry=self._registry
        )
        self._jobs = Gauge("sentitui_jobs", "Jobs by status.", ("status",), registry=self._registry)
        self._bytes = Gauge("sentitui_files_bytes", "Bytes of kept files.", registry=self._registry)
        self._ready = Gauge("sentitui_model_ready", "Whether the model can answer.", registry=self._registry)

    def answered(self, method: str, status: int, seconds: float) -> None:
        """Counts a request."""
        # A client may make up methods; each would be a label for ever.
        known = method if method in ("GET", "HEAD", "POST", "DELETE") else "other"
        self._requests.labels(known, str(status)).inc()
        self._seconds.observe(seconds)

    def tokens(self, prompt: int, completion: int) -> None:
        """Counts the tokens of a chat request."""
        self._tokens.labels("prompt").inc(prompt)
        self._tokens.labels("completion").inc(completion)

    @contextmanager
    def generating(self) -> Iterator[None]:
        """Counts a chat request as active."""
        with self._active.track_inprogress():
            yield

    def text(self, *, jobs: Mapping[str, int], file_bytes: int, ready: bool) -> bytes:
        """Everything in Prometheus's text format, with the given state of now."""
        self._jobs.clear()
        for status, count in jobs.items():
            self._jobs.labels(status).set(count)
        self._bytes.set(file_bytes)
        self._ready.set(ready)
        return generate_latest(self._registry)
