"""The real stack of one run: its installation, its processes, and the levers by which the nemesis moves them."""

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from tests.processes import ROOT
from tests.stack.installation import Installation

from .people import AGENTS
from .servers import OwnPostgres, OwnRedis

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
for userid in {agents!r}:
    call_command("assign_role", userid, "agent")
"""
LEASES = ("UPDATE jobs_job SET lease_until = '2001-01-01' WHERE state = 'running'",
          "UPDATE wecom_sendingline SET lease_until = '2001-01-01' WHERE lease_until IS NOT NULL")  # fmt: skip


class Stack:
    """What both profiles share. `webs`: the web processes by number; `worker`: None where the web process works."""

    name = ""
    web_count, worker, redis, postgres = 1, None, None, None

    def __init__(self, database_url="", redis_url=""):
        self.installation = Installation(database_url, redis_url)
        self.folder = self.installation.folder
        self.moments = self.folder / "moments"
        self.moments.mkdir()
        self.installation.environment["ITDESK_FAULT"] = str(self.moments)
        self.webs = {}
        self.logs = []

    ports = property(lambda self: self.installation.ports[: self.web_count])
    front = property(lambda self: SimpleNamespace(url=f"http://127.0.0.1:{self.installation.ports[0]}"))

    def start(self):
        made = subprocess.run(
            [sys.executable, "-c", PREPARE.format(agents=AGENTS)],
            cwd=ROOT, env=self.installation.environment, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        with ThreadPoolExecutor(self.web_count) as starting:
            list(starting.map(self.start_web, range(self.web_count)))

    def start_web(self, number):
        self.webs[number] = self.installation.serve(number, *self.web_words)
        self.logs.append(self.webs[number].log)

    web_words = ()

    def dead_webs(self):
        return [number for number, web in self.webs.items() if not web.running]

    def revive(self):
        """Start whatever a moment killed. → what it was"""
        dead = self.dead_webs()
        for number in dead:
            self.start_web(number)
        return [f"web {number}" for number in dead]

    def arm(self, moment, action):
        # Written aside first: a process must never read half a word.
        aside = self.moments / f".{moment}"
        aside.write_text(action, encoding="ascii")
        aside.rename(self.moments / moment)

    def armed(self, moment):
        return (self.moments / moment).exists()

    def disarm(self, moment):
        """→ whether it was still armed"""
        try:
            (self.moments / moment).unlink()
        except FileNotFoundError:
            return False
        return True

    def let_leases_pass(self):
        """A dead worker's leases last a minute and more: a short run lets their time pass."""
        for sql in LEASES:
            self.execute(sql)

    def end(self):
        self.installation.end()


class Embedded(Stack):
    """One process on SQLite, its layer in memory, its worker inside."""

    name = "embedded"

    @property
    def database(self):
        return self.folder / "desk.sqlite3"

    def execute(self, sql):
        with sqlite3.connect(self.database, timeout=20) as connection:
            connection.execute(sql)
        connection.close()

    def hold_lock(self, seconds, held):
        """Another process writes for `seconds` from when `held` (threading.Event) is set: nobody else can."""
        connection = sqlite3.connect(self.database, timeout=20, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()


class Grown(Stack):
    """Two web processes and a worker over a PostgreSQL and a Redis of this run alone."""

    name = "grown"
    web_count, web_words = 2, ("--no-worker",)

    def __init__(self):
        self.redis = OwnRedis()
        super().__init__("postgresql://pending", self.redis.url)
        self.postgres = OwnPostgres(self.folder)
        self.installation.environment["DATABASE_URL"] = self.postgres.url
        # Two web processes, a worker and the checker's own within PostgreSQL's connections, as operations.md asks.
        self.installation.environment["DATABASE_POOL_SIZE"] = "12"

    def start(self):
        super().start()
        self.start_worker()

    def start_worker(self):
        self.worker = self.installation.work()
        self.logs.append(self.worker.log)

    def revive(self):
        revived = super().revive()
        if not self.worker.running:
            self.start_worker()
            revived.append("worker")
        return revived

    def execute(self, sql):
        self.postgres.execute(sql)

    def end(self):
        if self.postgres:
            self.postgres.end()  # before its folder goes
        super().end()
        self.redis.end()
