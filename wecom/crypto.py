"""WeCom's envelope: who may have sealed it, and what is in it (WECOM 5; checked by `wecom-vectors.json`).

The signature is asked first and in constant time, so that nobody without the token learns anything from what the
decryption says; and whatever is wrong is the same `Forged`, so that there is nothing to learn.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.views.decorators.debug import sensitive_variables

PADDED_TO = 32  # bytes, not AES's 16: ordinary unpadders refuse every second message of WeCom
RANDOM = 16  # bytes in front of the plain text
HEAD = RANDOM + 4  # and its length


class Forged(Exception):
    """Not sealed by who knows our keys, or not for us. It never says what was wrong."""


class Codec:
    """Seals and opens with one pair of keys. `receive_id` is the corp id of a self-built app."""

    def __init__(self, token, aes_key, receive_id):
        self._token = token.encode()
        # The last of the 43 characters may carry stray low bits: a strict decoder would refuse WeCom's own key.
        key = binascii.a2b_base64(aes_key.encode() + b"=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._receive_id = receive_id.encode()

    @sensitive_variables()
    def seal(self, plain, *, timestamp, nonce, random=None):
        """`plain` (bytes) as WeCom would send it. → (encrypt, signature), both text. `random`: 16 bytes, for tests."""
        head = (os.urandom(RANDOM) if random is None else random) + struct.pack(">I", len(plain))
        padder = padding.PKCS7(PADDED_TO * 8).padder()
        padded = padder.update(head + plain + self._receive_id) + padder.finalize()
        encryptor = self._cipher.encryptor()
        encrypt = base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
        return encrypt, self._signature(timestamp, nonce, encrypt)

    @sensitive_variables()
    def open(self, encrypt, signature, *, timestamp, nonce):
        """The bytes that were sealed. All arguments are text as it came in. Raises Forged."""
        try:
            expected = self._signature(timestamp, nonce, encrypt)
            if not hmac.compare_digest(expected.encode(), signature.encode()):
                raise Forged
            return self._opened(encrypt)
        except ValueError:  # not base64, no whole blocks, wrong padding, text that is no UTF-8
            raise Forged from None

    def _signature(self, timestamp, nonce, encrypt):
        parts = sorted([self._token, timestamp.encode(), nonce.encode(), encrypt.encode()])
        return hashlib.sha1(b"".join(parts)).hexdigest()  # noqa: S324  WeCom's own protocol

    def _opened(self, encrypt):
        decryptor = self._cipher.decryptor()
        padded = decryptor.update(base64.b64decode(encrypt, validate=True)) + decryptor.finalize()
        unpadder = padding.PKCS7(PADDED_TO * 8).unpadder()
        told = unpadder.update(padded) + unpadder.finalize()
        if len(told) < HEAD:
            raise Forged
        (length,) = struct.unpack(">I", told[RANDOM:HEAD])
        if length > len(told) - HEAD:  # looked at before anything is cut out by it
            raise Forged
        plain, receive_id = told[HEAD : HEAD + length], told[HEAD + length :]
        if not hmac.compare_digest(receive_id, self._receive_id):
            raise Forged
        return plain
