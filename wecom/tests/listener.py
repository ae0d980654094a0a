"""Something that listens where the app would, and answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Listener:
    """`answers`: statuses, or None for silence until the other side has gone, one a request; the last one for all more.

    `heard`: (query dict, body bytes) of every request, in order.
    """

    def __init__(self, answers):
        self.answers, self.heard, self.gone = list(answers), [], threading.Event()
        self._turn = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, path, body):
        with self._turn:
            query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
            self.heard.append((query, body))
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _handler(self):
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = listener._next(self.path, body)
                if status is None:
                    listener.gone.wait(20)
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        return Handler
