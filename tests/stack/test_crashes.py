"""kill -9: what was acknowledged is there afterwards, and what must happen still happens, once."""

from tests.processes import until

CARDS = """
SELECT count(*) FROM wecom_simulatedmessage WHERE userid = %s AND fate = 'arrived' AND body::text LIKE %s
"""


def as_matched(text):
    """How the JSON column holds it: escaped or not, a plain word is the same."""
    return f"%{text}%"


def test_a_message_acknowledged_before_the_crash_is_there_afterwards(pair, lina):
    for number in range(3):
        victim = pair.b
        acknowledged = lina.ask(victim, f"第 {number} 次断电")
        victim.kill()
        found = lina.history(pair.b, acknowledged["conversation_id"])
        assert [each["id"] for each in found] == [acknowledged["id"]]


def test_the_job_of_a_killed_worker_is_done_by_another_and_the_card_arrives_once(
    pair, installation, database, zhangwei, wangqiang
):
    asked = zhangwei.ask(pair.a, "需要装软件")
    word = f"card{asked['id'][:8]}"
    database.execute(
        "INSERT INTO wecom_fault (id, down, slow_seconds, busy, stale_once, limited, rules) "
        "VALUES (1, false, 12, false, false, false, '{}') ON CONFLICT (id) DO UPDATE SET slow_seconds = 12"
    )
    first = installation.work()
    try:
        message = wangqiang.answer(pair.a, asked["conversation_id"], word).json()
        # WeCom has the card and the worker still waits for its slow answer: the middle of the job.
        until(lambda: arrived(database, "zhangwei", word), 20, "the card")
        first.kill()
    finally:
        database.execute("UPDATE wecom_fault SET slow_seconds = 0")
        first.kill()
    assert states(database, message) == [("running", "queued")]
    second = installation.work()
    try:
        # Leases of a minute and more: let their time pass.
        until(
            lambda: expire_leases(database, message) and states(database, message) == [("done", "sent")], 30, "the job"
        )
    finally:
        second.kill()
    assert arrived(database, "zhangwei", word) == 1


def arrived(database, userid, word):
    return database.execute(CARDS, userid, as_matched(word))[0][0]


def states(database, message):
    """[(state of the job, state of the delivery)]"""
    return database.execute(
        "SELECT job.state, delivery.state FROM jobs_job job "
        "LEFT JOIN wecom_delivery delivery ON delivery.message_id = %s "
        "WHERE job.name = 'notify_employee' AND job.args::text LIKE %s",
        message["id"], as_matched(message["id"]),
    )  # fmt: skip


def expire_leases(database, message):
    hour = "lease_until - interval '1 hour'"
    database.execute(
        f"UPDATE jobs_job SET lease_until = {hour} WHERE state = 'running' AND lease_until > now() AND args::text LIKE %s",
        as_matched(message["id"]),
    )  # noqa: E501
    database.execute(
        f"UPDATE wecom_sendingline SET lease_until = {hour} WHERE lease_until > now() AND person_id IN "
        "(SELECT person_id FROM wecom_delivery WHERE state = 'queued' AND message_id = %s)",
        message["id"],
    )
    return True
