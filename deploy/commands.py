"""The command line of `deploy/dev.py`: reads the arguments and calls the module that does the work."""

import argparse

from . import checks, locking, packages, server
from .machine import Stop, prepare_output, say


def parser():
    top = argparse.ArgumentParser(prog="deploy/dev.py", description="Run or test the IT service desk on this machine.")
    actions = top.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="install, load the demo company and start the desk")
    run.add_argument("--port", type=port, default=8000, help="port on 127.0.0.1 (default 8000)")
    run.add_argument("--fresh", action="store_true", help="start over: delete data/ of this checkout first")
    test = actions.add_parser("test", help="run every check; extra arguments go to pytest", add_help=False)
    test.add_argument("pytest_args", nargs=argparse.REMAINDER)
    lock = actions.add_parser("lock", help="compile requirements*.in to requirements*.txt with hashes")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions where the .in files allow them")
    return top


def port(text):
    """A TCP port as argparse's type: 1 to 65535."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def main(arguments):
    """Carry out one command; the answer is the exit status, or a line for people."""
    prepare_output()
    # `test` hands everything after it to pytest, options included, so argparse must not look at it.
    if arguments[:1] == ["test"]:
        chosen = argparse.Namespace(action="test", pytest_args=arguments[1:])
    else:
        chosen = parser().parse_args(arguments)
    try:
        return carry_out(chosen)
    except Stop as stop:
        return str(stop)
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def carry_out(chosen):
    if chosen.action == "lock":
        return locking.lock(upgrade=chosen.upgrade)
    if chosen.action == "run":
        server.refuse_busy_port(chosen.port)
        return server.run(packages.python_with("requirements.txt"), chosen.port, fresh=chosen.fresh)
    return checks.test(packages.python_with("requirements-dev.txt"), chosen.pytest_args)
