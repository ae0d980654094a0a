"""What the tests of this app share."""

from .pages import opened  # noqa: F401
