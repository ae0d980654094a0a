"""What a page does so that nothing is lost or shown twice: its outbox, its feed, its line. Checked in Chromium."""

from .mechanism import broken

OUTBOX = "tests/browser/test_outbox.py::"
HEALING = "tests/browser/test_healing.py::"
PRESENCE = "tests/browser/test_presence.py::"
DESK = "tests/browser/test_desk.py::"
FEED = "static/js/feed.js"

PAGES = [
    broken(
        "a retry has the same client_id",
        "each try has another",
        f"{OUTBOX}test_it_waits_as_long_as_it_is_told_and_sends_the_same",
        (
            "static/js/delivery.js",
            'import { send } from "./http.js";\n',
            'import { send } from "./http.js";\nimport { newClientId } from "./ids.js";\n',
        ),
        (
            "static/js/delivery.js",
            'body.set("client_id", item.client_id);',
            "item.client_id = item.posted ? newClientId() : item.client_id;\n  item.posted = true;\n"
            '  body.set("client_id", item.client_id);',
        ),
    ),
    broken(
        "what waits lies on the device",
        "it lies in the page's memory alone",
        f"{HEALING}test_a_reload_without_a_network_in_between_loses_nothing",
        (
            "static/js/shelf.js",
            "const state = await (wasKept ? this.store.replace(item.key, item) : this.store.put(item.key, item));",
            'const state = await Promise.resolve("shut");',
        ),
    ),
    broken(
        "it stays in the outbox until it is acknowledged",
        "it leaves the outbox with the first try",
        f"{HEALING}test_a_reload_without_a_network_in_between_loses_nothing",
        (
            "static/js/drain.js",
            '    outbox.enter(item, "sending");\n',
            '    outbox.enter(item, "sending");\n    outbox.shelf.store.delete(item.key);\n',
        ),
    ),
    broken(
        "only a bubble is an acknowledgement",
        "any answer 200 is one",
        f"{OUTBOX}test_an_answer_that_is_not_the_desks_does_not_count",
        (
            "static/js/verdict.js",
            'response.text.includes(`data-client-id="${item.client_id}"`)',
            "true",
        ),
    ),
    broken(
        "an upload goes on under the id that lies on the device",
        "each try has another",
        "tests/browser/test_uploads.py::test_a_reload_in_the_middle_does_not_begin_again",
        (
            "static/js/uploads.js",
            "item.upload_ids = item.upload_ids || item.files.map(idOf);",
            "item.upload_ids = item.files.map(idOf);",
        ),
    ),
    broken(
        "what another tab took is not written back",
        "it is written down whoever has it",
        "tests/browser/test_uploads.py::test_the_device_decides_between_sending_and_calling_back",
        ("static/js/shelf.js", "? this.store.replace(item.key, item)", "? this.store.put(item.key, item)"),
    ),
    broken(
        "one tab sends at a time",
        "every tab believes that it is the one",
        "tests/browser/test_outbox_tabs.py::test_tabs_share_one_outbox_and_send_once_in_order",
        ("static/js/lease.js", "const mine = record.holder === this.holder;", "const mine = true;"),
    ),
    broken(
        "Retry-After is obeyed",
        "the page waits as long as it likes",
        f"{OUTBOX}test_it_waits_as_long_as_it_is_told_and_sends_the_same",
        ("static/js/verdict.js", "seconds: response.retryAfter", "seconds: null"),
    ),
    broken(
        "what is older than a day asks first",
        "it is sent as if written now",
        f"{OUTBOX}test_what_is_older_than_a_day_asks_first_and_holds_nothing_up",
        ("static/js/outbox.js", "Date.now() - item.queued_at > TOO_OLD", "Date.now() < item.queued_at"),
    ),
    broken(
        "everybody has an outbox of their own",
        "all who use this browser share one",
        f"{OUTBOX}test_nobody_sends_or_sees_what_another_person_wrote",
        ("static/js/sending.js", "new Unsent(`desk-${this.owner}`", "new Unsent(`desk-everybody`"),
    ),
    broken(
        "a gap in the feed is noticed",
        "prev_seq is not looked at",
        f"{DESK}test_it_asks_for_what_a_lost_frame_carried",
        (FEED, "    if (this.chain.hasGap) {\n", "    if (this.chain.hasGap && !this.list) {\n"),
    ),
    broken(
        "a bubble that stands there is replaced",
        "it is put in a second time",
        f"{DESK}test_it_shows_the_own_bubble_at_once_and_confirms_it_without_moving",
        (
            FEED,
            "    return same && this.list.contains(same) && sameAuthor(same, article) ? same : null;\n",
            "    return same && this.list.contains(same) && sameAuthor(same, article) && !this.list ? same : null;\n",
        ),
    ),
    broken(
        "a beat that is ahead is a reason to ask",
        "its numbers are not compared",
        f"{HEALING}test_the_last_note_lost_is_healed_by_the_beat",
        (FEED, "const behind = seq > this.lastSeq || version > this.version;", "const behind = false;"),
    ),
    broken(
        "a cut line comes back by itself",
        "it stays cut",
        f"{HEALING}test_what_a_page_missed_while_its_socket_was_cut_is_asked_for",
        (
            "static/js/socket.js",
            "    this.line = null;\n    if (FINAL_CODES.includes(code)) {",
            "    this.line = null;\n    if (code > 0) return;\n    if (FINAL_CODES.includes(code)) {",
        ),
    ),
    broken(
        "polling stands in for a blocked socket",
        "it never asks",
        f"{DESK}test_it_works_with_sockets_blocked",
        ("static/js/polling.js", "    if (this.timer === null) {\n", "    if (this.timer === undefined) {\n"),
    ),
    broken(
        "an answer to what has moved on asks once",
        "it is sent without what it answers to",
        "tests/browser/test_agent.py::test_sending_asks_once_when_the_employee_wrote_meanwhile",
        (
            "static/js/reply.js",
            "based_on_seq: this.internal ? null : this.basedOnSeq,",
            "based_on_seq: null,",
        ),
    ),
    broken(
        "a tab that died hands the outbox over",
        "its lease never ends",
        "tests/browser/test_outbox_tabs.py::test_a_killed_or_closed_tab_hands_over",
        ("static/js/lease.js", "return left <= 0 || left > LASTS ||", "return !held ||"),
    ),
    broken(
        "an expired session keeps what waits",
        "the message counts as refused",
        f"{OUTBOX}test_an_expired_session_signs_in_by_itself_and_the_message_goes_out_once",
        (
            "static/js/verdict.js",
            "  if (response.signedOut) {\n",
            "  if (response.signedOut && !item.client_id) {\n",
        ),
    ),
    broken(
        "a catch-up that breaks off is taken up again",
        "it waits for somebody to come back",
        "tests/browser/test_recovery.py::test_a_catch_up_that_breaks_off_goes_on_where_it_was",
        (
            "static/js/recovery.js",
            "    if (error.wait !== null && !this.ended) {\n",
            "    if (error.wait === undefined && this.ended) {\n",
        ),
    ),
    broken(
        "pages do not come back all at once",
        "there is no chance in their waits",
        "tests/browser/test_line.py::test_pages_never_come_back_all_at_once",
        ("static/js/comeback.js", "return LEAST + this.random() * chance;", "return LEAST + chance;"),
    ),
    broken(
        "read means on a visible page for a second",
        "half a second will do",
        "tests/browser/test_reading.py::test_a_line_is_read_after_a_second_on_a_visible_page_and_not_before",
        ("static/js/read.js", "const GLANCE = 1000;", "const GLANCE = 500;"),
    ),
    broken(
        "what is being typed is never taken away",
        "words of another device are put into the field at once",
        "tests/browser/test_drafts.py::test_what_is_being_typed_is_never_taken_away",
        ("static/js/desk_draft.js", "isBusy: () => document.hasFocus() &&", "isBusy: () => !document.body &&"),
    ),
    broken(
        "a page comes back at the moment that the server named",
        "it comes when it likes",
        "tests/browser/test_line.py::test_a_page_waits_for_its_own_moment_and_comes_back_at_once_when_somebody_looks",
        ("static/js/comeback.js", "return named < SPREAD ? named :", "return named < SPREAD ? 0 :"),
    ),
    broken(
        "typing runs out at the listener",
        "it stands until somebody takes it away",
        f"{PRESENCE}test_both_sides_see_that_the_other_writes_until_it_is_there_or_they_stop",
        ("static/js/typing.js", "const EXPIRY = 5000;", "const EXPIRY = 50000;"),
    ),
    broken(
        "a page says again and again that it is on screen",
        "it says so once",
        f"{PRESENCE}test_a_page_says_every_ten_seconds_that_it_is_on_screen_and_is_forgotten_when_it_does_not",
        ("static/js/presence.js", "const AGAIN = 10000;", "const AGAIN = 1000000;"),
    ),
    broken(
        "colleagues see who writes",
        "a face looks the same whatever its owner does",
        f"{PRESENCE}test_colleagues_are_seen_in_the_row_and_the_header_until_they_leave",
        ("static/js/presence.js", 'person.state === "writing"', 'person.state === "wrote"'),
    ),
    broken(
        "what was cut away stays away",
        "a later cut may be wider, and begins where the finger was before",
        "tests/browser/test_editor.py::test_what_was_cut_away_does_not_come_back_with_the_next_frame",
        (
            "static/js/editor_hand.js",
            "    const view = within(whole(boxOf(shape)), this.edits.view);\n",
            "    const view = within(whole(boxOf(shape)), whole(boxOf(shape)));\n",
        ),
        (
            "static/js/editor_hand.js",
            "    const now = this.stage.pointOf(event);\n    const fresh",
            "    const now = at;\n    const fresh",
        ),
    ),
    broken(
        "a full device takes no file that it has",
        "the words take the place of words and files",
        "tests/browser/test_bad_days.py::test_a_full_device_takes_no_file_that_it_has",
        ("static/js/shelf.js", "    } else if (!wasKept) {\n", "    } else {\n"),
    ),
    broken(
        "a clock that is put right holds nothing up",
        "a wait is as long as its end is far",
        "tests/browser/test_bad_days.py::test_a_clock_that_is_put_right_holds_nothing_up",
        ("static/js/lease.js", "return owed > Math.min(whole, LONGEST_WAIT) ? 0", "return owed > LONGEST_WAIT ? 0"),
    ),
    broken(
        "without a network no page says that all is well",
        "nobody hears the browser's word",
        "tests/browser/test_bad_days.py::test_without_a_network_no_page_says_that_all_is_well",
        ("static/js/socket.js", 'window.addEventListener("offline"', 'window.addEventListener("nothing"'),
    ),
]
