"""A server that is up looks at nothing again that it will never give back."""

import gc

from itdesk import asgi  # noqa: F401 — being imported is what warms it


def test_what_lives_as_long_as_the_process_is_not_collected_again():
    assert gc.get_freeze_count() > 50_000
