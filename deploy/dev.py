"""Two commands for a fresh machine: `python3 deploy/dev.py run` and `python3 deploy/dev.py test`.

This file keeps to a syntax that very old Pythons can read, so that they say what is wrong instead of a traceback.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 (older ones are who this line speaks to)
        found = ".".join(str(part) for part in sys.version_info[:2])
        return "The desk needs Python 3.11 or newer; this is Python " + found + ". Start it with a newer python3."
    # The checkout instead of this folder, whose module names would hide others.
    sys.path[:] = [ROOT] + [place for place in sys.path if os.path.abspath(place) != os.path.join(ROOT, "deploy")]
    from deploy import commands

    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
