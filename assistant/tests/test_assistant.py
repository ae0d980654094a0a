"""The assistant answers first, from articles alone, and never when a person has the word."""

import uuid

import pytest

from assistant.masking import masked
from assistant.models import Turn
from assistant.providers import knowledge as provider
from assistant.providers.answers import Answer, ProviderError, Source
from conversations.commands import assistant, feedback, lifecycle, messages
from conversations.models import Message
from conversations.wording import asks_for_person
from jobs.models import Job
from jobs.worker import run_due
from knowledge.commands import save_article
from knowledge.models import Article, Topic

pytestmark = pytest.mark.django_db(transaction=True)

VPN = "先看网络。\n\n## 报错 809\n\n换成手机热点再试；还不行就**重启**客户端。"


@pytest.fixture(autouse=True)
def connected(settings):
    settings.ASSISTANT = "knowledge"


@pytest.fixture
def article():
    topic = Topic.objects.create(name="网络")
    fields = {"topic": topic, "state": Article.State.PUBLISHED, "keywords": "拨号"}
    for title in ("打印机卡纸", "会议室投屏", "邮箱满了", "重置密码", "安装软件"):
        save_article(Article(title=title, content=f"{title}时这样做。", **fields))
    return save_article(Article(title="VPN 连不上怎么办", content=VPN, **fields))


def ask(employee, words="VPN 报错 809 连不上", **fields):
    message, _ = messages.post_message(author=employee, content=words, client_id=str(uuid.uuid4()), **fields)
    return message


def lines(conversation):
    return [(each.sender_type, each.notice or each.content) for each in conversation.messages.order_by("seq")]


def work():
    while run_due():
        pass


def test_it_answers_with_the_passage_and_its_source(zhangwei, article):
    question = ask(zhangwei)
    conversation = question.conversation
    assert conversation.status == "bot"
    assert Job.objects.get(name="answer_message").args["epoch"] == conversation.epoch
    work()
    answer = conversation.messages.get(sender_type="ai")
    assert answer.content == "换成手机热点再试；还不行就**重启**客户端。"
    assert answer.facts["sources"] == [{"article": article.pk, "version": 1, "passage": 2, "title": article.title}]
    assert Turn.objects.get(message=question).outcome == "answered"


def test_a_passage_longer_than_a_message_is_named_and_not_said(zhangwei, article, settings):
    """In the app's chat a paragraph of 40,000 characters would be sixty messages to one phone."""
    save_article(Article(title="打印机驱动", content="驱动重装" * 2500, topic=article.topic, state="published"))
    question = ask(zhangwei, "打印机驱动重装")
    work()
    answer = question.conversation.messages.get(sender_type="ai")
    assert len(answer.content) <= settings.MESSAGE_MAX_CHARS
    assert answer.notice == "nothing_found"
    assert answer.facts["related"][0]["title"] == "打印机驱动"


def test_what_nobody_wrote_about_is_said_to_be_unknown(zhangwei, article):
    question = ask(zhangwei, "食堂今天几点开门")
    work()
    assert lines(question.conversation)[-1] == ("ai", "nothing_found")
    assert Turn.objects.get().outcome == "nothing"


def test_without_an_article_a_request_goes_to_people(zhangwei, db):
    assert ask(zhangwei).conversation.status == "queued"
    assert not Job.objects.filter(name="answer_message").exists()


@pytest.mark.parametrize("words", ["转人工", "我要转人工，谢谢", "人工", "人工客服！", "请转人工", "真人", "Human"])
def test_asking_for_a_person_by_words_is_enough(zhangwei, article, words):
    conversation = ask(zhangwei, words).conversation
    assert conversation.status == "queued"
    assert conversation.waiting_since
    assert not Job.objects.filter(name="answer_message").exists()


@pytest.mark.parametrize("words", ["人工智能平台登录不上", "human resources 系统打不开", "电脑连不上"])
def test_other_words_are_for_the_assistant(words):
    assert not asks_for_person(words)


def test_an_answer_that_comes_after_a_person_took_over_is_dropped(zhangwei, wangqiang, article):
    question = ask(zhangwei)
    lifecycle.claim(question.conversation_id, by=wangqiang)
    work()
    assert not question.conversation.messages.filter(sender_type="ai").exists()
    assert Turn.objects.get().outcome == "late"


def test_a_person_who_takes_over_while_it_thinks_has_the_word(zhangwei, wangqiang, article, monkeypatch):
    question = ask(zhangwei)

    def answer(asked):
        lifecycle.claim(question.conversation_id, by=wangqiang)
        lifecycle.release(question.conversation_id, by=wangqiang)
        return Answer("晚了", (Source(article.pk, 1, 1, article.title, "先看网络。"),))

    monkeypatch.setattr(provider, "answer", answer)
    work()
    assert not question.conversation.messages.filter(sender_type="ai").exists()


def test_a_newer_message_is_answered_instead(zhangwei, article):
    first = ask(zhangwei)
    second = ask(zhangwei, "打印机卡纸")
    work()
    answers = first.conversation.messages.filter(sender_type="ai")
    assert [each.content for each in answers] == ["打印机卡纸时这样做。"]
    assert Turn.objects.get(message=first).outcome == "late"
    assert Turn.objects.get(message=second).outcome == "answered"


def test_a_job_that_runs_twice_answers_once(zhangwei, article):
    question = ask(zhangwei)
    work()
    Turn.objects.all().delete()  # killed between the answer and its note
    Job.objects.update(state=Job.State.READY, attempts=0, lease=None, lease_until=None, finished_at=None)
    work()
    assert question.conversation.messages.filter(sender_type="ai").count() == 1


@pytest.mark.parametrize("fault", [ProviderError("away"), RuntimeError("broken")])
def test_a_provider_that_fails_hands_over_to_people(zhangwei, article, monkeypatch, fault):
    def fail(asked):
        raise fault

    question = ask(zhangwei)
    monkeypatch.setattr(provider, "answer", fail)
    work()
    question.conversation.refresh_from_db()
    assert question.conversation.status == "queued"
    assert lines(question.conversation)[-1] == ("system", "assistant_failed")


@pytest.mark.parametrize("quote", ["这句话没人写过", ""])
def test_what_no_article_says_is_never_shown(zhangwei, article, monkeypatch, quote):
    false = Answer("编出来的", (Source(article.pk, 1, 1, article.title, quote),))
    question = ask(zhangwei)
    monkeypatch.setattr(provider, "answer", lambda asked: false)
    work()
    assert not question.conversation.messages.filter(sender_type="ai").exists()
    question.conversation.refresh_from_db()
    assert question.conversation.status == "queued"


def test_solved_by_the_assistant_is_one_tap_and_counts_once(zhangwei, article):
    conversation = ask(zhangwei).conversation
    work()
    for _ in range(2):
        told = feedback.confirm_solved(conversation.pk, by=zhangwei, epoch=conversation.epoch)
    assert told.status == "resolved"
    assert [notice for _who, notice in lines(conversation)].count("solved") == 1


def test_not_solved_is_a_person_in_the_same_tap(zhangwei, article):
    conversation = ask(zhangwei).conversation
    work()
    for _ in range(2):
        told = feedback.say_unsolved(conversation.pk, by=zhangwei, epoch=conversation.epoch)
    assert told.status == "queued"
    assert told.waiting_since
    assert [notice for _who, notice in lines(conversation)].count("handed_off") == 1


def test_switched_off_everything_goes_to_people_also_what_it_has(zhangwei, lina, zhaomin, article):
    conversation = ask(zhangwei).conversation
    assistant.switch_assistant(False, by=zhaomin)
    work()
    conversation.refresh_from_db()
    assert conversation.status == "queued"
    assert ask(lina).conversation.status == "queued"
    assistant.switch_assistant(True, by=zhaomin)
    assert ask(lina, new_topic=True).conversation.status == "bot"


def test_its_bubble_is_clean_and_leads_to_the_passage(zhangwei, article, client):
    question = ask(zhangwei)
    work()
    client.force_login(zhangwei)
    page = client.get(f"/itdesk/c/{question.conversation_id}/").content.decode()
    assert "<strong>重启</strong>" in page
    assert f'href="/knowledge/{article.pk}/#p2"' in page
    assert "已解决" in page
    assert "智能助手已回复" in page


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("我的手机 13812345678 收不到", "我的手机 ［手机号］ 收不到"),
        ("身份证 11010519491231002X 填错", "身份证 ［证件号］ 填错"),
        ("密码是 Abc#1234，登不上", "密码是 ［密码］，登不上"),
        ("password: hunter22 wrong", "password: ［密码］ wrong"),
        ("工单 138123456789012 打不开", "工单 138123456789012 打不开"),
        ("改密码怎么操作", "改密码怎么操作"),
    ],
)
def test_secrets_are_masked(words, seen):
    assert masked(words) == seen


def test_the_message_itself_keeps_its_words(zhangwei, article):
    assert Message.objects.get(pk=ask(zhangwei, "密码是 Abc#1234").pk).content == "密码是 Abc#1234"
