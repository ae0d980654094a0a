"""What becomes of a picture after its message: a small copy, a JPEG of an iPhone's HEIC, and who is told of it."""

import io
import tracemalloc
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.utils import timezone
from PIL import Image

from conversations import broadcast, darkroom, heic_metadata, jobs, pictures
from conversations.attachments import stage
from conversations.commands import pictures as commands
from conversations.commands.messages import post_message, post_reply
from conversations.errors import Refused
from conversations.models import Attachment, Conversation, Message
from jobs.models import Job

from . import hostile_files as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """Every set of frames that was published, as they would have left."""
    sets = []
    monkeypatch.setattr(broadcast, "_publish", sets.append)
    return sets


def staged(owner, name, content):
    return stage(owner, SimpleUploadedFile(name, content)).pk


def say(author, *files):
    ids = [staged(author, *each) for each in files]
    return post_message(author=author, content="", msg_type="image", client_id=uuid.uuid4(), attachment_ids=ids)[0]


def door(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.WecomBackend")
    return client


def prepare(message):
    jobs.prepare_pictures(str(message.pk))
    message.refresh_from_db()
    return list(Attachment.objects.filter(message=message))


def waiting_jobs():
    return Job.objects.filter(name="prepare_pictures")


def test_a_small_picture_asks_for_nothing(zhangwei):
    say(zhangwei, ("a.png", made.picture("PNG", size=(480, 300))))
    assert not waiting_jobs().exists()


def test_a_message_of_nine_pictures_asks_once(zhangwei):
    message = say(zhangwei, *[(f"{number}.jpg", made.picture("JPEG", size=(900, 600))) for number in range(9)])
    assert waiting_jobs().get().args == {"message_id": str(message.pk)}
    prepare(message)
    assert message.version == Conversation.objects.get().version == 2
    assert Attachment.objects.exclude(thumbnail="").count() == 9


@pytest.mark.parametrize(
    ("name", "content", "size", "kind"),
    [
        ("wide.jpg", made.picture("JPEG", size=(2400, 600)), (480, 120), "JPEG"),
        ("turned.jpg", made.picture("JPEG", size=(1200, 800), exif=made.exif(6)), (320, 480), "JPEG"),
        ("tall.png", made.picture("PNG", size=(3000, 4500)), (320, 480), "JPEG"),
        ("clear.png", made.picture("PNG", size=(4000, 3000), mode="RGBA"), (480, 360), "PNG"),
        ("square.webp", made.picture("WEBP", size=(2100, 2100)), (480, 480), "JPEG"),
        ("cmyk.jpg", made.picture("JPEG", size=(1000, 1000), mode="CMYK"), (480, 480), "JPEG"),
    ],
    ids=made.named,
)
def test_it_makes_a_small_copy_of_at_most_480_px(zhangwei, name, content, size, kind):
    if kind == "PNG":
        out = io.BytesIO()
        Image.new("RGBA", (4000, 3000), (9, 9, 9, 9)).save(out, "PNG")
        content = out.getvalue()
    message = say(zhangwei, (name, content))
    [attachment] = prepare(message)
    small = Image.open(attachment.thumbnail.open())
    assert (small.size, small.format) == (size, kind)
    response = door(zhangwei).get(f"/attachments/{attachment.pk}/thumbnail/")
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_moving_picture_moves_on_and_has_a_still_copy(zhangwei):
    out = io.BytesIO()
    frames = [Image.effect_noise((500, 400), 90 + step).convert("P") for step in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    [attachment] = prepare(say(zhangwei, ("a.gif", out.getvalue())))
    assert Image.open(attachment.file.open()).n_frames == 3
    assert getattr(Image.open(attachment.thumbnail.open()), "n_frames", 1) == 1


def test_a_copy_that_is_no_smaller_is_not_kept_and_nobody_is_told(zhangwei, told, store):
    # A screenshot of one colour: hundreds of bytes, whatever its size.
    message = say(zhangwei, ("plain.png", made.picture("PNG", size=(700, 500), mode="L")))
    told.clear()
    [attachment] = prepare(message)
    assert (attachment.thumbnail.name, message.version, told) == ("", 1, [])
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1


def test_the_second_run_changes_nothing(zhangwei, told):
    message = say(zhangwei, ("a.jpg", made.picture("JPEG", size=(900, 600))))
    [first] = prepare(message)
    told.clear()
    [again] = prepare(message)
    assert (again.thumbnail.name, message.version, told) == (first.thumbnail.name, 2, [])


def test_of_two_workers_the_slower_one_changes_nothing(zhangwei, monkeypatch, told):
    message = say(zhangwei, ("a.heic", made.heic()))
    develop = darkroom.developed

    def overtaken(task, content, **more):
        monkeypatch.setattr(darkroom, "developed", develop)
        prepare(message)
        told.clear()
        raise pictures.BadPicture  # the file that this worker reads is gone

    monkeypatch.setattr(darkroom, "developed", overtaken)
    [attachment] = prepare(message)
    assert (attachment.conversion, attachment.content_type) == ("", "image/jpeg")
    assert (message.version, told) == (2, [])


def full_for(monkeypatch, word=""):
    """The disk takes hardly a byte more of files with this word in their names: what has begun to be written lies there."""
    whole = FileSystemStorage._save

    def full(storage, name, content):
        if word not in name:
            return whole(storage, name, content)
        content.seek(0)
        whole(storage, name, SimpleUploadedFile("a", content.read(10)))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)


def paths_in(store):
    return sorted(path for path in store.rglob("*") if path.is_file())


def test_a_full_disk_costs_no_picture(zhangwei, store, monkeypatch):
    message = say(zhangwei, ("a.heic", made.heic()))
    before = paths_in(store)
    with monkeypatch.context() as context:
        full_for(context)
        with pytest.raises(Refused):
            prepare(message)
        assert commands.give_up_waiting(timezone.now()) == 1
    assert paths_in(store) == before
    assert before[0].read_bytes() == made.heic()
    [attachment] = prepare(message)
    assert (attachment.conversion, attachment.content_type) == ("", "image/jpeg")


def test_a_small_copy_that_finds_the_disk_full_leaves_anothers_alone(zhangwei, store, monkeypatch):
    message = say(zhangwei, ("a.jpg", made.picture("JPEG", size=(900, 600))))
    develop = darkroom.developed

    def overtaken(task, content, **more):
        monkeypatch.setattr(darkroom, "developed", develop)
        prepare(message)
        full_for(monkeypatch, "-small")
        return develop(task, content, **more)

    monkeypatch.setattr(darkroom, "developed", overtaken)
    with pytest.raises(Refused):
        prepare(message)
    attachment = Attachment.objects.get()
    assert attachment.thumbnail.storage.exists(attachment.thumbnail.name)
    assert len(paths_in(store)) == 2


def test_one_lost_file_does_not_keep_the_others_waiting(zhangwei):
    lost, other = (say(zhangwei, (name, made.heic())) for name in ("a.heic", "b.heic"))
    file = lost.attachments.get().file
    file.storage.delete(file.name)
    commands.give_up_waiting(timezone.now())
    assert {each.conversion for each in Attachment.objects.all()} == {"failed"}


# HEIC ----------------------------------------------------------------------------------------------------------------
def test_it_is_a_tile_of_the_right_size_until_it_is_a_picture(zhangwei, wangqiang):
    message = say(zhangwei, ("IMG_0042.HEIC", made.heic((640, 480))))
    [file] = messages_of(zhangwei, message)[0]["attachments"]
    assert message.msg_type == "image"
    assert (file["thumbnail_url"], file["width"], file["height"]) == (None, 640, 480)
    html = door(zhangwei).get("/itdesk/").content.decode()
    assert 'data-converting><svg width="240" height="180"' in html
    assert "正在转换" in html
    for person in (zhangwei, wangqiang):
        assert door(person).get(file["url"]).status_code == 404
    prepare(message)
    [file] = messages_of(zhangwei, message)[0]["attachments"]
    assert (file["name"], file["content_type"]) == ("IMG_0042.jpg", "image/jpeg")
    assert (file["width"], file["height"]) == (640, 480)
    for address in (file["url"], file["thumbnail_url"]):
        assert Image.open(io.BytesIO(door(wangqiang).get(address).content)).format == "JPEG"
    assert "data-converting" not in door(zhangwei).get("/itdesk/").content.decode()


def test_the_original_is_gone_with_where_it_was_taken(zhangwei, store, django_capture_on_commit_callbacks):
    message = say(zhangwei, ("a.heic", made.heic(exif=made.exif())))
    assert any(made.CANARY in path.read_bytes() for path in store.rglob("*") if path.is_file())
    with django_capture_on_commit_callbacks(execute=True):
        [attachment] = prepare(message)
    left = [path for path in store.rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == sorted(
        Path(name).name for name in (attachment.file.name, attachment.thumbnail.name)
    )
    assert not any(made.CANARY in path.read_bytes() for path in left)


def test_one_that_cannot_be_read_becomes_a_plain_file_with_a_reason(zhangwei):
    message = say(zhangwei, ("a.heic", made.heic_with_a_broken_heart()))
    prepare(message)
    assert (message.msg_type, message.version) == ("file", 2)
    html = door(zhangwei).get("/itdesk/").content.decode()
    assert "没能转换成图片" in html
    assert "data-converting" not in html
    [file] = messages_of(zhangwei, message)[0]["attachments"]
    assert (file["width"], file["thumbnail_url"]) == (None, None)
    assert door(zhangwei).get(file["url"])["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "bomb",
    [made.heic_of_many_extents(), made.heic_of_many_extents(14, 0x0100, b"\1" * 65_535)],
    ids=["of no bytes", "of a byte each"],
)
def test_millions_of_pieces_that_it_claims_cost_no_memory(zhangwei, store, bomb):
    tracemalloc.start()
    prepare(say(zhangwei, ("a.heic", bomb)))
    heic_metadata.blanked(bomb)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 << 20
    assert Attachment.objects.get().conversion == "failed"
    assert {path.read_bytes() for path in paths_in(store)} == {bomb}


def test_what_stays_a_file_is_not_taken_apart_in_this_process(zhangwei, store, monkeypatch):
    monkeypatch.delattr(heic_metadata, "blanked")
    prepare(say(zhangwei, ("a.heic", made.heic_with_a_broken_heart(exif=made.exif()))))
    [attachment] = Attachment.objects.all()
    assert made.CANARY not in attachment.file.open().read()


def test_no_tile_waits_for_ever(zhangwei):
    message = say(zhangwei, ("a.heic", made.heic()))
    jobs.end_waiting_pictures()
    assert Attachment.objects.get().is_converting
    Message.objects.update(created_at=F("created_at") - timedelta(hours=4))
    jobs.end_waiting_pictures()
    message.refresh_from_db()
    assert (Attachment.objects.get().conversion, message.version) == ("failed", 2)
    assert commands.give_up_waiting(timezone.now()) == 0


def test_a_decoder_that_hangs_is_stopped(zhangwei, monkeypatch):
    message = say(zhangwei, ("a.heic", made.heic()))
    monkeypatch.setattr(commands, "SECONDS", 0.001)
    prepare(message)
    assert Attachment.objects.get().conversion == "failed"


# Who is told ---------------------------------------------------------------------------------------------------------
def topics(told):
    return [(frame["topic"], frame.get("not_for")) for frames in told for frame in frames]


def test_both_sides_are_told_of_a_public_picture(zhangwei, told, django_capture_on_commit_callbacks):
    message = say(zhangwei, ("a.jpg", made.picture("JPEG", size=(900, 600))))
    with django_capture_on_commit_callbacks(execute=True):
        prepare(message)
    desk = f"desk.{zhangwei.pk}"
    assert topics(told) == [("agent.inbox", zhangwei.pk), ("agent.inbox", zhangwei.pk), (desk, None), (desk, None)]


def test_the_employee_learns_nothing_of_a_picture_in_a_note(
    zhangwei, wangqiang, told, django_capture_on_commit_callbacks
):
    conversation = say(zhangwei, ("a.png", made.picture("PNG"))).conversation
    before = desk_of(zhangwei)
    ids = [staged(wangqiang, "内部.jpg", made.picture("JPEG", size=(900, 600)))]
    note, _ = post_reply(
        author=wangqiang,
        conversation_id=conversation.pk,
        content="",
        msg_type="image",
        client_id=uuid.uuid4(),
        attachment_ids=ids,
        internal=True,
    )
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        prepare(note)
    conversation.refresh_from_db()
    assert topics(told) == [("agent.inbox", zhangwei.pk)] * 2
    assert (note.version, conversation.version, conversation.public_version) == (2, 2, 1)
    assert desk_of(zhangwei) == before
    following = say(zhangwei, ("b.png", made.picture("PNG")))
    conversation.refresh_from_db()
    assert (following.version, conversation.version, conversation.public_version) == (3, 3, 3)


def messages_of(user, message, **query):
    query = {"conversation_id": message.conversation_id, **query}
    return door(user).get("/itdesk/messages", query, HTTP_ACCEPT="application/json").json()["messages"]


def desk_of(user):
    """What the desk's page holds of numbers and messages."""
    html = door(user).get("/itdesk/").content.decode()
    return html[html.index("data-state") : html.index('id="send-hint"')].partition("csrfmiddlewaretoken")[0]
