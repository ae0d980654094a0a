"""A small WeCom over HTTP whose every answer a test chooses; stricter than a mock, because requests really travel."""

import json
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from urllib.parse import parse_qs, urlsplit

OUTSIDE = "203.0.113.9"  # where it says that we come from


class StrictWecom:
    """`answers[path]` is a dict (the JSON), or a function `(query, body) → dict | (status, headers, bytes)`.

    Calls need a token that it has given out and not revoked, as WeCom's do. `asked`: [(path, query, body)].
    """

    def __init__(self, *, secret, corp_id="ww-demo", clock=0):
        self.secret, self.corp_id, self.clock = secret, corp_id, clock
        self.answers, self.asked, self.tokens = {}, [], []
        self._guard = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        self.base = f"http://127.0.0.1:{self._server.server_port}/cgi-bin"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def revoke(self):
        """No token that was given out is good any longer."""
        with self._guard:
            self.tokens.append(None)

    def count(self, path):
        return sum(1 for asked, _query, _body in self.asked if asked == path)

    def answer(self, path, query, body):
        with self._guard:
            self.asked.append((path, query, body))
            chosen = self.answers.get(path)
            if chosen is None and path == "gettoken":
                return self._gettoken(query)
            if path != "gettoken" and (refused := self._refused(query)):
                return refused
        return chosen(query, body) if callable(chosen) else chosen or self.no(40035, "no such call here")

    def no(self, code, text):
        tail = (
            f"hint: [1700000000123456789], from ip: {OUTSIDE}, more info at https://open.work.weixin.qq.com/?e={code}"
        )
        return {"errcode": code, "errmsg": f"{text}, {tail}"}

    def _gettoken(self, query):
        if query.get("corpid") != self.corp_id:
            return self.no(40013, "invalid corpid")
        if query.get("corpsecret") != self.secret:
            return self.no(40001, "invalid credential")
        if not self.tokens or self.tokens[-1] is None:
            self.tokens.append(f"canary-token-{len(self.tokens):04d}-91bc")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}

    def _refused(self, query):
        given = query.get("access_token")
        if not given:
            return self.no(41001, "access_token missing")
        return None if self.tokens and given == self.tokens[-1] else self.no(40014, f"invalid access_token {given}")

    def _handler(self):
        wecom = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._answer(b"")

            def do_POST(self):
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _answer(self, body):
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                found = wecom.answer(parts.path.removeprefix("/cgi-bin/"), query, body)
                if isinstance(found, dict):
                    found = 200, {"Content-Type": "application/json"}, json.dumps(found).encode()
                self._send(*found)

            def _send(self, status, headers, content):
                self.send_response_only(status)
                self.send_header("Date", formatdate(time() + wecom.clock, usegmt=True))
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in [content] if isinstance(content, bytes) else content:
                        self.wfile.write(piece)
                except OSError:  # who asked has had enough
                    pass
                self.close_connection |= headers.get("Connection") == "close"

            def log_message(self, *args):
                pass

        return Handler
