"""Makes `.venv` and installs a lock file into it, once per change of the lock."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

from .machine import ROOT, WINDOWS, Stop, apt_install, may_install, say

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "installed.json"
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIP_LINE = re.compile(r"^\s*(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")
PLAIN_LINE_EVERY = 10  # packages, where the output is no terminal


def python_with(lock):
    """The interpreter of `.venv` with everything that `lock` (a name in LOCKS) pins."""
    wanted = {"locks": fingerprint(), "level": LOCKS.index(lock)}
    have = read_stamp()
    # The test lock holds all of the other one, so it serves `run` too.
    if PYTHON.exists() and have.get("locks") == wanted["locks"] and have.get("level", -1) >= wanted["level"]:
        return PYTHON
    make_venv()
    STAMP.unlink(missing_ok=True)
    install(lock)
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    return PYTHON


def fingerprint():
    """Changes with either lock, with the Python and with the place of the checkout (a venv cannot be moved)."""
    parts = [sys.version, str(VENV), *((ROOT / name).read_text(encoding="utf-8") for name in LOCKS)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read_stamp():
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def make_venv():
    if usable():
        return
    ensure_venv_module()
    say(f"Making {VENV.name} with Python {sys.version.split()[0]} …")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        reason = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        raise Stop(f"Could not make {VENV}: {reason[-1]}")


def usable():
    """Whether `.venv` holds a pip and the Python that runs us."""
    if not PYTHON.exists():
        return False
    ask = "import pip, sys; print(sys.version)"
    answer = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def ensure_venv_module():
    if has_venv_module():
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if may_install() and apt_install(package) and has_venv_module():
        return
    raise Stop(
        f"This Python has no venv module with pip. Install it (Debian, Ubuntu: sudo apt install {package}) "
        "and start this command again."
    )


def has_venv_module():
    """Asked of a new process: this one would remember a module that was missing a moment ago."""
    return subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0


def install(lock):
    """pip with hashes; what pip says is kept and shown only when it fails."""
    total = sum(1 for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if re.match(r"[\w.-]+==", line))
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "-r", str(ROOT / lock)]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    progress, output = Progress(lock, total), []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as pip:
        for line in pip.stdout:
            output.append(line)
            progress.read(line)
    progress.end()
    if pip.returncode:
        say("".join(output[-15:]).rstrip())
        raise Stop(f"pip could not install {lock} (see above). Is there a way to the package index?")


class Progress:
    """One moving line on a terminal, a plain line now and then elsewhere."""

    def __init__(self, lock, total):
        self.total, self.count, self.started = total, 0, time.monotonic()
        self.moving = sys.stdout.isatty()
        say(f"Installing {lock} ({total} packages) …")

    def read(self, line):
        named = PIP_LINE.match(line)
        if named:
            self.count = min(self.count + 1, self.total)
            self.show(f"{self.count}/{self.total} {named[1]}", plain=self.count % PLAIN_LINE_EVERY == 0)
        elif line.startswith("Installing collected packages"):
            self.show("unpacking", plain=True)

    def show(self, text, *, plain):
        if self.moving:
            print(f"\r  {text:<60.60}", end="", flush=True)
        elif plain:
            say(f"  {text}")

    def end(self):
        if self.moving:
            print("\r" + " " * 62 + "\r", end="")
        say(f"  packages ready after {time.monotonic() - self.started:.0f} s")
