"""Pictures and files: harmless to who opens them, silent where they must be, and still on screen when they change."""

from .mechanism import broken

COMMAND = "conversations/commands/pictures.py"
HOSTILE = "conversations/tests/test_hostile_files.py::"
LINKS = "conversations/tests/test_file_links.py::"
PREPARED = "conversations/tests/test_prepared_pictures.py::"
PICTURES = "tests/browser/test_pictures.py::"

SHOWING = [
    broken(
        "what a camera writes beside the pixels is not stored",
        "it is",
        f"{HOSTILE}test_what_it_says_beside_its_pixels_is_not_stored[gps.jpg]",
        (
            "conversations/pictures.py",
            "clean = _clean(image) if _holds_more_than_pixels(image, content) else None",
            "clean = None",
        ),
    ),
    broken(
        "a large picture is decoded in a process of its own",
        "in this one",
        f"{HOSTILE}test_the_worst_of_them_cost_this_process_little_memory[fifty megapixels]",
        (
            "conversations/darkroom.py",
            "LIGHT_PIXELS, LIGHT_BYTES = 4_000_000, 4 << 20",
            "LIGHT_PIXELS, LIGHT_BYTES = 1 << 40, 1 << 40",
        ),
    ),
    broken(
        "the picture of an iPhone goes with the place where it was taken",
        "it stays beside the converted one",
        f"{PREPARED}test_the_original_is_gone_with_where_it_was_taken",
        (COMMAND, "lambda: file_store.remove(storage, replaced)", "lambda: storage.exists(replaced)"),
    ),
    broken(
        "of two workers at one picture the slower one changes nothing",
        "it has the last word",
        f"{PREPARED}test_of_two_workers_the_slower_one_changes_nothing",
        (COMMAND, "Attachment.objects.filter(**made.before).exists()", "Attachment.objects.exists()"),
    ),
    broken(
        "no tile waits for ever",
        "what cannot be converted goes on waiting",
        f"{PREPARED}test_one_that_cannot_be_read_becomes_a_plain_file_with_a_reason",
        (
            COMMAND,
            "Attachment.Conversion.FAILED, None, None\n    return made",
            "Attachment.Conversion.WAITING, 1, 1\n    return made",
        ),
    ),
    broken(
        "a picture of a note is silent",
        "it raises the version that the employee is told",
        "tests/contract/test_changed_messages.py::test_the_picture_of_a_note_is_the_agents_alone",
        (COMMAND, "conversation.changes(internal=message.internal)", "conversation.changes()"),
    ),
    broken(
        "a signed address asks again who may have the file",
        "the signature is enough",
        f"{LINKS}test_a_signed_address_gives_nothing_to_who_lost_the_right",
        (
            "conversations/file_links.py",
            "return visible(user, attachment_id) if user else None",
            "from .models import Attachment\n\n    return Attachment.objects.get(pk=attachment_id) if user else None",
        ),
    ),
    broken(
        "a signed address opens one file",
        "it opens every file that its person may see",
        f"{LINKS}test_a_signed_address_opens_one_file_for_one_person",
        ("conversations/file_links.py", "if named != attachment_id.hex:", "if not named:"),
    ),
    broken(
        "a scanner that cannot tell lets nothing pass",
        "only what it names is refused",
        f"{LINKS}test_a_scanner_that_cannot_tell_lets_nothing_pass",
        ("conversations/scanning.py", "if code != CLEAN:", "if code == 3:"),
    ),
    broken(
        "a picture that is on screen stays when its bubble changes",
        "it is loaded anew",
        f"{PICTURES}test_a_small_copy_changes_nothing_that_is_on_screen",
        ("static/js/carry.js", "const kept = keptPictures(present, article);", "const kept = [];"),
    ),
    broken(
        "a message that changed unheard is asked for",
        "its version is not compared",
        f"{PICTURES}test_a_lost_frame_heals_with_the_next_beat",
        ("static/js/pages.js", "after: lastSeq, since: askedVersion", "after: lastSeq"),
    ),
    broken(
        "two fingers enlarge the picture",
        "they move it",
        "tests/browser/test_viewer.py::test_two_fingers_enlarge_the_picture_and_not_the_page",
        ("static/js/gestures.js", "if (before.spread && now.spread) {", "if (!before.spread && now.spread) {"),
    ),
    broken(
        "closing a picture is one step back",
        "pressed twice it is two",
        "tests/browser/test_viewer.py::test_the_browsers_own_zoom_and_a_second_escape_stay_what_they_are",
        ("static/js/back_step.js", "if (over === mine && !mine.isLeaving) {", "if (over === mine) {"),
    ),
    broken(
        "a preview stays with its own file",
        "the first one is taken for any",
        f"{PICTURES}test_a_picture_stays_with_its_own_file",
        ("static/js/carry.js", 'local.get(fresh.closest("li"))', 'present.querySelector("[data-files] img")'),
    ),
    broken(
        "the boxes of an iPhone's picture are counted",
        "as many as there are",
        f"{HOSTILE}test_the_boxes_of_an_iphones_picture_are_not_walked_without_end",
        ("conversations/heic.py", "MOST_BOXES = 2_000", "MOST_BOXES = 2_000_000"),
    ),
    broken(
        "what may be much work is opened in a process of its own",
        "only its size counts",
        f"{HOSTILE}test_what_may_be_much_work_is_not_opened_in_this_process",
        ("conversations/darkroom.py", "if not _is_light(content):", "if content.seek(0, 2) > LIGHT_BYTES:"),
    ),
    broken(
        "a JPEG ends with its first end",
        "its last two bytes are looked at",
        f"{HOSTILE}test_what_it_says_beside_its_pixels_is_not_stored[gps-tail.jpg]",
        ("conversations/pictures.py", "or jpeg_hides_more(data)", 'or not data.endswith(b"\\xff\\xd9")'),
    ),
    broken(
        "a full disk takes only what was being written",
        "it takes what the row names",
        f"{PREPARED}test_a_full_disk_costs_no_picture",
        ("conversations/file_store.py", "    written = begun if", "    before, written = None, before or begun if"),
    ),
    broken(
        "an upload stays while the scanner is away",
        "every refusal forgets it",
        "conversations/tests/test_upload_crashes.py::test_a_scanner_that_is_away_costs_no_byte",
        ("conversations/commands/uploads.py", "if error.status != BUSY:", "if error.status:"),
    ),
    broken(
        "a conflict tells an employee nothing of a note",
        "it carries what agents see",
        "tests/contract/test_protocol.py::test_a_refused_handoff_tells_an_employee_nothing_of_a_note",
        ("conversations/presentation.py", "if audience != AGENTS", "if audience is None"),
    ),
]
