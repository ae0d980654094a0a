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


def test_no_signed_address_stands_in_a_log():
    logged = []
    server = DeskServer(None, endpoints=["tcp:port=0"], action_logger=lambda *facts: logged.append(facts))
    server.log_action("http", "complete", {"path": "/files/1/?signed=abc", "status": 200})
    server.log_action("websocket", "rejected", {"path": b"/ws/desk/"})
    assert logged == [
        ("http", "complete", {"path": "/files/1/", "status": 200}),
        ("websocket", "rejected", {"path": b"/ws/desk/"}),
    ]
