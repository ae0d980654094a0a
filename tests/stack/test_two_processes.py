"""Two web processes are one desk: what is written at one is heard at the other, at once."""


def test_an_agent_at_b_hears_within_a_second_what_is_asked_at_a(pair, zhangwei, wangqiang, stopwatch):
    with wangqiang.listen(pair.b) as ear:
        since = stopwatch()
        asked = zhangwei.ask(pair.a, "打印机没有反应")
        heard = ear.hear("new_message", seconds=1, id=asked["id"])
        assert since() < 1
        assert (heard["conversation_id"], heard["seq"], heard["prev_seq"]) == (asked["conversation_id"], 1, 0)
        assert ear.hear("conversation_updated", conversation_id=asked["conversation_id"])["status"] == "queued"


def test_the_employee_at_a_hears_the_answer_given_at_b(pair, zhangwei, wangqiang):
    asked = zhangwei.ask(pair.a, "邮箱登不上")
    with zhangwei.listen(pair.a) as ear:
        answer = wangqiang.answer(pair.b, asked["conversation_id"], "我看一下").json()
        heard = ear.hear("new_message", seconds=1, id=answer["id"])
        assert "我看一下" in heard["html"]


def test_a_process_that_is_stopped_leaves_the_other_at_work(pair, zhangwei, wangqiang):
    with wangqiang.listen(pair.b) as at_b, wangqiang.listen(pair.a) as at_a:
        leaving = pair.a
        assert leaving.terminate(seconds=30) == 0
        assert at_a.closed(seconds=5) not in (4401, 4403), "the page must come back, not sign in"
        asked = zhangwei.ask(pair.b, "网络断了")
        assert at_b.hear("new_message", seconds=1, id=asked["id"])
    assert pair.a is not leaving  # started again
    assert zhangwei.history(pair.a, asked["conversation_id"])[0]["id"] == asked["id"]
