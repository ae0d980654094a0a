"""Twisted's transports, with a way to write at once.

`transport.write` never writes: it asks the loop for write readiness, sends on a later turn and tells the loop to stop
asking, which costs two thirds of a frame to a page that keeps up (docs/performance.md). Made of Twisted's public parts
alone (`Port.transport`, `startWriting`, `stopWriting`, `writeSomeData`); where a connection is not of these classes,
`wire.DeskLine` uses `write`.
"""

from twisted.internet import tcp


class WritesNow:
    """Mixin over a transport of Twisted's reactor."""

    waiting = False  # Twisted holds bytes that the kernel has not taken, or the end of the connection

    def startWriting(self):
        self.waiting = True
        super().startWriting()

    def stopWriting(self):
        self.waiting = False
        super().stopWriting()

    def write_now(self, data):
        """As `write`, without the turn of the loop where nothing waits before these bytes."""
        if self.waiting or self.disconnecting or not self.connected or self.TLS:
            return self.write(data)
        sent = self.writeSomeData(data)
        if not isinstance(sent, int):
            return self.write(data)  # the reactor meets the same error on its next turn, and ends the connection
        if sent < len(data):
            self.write(data[sent:])


class TcpConnection(WritesNow, tcp.Server):
    pass


tcp.Port.transport = TcpConnection
try:
    from twisted.internet import unix
except ImportError:  # Windows
    pass
else:

    class UnixConnection(WritesNow, unix.Server):
        pass

    unix.Port.transport = UnixConnection
