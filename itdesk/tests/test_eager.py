"""Writing at once never lets bytes pass bytes that wait: over Twisted's own buffer, with a kernel that takes so much."""

import pytest
from twisted.internet import main
from twisted.internet.abstract import FileDescriptor

from itdesk.eager import WritesNow


class Reactor:
    """Remembers who waits for write readiness."""

    def __init__(self):
        self.writers = set()

    def addWriter(self, writer):
        self.writers.add(writer)

    def removeWriter(self, writer):
        self.writers.discard(writer)

    removeReader = addReader = removeWriter


class Connection(WritesNow, FileDescriptor):
    TLS, connected = False, 1

    def __init__(self):
        super().__init__(Reactor())
        self.kernel, self.room, self.lost = b"", 1000, False

    def writeSomeData(self, data):
        if self.lost:
            return main.CONNECTION_LOST
        taken = bytes(data[: self.room])
        self.kernel += taken
        self.room -= len(taken)
        return len(taken)


@pytest.fixture
def connection():
    return Connection()


def test_what_the_kernel_takes_is_gone_at_once(connection):
    connection.write_now(b"frame")
    assert connection.kernel == b"frame"
    assert not connection.reactor.writers


def test_what_it_does_not_take_comes_before_what_is_written_next(connection):
    connection.room = 3
    connection.write_now(b"frame one,")
    connection.room = 1000
    connection.write_now(b"frame two")
    assert connection.kernel == b"fra"
    connection.doWrite()
    assert connection.kernel == b"frame one,frame two"
    connection.write_now(b"!")
    assert connection.kernel.endswith(b"two!")


def test_it_does_not_pass_what_was_written_the_ordinary_way(connection):
    connection.write(b"handshake,")
    connection.write_now(b"frame")
    connection.doWrite()
    assert connection.kernel == b"handshake,frame"


def test_a_lost_connection_ends_by_the_reactor(connection):
    connection.lost = True
    connection.write_now(b"frame")
    assert connection in connection.reactor.writers
    assert connection.doWrite() is main.CONNECTION_LOST


def test_nothing_is_written_behind_the_end(connection):
    connection.loseConnection()
    connection.write_now(b"frame")
    assert connection.kernel == b""
