"""Starts Python with an environment of its own: settings are read once a process, so each case needs a new one."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What a firm would set. No value here is a secret of anybody.
PRODUCTION = {
    "DJANGO_ALLOWED_HOSTS": "desk.example.com",
    "DJANGO_SECRET_KEY": "production-" + "k9X2" * 12,
    "WECOM_CORP_ID": "ww1234567890abcdef",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": "s" * 43,
    "WECOM_CALLBACK_TOKEN": "callbacktoken",
    "WECOM_CALLBACK_AES_KEY": "a" * 43,
}


def run(*words, data_dir, cwd=ROOT, **environment):
    """Run Python with nothing of ours in the environment but what is given. Returns the finished process, text out."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "LANG") if name in os.environ
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**inherited, "DATA_DIR": str(data_dir), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def settings_of(data_dir, **environment):
    """All upper-case settings of a process started so; what JSON cannot say is told by `repr`."""
    script = (
        "import json, itdesk.settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=repr))"
    )
    done = run("-c", script, data_dir=data_dir, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
