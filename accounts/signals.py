"""What other apps may want to know; sent after commit. Receivers must not raise: senders use `send_robust`."""

from django.contrib.auth.signals import user_logged_out
from django.dispatch import Signal, receiver

# user_id: whose rights shrank or changed; open sockets of that person must be looked at again within 5 s.
rights_changed = Signal()
# user_id, session_key: this browser session ended.
signed_out = Signal()


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def tell_signed_out(sender, request, user, **kwargs):
    """Pass on every logout, whichever page it came from. Django calls this before it forgets the session's key."""
    if user is not None and user.is_authenticated and request.session.session_key:
        signed_out.send_robust(sender, user_id=user.pk, session_key=request.session.session_key)
