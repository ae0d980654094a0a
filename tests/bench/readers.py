"""Signs in who reads: `python -m tests.bench.readers` in an installation that `seed_messages` has filled.

Prints `{"agent": cookie, "employee": cookie, "conversation_id", "middle": seq, "messages"}`: the newest long request.
"""

import json

import django

MISSED = 30  # messages that `after=` asks for, at every size


def main():
    django.setup()
    from accounts.models import User
    from conversations.models import Conversation, Message

    from .people import _cookie

    # As many messages at every size: what differs is what lies around it.
    found = Conversation.objects.filter(last_seq__gte=60, last_seq__lt=200).order_by("-last_message_at").first()
    found = found or Conversation.objects.order_by("-last_seq").first()
    agent = User.objects.filter(userid__contains="-agent-").exclude(pk=found.employee_id).first()
    print(
        json.dumps(
            {
                "agent": _cookie(agent)["cookie"],
                "employee": _cookie(found.employee)["cookie"],
                "conversation_id": str(found.pk),
                "middle": max(0, found.last_seq - MISSED),
                "messages": Message.objects.count(),
            }
        )
    )


if __name__ == "__main__":
    main()
