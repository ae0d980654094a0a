"""What is compared, each a set of running processes: the floor, the old shape, the desk."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from tests.processes import ROOT, START, Process, free_port, until
from tests.stack.installation import Installation, OwnDatabase, redis_address

UVICORN = ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
UVICORN += [
    "--ws-per-message-deflate",
    "false",
]  # a browser offers compression, and it doubles the cost (PERFORMANCE 2)
LINE = ["--ws", "itdesk.uvicorn_line:DeskLine"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MANY = "10000000/m"
EMPLOYEES = 40


class Stand:
    """`name`, `processes`, and where listeners and senders go. Entered it runs, left it is gone."""

    greeted = False
    database = None

    def __init__(self, *, name, real_parts=False, count=1):
        self.name, self.real_parts, self.count = name, real_parts, count
        self.folder = Path(tempfile.mkdtemp(prefix="itdesk-bench-"))
        self.processes = []

    def __enter__(self):
        if self.real_parts:
            self.database = OwnDatabase().__enter__()
        self.ports = [free_port() for _ in range(self.count)]
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.log.unlink(missing_ok=True)
        if self.database is not None:
            self.database.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pids(self):
        return [process.process.pid for process in self.processes]

    def database_url(self):
        return self.database.url if self.database else f"sqlite:///{self.folder / 'bench.sqlite3'}"

    def environment(self, **more):
        redis = (
            {"REDIS_URL": redis_address(), "REDIS_PREFIX": f"bench-{secrets.token_hex(4)}"} if self.real_parts else {}
        )
        return {**os.environ, "DATABASE_URL": self.database_url(), "PYTHONUTF8": "1", **redis, **more}

    def run(self, command, environment):
        """Start one process a port and wait until it answers; `{port}` in the command is its port."""
        for port in self.ports:
            process = Process([part.format(port=port) for part in command], environment)
            self.processes.append(process)
            until(lambda at=port, its=process: answers(at, its), START, f"{self.name} on {port}")

    def ears(self, count):
        return [{"host": "127.0.0.1", "port": self._port(at), "path": "/ws/", "cookie": ""} for at in range(count)]

    def own_pages(self, count):
        """The sockets that the senders themselves have open."""
        return []

    def mouths(self, count):
        place = {"host": "127.0.0.1", "path": "/messages", "headers": FORM, "fields": {}}
        return [{**place, "port": self._port(at)} for at in range(count)]

    def _port(self, number):
        return self.ports[number % len(self.ports)]


def answers(port, process):
    assert process.running, f"the server ended:\n{process.words}"
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


class Floor(Stand):
    def start(self):
        environment = self.environment(DJANGO_SETTINGS_MODULE="tests.bench.floor.settings")
        migrate = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        daphne = [sys.executable, "-m", "daphne", "--verbosity", "0", "--port", "{port}"]
        self.run([*daphne, "tests.bench.floor.asgi:application"], environment)


class Old(Stand):
    def start(self):
        environment = self.environment(OLD_DATABASE=str(self.folder / "old.sqlite3"))
        self.run([sys.executable, "-m", "uvicorn", "--port", "{port}", *UVICORN, "tests.bench.old:app"], environment)

    def mouths(self, count):
        return [{**each, "headers": {"Content-Type": "application/json"}} for each in super().mouths(count)]


class Desk(Stand):
    """The whole product; the limits stand above the load, everything else is as it is delivered."""

    greeted = True

    def __init__(self, *, uvicorn=False, agents=500, **options):
        super().__init__(**options)
        self.uvicorn, self.agents = uvicorn, agents

    def start(self):
        made = Installation(self.database_url() if self.real_parts else "", redis_address() if self.real_parts else "")
        self.installation = made
        made.environment |= dict.fromkeys(("RATE_SEND", "RATE_LOGIN"), MANY)
        made.manage("migrate", "--verbosity=0")
        counts = map(str, (self.agents, EMPLOYEES))
        people = [sys.executable, "-m", "tests.bench.people", *counts]
        said = subprocess.run(people, cwd=ROOT, env=made.environment, check=True, capture_output=True, text=True).stdout
        self.people = json.loads(said.splitlines()[-1])
        command = [sys.executable, "manage.py", "serve", "--no-worker", "--port", "{port}"]
        if self.uvicorn:
            command = [sys.executable, "-m", "uvicorn", "--port", "{port}", *UVICORN, *LINE, "itdesk.asgi:application"]
        self.run(command, made.environment)

    def __exit__(self, *_):
        super().__exit__()
        self.installation.end()

    def ears(self, count):
        cookies = self.people["agents"]
        places = super().ears(count)
        return [{**each, "path": "/ws/agent/", "cookie": cookies[at]} for at, each in enumerate(places)]

    def own_pages(self, count):
        cookies = [person["cookie"] for person in self.people["employees"][:count]]
        return [{**super(Desk, self).ears(1)[0], "path": "/ws/desk/", "cookie": each, "own": True} for each in cookies]

    def mouths(self, count):
        places = []
        for each, person in zip(super().mouths(count), self.people["employees"], strict=False):
            headers = {**FORM, "Cookie": person["cookie"], "X-CSRFToken": person["csrf"], "HX-Request": "true"}
            fields = {"conversation_id": person["conversation_id"], "msg_type": "text"}
            places.append({**each, "path": "/itdesk/messages", "headers": headers, "fields": fields})
        return places
