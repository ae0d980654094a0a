"""Who looks at a conversation is known at every process, and a process that dies takes nobody along for long."""

from .installation import PRESENCE_LEASE


def people(frame, conversation_id):
    told = {each["conversation_id"]: each["people"] for each in frame["conversations"]}
    return [(person["name"], person["state"]) for person in told[conversation_id]]


def test_a_colleague_at_b_is_seen_at_a_within_a_second_and_gone_after_a_kill(pair, zhangwei, wangqiang, liyang):
    talk = zhangwei.ask(pair.a, "投影没有声音")["conversation_id"]
    with zhangwei.listen(pair.a) as desk, wangqiang.listen(pair.a) as at_a, liyang.listen(pair.b) as at_b:
        at_b.tell(type="watch", conversation_id=talk)
        assert people(at_a.hear("presence", seconds=1), talk) == [("李洋", "viewing")]
        at_b.tell(type="typing", conversation_id=talk, internal=True)
        assert people(at_a.hear("presence", seconds=1), talk) == [("李洋", "writing")]
        with wangqiang.listen(pair.a) as later:  # a page that has just come knows it at once
            assert people(later.hear("presence", seconds=1), talk) == [("李洋", "writing")]
        # Its page says no more, and neither does its process.
        pair.b.kill()
        assert people(at_a.hear("presence", seconds=PRESENCE_LEASE + 2), talk) == []
        last = wangqiang.answer(pair.a, talk, "换一根线试试").json()
        desk.hear("new_message", id=last["id"])
        assert not [each for each in desk.heard if each["type"] in {"presence", "typing"}]
        assert not [each for each in at_a.heard if "王强" in str(each) and each["type"] == "presence"]


def test_an_employee_who_writes_at_a_is_seen_by_the_agent_at_b(pair, zhangwei, liyang):
    talk = zhangwei.ask(pair.a, "键盘失灵")["conversation_id"]
    with zhangwei.listen(pair.a) as desk, liyang.listen(pair.b) as console:
        console.tell(type="watch", conversation_id=talk)
        desk.tell(type="watch", conversation_id=talk)
        console.tell(type="read", conversation_id=talk, seq=1)
        console.hear("read", reader="me", seq=1)  # it watches now
        desk.tell(type="typing", conversation_id=talk)
        assert console.hear("typing", seconds=1)["name"] == "张伟"
        desk.tell(type="read", conversation_id=talk, seq=1)
        assert console.hear("read", seconds=1, reader="employee")["seq"] == 1
