"""Whose profile WeCom opens: an agent's, for whoever may read what they wrote."""

import uuid

import pytest
from django.test import Client as DjangoClient

from conversations.commands import lifecycle, messages

pytestmark = pytest.mark.django_db


def ask(user, **query):
    client = DjangoClient(headers={"accept": "application/json"})
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client.get("/wecom/profile", query)


@pytest.fixture
def answered(zhangwei, wangqiang):
    """zhangwei's request, which wangqiang has, and answered once. → (conversation, answer, note)"""
    asked, _ = messages.post_message(author=zhangwei, client_id=str(uuid.uuid4()), content="打印机不动")
    conversation = lifecycle.claim(asked.conversation_id, by=wangqiang)
    answer, _ = messages.post_reply(
        author=wangqiang, conversation_id=conversation.pk, client_id=str(uuid.uuid4()), content="我看看"
    )
    note, _ = messages.post_reply(
        author=wangqiang,
        conversation_id=conversation.pk,
        client_id=str(uuid.uuid4()),
        content="老打印机",
        internal=True,
    )
    return conversation, answer, note


def test_the_employee_is_told_who_answered_and_who_has_the_request(answered, zhangwei):
    conversation, answer, _note = answered
    assert ask(zhangwei, message=answer.pk).json() == {"userid": "wangqiang"}
    assert ask(zhangwei, conversation=conversation.pk).json() == {"userid": "wangqiang"}


def test_a_stranger_a_note_and_nonsense_are_not_found(answered, zhangwei, lina):
    conversation, answer, note = answered
    assert ask(lina, message=answer.pk).status_code == 404
    assert ask(lina, conversation=conversation.pk).status_code == 404
    assert ask(zhangwei, message=note.pk).status_code == 404
    for query in ({}, {"message": "x"}, {"conversation": "\x00"}, {"message": uuid.uuid4()}):
        assert ask(zhangwei, **query).status_code == 404


def test_an_employees_own_words_name_nobody(answered, zhangwei):
    conversation, _answer, _note = answered
    assert ask(zhangwei, message=conversation.messages.get(seq=1).pk).status_code == 404


def test_somebody_outside_wecom_has_no_profile(answered, zhangwei, wangqiang):
    _conversation, answer, _note = answered
    wangqiang.corp_id = ""
    wangqiang.save(update_fields=["corp_id"])
    assert ask(zhangwei, message=answer.pk).status_code == 404
