"""Refreshes the English catalogue: `python deploy/messages.py collect` (needs GNU gettext), then translate what is
empty in `locale/en/LC_MESSAGES/django.po`, then `python deploy/messages.py compile`. Both files are committed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
IGNORED = [".venv/*", "staticfiles/*", "data/*", "tests/*", "*/tests/*", "deploy/*"]


def collect():
    """Write every marked text of the sources into the catalogue; texts that are gone leave it."""
    ignore = [part for pattern in IGNORED for part in ("--ignore", pattern)]
    command = ["manage.py", "makemessages", "-l", "en", "--no-obsolete", "--no-location", "--no-wrap", *ignore]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)
    # A date of making would change the file at every run, whatever was said.
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines(keepends=True)
    CATALOGUE.write_text("".join(line for line in lines if "POT-Creation-Date" not in line), encoding="utf-8")


def compile_catalogue():
    """Write the .mo beside the .po; Windows has no gettext, so the compiled file is part of the product."""
    import polib

    polib.pofile(str(CATALOGUE)).save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


if __name__ == "__main__":
    actions = {"collect": collect, "compile": compile_catalogue}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        raise SystemExit(__doc__)
    actions[sys.argv[1]]()
