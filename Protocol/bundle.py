#!/usr/bin/env python3
"""Checks a bundle of a Linli ledger from its bytes alone.

    bundle.py FILE [--vkey LINE]...

Shares no code with any node. Prints one line for each problem and each log, then the answer, and
exits with 0 if the bundle is good, 1 if it is not, 2 if that could not be found out.

Keys are those that roster entries in the bundle name, each by its hash: whether they had the right
to name them, the roster says. Give verifier keys that you have from elsewhere with --vkey.

Needs Python 3.9 or later with the packages cbor2 and cryptography.
"""

import argparse
import hashlib
import sys

from verify import (
    ENTRY_BYTES_MAX,
    LEAF_BYTES,
    Malformed,
    Tree,
    commitment,
    decode,
    hashes,
    is_signed,
    public_key,
    read_header,
    read_note,
    read_vkey,
    sha256,
    unsigned,
)

FRAME_BYTES_MAX = 1 << 20
PACKAGE_ENTRIES_MAX = 256
PROOF_MAX = 65
HEADS_MAX = 4096
HEADS, PACKAGE, HEADER, START, EVIDENCE, END = 4, 6, 64, 65, 66, 67


def is_hash(value):
    return type(value) is bytes and len(value) == 32


def is_note(value):
    return type(value) is bytes and len(value) <= 4096


def is_branch(value):
    return (
        type(value) is list
        and len(value) == 3
        and is_note(value[0])
        and is_hash(value[1])
        and hashes(value[2], PROOF_MAX)
    )


def is_head(value):
    return (
        type(value) is list
        and len(value) == 4
        and is_hash(value[0])
        and unsigned(value[1])
        and is_hash(value[2])
        and is_note(value[3])
    )


def is_part(value):
    return value is None or (
        type(value) is list
        and len(value) == 2
        and is_hash(value[0])
        and type(value[1]) is bytes
    )


def is_entry(value):
    return (
        type(value) is list
        and len(value) == 3
        and type(value[0]) is bytes
        and type(value[1]) is bytes
        and len(value[1]) == LEAF_BYTES
        and type(value[2]) is list
        and len(value[2]) <= 16
        and all(is_part(part) for part in value[2])
    )


FIELDS = {
    HEADER: (lambda v: v == "linli/bundle", lambda v: v == 1, is_hash, is_hash, unsigned, is_hash),
    HEADS: (lambda v: v in (0, 1), lambda v: type(v) is list and all(map(is_head, v))),
    START: (is_hash, lambda v: unsigned(v) and v < 1 << 62, lambda v: hashes(v, 64)),
    PACKAGE: (
        is_hash,
        unsigned,
        lambda v: type(v) is list
        and 1 <= len(v) <= PACKAGE_ENTRIES_MAX
        and all(map(is_entry, v)),
        lambda v: hashes(v, PROOF_MAX),
    ),
    EVIDENCE: (is_hash, unsigned, is_branch, is_branch),
    END: (unsigned, unsigned, is_hash),
}


def frames(data):
    """(offset, type, fields) of each frame."""
    offset = 0
    while offset < len(data):
        count = int.from_bytes(data[offset : offset + 4], "big")
        if not 1 <= count <= FRAME_BYTES_MAX or offset + 4 + count > len(data):
            raise Malformed(f"is cut off at byte {offset}")
        value = decode(data[offset + 4 : offset + 4 + count])
        checks = FIELDS.get(value[0]) if type(value) is list and value else None
        if checks is None or len(value) != 1 + len(checks):
            raise Malformed(f"has a frame of no known kind at byte {offset}")
        if not all(check(field) for check, field in zip(checks, value[1:])):
            raise Malformed(f"has a malformed frame of type {value[0]} at byte {offset}")
        yield offset, value[0], value[1:]
        offset += 4 + count


def tree_of(size, peaks):
    """A tree of so many leaves, of which only the peaks are known."""
    if len(peaks) != bin(size).count("1"):
        raise Malformed("has another number of peaks than its size wants")
    tree = Tree()
    tree.size, tree.peaks = size, list(peaks)
    return tree


def leads(size, root, to_size, to_root, proof):
    """Whether a consistency proof leads from one tree to another: RFC 9162 section 2.1.4.2."""
    if size == 0 or size > to_size:
        return False
    if size == to_size:
        return not proof and root == to_root
    proof = list(proof)
    if size & (size - 1) == 0:
        proof.insert(0, root)
    if not proof:
        return False
    number, last = size - 1, to_size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = proof[0]
    for node in proof[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = sha256(b"\1" + node + old), sha256(b"\1" + node + new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = sha256(b"\1" + new + node)
        number, last = number >> 1, last >> 1
    return old == root and new == to_root and last == 0


def must_carry(operation):
    """Whether entries of the operation are not taken without all parts (replication.md section 7)."""
    return operation.startswith(("log.open", "log.fork", "grant.", "policy."))


class Bundle:
    """What a bundle holds and what is wrong with it."""

    def __init__(self, data, vkeys=()):
        self.problems = []
        self.missing = []
        self.lines = []
        self.keys = {}
        self.entry_count = 0
        self.frame_count = 0
        for line in vkeys:
            self.learn(read_vkey(line)[1])
        try:
            items = list(frames(data))
            self.order([kind for _, kind, _ in items])
            for _, kind, fields in items:
                if kind == PACKAGE:
                    for header, _, _ in fields[2]:
                        self.learn_from(header)
            self.read(data, items)
        except Malformed as error:
            self.problems.append(f"bundle {error}")

    @property
    def is_good(self):
        return not self.problems and not self.missing

    def learn(self, key):
        try:
            public_key(key)
            self.keys[sha256(key)] = key
        except Malformed:
            pass  # Nothing is signed by such a key.

    def learn_from(self, data):
        """Takes every key that a roster entry names, in whatever field."""
        try:
            header = read_header(data)
        except Malformed:
            return
        if header[6].split(".")[0] not in ("log", "grant"):
            return
        waiting = list(header[9].values())
        while waiting:
            value = waiting.pop()
            if type(value) is list:
                waiting += value
            elif type(value) is dict:
                waiting += value.values()
            elif is_hash(value):
                self.learn(value)

    def order(self, kinds):
        body = kinds[1:-1]
        heads = 0
        while heads < len(body) and body[heads] == HEADS:
            heads += 1
        if (
            len(kinds) < 3
            or kinds[0] != HEADER
            or kinds[-1] != END
            or heads == 0
            or any(kind not in (START, PACKAGE, EVIDENCE) for kind in body[heads:])
        ):
            raise Malformed("has frames that are missing or out of turn")

    def read(self, data, items):
        self.frame_count = len(items)
        heads, tree, log, started = {}, None, None, set()
        is_open = True
        for offset, kind, fields in items:
            if kind == HEADS:
                if not is_open:
                    raise Malformed("has heads behind the last ones")
                is_open = fields[0] == 0
                for name, *head in fields[1]:
                    if name in heads:
                        raise Malformed(f"has two heads of log {name.hex()}")
                    heads[name] = head
                    self.head(name, *head)
                if len(heads) > HEADS_MAX:
                    raise Malformed("has too many heads")
            elif kind == START:
                log, first, peaks = fields
                if log in started or log not in heads or is_open:
                    raise Malformed(f"starts log {log.hex()} out of turn")
                started.add(log)
                tree = tree_of(first, peaks)
                self.lines.append([log, first, first, heads[log][0]])
            elif kind == PACKAGE:
                if fields[0] != log or tree is None or fields[1] != tree.size:
                    raise Malformed(f"has a package out of turn at byte {offset}")
                self.package(log, tree, fields[2], fields[3], heads[log])
                self.lines[-1][2] = tree.size
            elif kind == EVIDENCE:
                self.evidence(*fields)
            elif kind == END:
                end = (len(items) - 1, self.entry_count, sha256_of(data, offset))
                if tuple(fields) != end:
                    self.problems.append("end: does not say what came before it")

    def head(self, log, size, root, note):
        key = self.keys.get(log)
        if key is None:
            self.missing.append(f"log {log.hex()}: no key to check its note with")
            return
        try:
            if read_note(note, "sigsum.org/v1/tree/" + log.hex(), key) != (size, root):
                self.problems.append(f"log {log.hex()}: head is not its note's")
        except Malformed as error:
            self.problems.append(f"log {log.hex()}: note {error}")

    def package(self, log, tree, entries, proof, head):
        for header, leaf, parts in entries:
            self.entry(f"log {log.hex()[:8]} entry {tree.size}", log, tree.size, header, leaf, parts)
            tree.append(leaf)
            self.entry_count += 1
        if not leads(tree.size, tree.root(), head[0], head[1], proof):
            self.problems.append(
                f"log {log.hex()}: entries up to {tree.size} do not lead to its note"
            )

    def entry(self, where, log, sequence, data, leaf, parts):
        checksum, signature, author = leaf[:32], leaf[32:96], leaf[96:]
        if sha256(sha256(data)) != checksum:
            self.problems.append(f"{where}: header does not hash to the leaf's checksum")
        held = sum(len(part[1]) for part in parts if part is not None)
        if len(data) + len(leaf) + held > ENTRY_BYTES_MAX:
            self.problems.append(f"{where}: is too long")
        try:
            header = read_header(data)
        except Malformed:
            header = None  # Kept without effect, as are entries of another place.
        wanted = header[8] if header is not None else []
        if len(parts) != len(wanted):
            self.problems.append(f"{where}: has {len(parts)} parts, the header names {len(wanted)}")
        if header is not None and None in parts and must_carry(header[6]):
            self.problems.append(f"{where}: comes without a part that no node goes without")
        for part, want in zip(parts, wanted):
            if part is not None and commitment(*part) != want:
                self.problems.append(f"{where}: a part does not match its commitment")
        key = self.keys.get(author)
        if key is None:
            self.missing.append(f"{where}: no key to check its signature with")
        elif not is_signed(public_key(key), signature, b"sigsum.org/v1/tree-leaf\0" + checksum):
            self.problems.append(f"{where}: signature is not its author's")

    def evidence(self, log, size, left, right):
        key = self.keys.get(log)
        if key is None:
            self.missing.append(f"evidence of log {log.hex()}: no key")
            return
        for note, root, proof in (left, right):
            try:
                to_size, to_root = read_note(note, "sigsum.org/v1/tree/" + log.hex(), key)
            except Malformed as error:
                self.problems.append(f"evidence of log {log.hex()}: note {error}")
                return
            if not leads(size, root, to_size, to_root, proof):
                self.problems.append(f"evidence of log {log.hex()}: a proof leads nowhere")
                return
        if left[1] == right[1]:
            self.problems.append(f"evidence of log {log.hex()}: proves nothing")


def sha256_of(data, end):
    state = hashlib.sha256()
    state.update(memoryview(data)[:end])
    return state.digest()


def main():
    parser = argparse.ArgumentParser(description="Checks a bundle of a Linli ledger.")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--vkey", metavar="LINE", action="append", default=[], help="verifier key of a log"
    )
    arguments = parser.parse_args()
    try:
        with open(arguments.file, "rb") as file:
            data = file.read()
        bundle = Bundle(data, arguments.vkey)
    except OSError as error:
        print(f"could not tell: {error.strerror}: {error.filename}")
        return 2
    except Malformed as error:
        parser.error(f"--vkey {error}")
    for line in bundle.problems + bundle.missing:
        print(line)
    if bundle.problems:
        print(f"bad: {len(bundle.problems)} problems")
        return 1
    for log, first, end, size in bundle.lines:
        print(f"log {log.hex()}: {end - first} entries from {first} of {size}")
    if bundle.missing:
        print(f"could not tell: {len(bundle.missing)} signatures without a key")
        return 2
    print(
        f"good: {bundle.entry_count} entries of {len(bundle.lines)} logs,"
        f" {bundle.frame_count} frames"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
