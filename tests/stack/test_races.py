"""Atomic promises, raced for across two processes."""

import threading
import uuid

ROUNDS = 5


def at_once(*works):
    """Run these functions in threads that start together. → their results in order"""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        gate.wait(10)
        results[number] = work()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_client_id_posted_twenty_times_at_both_is_one_message(pair, zhangwei):
    client_id = uuid.uuid4()
    answers = at_once(
        *(lambda number=number: zhangwei.say(pair.web(number % 2), "只说一次", client_id) for number in range(20))
    )
    assert sorted(each.status_code for each in answers) == [200] * 19 + [201]
    assert len({each.json()["id"] for each in answers}) == 1
    said = zhangwei.history(pair.a, answers[0].json()["conversation_id"])
    assert [each["client_id"] for each in said].count(str(client_id)) == 1


def test_twenty_messages_at_both_are_numbered_without_gap(pair, zhangwei):
    conversation = zhangwei.ask(pair.a, "第一句")["conversation_id"]
    answers = at_once(
        *(
            lambda number=number: zhangwei.say(pair.web(number % 2), f"{number}", conversation_id=conversation)
            for number in range(20)
        )
    )
    assert {each.status_code for each in answers} == {201}
    chain = [(each["prev_seq"], each["seq"]) for each in zhangwei.history(pair.b, conversation)]
    assert chain == [(number, number + 1) for number in range(21)]


def test_of_two_claims_one_wins_and_the_other_is_told_by_whom(pair, zhangwei, wangqiang, liyang):
    for number in range(ROUNDS):
        conversation = zhangwei.ask(pair.a, f"请接待 {number}")["conversation_id"]
        answers = at_once(
            lambda conversation=conversation: wangqiang.act(pair.a, conversation, "claim"),
            lambda conversation=conversation: liyang.act(pair.b, conversation, "claim"),
        )
        winner, loser = sorted(answers, key=lambda answer: answer.status_code)
        assert (winner.status_code, loser.status_code) == (200, 409)
        name = winner.json()["assigned_agent_name"]
        assert name in loser.json()["reason"]
        assert loser.json()["conversation"]["assigned_agent_name"] == name
