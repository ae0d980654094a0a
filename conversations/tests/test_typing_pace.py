"""How often the keys of one page are passed on."""

from conversations import hints


def test_a_start_is_told_at_a_pace_and_a_stop_only_after_a_start(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(hints.time, "monotonic", lambda: now[0])
    pace = hints.TypingPace()

    def told(seconds, stopped=False, conversation="talk"):
        now[0] += seconds
        return pace.allows(conversation, stopped)

    assert not told(0, stopped=True)
    assert [told(0), told(0.1), told(1.8), told(0.2)] == [True, False, False, True]
    assert told(0, conversation="other")
    assert [told(0.1, stopped=True), told(0, stopped=True)] == [True, False]
    # The next line: sooner than a repetition, but no flicker.
    assert [told(0.1), told(0.4)] == [False, True]
    pace.forget("talk")
    assert told(0)
