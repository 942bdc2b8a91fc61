#!/usr/bin/env python3
"""Opens a sealed part with the private key of a recipient (entry.md section 6).

HPKE is written out here on X25519, HMAC and AES-GCM, after RFC 9180. Shares no code with any node.
"""

import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verify import Malformed, decode, sha256

KEM = b"KEM" + struct.pack(">H", 0x20)
HPKE = b"HPKE" + struct.pack(">HHH", 0x20, 1, 2)
BLOCK = 64
RECIPIENTS_MAX = 32


def extract(suite, salt, label, data):
    return hmac.new(salt, b"HPKE-v1" + suite + label + data, hashlib.sha256).digest()


def expand(suite, key, label, info, length):
    labeled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return hmac.new(key, labeled + b"\x01", hashlib.sha256).digest()[:length]


def hpke_open(private, encapsulated, ciphertext, info):
    """The message that was sealed to the key; raises for anything else."""
    key = X25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    try:
        agreed = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    except ValueError as error:
        raise Malformed("shares nothing with the key") from error
    pseudorandom = extract(KEM, b"", b"eae_prk", agreed)
    shared = expand(KEM, pseudorandom, b"shared_secret", encapsulated + public, 32)
    context = (
        b"\0" + extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", info)
    )
    secret = extract(HPKE, shared, b"secret", b"")
    nonce = expand(HPKE, secret, b"base_nonce", context, 12)
    return gcm_open(expand(HPKE, secret, b"key", context, 32), nonce, ciphertext, b"")


def gcm_open(key, nonce, ciphertext, data):
    if len(ciphertext) < 16:
        raise Malformed("has no tag")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, data)
    except InvalidTag as error:
        raise Malformed("does not open") from error


def place(ledger, log, sequence, part):
    return ledger + log + struct.pack(">QQ", sequence, part)


def rows(data):
    """The wraps of a part."""
    value = decode(data)
    if not (type(value) is list and len(value) == 2 and value[0] == 2 and type(value[1]) is list):
        raise Malformed("holds no wraps")
    if len(value[1]) > RECIPIENTS_MAX:
        raise Malformed("has too many wraps")
    for row in value[1]:
        good = type(row) is list and len(row) == 3 and all(type(item) is bytes for item in row)
        if not (good and len(row[0]) == len(row[1]) == 32):
            raise Malformed("has a wrap of another form")
    return value[1]


def opened(data, wraps, private, where):
    """The clear bytes of a sealed part; raises if no wrap for the key opens it."""
    value = decode(data)
    if not (type(value) is list and len(value) == 3 and value[0] == 1):
        raise Malformed("is no sealed part")
    _, commitment, ciphertext = value
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    for recipient, encapsulated, wrapped in rows(wraps):
        if recipient != public:
            continue
        info = b"linli/wrap/v1\0" + where + recipient
        try:
            key = hpke_open(private, encapsulated, wrapped, info)
            return clear(key, ciphertext, commitment, where)
        except Malformed:
            continue
    raise Malformed("no wrap for the key opens it")


def clear(key, ciphertext, commitment, where):
    if len(key) != 32:
        raise Malformed("the wrapped key is none")
    text = gcm_open(key, bytes(12), ciphertext, b"linli/sealed/v1\0" + where)
    if len(text) < BLOCK or len(text) % BLOCK:
        raise Malformed("is not of whole blocks")
    length = struct.unpack(">Q", text[32:40])[0]
    if length > len(text) - 40:
        raise Malformed("is shorter than it says")
    data, padding = text[40 : 40 + length], text[40 + length :]
    if len(padding) >= BLOCK or any(padding):
        raise Malformed("is padded otherwise")
    if sha256(b"linli/clear/v1\0" + text[:32] + text[32:40] + data) != commitment:
        raise Malformed("is not what its commitment says")
    return data
