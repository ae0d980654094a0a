"""docs/protocol.md and CONTRACT.md 2, 3: addresses, forms of answers, codes, and the shape of a message."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.models import Message

from .conftest import FRAGMENT, JSON, PAGE

pytestmark = pytest.mark.django_db

MESSAGE_FIELDS = {
    "id", "conversation_id", "seq", "client_id", "sender_type", "sender_name", "msg_type", "content", "attachments",
    "internal", "prev_seq", "version", "created_at",
}  # fmt: skip
FILE_FIELDS = {"id", "name", "size", "content_type", "url", "thumbnail_url", "width", "height"}


# The shape of a message ------------------------------------------------------------------------------------------------
def test_a_message_has_exactly_these_fields(zhang, wang, zhangwei):
    client_id = str(uuid.uuid4())
    answer = zhang.say("打印机连不上了", client_id=client_id)
    assert answer.status_code == 201
    message = answer.json()
    assert set(message) == MESSAGE_FIELDS
    fixed = {name: message[name] for name in MESSAGE_FIELDS - {"id", "conversation_id", "created_at"}}
    assert fixed == {
        "seq": 1,
        "client_id": client_id,
        "sender_type": "employee",
        "sender_name": "张伟",
        "msg_type": "text",
        "content": "打印机连不上了",
        "attachments": [],
        "internal": False,
        "prev_seq": 0,
        "version": 1,
    }
    for listed in (zhang.at_desk(message["conversation_id"]), wang.at_console(message["conversation_id"])):
        assert listed.json() == {"messages": [message], "has_more": False}


def test_an_answer_and_a_note_name_their_author_and_kind(zhang, wang):
    conversation = zhang.ask()
    note = wang.answer(conversation, "老机器", internal="true").json()
    reply = wang.answer(conversation).json()
    kinds = ("sender_type", "sender_name", "internal")
    assert [tuple(each[name] for name in kinds) for each in (note, reply)] == [
        ("agent", "王强", True),
        ("agent", "王强", False),
    ]


def test_a_file_has_exactly_these_fields(zhang):
    files = {"file": SimpleUploadedFile("错误日志.txt", "第一行\n".encode(), "text/plain")}
    message = zhang.say("", msg_type="file", **files).json()
    assert (message["msg_type"], len(message["attachments"])) == ("file", 1)
    file = message["attachments"][0]
    assert set(file) == FILE_FIELDS
    assert (file["name"], file["thumbnail_url"]) == ("错误日志.txt", None)
    assert zhang.get(file["url"]).status_code == 200


# Sending ---------------------------------------------------------------------------------------------------------------
def test_the_same_client_id_again_is_200_with_the_same_message(zhang, wang):
    client_id = uuid.uuid4()
    first, again = zhang.say("一", client_id=client_id), zhang.say("二", client_id=client_id, new_topic="true")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    conversation = first.json()["conversation_id"]
    first, again = (wang.answer(conversation, words, client_id=client_id) for words in ("三", "四"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_words_without_a_conversation_go_to_the_open_one_and_new_topic_opens_another(zhang):
    first, second, third = zhang.say("一"), zhang.say("二"), zhang.say("三", new_topic="true")
    ids = [each.json()["conversation_id"] for each in (first, second, third)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"content": ""}, 422, "empty"),
        ({"content": " \n\t "}, 422, "empty"),
        ({"content": "长" * 8001}, 422, "too_long"),
        ({"client_id": "1"}, 422, "bad_client_id"),
        ({"client_id": ""}, 422, "bad_client_id"),
        ({"msg_type": "video"}, 422, "bad_msg_type"),
        ({"msg_type": "file"}, 422, "no_file"),
        ({"upload_id": "3f2b1c9e-0000-4000-8000-000000000000"}, 422, "no_such_file"),
        (
            {"upload_id": [f"3f2b1c9e-0000-4000-8000-00000000000{digit}" for digit in "0123456789"]},
            422,
            "too_many_files",
        ),
        ({"conversation_id": "3f2b1c9e-0000-4000-8000-000000000000"}, 404, "not_found"),
    ],
)
def test_what_is_refused_says_why_and_is_stored_nowhere(zhang, wang, fields, status, error):
    conversation = zhang.ask()
    answers = [zhang.say(**fields)]
    if "conversation_id" not in fields:
        answers.append(wang.answer(conversation, **fields))
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert set(answer.json()) == {"error", "reason"}
        assert answer.json()["reason"]
    assert Message.objects.count() == 1


def test_a_file_may_be_brought_in_pieces(zhang, wang):
    upload_id = str(uuid.uuid4())
    about = {"upload_id": upload_id, "name": "日志.log", "size": 6}

    def put(offset, piece):
        address = f"/uploads/{upload_id}?offset={offset}"
        return zhang.client.put(address, piece, content_type="application/octet-stream", headers=JSON)

    answers = [zhang.post("/uploads/", about), put(0, b"abc"), zhang.post("/uploads/", about), put(0, b"abc")]
    assert [(each.status_code, each.json()["received"]) for each in answers] == [(201, 0), (200, 3), (200, 3), (409, 3)]
    assert set(answers[0].json()) == {"upload_id", "size", "received", "done"}
    assert answers[3].json()["error"] == "misplaced"
    assert wang.get(f"/uploads/{upload_id}").status_code == 404
    assert put(3, b"def").json() == {"upload_id": upload_id, "size": 6, "received": 6, "done": True}
    assert zhang.get(f"/uploads/{upload_id}").json()["done"]
    message = zhang.say("", msg_type="file", upload_id=upload_id).json()
    assert [each["id"] for each in message["attachments"]] == [upload_id]
    assert zhang.client.delete(f"/uploads/{upload_id}", headers=JSON).json()["error"] == "file_used"


def test_broken_text_is_refused(zhang):
    answer = zhang.client.post(
        "/itdesk/messages",
        b"client_id=" + str(uuid.uuid4()).encode() + b"&content=%ff%fe%20abc",
        content_type="application/x-www-form-urlencoded",
        headers=JSON,
    )
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_encoding")
    assert not Message.objects.exists()


def test_a_file_that_is_too_large_is_413(zhang, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    answer = zhang.say("", file=SimpleUploadedFile("a.txt", b"eleven bytes", "text/plain"))
    assert answer.status_code == 413
    assert answer.json()["reason"]
    assert not Message.objects.exists()


def test_too_many_sends_are_429_with_a_time_to_come_back(zhang, li, settings):
    settings.RATE_SEND = "2/13m"
    conversation = zhang.ask()
    assert [zhang.say(str(number)).status_code for number in range(2)] == [201, 429]
    answer = zhang.say("又一句")
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= 13 * 60 + 1
    assert answer.json()["error"] == "too_fast"
    assert answer.json()["retry_after"] == seconds
    assert str(seconds) in answer.json()["reason"]
    assert li.say("我是别人").status_code == 201
    assert zhang.at_desk(conversation).status_code == 200  # reading is not counted


def test_steps_back_and_forth_have_a_limit(zhang, wang, settings):
    """Each is a line in the employee's thread, and news for everybody who waits."""
    settings.RATE_ACTION = "3/13m"
    conversation = zhang.ask()
    steps = [wang.act(conversation, action).status_code for action in ("claim", "release", "claim", "release")]
    assert steps == [200, 200, 200, 429]


def test_who_is_not_signed_in_is_told_401(nobody):
    for answer in (nobody.say(), nobody.at_desk(uuid.uuid4()), nobody.get("/api/portal/roles")):
        assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")
    assert nobody.get("/api/portal/roles", headers=PAGE).status_code == 401


def test_a_page_of_somebody_else_is_told_401_and_nothing_is_stored_under_the_wrong_name(zhang, li, zhangwei):
    conversation = zhang.ask()
    theirs = {"headers": {**JSON, "X-User-Id": str(zhangwei.pk)}}
    written = Message.objects.count()
    for answer in (li.say("我的话", **theirs), li.get(f"/itdesk/messages?conversation_id={conversation}", **theirs)):
        assert (answer.status_code, answer.json()["error"]) == (401, "another_person")
    assert Message.objects.count() == written
    assert zhang.say("我的话", conversation_id=conversation, **theirs).status_code == 201


def test_the_agents_addresses_are_403_for_an_employee(zhang):
    conversation = zhang.ask()
    answers = [zhang.answer(conversation), zhang.act(conversation, "claim"), zhang.at_console(conversation)]
    answers += [zhang.get("/agent/conversations"), zhang.get("/agent/counts")]
    assert {each.status_code for each in answers} == {403}


def test_a_foreign_conversation_looks_like_an_absent_one(zhang, li):
    foreign = zhang.ask()
    for path in ("/itdesk/c/{}/", "/itdesk/c/{}/header", "/itdesk/messages?conversation_id={}"):
        told = {li.get(path.format(each)).content for each in (foreign, uuid.uuid4())}
        assert len(told) == 1
        assert li.get(path.format(foreign)).status_code == 404


# Drafts ----------------------------------------------------------------------------------------------------------------
DRAFT_LINE_FIELDS = {"conversation_id", "draft_id", "revision", "internal", "line"}
DRAFT_FIELDS = DRAFT_LINE_FIELDS | {"content", "based_on_seq", "updated_at"}


def test_a_draft_has_exactly_these_fields(zhang, wang):
    conversation = zhang.ask()
    for person, place, at in (
        (zhang, "/itdesk/draft", None),
        (zhang, f"/itdesk/c/{conversation}/draft", conversation),
        (wang, f"/agent/conversations/{conversation}/draft", conversation),
    ):
        nothing = person.get(place).json()
        assert set(nothing) == DRAFT_FIELDS
        assert (nothing["revision"], nothing["content"], nothing["line"]) == (0, "", "")
        draft_id = str(uuid.uuid4())
        saved = person.post(place, {"draft_id": draft_id, "step": 1, "base": 0, "content": "写到\n一半"})
        assert saved.status_code == 200
        assert {name: saved.json()[name] for name in DRAFT_FIELDS - {"updated_at"}} == {
            "conversation_id": at,
            "draft_id": draft_id,
            "revision": 1,
            "internal": False,
            "line": "写到 一半",
            "content": "写到\n一半",
            "based_on_seq": None,
        }
        assert person.get(place).json() == saved.json()
        stale = person.post(place, {"draft_id": uuid.uuid4(), "step": 1, "base": 0, "content": "旧的"})
        assert stale.status_code == 409
        assert set(stale.json()) == {"error", "reason", "draft"}
        assert (stale.json()["error"], stale.json()["draft"]) == ("stale", saved.json())
    listed = wang.get("/agent/drafts").json()
    assert listed == {"drafts": [{name: saved.json()[name] for name in DRAFT_LINE_FIELDS}]}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"draft_id": "1"}, "bad_draft_id"),
        ({"step": "x"}, "bad_number"),
        ({"base": ""}, "bad_number"),
        ({"content": "长" * 8001}, "too_long"),
    ],
)
def test_a_draft_that_is_none_is_refused(zhang, fields, error):
    told = {"draft_id": uuid.uuid4(), "step": 1, "base": 0, "content": "x", **fields}
    answer = zhang.post("/itdesk/draft", told)
    assert (answer.status_code, answer.json()["error"]) == (422, error)


def test_a_message_empties_the_draft_that_it_names(zhang):
    draft = zhang.post("/itdesk/draft", {"draft_id": uuid.uuid4(), "step": 1, "base": 0, "content": "新问题"}).json()
    named = {"draft_id": draft["draft_id"], "draft_revision": 1, "draft_new": "true"}
    assert zhang.say("新问题", **named).status_code == 201
    assert zhang.get("/itdesk/draft").json()["content"] == ""


# Races between agents --------------------------------------------------------------------------------------------------
def test_a_claim_that_comes_second_is_409_with_the_present_state(zhang, wang, liyang_at_work):
    conversation = zhang.ask()
    won = wang.act(conversation, "claim")
    assert (won.status_code, won.json()["status"], won.json()["assigned_agent_name"]) == (200, "assigned", "王强")
    lost = liyang_at_work.act(conversation, "claim")
    assert lost.status_code == 409
    assert set(lost.json()) == {"error", "reason", "conversation", "messages"}
    assert lost.json()["error"] == "conflict"
    assert "王强" in lost.json()["reason"]
    assert lost.json()["conversation"] == won.json()


def test_a_reply_to_what_has_moved_on_is_409_with_what_came_between(zhang, wang):
    conversation = zhang.ask()
    between = zhang.say("还有一件事", conversation_id=conversation).json()
    refused = wang.answer(conversation, "好的", based_on_seq=1)
    assert refused.status_code == 409
    assert refused.json()["messages"] == [between]
    assert wang.answer(conversation, "好的").status_code == 201
    assert wang.answer(conversation, "再说一句", based_on_seq=2).status_code == 201  # only my own words came between


def test_a_refused_handoff_tells_an_employee_nothing_of_a_note(zhang, wang):
    """Its conflict carries the present state: as the desk knows it, whatever the agents have written among themselves."""
    conversation = zhang.ask()
    for action in ("claim", "resolve"):
        wang.act(conversation, action)
    refused = zhang.post(f"/itdesk/c/{conversation}/handoff")
    assert refused.status_code == 409
    told = refused.json()["conversation"]
    assert (told["id"], told["status"], told["assigned_agent_name"]) == (conversation, "resolved", "王强")
    assert not {"actions", "last_line", "last_message_at", "waiting_since"} & set(told)
    assert wang.answer(conversation, "用户不会用", internal="true").status_code == 201
    again = zhang.post(f"/itdesk/c/{conversation}/handoff")
    assert again.json() == refused.json()


@pytest.mark.parametrize("action", ["claim", "release", "transfer", "resolve", "reopen"])
def test_each_action_answers_with_the_conversation_or_409(zhang, wang, liyang, action):
    conversation = zhang.ask()
    for step in {"release": ["claim"], "transfer": ["claim"], "resolve": ["claim"], "reopen": ["claim", "resolve"]}.get(
        action, []
    ):
        assert wang.act(conversation, step).status_code == 200
    fields = {"userid": "liyang"} if action == "transfer" else {}
    done = wang.act(conversation, action, **fields)
    assert (done.status_code, done.json()["id"]) == (200, conversation)
    if action != "claim":  # taking what is mine already changes nothing
        assert wang.act(conversation, action, **fields).status_code == 409


# The form of an answer -------------------------------------------------------------------------------------------------
def test_the_answer_has_the_form_that_was_asked_for(zhang, wang):
    conversation = zhang.ask()
    for post, page in (
        (zhang.say, f"/itdesk/c/{conversation}/"),
        (lambda *args, **more: wang.answer(conversation, *args, **more), f"/agent/conversations/{conversation}/"),
    ):
        assert post("一", headers=JSON)["Content-Type"] == "application/json"
        assert post("二", headers={})["Content-Type"] == "application/json"
        fragment = post("三", headers=FRAGMENT)
        assert (fragment.status_code, fragment["Content-Type"]) == (201, "text/html; charset=utf-8")
        assert fragment.content.startswith(b'<article id="message-')
        form = post("四", headers=PAGE)
        assert (form.status_code, form["Location"].partition("?")[0]) == (303, page)
        refusal = post("", headers=FRAGMENT)
        assert refusal.status_code == 422
        assert refusal.content.startswith(b'<p class="refusal" role="alert" data-error="empty">')


def test_the_inbox_is_paged_by_a_cursor(zhang, li, wang):
    asked = [person.ask(f"请求 {number}") for number in range(21) for person in (zhang, li)]
    first = wang.get("/agent/conversations", {"view": "waiting"}).json()
    second = wang.get("/agent/conversations", {"view": "waiting", "cursor": first["next_cursor"]}).json()
    listed = [each["id"] for each in first["conversations"] + second["conversations"]]
    assert listed == asked  # who waits longest comes first
    assert second["next_cursor"] is None
    assert wang.get("/agent/counts").json() == {"waiting": 42, "mine": 0, "all": 42, "resolved": 0}


# The portal and the probes ---------------------------------------------------------------------------------------------
def test_the_portal_lists_the_roles_held(zhang, zhaomin):
    assert zhang.get("/api/portal/roles").json() == {"roles": [{"code": "user", "name": "员工", "url": "/itdesk/"}]}
    found = type(zhang)(zhaomin).get("/api/portal/roles").json()["roles"]
    assert {each["code"]: each["url"] for each in found} == {"user": "/itdesk/", "agent": "/agent/", "admin": "/admin/"}


def test_the_front_door_leads_to_the_portal(nobody):
    answer = nobody.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/itportal/")


def test_the_process_lives(nobody):
    assert nobody.get("/healthz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ready_names_each_part(nobody):
    answer = nobody.get("/readyz")
    assert answer.status_code == 200
    for part in ("database", "layer", "worker", "wecom", "assistant"):
        assert answer.json()[part]["state"] in {"ok", "degraded", "off"}
    assert answer.json()["worker"]["state"] == "degraded"  # none runs beside this test
    assert answer.json()["status"] == "degraded"
