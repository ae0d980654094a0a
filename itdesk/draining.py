"""Whether this process is about to stop. `serve` says so on SIGTERM; `/readyz` then sends new visitors elsewhere."""

import threading

_draining = threading.Event()


def drain():
    """From now on this process is not ready; what is under way goes on (RELIABILITY R10)."""
    _draining.set()


def is_draining():
    return _draining.is_set()
