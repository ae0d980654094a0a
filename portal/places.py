"""Where each role leads. The order is the order of the cards; the addresses are fixed (CONTRACT 2)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Role


@dataclass(frozen=True)
class Place:
    """One card: the role's code, the place's address, its title and what one does there."""

    code: str
    url: str
    title: str
    purpose: str


PLACES = (
    Place(Role.USER, "/itdesk/", _("IT 服务台"), _("提问、发截图、看我的请求")),
    Place(Role.AGENT, "/agent/", _("客服工作台"), _("接待、答复、解决同事的请求")),
    Place(Role.ADMIN, "/admin/", _("管理后台"), _("人员、角色、分类和常用语")),
)
BY_CODE = {place.code: place for place in PLACES}


def places_of(user):
    """The places that the roles of `user` open, in the order of the cards."""
    return [place for place in PLACES if user.has_role(place.code)]
