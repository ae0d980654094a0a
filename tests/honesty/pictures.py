"""What happens to a picture before it leaves: covered, cut, made small, waited for. Checked in Chromium."""

from .mechanism import broken

EDITOR = "tests/browser/test_editor.py::"
TRAY = "tests/browser/test_tray.py::"

PICTURES = [
    broken(
        "a black box lets nothing through",
        "it is a dark glass",
        f"{EDITOR}test_a_black_box_is_burnt_in_and_nothing_under_it_leaves_the_device",
        (
            "static/js/editor_marks.js",
            "  context.fillStyle = look.cover;\n",
            "  context.fillStyle = look.cover;\n  context.globalAlpha = 0.9;\n",
        ),
    ),
    broken(
        "a black box covers whole pixels",
        "its edges lie between them",
        f"{EDITOR}test_a_black_box_is_burnt_in_and_nothing_under_it_leaves_the_device",
        ("static/js/editor_marks.js", "[Math.floor(left), Math.floor(top)]", "[left, top]"),
    ),
    broken(
        "the burnt picture takes the place of the original",
        "the original is sent",
        f"{EDITOR}test_a_black_box_is_burnt_in_and_nothing_under_it_leaves_the_device",
        (
            "static/js/tray.js",
            "      item.become(marked);\n",
            "      item.offer({ original: file, small: null }, file);\n",
        ),
    ),
    broken(
        "what was drawn on is drawn on from there",
        "the original can be chosen again",
        f"{EDITOR}test_marks_on_a_small_photo_leave_no_choice",
        (
            "static/js/tray_item.js",
            "    this.offer({ original: file, small: null }, file);\n",
            "    this.show(file);\n",
        ),
    ),
    broken(
        "a draft gives back no picture of before",
        "it remembers the files that it saw last",
        f"{EDITOR}test_a_covered_picture_is_not_uncovered_by_another_device",
        ("static/js/reply.js", "this.tray.onHand = () => this.keep();", "this.tray.onHand = () => {};"),
    ),
    broken(
        "one step back closes the editor alone",
        "HTMX hears of it as well",
        "tests/browser/test_editor_use.py::test_one_step_back_closes_the_editor_and_nothing_else",
        ("static/js/back_step.js", "    event.stopImmediatePropagation();\n", ""),
    ),
    broken(
        "a photo is made small",
        "it goes as the camera wrote it",
        f"{TRAY}test_a_photo_arrives_small",
        ("static/js/shrink.js", "return small.size < file.size ? small : null;", "return null;"),
    ),
    broken(
        "a screen stays as it is",
        "it is taken for a photo",
        f"{TRAY}test_a_heavy_screenshot_is_known_by_its_pixels",
        ("static/js/shrink.js", "const EQUAL = 0.25;", "const EQUAL = 1;"),
    ),
    broken(
        "a message waits for its photo",
        "it goes at once",
        f"{TRAY}test_a_photo_that_is_sent_at_once_arrives_small_as_well",
        ("static/js/composer.js", "if (this.tray && this.tray.isBusy) {", "if (!this.form) {"),
    ),
    broken(
        "what the server refuses is not sent",
        "everything is",
        f"{TRAY}test_what_the_server_would_refuse_is_told_before_the_upload",
        ("static/js/file_limits.js", "return kinds.includes(extension) ? ", "return kinds.length ? "),
    ),
    broken(
        "what waits for files can be called back",
        "it counts as tried at once",
        "tests/browser/test_behind_files.py::test_what_waits_behind_a_file_can_be_called_back",
        ("static/js/outbox.js", " && !this.lanes.isHeldUp(item)", ""),
    ),
    broken(
        "words to somebody else wait for no file",
        "nothing goes past",
        "tests/browser/test_behind_files.py::test_an_agents_words_to_somebody_else_wait_for_no_file",
        ("static/js/lanes.js", "return !item.files.length && !this", "return false && !this"),
    ),
]
