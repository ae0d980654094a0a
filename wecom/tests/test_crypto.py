"""The envelope: the known values, an independent peer in both directions, and what must be refused."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.enterprise.exceptions import InvalidCorpIdException
from wechatpy.exceptions import InvalidSignatureException

from wecom.crypto import PADDED_TO, Codec, Forged

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
AT = {"timestamp": "1700000000", "nonce": "0a1b2c3d"}
ours, peer = Codec(TOKEN, KEY, CORP), WeChatCrypto(TOKEN, KEY, CORP)
words = st.one_of(
    st.text(),
    st.text("的一是了我不人在他有这上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"),
    st.text("🖨️😀👩‍👩‍👧‍👦𝄞]]><&\x00\r\n"),
    st.integers(0, 3 * PADDED_TO).map("x".__mul__),  # each length around the edges of the padding
)


def codec_of(vector):
    return Codec(vector["token"], vector["encoding_aes_key"], vector["receiveid"])


@pytest.mark.parametrize("vector", VECTORS["decrypt"], ids=lambda vector: vector["name"])
def test_it_opens_the_official_envelopes(vector):
    plain = codec_of(vector).open(
        vector["encrypt"], vector["msg_signature"], timestamp=vector["timestamp"], nonce=vector["nonce"]
    )
    assert plain == vector["plaintext"].encode()


@pytest.mark.parametrize("vector", VECTORS["encrypt_fixed_random"], ids=lambda vector: vector["name"])
def test_it_seals_byte_for_byte_like_three_others(vector):
    at = {"timestamp": vector["timestamp"], "nonce": vector["nonce"]}
    sealed = codec_of(vector).seal(vector["plaintext"].encode(), random=vector["random16_ascii"].encode(), **at)
    assert sealed == (vector["encrypt"], vector["msg_signature"])
    assert codec_of(vector).open(*sealed, **at) == vector["plaintext"].encode()


@given(words)
def test_a_peer_opens_what_we_seal(text):
    encrypt, signature = ours.seal(text.encode(), **AT)
    assert peer.decrypt_message({"Encrypt": encrypt}, signature, AT["timestamp"], AT["nonce"]) == text


@given(words)
def test_we_open_what_a_peer_seals(text):
    xml = peer.encrypt_message(text, AT["nonce"], AT["timestamp"])
    encrypt, signature = (
        xml.partition(f"<{name}><![CDATA[")[2].partition("]]>")[0] for name in ("Encrypt", "MsgSignature")
    )
    assert ours.open(encrypt, signature, **AT) == text.encode()


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=100))
def test_any_bytes_come_back_whatever_stands_in_front_of_them(random, plain):
    assert ours.open(*ours.seal(plain, random=random, **AT), **AT) == plain


def test_every_length_of_padding_is_taken():
    pads = set()
    for length in range(2 * PADDED_TO):
        encrypt, signature = ours.seal(b"x" * length, **AT)
        pads.add(len(base64.b64decode(encrypt)) - 20 - length - len(CORP))
        assert ours.open(encrypt, signature, **AT) == b"x" * length
    assert pads == set(range(1, PADDED_TO + 1))


def test_a_key_with_stray_low_bits_is_taken():
    # 43 characters carry 258 bits, and the last two say nothing: WeCom gives out keys in which they are not zero.
    stray = KEY[:-1] + "D"
    assert Codec(TOKEN, stray, CORP).open(*ours.seal(b"x", **AT), **AT) == b"x"


def signed(encrypt):
    """What somebody makes who knows the token and not the key."""
    return encrypt, ours._signature(AT["timestamp"], AT["nonce"], encrypt)


def sealed_anyhow(told):
    """An envelope around `told`, padded as it should be, whatever stands in it."""
    from cryptography.hazmat.primitives import padding

    padder = padding.PKCS7(PADDED_TO * 8).padder()
    encryptor = ours._cipher.encryptor()
    padded = padder.update(told) + padder.finalize()
    return signed(base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode())


HEAD, NAME = b"r" * 16, CORP.encode()
ILL = {
    "no base64": signed("***"),
    "base64 with rubbish in it": signed(ours.seal(b"x", **AT)[0][:8] + "\n" + ours.seal(b"x", **AT)[0][8:]),
    "nothing": signed(""),
    "half a block": signed(base64.b64encode(b"x" * 24).decode()),
    "a block of 16": signed(base64.b64encode(b"x" * 16).decode()),
    "rubbish": signed(base64.b64encode(b"x" * 64).decode()),
    "no length": sealed_anyhow(b"r" * 10),
    "a length beyond the end": sealed_anyhow(HEAD + b"\x00\x00\xff\xff" + b"abc" + NAME),
    "a length of four gigabytes": sealed_anyhow(HEAD + b"\xff\xff\xff\xff" + b"abc" + NAME),
    "a length that eats the name": sealed_anyhow(HEAD + (3 + len(NAME)).to_bytes(4, "big") + b"abc" + NAME),
    "a length too short": sealed_anyhow(HEAD + (1).to_bytes(4, "big") + b"abc" + NAME),
    "another corp": Codec(TOKEN, KEY, "wx0000000000000000").seal(b"x", **AT),
    "a corp that begins alike": Codec(TOKEN, KEY, CORP + "0").seal(b"x", **AT),
    "no corp": Codec(TOKEN, KEY, "").seal(b"x", **AT),
    "another token": Codec("other", KEY, CORP).seal(b"x", **AT),
    "another key": Codec(TOKEN, "a" * 43, CORP).seal(b"x", **AT),
    "no signature": (ours.seal(b"x", **AT)[0], ""),
    "a signature in capitals": (lambda encrypt, signature: (encrypt, signature.upper()))(*ours.seal(b"x", **AT)),
    "a signature that is no ascii": (ours.seal(b"x", **AT)[0], "é" * 40),
    "text that is no text": ("\udcff", "0" * 40),
}


@pytest.mark.parametrize("name", ILL)
def test_it_refuses(name):
    with pytest.raises(Forged) as caught:
        ours.open(*ILL[name], **AT)
    assert not str(caught.value)
    assert caught.value.__cause__ is None


def test_what_was_signed_for_another_moment_is_refused():
    sealed = ours.seal(b"x", **AT)
    for at in ({**AT, "timestamp": "1700000001"}, {**AT, "nonce": "0a1b2c3e"}):
        with pytest.raises(Forged):
            ours.open(*sealed, **at)


def test_whichever_character_of_200_envelopes_is_changed_none_of_them_opens():
    opened = tried = 0
    for number in range(200):
        encrypt, signature = ours.seal(b"x" * number, **AT)
        for place, letter in enumerate(encrypt):
            changed = encrypt[:place] + ("A" if letter != "A" else "B") + encrypt[place + 1 :]
            tried += 1
            try:
                ours.open(changed, signature, **AT)
            except Forged:
                continue
            opened += 1
    assert (opened, tried > 30_000) == (0, True)


def test_nothing_is_decrypted_before_the_signature_is_right(monkeypatch):
    encrypt, _signature = ours.seal(b"x", **AT)
    monkeypatch.setattr(ours, "_opened", lambda encrypt: pytest.fail("decrypted"))
    with pytest.raises(Forged):
        ours.open(encrypt, "0" * 40, **AT)


def test_the_peer_refuses_what_we_refuse():
    # Else agreeing with it in both directions would say nothing.
    at = (AT["timestamp"], AT["nonce"])
    with pytest.raises(InvalidSignatureException):
        peer.decrypt_message({"Encrypt": ours.seal(b"x", **AT)[0]}, "0" * 40, *at)
    encrypt, signature = Codec(TOKEN, KEY, "wx0000000000000000").seal(b"x", **AT)
    with pytest.raises(InvalidCorpIdException):
        peer.decrypt_message({"Encrypt": encrypt}, signature, *at)
