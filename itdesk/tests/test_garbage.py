"""Whoever writes waits for nobody's dead cursor."""

import gc
import sqlite3
import threading
import weakref

import pytest

from itdesk.garbage import YOUNG, Collector

PATIENCE = 4.0  # seconds that a connection waits for the write lock


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "desk.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE line (words)")
        made.execute("INSERT INTO line VALUES ('one'), ('two')")
    return path


def connect(file):
    return sqlite3.connect(file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def leave_a_dead_cursor(connection):
    """As an error does whose traceback holds the frame that holds the cursor. It looks at no table, or what it saw would
    be old when the connection may write."""
    cycle = {"cursor": connection.execute("SELECT 1 UNION SELECT 2")}
    cycle["cursor"].fetchone()
    cycle["itself"] = cycle


def make_garbage():
    """What a page's rendering makes: more than Python takes before it collects by itself."""
    for _ in range(YOUNG * 3):
        each = []
        each.append(each)


class Waiting(threading.Thread):
    """Wants to write as well; `outcome` says whether it could."""

    def __init__(self, connection):
        super().__init__()
        self.connection, self.outcome, self.asked = connection, "", threading.Event()
        # SQLite calls it while it begins to carry out the statement: from then on the connection holds its mutex.
        connection.set_authorizer(self._asks)

    def _asks(self, action, *_):
        if action == sqlite3.SQLITE_TRANSACTION:
            self.asked.set()
        return sqlite3.SQLITE_OK

    def run(self):
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("INSERT INTO line VALUES ('three')")
            self.connection.execute("COMMIT")
            self.outcome = "written"
        except sqlite3.OperationalError as error:
            self.outcome = str(error)


def write_while_another_waits(file):
    """→ what became of the one who waited, and how many lines stand there."""
    ours, theirs = connect(file), connect(file)
    try:
        leave_a_dead_cursor(theirs)
        ours.execute("BEGIN IMMEDIATE")
        ours.execute("INSERT INTO line VALUES ('ours')")
        other = Waiting(theirs)
        other.start()
        other.asked.wait()
        make_garbage()
        ours.execute("COMMIT")
        other.join()
        return other.outcome, ours.execute("SELECT count(*) FROM line").fetchone()[0]
    finally:
        ours.close()
        theirs.close()


def test_a_writer_is_not_held_up_by_those_who_wait_for_it(file):
    collector = Collector()
    gc.collect()
    collector.start()
    try:
        assert write_while_another_waits(file) == ("written", 4)
    finally:
        collector.end()
    assert gc.isenabled()


class Held:
    pass


def test_a_cycle_is_collected_all_the_same():
    held, gone = Held(), threading.Event()
    held.itself = held
    weakref.finalize(held, gone.set)
    del held
    collector = Collector()
    collector.start()
    try:
        keep = [[] for _ in range(YOUNG * 2)]
        assert gone.wait(20), len(keep)
    finally:
        collector.end()
