"""An employee's tap counts once, speaks of its own resolution, and is heard from nobody else."""

from .mechanism import broken

COMMANDS = "conversations/commands/feedback.py"
FEEDBACK = "conversations/tests/test_feedback.py::"
CARDS = "wecom/tests/test_cards.py::"
PANEL = "tests/browser/test_feedback.py::"

ANSWERING = [
    broken(
        "a tap speaks of the resolution that it was shown with",
        "of whichever is in force now",
        f"{FEEDBACK}test_an_old_page_says_nothing_about_a_newer_resolution[confirm_solved]",
        (COMMANDS, "if conversation.epoch != epoch or ", "if "),
    ),
    broken(
        "not solved again changes nothing more",
        "it takes the request from who has it since",
        f"{FEEDBACK}test_a_repeated_not_solved_does_not_take_it_from_who_has_it_since",
        (COMMANDS, "if feedback.verdict == Verdict.UNSOLVED:", "if False:"),
    ),
    broken(
        "the second face on a card is a slip",
        "it changes the first",
        f"{FEEDBACK}test_a_second_tap_on_a_card_does_not_change_the_first",
        (COMMANDS, "if not said or (feedback.score and not may_change):", "if not said:"),
    ),
    broken(
        "one urge in half an hour",
        "as many as somebody taps",
        f"{FEEDBACK}test_a_second_urge_is_refused_with_the_time_until_half_an_hour_has_passed",
        (
            "conversations/queries/feedback.py",
            "return URGE_EVERY - since if since < URGE_EVERY else None",
            "return None",
        ),
    ),
    broken(
        "the urged go before all others",
        "they stay where they were",
        f"{FEEDBACK}test_urging_goes_before_all_who_wait_and_tells_its_owner",
        (
            "conversations/models/conversation.py",
            "(since - CALM_SHIFT if self.is_urged else since)",
            "since",
        ),
    ),
    broken(
        "a card hears its own employee alone",
        "whoever taps it",
        f"{CARDS}test_the_tap_of_anybody_else_does_nothing[lina]",
        (
            "wecom/cards/card_buttons.py",
            "mine = access.visible_to(person, access.EMPLOYEE)",
            "mine = Conversation.objects",
        ),
    ),
    broken(
        "a worker that died after the update used its code itself",
        "the next one takes it for too old, and sends a link as well",
        f"{CARDS}test_a_worker_that_died_after_the_update_takes_its_code_for_used_by_itself",
        ("wecom/cards/updating.py", "if error.code in CARD_SPENT and in_doubt:", "if False:"),
    ),
    broken(
        "a code that is too old leads to the page",
        "nobody hears what became of the tap",
        f"{CARDS}test_a_code_that_is_too_old_falls_back_to_the_link",
        (
            "wecom/cards/card_buttons.py",
            'entry.text("ResponseCode")) and done:',
            'entry.text("ResponseCode")) and False:',
        ),
    ),
    broken(
        "without a callback the question comes as a link",
        "it does not come",
        f"{CARDS}test_without_a_callback_it_is_an_ordinary_card[False]",
        ("wecom/cards/asking.py", "return entry_for(code).kind == codes.CALLBACK", "return False"),
    ),
    broken(
        "the card follows what is said on the page",
        "it goes on asking",
        f"{CARDS}test_what_is_said_on_the_page_changes_the_card",
        ("wecom/cards/card_buttons.py", "        show(task, conversation, row.response_code)\n", "        pass\n"),
    ),
    broken(
        "the second half of a double tap lands on nothing",
        "on the face that has just come under the thumb",
        f"{PANEL}test_the_second_half_of_a_double_tap_rates_nothing",
        ("static/css/feedback.css", "  pointer-events: none;\n", "  pointer-events: auto;\n"),
    ),
    broken(
        "a face that is tapped takes no words away",
        "they go with the panel",
        f"{PANEL}test_a_changed_mind_and_words_of_ones_own",
        ("static/js/feedback.js", "        field.value = typed.value;\n", ""),
    ),
]
