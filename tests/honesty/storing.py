"""What keeps a message once, in order, and to its own people."""

from .mechanism import broken

MIGRATION = "conversations/migrations/0001_initial.py"
MESSAGES = "conversations/commands/messages.py"
WRITING = "conversations/commands/writing.py"
LAST_WORD = "conversations/tests/test_last_word.py::"
POST = "conversations/tests/test_post_message.py::"
UPLOADS = "conversations/commands/uploads.py"
PIECES = "conversations/tests/test_uploads.py::"
CHECKER = "tests/chaos/test_short.py::test_under_every_kind_of_fault_nothing_is_lost_or_shown_twice[embedded-15]"
MACHINE = "tests/machine/test_machine.py::test_whatever_happens_in_whatever_order"

STORING = [
    broken(
        "one client_id, one message: the constraint",
        "the table has no such constraint",
        f"{LAST_WORD}test_the_database_itself_takes_no_second_of[client_id]",
        (
            MIGRATION,
            """        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('author', 'client_id'), name='one_message_per_client_id'),
        ),
""",
            "",
        ),
    ),
    broken(
        "one client_id, one message: the answer to the loser",
        "the constraint's error is nobody's affair",
        f"{LAST_WORD}test_who_loses_the_race_for_a_client_id_is_answered_with_the_winners_message",
        (MESSAGES, "    except (IntegrityError, Refused):\n", "    except Refused:\n"),
    ),
    broken(
        "one client_id, one message: the look under the lock",
        "nobody looks, and no constraint is behind it",
        f"{POST}test_ten_posts_of_one_first_message_open_one_conversation",
        (
            MESSAGES,
            """        conversation = _conversation_of(author, conversation_id, new_topic)
        if earlier := _earlier(author, client_id):
            return earlier, False
""",
            "        conversation = _conversation_of(author, conversation_id, new_topic)\n",
        ),
        (
            MIGRATION,
            "fields=('author', 'client_id'), name='one_message_per_client_id'",
            "fields=('author', 'id'), name='one_message_per_client_id'",
        ),
    ),
    broken(
        "seq is unique: the constraint",
        "the table has no such constraint",
        f"{LAST_WORD}test_the_database_itself_takes_no_second_of[seq]",
        (
            MIGRATION,
            """        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('conversation', 'seq'), name='one_message_per_seq'),
        ),
""",
            "",
        ),
    ),
    broken(
        "the row lock",
        "the conversation is read without a lock",
        f"{POST}test_twenty_writers_at_once_number_without_gap_or_double",
        (WRITING, '.select_for_update(of=("self",), no_key=True)', ""),
        real=True,
    ),
    broken(
        "numbers are read under the lock",
        "the lock is taken, but the numbers are those of before it",
        f"{POST}test_twenty_writers_at_once_number_without_gap_or_double",
        (
            WRITING,
            "    try:\n        return visible",
            "    try:\n        before = visible.select_related('employee').get(pk=conversation_id)\n        visible",
        ),
        (
            WRITING,
            "    except Conversation.DoesNotExist:",
            "        return before\n    except Conversation.DoesNotExist:",
        ),
        real=True,
    ),
    broken(
        "prev_public_seq",
        "it counts the notes as well",
        MACHINE,
        (WRITING, "prev_public_seq=conversation.last_public_seq,", "prev_public_seq=conversation.last_seq - 1,"),
    ),
    broken(
        "version",
        "a public line does not raise it",
        MACHINE,
        (WRITING, "        conversation.changes()\n", "        pass\n"),
    ),
    broken(
        "based_on_seq",
        "an answer to what has moved on goes through",
        f"{POST}test_an_answer_older_than_the_employees_last_word_is_a_conflict",
        (MESSAGES, "    if newer := list(between):\n", "    if (newer := list(between)) and not based_on_seq:\n"),
    ),
    broken(
        "an action names the version it saw",
        "an older one will do",
        f"{POST}test_an_older_version_is_a_conflict",
        ("conversations/commands/lifecycle.py", "version != conversation.version", "version > conversation.version"),
    ),
    broken(
        "reading only grows",
        "the mark is set to whatever is said last",
        f"{LAST_WORD}test_reading_an_older_line_again_takes_nothing_back",
        (
            "conversations/commands/reading.py",
            "filter(pk=mark.pk, read_seq__lt=read_seq)",
            "filter(pk=mark.pk)",
        ),
    ),
    broken(
        "the employee's history holds no notes",
        "it holds them",
        MACHINE,
        (
            "conversations/queries/history.py",
            "return messages if audience == access.AGENTS else messages.filter(internal=False)",
            "return messages",
        ),
    ),
    broken(
        "after= is a keyset over seq",
        "its pages are ordered by the random id",
        "tests/contract/test_reading.py::test_following_after_reaches_the_end_in_full_pages",
        (
            "conversations/queries/history.py",
            'messages.filter(seq__gt=after).order_by("seq")',
            'messages.filter(seq__gt=after).order_by("id")',
        ),
    ),
    broken(
        "a conversation is its employee's alone",
        "every employee sees all of them",
        MACHINE,
        (
            "conversations/access.py",
            "return Conversation.objects.filter(employee=user) if",
            "return Conversation.objects.all() if",
        ),
    ),
    broken(
        "a sent draft does not come back",
        "a saving that comes later than the message is kept",
        "conversations/tests/test_drafts.py::test_a_saving_that_comes_after_the_sending_brings_nothing_back",
        (
            "conversations/commands/drafts.py",
            "begun.draft_id, Draft.SENT,",
            "begun.draft_id, draft.step,",
        ),
    ),
    broken(
        "a piece of a file follows on what was received",
        "what was received before is written again",
        f"{PIECES}test_a_piece_that_comes_twice_is_written_once",
        (UPLOADS, "    if offset != upload.received:\n", "    if offset > upload.received:\n"),
    ),
    broken(
        "the upload's row lock",
        "a piece is counted without it",
        "conversations/tests/test_upload_crashes.py::test_of_pieces_that_come_together_one_is_written",
        (UPLOADS, "Upload.objects.select_for_update()", "Upload.objects"),
        real=True,
    ),
    broken(
        "an upload is its owner's alone",
        "whoever knows its id may ask for it",
        f"{PIECES}test_another_persons_upload_does_not_exist",
        (UPLOADS, "    if found.owner_id != owner.pk:\n", "    if found.owner_id is None:\n"),
    ),
    broken(
        "a checksum over all pieces",
        "their number of bytes will do",
        "conversations/tests/test_upload_crashes.py::test_bytes_that_a_power_cut_spoilt_are_asked_for_again",
        (
            "conversations/partials.py",
            "return (size, checksum) == (upload.size, upload.checksum)",
            "return size == upload.size",
        ),
    ),
    broken(
        "one client_id, one message: all of it, before the checker",
        "nobody looks, and the table has no such constraint",
        CHECKER,
        (
            MESSAGES,
            "def _earlier(author, client_id):\n",
            "def _earlier(author, client_id):\n    return None\n",
        ),
        (
            MIGRATION,
            "fields=('author', 'client_id'), name='one_message_per_client_id'",
            "fields=('author', 'id'), name='one_message_per_client_id'",
        ),
    ),
    broken(
        "the employee's history holds no notes, before the checker",
        "it holds them",
        CHECKER,
        (
            "conversations/queries/history.py",
            "return messages if audience == access.AGENTS else messages.filter(internal=False)",
            "return messages",
        ),
    ),
]
