"""One installation of the product on this machine: its database, its Redis prefix, its processes."""

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.processes import ROOT, Process, Server, free_port, manage

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/0"
PRESENCE_LEASE = 2  # seconds: a test does not wait for as long as a colleague's dead phone may
OURS = ("DJANGO_", "DATABASE_", "REDIS_", "WECOM_", "RATE_", "SITE_URL", "DATA_DIR", "MEDIA_ROOT", "STATIC_ROOT")


def postgres_address():
    """Where databases may be created: what the run was given, else this machine's."""
    given = os.environ.get("DATABASE_URL", "")
    return given if given.startswith("postgres") else os.environ.get("TEST_DATABASE_URL", POSTGRES)


def redis_address():
    return os.environ.get("REDIS_URL") or os.environ.get("TEST_REDIS_URL", REDIS)


class Installation:
    """Knows the environment of its processes. `redis_url` empty: the embedded profile, one process on SQLite."""

    def __init__(self, database_url, redis_url):
        self.folder = Path(tempfile.mkdtemp(prefix="itdesk-stack-"))
        self.ports = [free_port(), free_port()]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "DJANGO_SETTINGS_MODULE": "itdesk.settings",
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(60),
            "DATABASE_URL": database_url or f"sqlite:///{self.folder / 'desk.sqlite3'}",
            "REDIS_URL": redis_url,
            "REDIS_PREFIX": f"itdesk-stack-{secrets.token_hex(4)}",
            "DATA_DIR": str(self.folder),
            "STATIC_ROOT": str(self.folder / "static"),
            "SITE_URL": f"http://127.0.0.1:{self.ports[0]}",
            "WECOM_SIMULATOR": "true",
            "ASSISTANT": "off",
            "PYTHONUTF8": "1",
            "PRESENCE_LEASE": str(PRESENCE_LEASE),
            **dict.fromkeys(("RATE_SEND", "RATE_ACTION", "RATE_LOGIN", "RATE_UPLOAD"), "100000/m"),
        }
        self.processes = []

    def prepare(self):
        """Tables, static files for the few pages that are asked for, and two agents."""
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--noinput", "--verbosity=0")
        for userid in ("wangqiang", "liyang"):
            self.manage("assign_role", userid, "agent")

    def manage(self, *arguments):
        """Run a command in another process, to its end. → what it said"""
        done = subprocess.run(
            manage(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments):
        """Run a command that must not work. → its exit status and the lines it said"""
        done = subprocess.run(
            manage(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60
        )
        return done.returncode, (done.stdout + done.stderr).strip().splitlines()

    def serve(self, number=0, *arguments):
        """Start the web process `number` (0 or 1), always on the same port."""
        return self._kept(Server(self.environment, *arguments, port=self.ports[number]))

    def work(self):
        return self._kept(Process(manage("work"), self.environment))

    def end(self):
        for process in self.processes:
            process.kill()
            process.log.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kept(self, process):
        self.processes.append(process)
        return process


class OwnDatabase:
    """A database of this test run alone on the PostgreSQL server; dropped at the end."""

    def __init__(self):
        self.name = f"itdesk_stack_{os.getpid()}_{secrets.token_hex(2)}"
        self.server = postgres_address()
        self.url = urlsplit(self.server)._replace(path=f"/{self.name}").geturl()

    def __enter__(self):
        self._command(f'CREATE DATABASE "{self.name}"')
        return self

    def __exit__(self, *_):
        self._command(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def execute(self, sql, *values):
        """Rows of a query, or the number of rows that a change touched."""
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def _command(self, sql):
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql)
