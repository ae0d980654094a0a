#!/usr/bin/env python
"""Django's command line for the desk."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itdesk.settings")
    if sys.argv[1:2] == ["serve"]:
        from itdesk.loop import quicken

        quicken()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
