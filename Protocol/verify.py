#!/usr/bin/env python3
"""Checks an exported log of a Linli ledger from its bytes alone.

    verify.py DIR [--ledger HEX] [--vkey LINE]

DIR holds the files checkpoint, vkey, authors, leaves, headers and parts as export.md describes them.
Shares no code with any node. Prints one line for each problem, and one that begins with "note:"
for each entry that is kept without effect, then the answer, and exits with 0 if the log is good,
1 if it is not, 2 if that could not be found out.

The vkey in DIR comes from whoever made the export. Give the one you have from elsewhere with
--vkey, or compare the log id that is printed.

Needs Python 3.9 or later with the packages cbor2 and cryptography.
"""

import argparse
import base64
import binascii
import hashlib
import os
import struct
import sys

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    print(f"could not tell: {missing}; install the packages cbor2 and cryptography")
    sys.exit(2)

LEAF_BYTES = 128
HEADER_BYTES_MAX = 16 * 1024
ENTRY_BYTES_MAX = 768 * 1024
NOTE_BYTES_MAX = 64 * 1024
NOTE_LINES_MAX = 100
DEPTH_MAX = 8
OPERATION_CHARACTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-")
ZERO = bytes(32)


class Malformed(Exception):
    """The bytes are not of the form they should have; the text says how."""


def sha256(data):
    return hashlib.sha256(data).digest()


# --- Deterministic CBOR (encoding.md) -----------------------------------------------------------


def encode(value, depth=DEPTH_MAX):
    """The only encoding of a value; raises for what the subset does not have."""
    if depth == 0:
        raise Malformed("is nested too deep")
    if value is False or value is True:
        return b"\xf5" if value else b"\xf4"
    if value is None:
        return b"\xf6"
    if type(value) is int:
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if type(value) is bytes:
        return head(2, len(value)) + value
    if type(value) is str:
        data = value.encode("utf-8")
        return head(3, len(data)) + data
    if type(value) is list:
        return head(4, len(value)) + b"".join(encode(item, depth - 1) for item in value)
    if type(value) is dict:
        if any(type(key) is not int or key < 0 for key in value):
            raise Malformed("has a map key that is no unsigned integer")
        pairs = (head(0, key) + encode(value[key], depth - 1) for key in sorted(value))
        return head(5, len(value)) + b"".join(pairs)
    raise Malformed(f"has an item of a type that is not allowed ({type(value).__name__})")


def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for short, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | short]) + argument.to_bytes(size, "big")
    raise Malformed("has an integer of more than 64 bits")


def decode(data):
    """Reads one item and refuses everything but its only encoding."""
    try:
        value = cbor2.loads(data)
    except Exception as error:
        raise Malformed("is not CBOR") from error
    if encode(value) != data:
        raise Malformed("is not deterministic CBOR")
    return value


# --- Header (entry.md section 2) ----------------------------------------------------------------


def unsigned(value):
    return type(value) is int and value >= 0


def hashes(value, most):
    return (
        type(value) is list
        and len(value) <= most
        and all(type(item) is bytes and len(item) == 32 for item in value)
    )


def is_scope(value):
    return (
        type(value) is str
        and len(value) in (4, 6, 9, 12)
        and all(character in "0123456789" for character in value)
    )


def is_operation(value):
    groups = value.split(".") if type(value) is str and len(value.encode()) <= 64 else []
    return len(groups) >= 2 and all(
        group and set(group) <= OPERATION_CHARACTERS for group in groups
    )


def is_rising(items):
    return all(left < right for left, right in zip(items, items[1:]))


def is_actor(value):
    return type(value) is str and 1 <= len(value.encode()) <= 64


CHECKS = {
    0: lambda value: unsigned(value) and value >= 1,
    1: lambda value: type(value) is bytes and len(value) == 32,
    2: lambda value: type(value) is bytes and len(value) == 32,
    3: unsigned,
    4: unsigned,
    5: lambda value: type(value) is list
    and 1 <= len(value) <= 4
    and all(type(item) is bytes and len(item) == 16 for item in value)
    and len(set(value)) == len(value),
    6: is_operation,
    7: lambda value: hashes(value, 256) and is_rising(value),
    8: lambda value: hashes(value, 16),
    9: lambda value: type(value) is dict and len(value) <= 64,
    10: is_scope,
    11: is_scope,
    12: is_actor,
}


def read_header(data):
    """The header as a map; raises if it is not well formed."""
    if len(data) > HEADER_BYTES_MAX:
        raise Malformed(f"has {len(data)} bytes, want at most {HEADER_BYTES_MAX}")
    header = decode(data)
    if type(header) is not dict or len(header) > 64:
        raise Malformed("is not a map of at most 64 pairs")
    for key, check in CHECKS.items():
        if key not in header:
            if key <= 9:
                raise Malformed(f"key {key} is missing")
        elif (key <= 9 or header[0] == 1) and not check(header[key]):
            raise Malformed(f"key {key} is not of its form")
    if header[0] == 1 and any(key not in CHECKS for key in header):
        raise Malformed("has a key that version 1 does not know")
    return header


def subject_id(log, sequence):
    """The subject that an entry opens (entry.md section 4)."""
    identity = bytearray(sha256(b"linli/subject/v1\0" + log + struct.pack(">Q", sequence))[:16])
    identity[6] = identity[6] & 0x0F | 0x80
    identity[8] = identity[8] & 0x3F | 0x80
    return bytes(identity)


def commitment(salt, data):
    """What a header says about a part (entry.md section 3)."""
    return sha256(b"linli/part/v1\0" + salt + struct.pack(">Q", len(data)) + data)


# --- Keys and notes (checkpoint.md) -------------------------------------------------------------

SMALL_ORDER = {
    bytes(32),
    b"\x01" + bytes(31),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}


def public_key(data):
    """An Ed25519 key in canonical form and not of small order."""
    if type(data) is not bytes or len(data) != 32:
        raise Malformed("is not of 32 bytes")
    y = data[:31] + bytes([data[31] & 0x7F])
    if int.from_bytes(y, "little") >= 2**255 - 19:
        raise Malformed("is not in canonical form")
    if y in SMALL_ORDER:
        raise Malformed("is of small order")
    return Ed25519PublicKey.from_public_bytes(data)


def is_signed(key, signature, message):
    try:
        key.verify(signature, message)
        return True
    except InvalidSignature:
        return False


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("is not base 64") from error
    if base64.b64encode(data).decode() != text:
        raise Malformed("is base 64 in another than its only form")
    return data


def key_id(name, kind, key):
    return sha256(name.encode() + b"\n" + bytes([kind]) + key)[:4]


def read_vkey(line):
    """Name and key of a verifier key line."""
    parts = line.split("+", 2)
    if len(parts) != 3:
        raise Malformed("is not name+id+key")
    body = unbase64(parts[2])
    if len(body) != 33 or body[0] != 1:
        raise Malformed("is not of an Ed25519 key of type 1")
    public_key(body[1:])
    if parts[1] != key_id(parts[0], 1, body[1:]).hex():
        raise Malformed("has an id that is not that of its name and key")
    return parts[0], body[1:]


def read_note(data, name, key):
    """Size and root of a checkpoint that the key signed under the name."""
    if len(data) > NOTE_BYTES_MAX:
        raise Malformed("is too long")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("is not UTF-8") from error
    if any(character < " " and character != "\n" for character in note):
        raise Malformed("has a control character")
    text, divider, below = note.rpartition("\n\n")
    if not divider or not below.endswith("\n"):
        raise Malformed("has no signature lines after a blank line")
    text += "\n"
    lines = below[:-1].split("\n")
    if len(lines) > NOTE_LINES_MAX:
        raise Malformed("has too many signature lines")
    signatures = []
    for line in lines:
        fields = line.split(" ")
        if len(fields) != 3 or fields[0] != "\u2014" or not fields[1] or "+" in fields[1]:
            raise Malformed("has a malformed signature line")
        payload = unbase64(fields[2])
        if len(payload) < 5:
            raise Malformed("has a signature line without a signature")
        if fields[1] == name and payload[:4] == key_id(name, 1, key):
            signatures.append(payload[4:])
    fields = text.split("\n")
    if len(fields) != 4 or fields[3] or not fields[1].isascii() or not fields[1].isdigit():
        raise Malformed("is not a checkpoint of three lines")
    size, root = int(fields[1]), unbase64(fields[2])
    if str(size) != fields[1] or size >= 2**64 or len(root) != 32:
        raise Malformed("has a size or root that is not of its form")
    if fields[0] != name:
        raise Malformed(f"is of {fields[0]}, the verifier key is of {name}")
    if not signatures:
        raise Malformed("has no signature line of the log's key")
    for signature in signatures:
        if not is_signed(public_key(key), signature, text.encode()):
            raise Malformed("has a signature that is not the log key's")
    return size, root


# --- Tree (checkpoint.md section 2) -------------------------------------------------------------


class Tree:
    """The root over leaves that come one after another: RFC 9162 section 2.1."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def append(self, leaf):
        self.append_hash(sha256(b"\0" + leaf))

    def append_hash(self, node):
        count = self.size
        while count & 1:
            node = sha256(b"\1" + self.peaks.pop() + node)
            count >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256(b"")
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = sha256(b"\1" + peak + node)
        return node


# --- The export ---------------------------------------------------------------------------------


def read_exactly(file, count, what):
    data = file.read(count)
    if len(data) != count:
        raise Malformed(f"{what} ends inside a record")
    return data


def read_leaves(path):
    with open(path, "rb") as file:
        while file.peek(1):
            yield read_exactly(file, LEAF_BYTES, "leaves")


def read_headers(path):
    with open(path, "rb") as file:
        while file.peek(1):
            (count,) = struct.unpack(">I", read_exactly(file, 4, "headers"))
            if count > HEADER_BYTES_MAX:
                raise Malformed(f"headers: a header of {count} bytes")
            yield read_exactly(file, count, "headers")


def read_parts(path):
    """(sequence, index, salt, bytes), which have to rise by sequence and index."""
    last = (-1, -1)
    with open(path, "rb") as file:
        while file.peek(1):
            record = read_exactly(file, 45, "parts")
            sequence, index, salt, count = struct.unpack(">QB32sI", record)
            if (sequence, index) <= last:
                raise Malformed("parts are not in order")
            if count > ENTRY_BYTES_MAX:
                raise Malformed(f"parts: a part of {count} bytes")
            last = (sequence, index)
            yield sequence, index, salt, read_exactly(file, count, "parts")


class Verifier:
    def __init__(self, directory, ledger=None, vkey=None):
        self.directory = directory
        self.ledger = ledger
        self.vkey = vkey
        self.problem_count = 0
        self.tree = Tree()
        self.log = None
        self.log_key = None
        self.authors = {}
        self.named = []
        self.claimed = set()
        self.signers = set()
        self.absent = 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def problem(self, text):
        self.problem_count += 1
        print(text)

    def flaw(self, sequence, text):
        """A header that is a verdict on its entry (entry.md section 2), not on the log; without
        entry 0 there is no log."""
        if sequence == 0:
            self.problem(text)
        else:
            print(f"note: {text}; the entry has no effect")

    def run(self):
        size = root = None
        try:
            with open(self.path("vkey"), "rb") as file:
                line = file.read(4096).decode("utf-8", "replace")
            if not line.endswith("\n"):
                raise Malformed("is not one line")
            name, self.log_key = read_vkey(line[:-1])
            if self.vkey is not None and self.vkey != line[:-1]:
                self.problem("vkey: is not the one that was given")
            self.log = sha256(self.log_key)
            if name != "sigsum.org/v1/tree/" + self.log.hex():
                self.problem("vkey: name is not the origin of its key")
        except Malformed as error:
            self.problem(f"vkey: {error}")
        if self.log_key is not None:
            try:
                with open(self.path("checkpoint"), "rb") as file:
                    size, root = read_note(
                        file.read(NOTE_BYTES_MAX + 1), name, self.log_key
                    )
            except Malformed as error:
                self.problem(f"checkpoint: {error}")
        self.read_authors()
        try:
            self.entries()
        except Malformed as error:
            self.problem(str(error))
        self.compare(size, root)
        return self.problem_count == 0

    def compare(self, size, root):
        for name in self.named:
            if name not in self.signers:
                self.problem(f"authors: {name.hex()} signed nothing")
        if size is None:
            return
        if self.tree.size != size:
            self.problem(f"{self.tree.size} entries, the checkpoint is of size {size}")
        if self.tree.root() != root:
            self.problem(
                f"entries give root {self.tree.root().hex()}, the checkpoint has {root.hex()}"
            )

    def entries(self):
        leaves = read_leaves(self.path("leaves"))
        headers = read_headers(self.path("headers"))
        parts = read_parts(self.path("parts"))
        part = next(parts, None)
        while True:
            leaf, header = next(leaves, None), next(headers, None)
            if leaf is None or header is None:
                if leaf is not header:
                    self.problem(f"leaves and headers differ in number after {self.tree.size}")
                break
            held = []
            while part is not None and part[0] == self.tree.size:
                held.append(part)
                part = next(parts, None)
            self.entry(leaf, header, held)
        if part is not None:
            self.problem(f"parts: part {part[1]} of entry {part[0]}, which is not there")

    def entry(self, leaf, data, parts):
        sequence = self.tree.size
        self.tree.append(leaf)
        where = f"entry {sequence}"
        checksum, signature, author = leaf[:32], leaf[32:96], leaf[96:]
        if sha256(sha256(data)) != checksum:
            self.problem(f"{where}: header does not hash to the leaf's checksum")
        byte_count = len(leaf) + len(data) + sum(len(part[3]) for part in parts)
        if byte_count > ENTRY_BYTES_MAX:
            self.problem(f"{where}: has {byte_count} bytes with its parts")
        try:
            header = read_header(data)
        except Malformed as error:
            self.flaw(sequence, f"{where}: header {error}")
            header = None
        if header is not None:
            if sequence == 0:
                self.opening(header, sha256(data))
            self.place(where, sequence, header, sha256(data))
        self.commitments(where, header, parts)
        key = self.authors.get(author)
        if key is None:
            self.problem(f"{where}: no key to check its signature with")
        elif not is_signed(key, signature, b"sigsum.org/v1/tree-leaf\0" + checksum):
            self.problem(f"{where}: signature is not its author's")
        else:
            self.signers.add(author)
        if header is not None and header[0] == 1 and header[6] == "grant.staff":
            self.person(header[9].get(11))

    def person(self, data):
        """The key of a person, whose entries come after its grant."""
        try:
            self.authors[sha256(data)] = public_key(data)
            self.claimed.discard(sha256(data))
        except (Malformed, TypeError):
            pass  # A malformed grant has no effect, and so names nobody.

    def read_authors(self):
        """Keys that the exporter names, in the order of their hashes."""
        try:
            with open(self.path("authors"), "rb") as file:
                data = file.read()
        except FileNotFoundError:
            return
        keys = [data[start : start + 32] for start in range(0, len(data), 32)]
        names = [sha256(key) for key in keys]
        if not is_rising(names) or len(data) % 32:
            self.problem("authors: are not keys of 32 bytes in order")
        self.named = names
        for key, name in zip(keys, names):
            try:
                self.authors[name] = public_key(key)
                self.claimed.add(name)
            except Malformed as error:
                self.problem(f"authors: key {error}")

    def opening(self, header, entry_hash):
        """Entry 0 names the node's keys and, in the founder's log, founds the ledger."""
        if header[6] != "log.open":
            self.problem(f"entry 0: is {header[6]}, want log.open")
            return
        fields, keys = header[9], {}
        for number, name in ((1, "log"), (2, "service"), (3, "witness"), (5, "TLS")):
            try:
                keys[number] = public_key(fields.get(number))
            except Malformed as error:
                self.problem(f"entry 0: {name} key {error}")
        for number, name in ((4, "seal key"), (6, "successor")):
            if type(fields.get(number)) is not bytes or len(fields[number]) != 32:
                self.problem(f"entry 0: {name} is not of 32 bytes")
        values = [fields.get(number) for number in range(1, 7)]
        if any(value in values[:index] for index, value in enumerate(values)):
            self.problem("entry 0: two of its keys are the same")
        if 1 in keys and self.log_key is not None and fields[1] != self.log_key:
            self.problem("entry 0: names another log key than the verifier key")
        if 2 in keys:
            self.authors[sha256(fields[2])] = keys[2]
            self.claimed.discard(sha256(fields[2]))
        if header[1] != ZERO and type(fields.get(0)) is not bytes:
            self.problem("entry 0: names no enrolment")
        if header[1] == ZERO and header[5] != [subject_id(header[2], 0)]:
            self.problem("entry 0: is not about the subject that it opens")
        ledger = entry_hash if header[1] == ZERO else header[1]
        if self.ledger is not None and ledger != self.ledger:
            self.problem(f"entry 0: ledger is {ledger.hex()}, want {self.ledger.hex()}")
        self.ledger = ledger

    def place(self, where, sequence, header, entry_hash):
        is_founding = header[1] == ZERO and entry_hash == self.ledger
        if header[1] != self.ledger and not is_founding:
            self.flaw(sequence, f"{where}: header names another ledger")
        if self.log is not None and header[2] != self.log:
            self.flaw(sequence, f"{where}: header names another log")
        if header[3] != sequence:
            self.flaw(sequence, f"{where}: header names place {header[3]}")

    def commitments(self, where, header, parts):
        wanted = header[8] if header is not None else []
        self.absent += len(wanted)
        for _, index, salt, data in parts:
            if index >= len(wanted):
                self.problem(f"{where}: header names no part {index}")
                continue
            self.absent -= 1
            if commitment(salt, data) != wanted[index]:
                self.problem(f"{where}: part {index} does not match its commitment")


def main():
    parser = argparse.ArgumentParser(description="Checks an exported log of a Linli ledger.")
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("--ledger", metavar="HEX", help="id that the ledger must have")
    parser.add_argument("--vkey", metavar="LINE", help="verifier key that the log must have")
    arguments = parser.parse_args()
    try:
        ledger = bytes.fromhex(arguments.ledger) if arguments.ledger else None
    except ValueError:
        parser.error("--ledger is not hexadecimal")
    verifier = Verifier(arguments.directory, ledger, arguments.vkey)
    try:
        is_good = verifier.run()
    except OSError as error:
        print(f"could not tell: {error.strerror}: {error.filename}")
        return 2
    if not is_good:
        print(f"bad: {verifier.problem_count} problems")
        return 1
    size, root = verifier.tree.size, verifier.tree.root().hex()
    print(f"log {verifier.log.hex()} of ledger {verifier.ledger.hex() if verifier.ledger else ''}")
    if verifier.absent:
        print(f"{verifier.absent} parts are absent: erased, or not held by the exporter")
    for name in sorted(verifier.claimed & verifier.signers):
        print(f"author {name.hex()}: only the exporter says whose key that is")
    print(f"good: {size} entries, root {root}, complete as of checkpoint size {size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
