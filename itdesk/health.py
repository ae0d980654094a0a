"""The two probes: `/healthz` (the process lives) and `/readyz` (it can take messages, and which part is missing)."""

import shutil
import threading
import time

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, connections
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .draining import drain, is_draining

__all__ = ["alive", "drain", "is_draining", "ready"]

DEADLINE = 1.5  # seconds for all parts together; a balancer gives up after two
WORKER_SILENT = 90  # seconds without a sign of life from any worker
WORKER_LATE = 120  # seconds that a job may be due before somebody should look


@login_not_required
@require_safe
def alive(request):
    """200 as long as the process answers at all. Asks nobody, least of all the database."""
    return JsonResponse({"status": "alive"})


@login_not_required
@require_safe
def ready(request):
    """200 when messages can be taken, else 503 with `reason`. Each part: `{"state": ok|degraded|off|down, "detail"}`.

    `status` is ok, degraded (a part is missing, messages are safe) or unavailable.
    """
    parts = examine(PARTS)
    reason = ""
    if is_draining():
        reason = "draining: this process is about to stop"
    elif parts["database"]["state"] == "down":
        reason = f"database: {parts['database']['detail']}"
    missing = any(part["state"] in {"degraded", "down"} for part in parts.values())
    body = {"status": "unavailable" if reason else "degraded" if missing else "ok", **parts}
    return JsonResponse({**body, "reason": reason} if reason else body, status=503 if reason else 200)


class Question:
    """One asking of one part. Its answer is for whoever came while it was asked, and is never taken away again."""

    def __init__(self, probe):
        self.over, self._probe, self._answer = threading.Event(), probe, None
        threading.Thread(target=self._run, name=f"probe-{probe.name}", daemon=True).start()

    def answer(self, seconds):
        self.over.wait(max(seconds, 0))
        return self._answer or {"state": self._probe.when_silent, "detail": "does not answer in time"}

    def _run(self):
        try:
            state, detail = self._probe.ask()
        except Exception as error:  # whatever a part raises is its state, never a 500 of the probe
            # The kind only: a driver's text may hold an address or a user name, and this page is open to all.
            state, detail = self._probe.when_silent, type(error).__name__
        finally:
            connections.close_all()  # this thread's own; nobody else would ever close them
        self._answer = {"state": state, "detail": detail}
        self.over.set()


class Probe:
    """Asks one part in a thread of its own, so that a part that hangs cannot hold the answer.

    A question that still hangs is not asked again: a hung Redis costs one thread, not one per visit.
    """

    def __init__(self, name, ask, when_silent="degraded"):
        self.name, self.ask, self.when_silent = name, ask, when_silent
        self._lock = threading.Lock()
        self._question = None

    def question(self):
        """The one under way, or a new one. Two who ask at the same moment get the same."""
        with self._lock:
            if self._question is None or self._question.over.is_set():
                self._question = Question(self)
            return self._question


def examine(probes):
    """Ask all parts at once. Returns `{name: {"state", "detail"}}` within DEADLINE seconds."""
    end = time.monotonic() + DEADLINE
    asked = {probe.name: probe.question() for probe in probes}
    return {name: question.answer(end - time.monotonic()) for name, question in asked.items()}


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_role")  # also fails before the first migration
    if shutil.disk_usage(settings.DATA_DIR).free < settings.DISK_FLOOR_BYTES:
        return "degraded", "the disk is nearly full"
    return "ok", connection.vendor


def _layer():
    from conversations import broadcast

    if not settings.REDIS_URL:
        return broadcast.layer_state(), "in memory"
    # Asked by a connection of its own: the layer notices a dead Redis only with the next frame.
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None) as server:
        server.ping()
    return broadcast.layer_state(), "redis"


def _worker():
    from jobs.health import health

    facts = health()
    seen, oldest = facts["worker_seen_at"], facts["oldest_ready_seconds"] or 0
    if seen is None or (timezone.now() - seen).total_seconds() > WORKER_SILENT:
        return "degraded", "no worker is running"
    if oldest > WORKER_LATE:
        return "degraded", f"the oldest job waits for {oldest:.0f} s"
    return "ok", f"{facts['dead']} jobs need a person" if facts["dead"] else ""


def _wecom():
    if not (settings.WECOM_CORP_ID and settings.WECOM_SECRET):
        return "off", "WECOM_CORP_ID or WECOM_SECRET is missing"
    from wecom import client

    if trouble := client.trouble():
        return "degraded", f"WeCom's last answer: {trouble.code}"  # not the address that it names: anybody may ask here
    return "ok", "simulator" if settings.WECOM_SIMULATOR else ""


def _assistant():
    from conversations.queries.assistant import assistant_is_on

    return ("ok" if assistant_is_on() else "off"), settings.ASSISTANT


# Imported when asked: a part that cannot even be imported is down, and the page that says so still answers.
PARTS = (
    Probe("database", _database, when_silent="down"),
    Probe("layer", _layer),
    Probe("worker", _worker),
    Probe("wecom", _wecom),
    Probe("assistant", _assistant),
)
