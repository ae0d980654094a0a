"""The two ways to be somebody: as a WeCom member, or with a break-glass password."""

from django.contrib.auth.backends import BaseBackend
from django.db.models import F

from .models import Role, RoleGrant, User


class _ActiveUsers(BaseBackend):
    def get_user(self, user_id):
        """The person with the roles held now, in one question: whoever is signed in holds one, nearly always."""
        held = RoleGrant.objects.filter(user=user_id, user__is_active=True, revoked_at=None).select_related("user")
        grants = list(held.annotate(code=F("role__code")))
        if not grants:
            return User.objects.filter(pk=user_id, is_active=True).first()
        user = grants[0].user
        user.role_codes = frozenset(each.code for each in grants)
        return user


class WecomBackend(_ActiveUsers):
    """Named when `wecom` signs a member in; it checks no credentials itself."""


class BreakGlassBackend(_ActiveUsers):
    """Password login for administrators outside WeCom only; a member's row never has a usable password."""

    def authenticate(self, request, username=None, password=None):
        if not username or password is None:
            return None
        user = User.objects.filter(username=username.lower(), corp_id="").first()
        if user is None:
            User().set_password(password)  # the same time as for a name that exists
            return None
        return user if user.check_password(password) and user.has_role(Role.ADMIN) else None
