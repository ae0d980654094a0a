"""Deals the browser tests out to runs that go side by side (`deploy/checks.py`)."""


def share(tests, number, parts):
    """The `number`th (from 1) of `parts` shares of `tests`: whole files, each to the share that has fewest so far."""
    shares = [[] for _ in range(parts)]
    for together in sorted(_by_file(tests).values(), key=len, reverse=True):
        min(shares, key=len).extend(together)
    return shares[number - 1]


def _by_file(tests):
    files = {}
    for test in tests:
        files.setdefault(test.path, []).append(test)
    return files
