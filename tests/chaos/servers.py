"""A PostgreSQL and a Redis of one run alone, on free ports with their data in its folder: these may be killed."""

import os
import shutil
import signal
import subprocess
from glob import glob
from pathlib import Path

import psycopg
import redis

from tests.processes import Process, free_port, until

POSTGRES_USER = "postgres"


class Missing(Exception):
    """A server program is not installed. The text is one line for people."""


def program(name):
    """Where a server program lies; Debian keeps PostgreSQL's out of PATH."""
    found = shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    if found is None:
        raise Missing(f"No {name} found (Debian: apt install postgresql redis-server): the grown stack is left out.")
    return found


class OwnRedis:
    def __init__(self):
        self._program = program("redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = Process([self._program, *words])
        until(self._answers, 10, "redis")

    def _answers(self):
        try:
            with self.client() as client:
                return client.ping()
        except redis.RedisError:
            return False

    def client(self):
        return redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)

    def kill(self):
        self.process.kill()

    def freeze(self):
        self.process.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.process.send_signal(signal.SIGCONT)

    def end(self):
        self.process.kill()
        self.process.log.unlink(missing_ok=True)


class OwnPostgres:
    """Made by `initdb` and driven by `pg_ctl`, as another user where we are root, which PostgreSQL refuses to be."""

    def __init__(self, folder):
        self._user = {"user": POSTGRES_USER, "group": POSTGRES_USER} if os.geteuid() == 0 else {}
        self.data = Path(folder) / "postgres"
        self.data.mkdir(mode=0o700)
        if self._user:
            os.chmod(folder, 0o711)  # noqa: S103  the other user must reach its own folder in ours
            shutil.chown(self.data, **self._user)
        self.port = free_port()
        self.url = f"postgresql://{POSTGRES_USER}@127.0.0.1:{self.port}/desk"
        self._run("initdb", "-D", self.data, "-U", POSTGRES_USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        self.start()
        self.execute("CREATE DATABASE desk", database=POSTGRES_USER)

    def _run(self, name, *arguments):
        done = subprocess.run(
            [program(name), *map(str, arguments)],
            cwd=self.data, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            **self._user,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self):
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 -c max_connections=60"
        self._run("pg_ctl", "-D", self.data, "-l", self.data / "log", "-w", "-o", options, "start")

    def stop(self, mode="immediate"):
        """`immediate` is what a power cut leaves: no farewell, recovery at the next start."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def terminate_backends(self):
        """Cut every connection but ours. → how many"""
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'desk'"
        return self.execute(others, database=POSTGRES_USER)[0][0]

    def execute(self, sql, database="desk"):
        address = self.url.rpartition("/")[0]
        with psycopg.connect(f"{address}/{database}", autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def end(self):
        subprocess.run(
            [program("pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop"],
            cwd=self.data, capture_output=True, timeout=30, **self._user,
        )  # fmt: skip
