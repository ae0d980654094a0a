"""What makes an answer reach its person once, whatever the page, the network and the workers do."""

from .mechanism import broken

SENDING, PACE = "wecom/sending.py", "wecom/pace.py"
ONCE = "wecom/tests/test_reach_once.py::test_it_alerts_exactly_once"
BURSTS = "wecom/tests/test_bursts.py::"

REACHING = [
    broken(
        "seen on its way",
        "what the page shows while its card is on the way stays on the phone",
        f"{ONCE}[closed-fine-seen on the way]",
        (SENDING, "    if _needless(row):\n        enqueue(RECALL", "    if False:\n        enqueue(RECALL"),
        ("wecom/recall.py", '        raise TryLater(2, "on its way")', "        return"),
    ),
    broken(
        "doubt before suppression",
        "what may be on the phone is dropped as needless, and never taken back",
        f"{ONCE}[closed-answer lost-seen on the way]",
        (SENDING, "(not row.uncertain_since and _needless(row))", "_needless(row)"),
    ),
    broken(
        "late confirmation",
        "a page that confirms late calls no card back",
        f"{ONCE}[visible-confirmation lost-two workers]",
        ("conversations/commands/reading.py", "if grown and late.exists():", "if False:"),
    ),
    broken(
        "one decision for a burst",
        "the messages of a burst are not accounted for with their card",
        f"{BURSTS}test_it_makes_one_card_of_a_burst_with_its_last_line",
        (
            "wecom/push.py",
            "        for each in others:\n            _skipped(",
            "        for each in ():\n            _skipped(",
        ),
    ),
    broken(
        "the member's measure",
        "more than twenty a minute are sent, and WeCom drops some without a word",
        f"{BURSTS}test_it_sends_no_more_than_twenty_a_minute_and_the_rest_in_order",
        (PACE, "        if len(newest) == most:", "        if False:"),
    ),
    broken(
        "one sender for a person",
        "two workers send the same row",
        "wecom/tests/test_push.py::test_it_sends_one_card_when_six_workers_have_the_same_job",
        (PACE, "    free = Q(lease_until=None) |", "    free = Q(pk__gt=0) | Q(lease_until=None) |"),
    ),
    broken(
        "one's own trouble",
        "an errcode that nobody knows, given for one person, holds up everybody",
        "wecom/tests/test_starving.py::test_an_error_that_nobody_knows_is_one_persons_trouble",
        ("wecom/errors.py", "return self.systemic and self.is_known", "return self.systemic"),
    ),
    broken(
        "what an outage put off",
        "after an outage a file in the app's chat, and what follows it, waits for a backoff of a quarter of an hour",
        "wecom/tests/test_starving.py::test_after_an_outage_the_chat_hears_all_in_order_within_five_minutes",
        ("wecom/jobs.py", "    if pace.is_healed():", "    if False:"),
    ),
    broken(
        "a clock that is put back",
        "a card that waits five seconds waits an hour and five",
        "jobs/tests/test_clock.py::test_what_was_planned_by_a_clock_that_was_ahead_is_due_when_it_was_meant_to_be",
        ("jobs/clock.py", "            bring_back(now, timedelta(seconds=back))\n", ""),
    ),
]
