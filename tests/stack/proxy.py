"""A small proxy as nginx stands before the processes: whom it cannot reach, or who is refused, it leaves out."""

import selectors
import socket
import threading


class Proxy:
    """Each connection goes to the next of `ports` that takes it; bytes pass both ways until either side closes."""

    def __init__(self, *ports):
        self.ports, self._turn = ports, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _reach(self):
        self._turn += 1
        for number in range(len(self.ports)):
            try:
                return socket.create_connection(("127.0.0.1", self.ports[(self._turn + number) % len(self.ports)]))
            except ConnectionRefusedError:
                continue
        return None

    def _carry(self, client):
        server = self._reach()
        if server is None:
            client.close()
            return
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            try:
                while self._pass(ready):
                    pass
            except OSError:
                pass  # either side went away in the middle: the other one sees its line end

    @staticmethod
    def _pass(ready):
        for key, _events in ready.select():
            data = key.fileobj.recv(65536)
            if not data:
                return False
            key.data.sendall(data)
        return True
