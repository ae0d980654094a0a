"""The server API under `cgi-bin/`, one module per subject."""
