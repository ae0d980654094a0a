"""What the server is told about sockets, whoever starts it."""

from itdesk.server import DeskServer, desk_server
from itdesk.wire import MAX_FRAME

CHECKED_EVERY = 2  # seconds; Daphne looks that often whom to ping


def test_a_page_that_answers_nothing_is_cut_within_ninety_seconds():
    server = desk_server("tcp:port=0", on_ready=None)
    assert server.ping_interval + CHECKED_EVERY + server.ping_timeout + CHECKED_EVERY < 90


def test_a_page_may_say_four_kibibytes_whatever_daphne_was_told():
    server = DeskServer(None, endpoints=["tcp:port=0"], websocket_max_message_size=0, websocket_max_frame_size=0)
    assert (
        (server.websocket_max_message_size, server.websocket_max_frame_size) == (MAX_FRAME, MAX_FRAME) == (4096, 4096)
    )
