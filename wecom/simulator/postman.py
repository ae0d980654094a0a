"""Posts to the app's callback address as WeCom does: 5 seconds, three tries, no promise (WECOM 5)."""

import secrets
import threading
import time

import requests
from django.conf import settings
from django.db import connection
from django.utils import timezone

from . import log, rules, sealing
from .models import SimulatedPush

PATIENCE, VERIFY_PATIENCE = 5, 1  # seconds
TRIES, PAUSE = 3, 1.0
COPIES = 3  # of a push that is doubled on purpose
HELD = "held"
API, CALLBACK = "/wecom/simulator/cgi-bin", "/wecom/callback"
State = SimulatedPush.State

_at_once = threading.BoundedSemaphore(4)
_running = set()


def callback_address():
    """Where the app listens: on the same host as the simulated API."""
    return _site() + CALLBACK


def address(path):
    """An address of the simulator's own pages, as seen from outside."""
    return f"{_site()}/wecom/simulator{path}"


def _site():
    # An app that is pointed at somebody else's WeCom must not have us ring there.
    base = settings.WECOM_API_BASE
    return base.removesuffix(API) if base.endswith(API) else settings.SITE_URL


def post(push):
    """Take a stored push on its way, in a thread of its own."""
    if push.twist == "lost":
        _end(push, State.LOST, "lost on purpose")
    elif push.twist == "reordered" and not _held().exists():
        SimulatedPush.objects.filter(pk=push.pk).update(answer=HELD)  # goes out after the next one
    else:
        for _copy in range(COPIES if push.twist == "duplicate" else 1):
            _start(push)


def settle(seconds=20):
    """Wait until nothing is on its way any more; for tests. → whether that was reached."""
    deadline = time.monotonic() + seconds
    for thread in list(_running):
        thread.join(max(0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in list(_running))


def deliver(push):
    """All tries of one push. → the state it ends in."""
    for number in range(1, TRIES + 1):
        answer, seconds = _try(push)
        _note(push, number, answer, seconds)
        if answer == "200":
            return _end(push, State.TAKEN, answer)
        came_through = answer.isdecimal()
        if came_through and rules.value("retry") == "timeout":
            break
        if number < TRIES:
            time.sleep(PAUSE)
    return _end(push, State.LOST, answer)


def verify(twist=""):
    """What saving the callback's address in the console does. → (whether the app passed, what it said)."""
    said = secrets.token_hex(10)
    echo, query = sealing.sealed(said, str(int(time.time())), twist)
    began = time.monotonic()
    try:
        answer = _session().get(
            callback_address(), params={**query, "echostr": echo}, timeout=VERIFY_PATIENCE, allow_redirects=False
        )
        passed, found = answer.status_code == 200 and answer.text == said, str(answer.status_code)
    except requests.RequestException as error:
        passed, found = False, _name(error)
    log.write("callback verify", found, f"{time.monotonic() - began:.2f} s{', ' + twist if twist else ''}")
    return passed, found


def _start(push):
    thread = threading.Thread(target=_run, args=(push,), daemon=True, name=f"callback {push.pk}")
    _running.add(thread)
    thread.start()


def _run(push):
    try:
        with _at_once:
            deliver(push)
            for held in _held().exclude(pk=push.pk):
                # The conditional UPDATE lets one thread alone take it along.
                if SimulatedPush.objects.filter(pk=held.pk, answer=HELD).update(answer=""):
                    deliver(held)
    finally:
        connection.close()
        _running.discard(threading.current_thread())


def _held():
    return SimulatedPush.objects.filter(state=State.WAITING, answer=HELD).order_by("id")


def _try(push):
    """→ (status or what went wrong, seconds)."""
    began = time.monotonic()
    try:
        answer = _session().post(
            callback_address(), params=push.query, data=push.envelope.encode(), allow_redirects=False,
            headers={"Content-Type": "text/xml"}, timeout=PATIENCE,
        )  # fmt: skip
        found = str(answer.status_code)
    except requests.RequestException as error:
        found = _name(error)
    return found, time.monotonic() - began


def _session():
    session = requests.Session()
    session.trust_env = False  # no proxy stands between this machine and itself
    return session


def _name(error):
    return "timeout" if isinstance(error, requests.Timeout) else "unreachable"


def _note(push, number, answer, seconds):
    slow = ", slow" if seconds > VERIFY_PATIENCE else ""
    twist = f", {push.twist}" if push.twist else ""
    log.write(f"callback {push.kind}", answer, f"try {number}, {seconds:.2f} s{slow}{twist}", push.xml)
    SimulatedPush.objects.filter(pk=push.pk).update(tries=number, seconds=seconds, changed_at=timezone.now())


def _end(push, state, answer):
    # One of several copies may have been taken before this one was lost.
    rows = SimulatedPush.objects.filter(pk=push.pk).exclude(state=State.TAKEN)
    rows.update(state=state, answer=answer[:200], changed_at=timezone.now())
    return state
