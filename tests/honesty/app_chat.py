"""Only WeCom can speak as WeCom, and what people write in its app chat arrives once and in order."""

from .mechanism import broken

FORGERIES = "wecom/tests/test_callback_forgeries.py::"
COPIES = "wecom/tests/test_callback_copies.py::"
CRYPTO = "wecom/tests/test_crypto.py::"
TURNS = "wecom/tests/test_turns.py::"
CHAT = "wecom/tests/test_app_chat.py::"
MEDIA = "wecom/tests/test_app_chat_media.py::"

APP_CHAT = [
    broken(
        "the seal of a callback is looked at",
        "any signature will do",
        f"{FORGERIES}test_of_240_flipped_envelopes_none_gets_in",
        ("wecom/crypto.py", "if not hmac.compare_digest(expected.encode(), signature.encode()):", "if not expected:"),
    ),
    broken(
        "nothing is decrypted before the seal was looked at",
        "it is decrypted first",
        f"{CRYPTO}test_nothing_is_decrypted_before_the_signature_is_right",
        (
            "wecom/crypto.py",
            "            expected = self._signature(timestamp, nonce, encrypt)\n",
            "            self._opened(encrypt)\n            expected = self._signature(timestamp, nonce, encrypt)\n",
        ),
    ),
    broken(
        "an envelope is for us",
        "one for another corp is taken",
        f"{FORGERIES}test_every_kind_of_forgery_gets_the_same_answer",
        ("wecom/crypto.py", "if not hmac.compare_digest(receive_id, self._receive_id):", "if not receive_id:"),
    ),
    broken(
        "a length is looked at before it cuts",
        "it cuts wherever it says",
        f"{CRYPTO}test_it_refuses",
        ("wecom/crypto.py", "if length > len(told) - HEAD:", "if length > len(told) * 10**9:"),
        (
            "wecom/crypto.py",
            "if not hmac.compare_digest(receive_id, self._receive_id):",
            "if receive_id not in (b'', self._receive_id):",
        ),
    ),
    broken(
        "an old envelope is worth nothing",
        "its time is not looked at",
        f"{FORGERIES}test_every_kind_of_forgery_gets_the_same_answer",
        ("wecom/envelope.py", "    if abs(skew) > WINDOW:\n", "    if abs(skew) > 10**12:\n"),
    ),
    broken(
        "a plus that became a space is a plus",
        "it stays a space",
        "wecom/tests/test_callback.py::test_it_repeats_what_the_official_check_asks_for",
        ("wecom/envelope.py", '.replace(" ", "+")', ""),
    ),
    broken(
        "the keys of before are still good",
        "only the new ones are tried",
        f"{FORGERIES}test_both_key_pairs_open_while_they_are_changed",
        (
            "wecom/envelope.py",
            "        (settings.WECOM_CALLBACK_TOKEN_OLD, settings.WECOM_CALLBACK_AES_KEY_OLD),\n",
            "",
        ),
    ),
    broken(
        "a DTD is refused",
        "it is read",
        f"{FORGERIES}test_a_bomb_is_refused_outside_and_inside_of_the_seal",
        ("wecom/markup.py", "    if DECLARATION.search(text):\n", "    if not text:\n"),
        ("wecom/markup.py", "fromstring(text, forbid_dtd=True)", "fromstring(text)"),
    ),
    broken(
        "nobody's words name another sender",
        "the last sender counts",
        f"{FORGERIES}test_words_that_close_their_own_mark_do_not_make_another_sender",
        ("wecom/markup.py", "        if child.tag in fields:\n", "        if not child.tag:\n"),
    ),
    broken(
        "WeCom itself is never slowed down",
        "it is counted together with the forgeries",
        "wecom/tests/test_callback.py::test_forgeries_are_slowed_down_and_wecom_is_not",
        (
            "wecom/callback.py",
            "    try:\n        if request.method",
            '    if seconds := limits.hit(request, "callback", settings.RATE_CALLBACK):\n'
            "        return limits.too_fast(request, seconds)\n    try:\n        if request.method",
        ),
    ),
    broken(
        "a copy of a callback is known by what is sealed",
        "by its second alone",
        f"{COPIES}test_different_events_of_one_second_are_all_kept",
        (
            "wecom/inbound/receiving.py",
            "told = [settings.WECOM_CORP_ID, fields]",
            'told = [userid, text.get("CreateTime")]',
        ),
    ),
    broken(
        "one message id of two people is two messages",
        "the id alone counts",
        f"{COPIES}test_one_message_id_of_two_people_is_two_messages",
        ("wecom/inbound/receiving.py", 'text["MsgId"], userid.lower()]', 'text["MsgId"]]'),
    ),
    broken(
        "an entry has its job",
        "the job is written after it",
        "wecom/tests/test_callback.py::test_it_stores_the_entry_and_its_job_together",
        ("wecom/inbound/receiving.py", "    with transaction.atomic():\n", "    if True:\n"),
    ),
    broken(
        "one entry makes one message",
        "each run makes another",
        f"{TURNS}test_a_worker_killed_between_the_message_and_its_row_makes_one_message",
        (
            "wecom/inbound/posting.py",
            'return uuid5(NAMESPACE, f"{entry.key}/{part}")',
            "return __import__('uuid').uuid4()",
        ),
    ),
    broken(
        "a person's words keep their order",
        "each job works on its own entry alone",
        f"{TURNS}test_each_person_s_words_stay_in_their_order_with_many_at_work",
        ("wecom/inbound/turns.py", "        due = _next_in_line(entry) or entry\n", "        due = entry\n"),
    ),
    broken(
        "an entry is in one hand",
        "a second worker takes the next one meanwhile",
        f"{TURNS}test_a_second_worker_waits_for_the_first_one_s_entry",
        (
            "wecom/inbound/turns.py",
            "line=entry.line, settled_at=None)\n",
            "line=entry.line, settled_at=None, claimed_until=None)\n",
        ),
    ),
    broken(
        "one that cannot be handled holds up its person for a while",
        "for ever",
        f"{TURNS}test_one_that_cannot_be_handled_holds_up_its_person_for_a_while_and_nobody_else",
        ("wecom/inbound/turns.py", "timezone.now() - PATIENCE)", "timezone.now() - 99 * PATIENCE)"),
    ),
    broken(
        "no word is too long for the desk",
        "what is beyond its limit is cut off",
        f"{CHAT}test_no_character_is_lost_where_the_desk_takes_less",
        ("wecom/inbound/words.py", "        rest = rest[end:]\n", '        rest = ""\n'),
    ),
    broken(
        "a picture that cannot be had leaves its place",
        "its person's words wait for it",
        f"{MEDIA}test_in_a_long_outage_a_line_keeps_its_place_and_the_picture_follows",
        ("wecom/inbound/media.py", "< PATIENCE:\n", "< 99 * PATIENCE:\n"),
    ),
    broken(
        "a promised picture comes once",
        "the next run fetches it as well",
        f"{MEDIA}test_a_run_after_the_promise_makes_no_second_one",
        (
            "wecom/inbound/media.py",
            "    elif earlier := posted(entry, person, PROMISE):\n",
            "    elif earlier := None:\n",
        ),
    ),
    broken(
        "a promise waits until it is written down",
        "a quick worker finds nobody to fetch it for",
        f"{MEDIA}test_a_quick_worker_waits_for_the_promise_to_be_written_down",
        (
            "wecom/inbound/media.py",
            "    if entry and entry.settled_at is None:\n",
            "    if entry and entry.pk is None:\n",
        ),
    ),
]
