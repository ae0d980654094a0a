"""Reference cycles are collected in a thread of its own, and never by whoever happens to allocate.

A cursor that ended with an exception hangs in a cycle: the error's traceback holds its frame. Python collects in any
thread, and resetting such a cursor waits for the mutex of its SQLite connection. That one may be held by a thread that
waits for the file's write lock, up to 20 s; and whoever collects may be the one that has it. So the writer waits for
those who wait for it, once for every dead cursor, while each of them that gives up leaves another: after a lock of 22 s
nothing was written for eight minutes (tests/chaos, seed 20261127). On the server's loop it would stop every page.
This thread holds no lock of the database, and nobody waits for it.
"""

import gc
import threading

LOOK = 0.2  # seconds
YOUNG = 10_000  # objects made since the last look at the youngest; Python's own 700 are a third of one send
MIDDLE = 10  # looks at the youngest before those that lived through them are looked at
ALL = 60  # seconds between two full collections, if anything was collected in between


class Collector(threading.Thread):
    """`start()` it when everything that lives as long as the process is frozen. `end()` gives Python its own way back."""

    def __init__(self):
        super().__init__(name="garbage", daemon=True)
        self._ended = threading.Event()

    def run(self):
        gc.disable()
        young, idle = 0, 0
        while not self._ended.wait(LOOK):
            if gc.get_count()[0] >= YOUNG:
                young += 1
                gc.collect(1 if young % MIDDLE == 0 else 0)
            idle += 1
            if idle * LOOK >= ALL and young:
                gc.collect()
                young, idle = 0, 0

    def end(self):
        self._ended.set()
        self.join()
        gc.enable()
