"""The server's loop: uvloop's where it is installed, else Python's own."""

import subprocess
import sys

import pytest

from tests.processes import ROOT

ASK = "from itdesk.loop import quicken; quicken(); import asyncio; print(type(asyncio.new_event_loop()).__module__)"


def loop_of(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop for Windows")
def test_it_is_the_faster_one_where_there_is_one():
    assert loop_of(ASK).startswith("uvloop")


def test_a_machine_without_it_gets_pythons_own():
    assert loop_of(f"import sys; sys.modules['uvloop'] = None; {ASK}").startswith("asyncio")
