"""What other apps may want to know; sent after commit. Receivers must not raise: senders use `send_robust`."""

from django.dispatch import Signal

# user_id: whose rights shrank or changed; open sockets of that person must be looked at again within 5 s.
rights_changed = Signal()
# user_id, session_key: this browser session ended.
signed_out = Signal()
