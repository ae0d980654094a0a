"""Long conversations without a word to any page, and what a page shows of one while somebody scrolls in it."""

import json
import uuid
from datetime import timedelta

from django.utils import timezone

from conversations import presentation
from conversations.access import EMPLOYEE
from conversations.models import Conversation, Message

WATCH = """list => {
  window.shown = { most: 0, seqs: [], twice: [], unordered: 0 };
  const look = () => {
    const seqs = Array.from(list.querySelectorAll("[data-seq]"), (each) => Number(each.dataset.seq));
    window.shown.most = Math.max(window.shown.most, seqs.length);
    seqs.forEach((seq, at) => at && seq <= seqs[at - 1] && (window.shown.unordered += 1));
  };
  list.querySelectorAll("[data-seq]").forEach((each) => window.shown.seqs.push(Number(each.dataset.seq)));
  look();
  new MutationObserver((records) => {
    records.forEach(({ addedNodes }) => addedNodes.forEach((node) => {
      node.dataset && node.dataset.seq && window.shown.seqs.push(Number(node.dataset.seq));
    }));
    look();
  }).observe(list, { childList: true });
}"""


def fill(conversation, count, words="第 {} 句"):
    """`count` messages more, of both sides in turn, that no page is told of. → the last seq"""
    conversation.refresh_from_db()
    seq, version, now = conversation.last_seq, conversation.version, timezone.now()
    rows = []
    for number in range(1, count + 1):
        mine = (seq + number) % 3 != 0
        rows.append(
            Message(
                conversation=conversation,
                seq=seq + number,
                prev_public_seq=seq + number - 1,
                version=version + number,
                client_id=uuid.uuid4(),
                author=conversation.employee if mine else conversation.assigned_agent,
                sender_type="employee" if mine else "agent",
                sender_name=conversation.employee.display_name if mine else "王强",
                content=words.format(seq + number),
                created_at=now - timedelta(seconds=count - number),
            )
        )
    Message.objects.bulk_create(rows)
    last = seq + count
    Conversation.objects.filter(pk=conversation.pk).update(
        last_seq=last, last_public_seq=last, version=version + count, last_line=rows[-1].content, last_message_at=now
    )
    return last


def change(conversation, seq, content):
    """Another content for one message, as a recall would make it; no page is told of it. → the message"""
    conversation.refresh_from_db()
    Conversation.objects.filter(pk=conversation.pk).update(version=conversation.version + 1)
    Message.objects.filter(conversation=conversation, seq=seq).update(content=content, version=conversation.version + 1)
    return Message.objects.get(conversation=conversation, seq=seq)


def frame_of(message, audience=EMPLOYEE):
    """The frame that tells of this message, in the language that stands first."""
    return json.dumps(
        {
            "type": "new_message",
            "conversation_id": str(message.conversation_id),
            "id": str(message.id),
            "seq": message.seq,
            "prev_seq": presentation.prev_seq(message, audience),
            "client_id": str(message.client_id),
            "sender_type": message.sender_type,
            "msg_type": message.msg_type,
            "html": presentation.message_html(message, audience),
        }
    )


def numbers_of(conversation):
    """As in `hello` and `beat`."""
    conversation.refresh_from_db()
    return {
        "conversation_id": str(conversation.pk),
        "seq": conversation.last_public_seq,
        "version": conversation.version,
    }


def seqs(page):
    """What stands on the page, from top to bottom."""
    return page.evaluate("() => Array.from(document.querySelectorAll('#messages [data-seq]'), (e) => +e.dataset.seq)")


def watch(page):
    """From now on `window.shown` knows the most bubbles at once, every seq that came, and whether order ever broke."""
    page.locator("#messages").evaluate(WATCH)


def scroll_to(page, end):
    """To the `top` or the `bottom` of what stands there."""
    page.locator("[data-scroll]").evaluate(f"s => {{ s.scrollTop = {0 if end == 'top' else 's.scrollHeight'}; }}")


def top_of(page, seq):
    """Where the bubble of this message stands, in px from the top of the window."""
    return page.locator(f"#messages [data-seq='{seq}'] .message__bubble").evaluate("e => e.getBoundingClientRect().top")


def in_sight(page):
    """The seq of the first bubble that begins in sight."""
    return page.evaluate("""() => {
      const top = document.querySelector("[data-scroll]").getBoundingClientRect().top;
      const all = Array.from(document.querySelectorAll("#messages [data-seq]"));
      const first = all.find((e) => e.querySelector(".message__bubble").getBoundingClientRect().top >= top);
      return Number(first.dataset.seq);
    }""")
