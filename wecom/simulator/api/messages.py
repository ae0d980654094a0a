"""message/send, message/recall, message/update_template_card."""

from .. import card_updates, sending
from ..calls import api, posted


@api("message/send")
def send(request):
    return sending.accept(posted(request), request.body)


@api("message/recall")
def recall(request):
    return card_updates.recall(posted(request))


@api("message/update_template_card")
def update_template_card(request):
    return card_updates.update(posted(request))
