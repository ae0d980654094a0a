"""What makes a commit heard, by everybody it is meant for and by nobody else, without holding anybody up."""

from .mechanism import broken

HUB = "conversations/hub.py"
CONSUMERS = "conversations/consumers.py"
BROADCAST = "conversations/broadcast.py"
HINTS = "tests/contract/test_hints.py::"
SOCKETS = "conversations/tests/test_sockets.py::"
DOOR = "conversations/tests/test_door.py::"
LAST_WORD = "conversations/tests/test_last_word.py::"

TELLING = [
    broken(
        "robust=True",
        "a frame that cannot be made fails the send that is committed already",
        f"{SOCKETS}test_a_frame_that_cannot_be_rendered_fails_no_send",
        (
            BROADCAST,
            "_publish(_change_frames(conversation, messages)), robust=True)",
            "_publish(_change_frames(conversation, messages)), robust=False)",
        ),
    ),
    broken(
        "frames after commit",
        "they are made and sent inside the transaction",
        f"{SOCKETS}test_a_frame_that_cannot_be_rendered_fails_no_send",
        (
            BROADCAST,
            "transaction.on_commit(lambda: _publish(_change_frames(conversation, messages)), robust=True)",
            "_publish(_change_frames(conversation, messages))",
        ),
    ),
    broken(
        "join before compare",
        "the numbers for hello are read first",
        f"{LAST_WORD}test_what_is_committed_while_the_numbers_are_read_is_heard",
        (
            CONSUMERS,
            "        self.hub.join(self, *self.topics(), broadcast.user_topic(self.user_id))\n        await",
            "        await",
        ),
        (
            CONSUMERS,
            "        admission = await self.hub.door.admission(self)\n",
            "        admission = await self.hub.door.admission(self)\n"
            "        self.hub.join(self, *self.topics(), broadcast.user_topic(self.user_id))\n",
        ),
    ),
    broken(
        "the beat",
        "the hub only listens to its own echo",
        f"{LAST_WORD}test_the_beat_comes_by_itself",
        (
            HUB,
            "                await self.beat_once()\n",
            "                pass\n",
        ),
    ),
    broken(
        "a silent layer is subscribed to anew",
        "the reader waits for ever",
        f"{SOCKETS}test_pages_compare_as_soon_as_the_reader_listens_again",
        (
            HUB,
            "asyncio.timeout(READER_SILENCE)",
            "asyncio.timeout(None)",
        ),
    ),
    broken(
        "a page too far behind is closed",
        "its queue grows without a bound",
        f"{SOCKETS}test_a_page_too_far_behind_is_sent_away_to_catch_up",
        (
            "conversations/backlog.py",
            "if len(self._texts) + len(bundle.texts) > LIMIT:",
            "if len(self._texts) + len(bundle.texts) > LIMIT * LIMIT:",
        ),
    ),
    broken(
        "a note is told to agents only",
        "its frame goes to the employee as well",
        f"{SOCKETS}test_the_employee_hears_the_answer_but_never_the_note",
        (
            BROADCAST,
            "transaction.on_commit(lambda: _publish([_for_agents(conversation, _message_frame, message, AGENTS)]), robust=True)",
            "announce(conversation, [message])",
        ),
    ),
    broken(
        "an agent's own request is not among the agents' frames",
        "it is",
        f"{SOCKETS}test_an_agent_hears_of_their_own_request_as_its_employee_only",
        (BROADCAST, '"not_for": conversation.employee_id}', '"not_for": None}'),
    ),
    broken(
        "a lost role closes the sockets at once",
        "nobody is told of it",
        f"{SOCKETS}test_a_role_that_is_taken_away_closes_the_socket",
        (
            HUB,
            "def _rights_changed(sender, user_id, **_):\n    broadcast",
            "def _rights_changed(sender, user_id, **_):\n    lambda: broadcast",
        ),
        (HUB, "RECHECK_SECONDS = 60 if settings.REDIS_URL else 3\n", "RECHECK_SECONDS = 60\n"),
    ),
    broken(
        "the look at rights is the net",
        "nobody looks",
        f"{LAST_WORD}test_a_session_that_ended_unheard_ends_its_pages_by_itself",
        (HUB, "                await self._look_again(list(self._sockets))\n", "                pass\n"),
    ),
    broken(
        "watching is allowed or ends the socket",
        "whoever asks may watch",
        f"{SOCKETS}test_watching_a_strangers_conversation_ends_the_socket",
        (CONSUMERS, "        if employee_id is None:\n", "        if employee_id == 0:\n"),
    ),
    broken(
        "a frame has a size limit",
        "it has none in the consumer",
        f"{SOCKETS}test_a_frame_over_four_kilobytes_ends_the_socket",
        (CONSUMERS, "len(text_data) > MAX_FRAME_CHARS", "len(text_data) > 1_000 * MAX_FRAME_CHARS"),
    ),
    broken(
        "frames of a page are counted",
        "the bucket is never empty",
        f"{SOCKETS}test_a_flood_of_frames_ends_the_socket",
        (CONSUMERS, "        if not self.bucket.take():\n", "        if self.bucket.take() is None:\n"),
    ),
    broken(
        "only our own pages open a socket",
        "any port of our host will do",
        f"{SOCKETS}test_only_our_own_pages_open_a_socket",
        (
            "itdesk/asgi.py",
            'urlsplit(origin.decode("latin-1")).netloc == host',
            'urlsplit(origin.decode("latin-1")).hostname == host.split(":")[0]',
        ),
    ),
    broken(
        "a note that is being written is nobody's typing",
        "the employee sees that an agent types",
        f"{HINTS}test_a_note_that_is_being_written_never_reaches_the_employee",
        (
            CONSUMERS,
            'self.writes(conversation_id, frame.get("internal", False) is False,',
            "self.writes(conversation_id, True,",
        ),
    ),
    broken(
        "presence is a lease",
        "whoever looked once looks for ever",
        "conversations/tests/test_presence.py::test_a_page_that_says_nothing_more_is_forgotten_within_thirty_seconds",
        ("conversations/presence.py", "if lease.until > now}", "if lease.until}"),
    ),
    broken(
        "a page made for somebody else writes under no name",
        "the cookie alone decides",
        "tests/contract/test_protocol.py::test_a_page_of_somebody_else_is_told_401_and_nothing_is_stored_under_the_wrong_name",
        (
            "accounts/middleware.py",
            "    if written_by is None or written_by == str(request.user.pk):\n",
            "    if written_by is None or written_by:\n",
        ),
    ),
    broken(
        "at the door no answer is older than its question",
        "whoever comes is given what was asked before",
        f"{DOOR}test_who_comes_while_a_question_is_under_way_is_in_the_next",
        (
            "conversations/door.py",
            "        for (_one, answer), each in zip(now, found, strict=True):\n",
            "        now, self._waiting = now + self._waiting, []\n"
            "        for (_one, answer), each in zip(now, found + found[:1] * len(now), strict=False):\n",
        ),
    ),
    broken(
        "a session that was ended by its epoch opens no socket",
        "only its own row is looked at",
        f"{DOOR}test_a_session_that_fits_no_longer_is_not_let_in[epoch]",
        ("conversations/door.py", "return code if code is not None or", "return code if True or"),
    ),
    broken(
        "a made-up cookie fails nobody's question",
        "whatever a cookie says goes to the database",
        f"{DOOR}test_a_made_up_key_fails_nobody_elses_question",
        ("accounts/sessions.py", "for each in session_keys if KEY.fullmatch(each)]", "for each in session_keys]"),
        real=True,
    ),
    broken(
        "a page with a hole is sent away",
        "a frame that could not be written is forgotten",
        "conversations/tests/test_backlog.py::test_a_frame_that_cannot_be_written_sends_its_page_away_and_none_follows",
        ("conversations/backlog.py", "            self._lost()\n", "            pass\n"),
    ),
]
