"""A file that arrives in pieces at two web processes, and a virus scanner that is a process of its own."""

import os
import sys
import threading
import uuid

import pytest
import requests

from tests.processes import until

from .installation import Installation, OwnDatabase, redis_address
from .people import Employee

# It writes down each file it is asked about, and answers when somebody lets it.
SCANNER = """
import sys
log, gate, path = sys.argv[1:]
open(log, "a").write(path + "\\n")
open(gate).read()
sys.exit(1 if b"EICAR" in open(path, "rb").read() else 0)
"""
TEXT = "打印机没有反应\n".encode() * 2000


class Scanner:
    def __init__(self, folder):
        self.log, self.gate, script = folder / "asked.log", folder / "gate", folder / "scanner.py"
        script.write_text(SCANNER)
        os.mkfifo(self.gate)
        self.command = f"{sys.executable} {script} {self.log} {self.gate}"

    @property
    def asked(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def answer(self):
        """Let the one that waits say what it found, as soon as one does."""
        gate = until(self._opened, what="a scanner that waits")
        os.write(gate, b"go")
        os.close(gate)

    def _opened(self):
        try:
            return os.open(self.gate, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads there
            return None


@pytest.fixture
def scanner(tmp_path):
    return Scanner(tmp_path)


@pytest.fixture(scope="module")
def scanning(real_parts):
    """An installation of this file alone: its scanner is another in every test."""
    with OwnDatabase() as database:
        made = Installation(database.url, redis_address())
        made.prepare()
        yield made
        made.end()


@pytest.fixture
def scanned_pair(scanning, scanner):
    """Two web processes that ask this scanner."""
    scanning.environment |= {"SCAN_COMMAND": scanner.command, "SCAN_SECONDS": "60"}
    pair = scanning.serve(0, "--no-worker"), scanning.serve(1, "--no-worker")
    yield pair
    for process in pair:
        process.kill()


def put(person, server, upload_id, offset, piece):
    headers = {"X-CSRFToken": person.http.cookies.get("csrftoken", "")}
    return person.http.put(f"{server.url}/uploads/{upload_id}?offset={offset}", data=piece, headers=headers, timeout=90)


def test_one_finished_file_is_looked_at_once_whichever_process_is_asked(scanned_pair, scanner):
    a, b = scanned_pair
    zhangwei = Employee("zhangwei", a)
    upload_id, half = uuid.uuid4(), len(TEXT) // 2
    assert zhangwei.post(a, "/uploads/", upload_id=upload_id, name="日志.txt", size=len(TEXT)).status_code == 201
    assert put(zhangwei, a, upload_id, 0, TEXT[:half]).status_code == 200
    answers = []
    last = threading.Thread(target=lambda: answers.append(put(zhangwei, a, upload_id, half, TEXT[half:])))
    last.start()
    until(lambda: scanner.asked, what="the first look")
    early = put(zhangwei, b, upload_id, len(TEXT), b"")
    assert len(scanner.asked) == 1
    assert (early.status_code, early.headers.get("Retry-After")) == (503, "3"), early.text
    scanner.answer()
    last.join(30)
    assert [(each.status_code, each.json()["done"]) for each in answers] == [(200, True)]
    assert put(zhangwei, b, upload_id, len(TEXT), b"").json()["done"]
    assert len(scanner.asked) == 1
    assert zhangwei.say(b, "这是日志", upload_id=upload_id).status_code == 201


def test_a_process_that_dies_while_it_looks_leaves_the_file_to_the_other(scanned_pair, scanner):
    a, b = scanned_pair
    zhangwei = Employee("zhangwei", b)
    upload_id = uuid.uuid4()
    zhangwei.post(b, "/uploads/", upload_id=upload_id, name="日志.txt", size=len(TEXT))
    last = threading.Thread(
        target=lambda: pytest.raises(requests.ConnectionError, put, zhangwei, a, upload_id, 0, TEXT)
    )
    last.start()
    until(lambda: scanner.asked, what="the first look")
    a.kill()
    last.join(30)
    answers = []
    again = threading.Thread(target=lambda: answers.append(put(zhangwei, b, upload_id, len(TEXT), b"")))
    again.start()
    until(lambda: len(scanner.asked) == 2, what="the second look")
    scanner.answer()
    again.join(30)
    assert [(each.status_code, each.json()["done"]) for each in answers] == [(200, True)]


def test_what_the_scanner_finds_reaches_nobody(scanned_pair, scanner):
    a, b = scanned_pair
    zhangwei, bad = Employee("zhangwei", a), b"EICAR " + TEXT
    upload_id, answers = uuid.uuid4(), []
    zhangwei.post(a, "/uploads/", upload_id=upload_id, name="日志.txt", size=len(bad))
    last = threading.Thread(target=lambda: answers.append(put(zhangwei, a, upload_id, 0, bad)))
    last.start()
    scanner.answer()
    last.join(30)
    assert [(each.status_code, each.json()["error"]) for each in answers] == [(422, "file_infected")]
    assert zhangwei.get(b, f"/uploads/{upload_id}").status_code == 404
    assert zhangwei.say(b, "这是日志", upload_id=upload_id).status_code == 422
