"""The product served by Daphne in a thread of the test process: same database, same layer, same monkeypatches."""

import os
import threading
from contextlib import contextmanager

from conversations.backlog import LINE

READY = 20.0  # seconds for the server to listen
QUIET = 15.0  # seconds for its last request to end


class LiveServer:
    """Twisted's reactor starts once in a process, so there is one of these and it never stops."""

    def __init__(self):
        from itdesk.asgi import application
        from itdesk.server import DeskServer

        self._application = application
        self._changed = threading.Condition()
        self._busy = set()
        self._sent = None
        listening = threading.Event()
        server = DeskServer(
            application=self._watched,
            endpoints=["tcp:port=0:interface=127.0.0.1"],
            signal_handlers=False,
            ready_callable=listening.set,
            verbosity=0,
        )
        threading.Thread(target=server.run, name="live-server", daemon=True).start()
        if not listening.wait(READY):
            raise RuntimeError("the server does not listen")
        host, port = server.listening_addresses[0]
        self.url = f"http://{host}:{port}"

    async def _watched(self, scope, receive, send):
        token = object()
        with self._changed:
            self._busy.add(token)
        try:
            await self._application(*self._recorded(scope, receive, send))
        finally:
            with self._changed:
                self._busy.discard(token)
                self._changed.notify_all()

    def _recorded(self, scope, receive, send):
        sent = self._sent
        if sent is None:
            return scope, receive, send
        cookies = dict(scope.get("headers", ())).get(b"cookie", b"").decode("latin-1")

        def note(text):
            sent.append((cookies, scope["path"], text))

        async def record(event):
            if event["type"] == "http.response.body":
                note(event.get("body", b"").decode("utf-8", "replace"))
            elif event["type"] == "websocket.send":
                note(event.get("text") or "")
            await send(event)

        return _with_recorded_line(scope, note), receive, record

    @contextmanager
    def recording(self):
        """A list that fills with `(cookie header, path, text)` of every body and frame of connections opened now on."""
        self._sent = sent = []
        try:
            yield sent
        finally:
            self._sent = None

    def wait_until_idle(self):
        """Until every request has been answered and every socket is gone, so that the database may be emptied."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, QUIET)


def _with_recorded_line(scope, note):
    """The scope whose LINE, by which frames go past `send` (conversations/backlog.py), notes each of them too."""
    line = scope.get("extensions", {}).get(LINE)
    if line is None:
        return scope

    def take(bundle):
        taken = line(bundle)
        for text in bundle.texts if taken else ():
            note(text)
        return taken

    return {**scope, "extensions": {**scope["extensions"], LINE: take}}


@contextmanager
def database_in_any_thread():
    """Playwright leaves a running loop in the main thread, where Django would refuse the database."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
