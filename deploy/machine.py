"""What is true of the machine we stand on: where the checkout lies, how to speak, what apt may install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


class Stop(Exception):
    """Ends the command with this one line and exit status 1."""


def prepare_output():
    """A console that cannot show Chinese shows `?` instead of dying."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


def say(line=""):
    print(line, flush=True)


def in_ci():
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def may_install():
    """Whether apt-get can be used without asking anybody."""
    return not WINDOWS and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*names):
    """Install Debian packages; answers whether that worked. Only where `may_install()`."""
    # Another process of a fresh machine may hold apt's lock for minutes.
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    say(f"Installing {' '.join(names)} with apt-get …")
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *names]):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        say("apt-get could not install it: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return done.returncode == 0
