"""Real processes of the product, started and ended by tests, and waiting for what they do."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
START = 40.0  # seconds for a server to answer, on a machine with other things to do
PAUSE = threading.Event()  # never set: its wait is the pause between two looks


def until(look, seconds=10.0, what="it"):
    """Look again and again; the first true answer. Fails when there was none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        PAUSE.wait(0.05)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Process:
    """`manage.py …` (or any command) in a process group of its own, its words in `log`."""

    def __init__(self, command, environment=None):
        self.log = Path(tempfile.mkstemp(prefix="itdesk-process-", suffix=".log")[1])
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def words(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def running(self):
        return self.process.poll() is None

    def kill(self):
        """kill -9, as a crash would end it."""
        if self.running:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, seconds=30):
        """SIGTERM; the exit status. Fails when it is still there after `seconds`."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def manage(*arguments):
    return [sys.executable, "manage.py", *map(str, arguments)]


class Server(Process):
    """`manage.py serve` on a port of its own; `url` answers when the constructor returns."""

    def __init__(self, environment, *arguments, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(manage("serve", "--port", self.port, *arguments), environment)
        until(self.answers, START, f"a server on {self.port}")

    def answers(self):
        assert self.running, f"the server ended:\n{self.words}"
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


@contextmanager
def ended(*processes):
    """Whatever happens in the block, nothing of these runs on; their words are shown when it failed."""
    try:
        yield
    except BaseException:
        for process in processes:
            print(f"--- {process.log}\n{process.words[-3000:]}")
        raise
    finally:
        for process in processes:
            process.kill()
            process.log.unlink(missing_ok=True)
