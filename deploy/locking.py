"""`deploy/dev.py lock`: requirements*.in → requirements*.txt, with hashes, for Python 3.11 and later on any system."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .machine import ROOT, WINDOWS, Stop, say
from .packages import LOCKS

OPTIONS = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet"]
# Nobody's package mirror belongs into a lock that everybody installs from.
OPTIONS += ["--no-emit-index-url", "--no-emit-find-links"]


def lock(*, upgrade):
    with tempfile.TemporaryDirectory(prefix="itdesk-lock-") as folder:
        uv = throwaway_uv(Path(folder))
        for name in LOCKS:
            source = name.replace(".txt", ".in")
            # The same relative names in every checkout: uv writes them into the comments.
            command = [uv, "pip", "compile", source, "--output-file", name, *OPTIONS]
            command += ["--upgrade"] if upgrade else []
            if subprocess.run(command, cwd=ROOT).returncode:
                raise Stop(f"uv could not lock {source} (see above).")
            say(f"{name} locked")
    return 0


def throwaway_uv(folder):
    """uv in a virtual environment of its own, so that it never becomes a requirement."""
    bin_folder = folder / ("Scripts" if WINDOWS else "bin")
    python = bin_folder / ("python.exe" if WINDOWS else "python")
    steps = ([sys.executable, "-m", "venv", str(folder)], [str(python), "-m", "pip", "install", "--quiet", "uv"])
    for step in steps:
        if subprocess.run(step, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}).returncode:
            raise Stop("Could not install uv (see above).")
    return str(bin_folder / ("uv.exe" if WINDOWS else "uv"))
