#!/usr/bin/env python3
"""Checks evidence of one case of a Linli ledger from its bytes alone.

    evidence.py DIR [--ledger HEX]

DIR holds what evidence.md describes. Shares no code with any node. Prints one line for each problem,
then the answer, and exits with 0 if the evidence is good, 1 if it is not, 2 if that could not be
found out. Rights are evaluated by roster.py; whether an entry had an effect is not judged here.

Needs Python 3.9 or later with the packages cbor2 and cryptography.
"""

import argparse
import os
import re
import stat
import sys

from roster import Roster
from verify import (
    ENTRY_BYTES_MAX,
    HEADER_BYTES_MAX,
    LEAF_BYTES,
    ZERO,
    Malformed,
    commitment,
    is_signed,
    public_key,
    read_header,
    sha256,
    subject_id,
)

ENTRIES_MAX = 4096
MANIFEST_BYTES_MAX = 1 << 20
PROOF_BYTES_MAX = 32 * 1024
DIGITS = re.compile(r"[0-9a-f]{64}")


def read(path, most):
    """A plain file of at most so many bytes."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Malformed(f"{os.path.basename(path)} can not be read") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Malformed(f"{os.path.basename(path)} is not a file")
        data = file.read(most + 1)
    if len(data) > most:
        raise Malformed(f"{os.path.basename(path)} has more than {most} bytes")
    return data


def digest(text):
    if not DIGITS.fullmatch(text):
        raise Malformed("has a hash that is not of 64 lowercase digits")
    return bytes.fromhex(text)


def number(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}", text) or int(text) >= 2**64:
        raise Malformed("has a number that is not of its form")
    return int(text)


class Lines:
    """Lines `key=value` in their order."""

    def __init__(self, data):
        try:
            self.lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("is not UTF-8") from error
        if self.lines.pop() != "":
            raise Malformed("ends within a line")

    def begins(self, key):
        return bool(self.lines) and self.lines[0].startswith(key + "=")

    def value(self, key):
        if not self.begins(key):
            raise Malformed(f"lacks the line {key}")
        return self.lines.pop(0)[len(key) + 1 :]

    def expect(self, line):
        if not self.lines or self.lines.pop(0) != line:
            raise Malformed(f"lacks the line {line!r}")


class Proof:
    """A Sigsum proof of version 2: evidence.md section 2."""

    def __init__(self, data):
        lines = Lines(data)
        lines.expect("version=2")
        self.log = digest(lines.value("log"))
        author, _, signature = lines.value("leaf").partition(" ")
        self.author, self.leaf_signature = digest(author), self.signature_of(signature)
        lines.expect("")
        self.size = number(lines.value("size"))
        self.root = digest(lines.value("root_hash"))
        self.signature = self.signature_of(lines.value("signature"))
        while lines.begins("cosignature"):
            lines.value("cosignature")
        self.index, self.path = 0, []
        if self.size > 1:
            lines.expect("")
            self.index = number(lines.value("leaf_index"))
            while lines.begins("node_hash"):
                self.path.append(digest(lines.value("node_hash")))
        if lines.lines or self.size == 0:
            raise Malformed("goes on behind its last line, or is of an empty log")

    @staticmethod
    def signature_of(text):
        if not re.fullmatch(r"[0-9a-f]{128}", text):
            raise Malformed("has a signature that is not of 128 digits")
        return bytes.fromhex(text)

    def leads_from(self, leaf):
        """RFC 9162 section 2.1.3.2."""
        if self.index >= self.size:
            return False
        place, last, node = self.index, self.size - 1, sha256(b"\0" + leaf)
        for step in self.path:
            if last == 0:
                return False
            if place & 1 or place == last:
                node = sha256(b"\1" + step + node)
                while not place & 1 and place:
                    place, last = place >> 1, last >> 1
            else:
                node = sha256(b"\1" + node + step)
            place, last = place >> 1, last >> 1
        return last == 0 and node == self.root

    def text(self):
        import base64

        origin = f"sigsum.org/v1/tree/{self.log.hex()}"
        return f"{origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


class Evidence:
    def __init__(self, directory):
        self.directory = directory
        self.problems = []
        self.entries = {}

    def problem(self, name, text):
        self.problems.append(f"entry {name[:8]}: {text}")

    def check(self):
        lines = Lines(read(os.path.join(self.directory, "manifest"), MANIFEST_BYTES_MAX))
        lines.expect("format=linli/evidence/v1")
        self.ledger = digest(lines.value("ledger"))
        self.subject = bytes.fromhex(lines.value("subject"))
        digest(lines.value("frontier"))
        number(lines.value("fold"))
        number(lines.value("now"))
        self.is_whole = lines.value("whole") == "yes"
        items = {}
        while lines.lines:
            name, about, states = lines.value("entry").split(" ")
            digest(name)
            if items and name <= list(items)[-1] or len(items) >= ENTRIES_MAX:
                raise Malformed("manifest: entries are not rising, or too many")
            items[name] = (about == "subject", "" if states == "-" else states)
        names = sorted(os.listdir(os.path.join(self.directory, "entries")))
        for name in set(names) ^ set(items):
            self.problem(name, "is in the manifest or in the directory alone")
        for name in items:
            if name in names:
                try:
                    self.read(name, *items[name])
                except Malformed as error:
                    self.problem(name, str(error))
        self.check_trees()
        self.check_signatures()
        self.check_completeness()

    def read(self, name, is_about, states):
        path = os.path.join(self.directory, "entries", name)
        data = read(os.path.join(path, "header"), HEADER_BYTES_MAX)
        leaf = read(os.path.join(path, "leaf"), LEAF_BYTES)
        proof = Proof(read(os.path.join(path, "proof"), PROOF_BYTES_MAX))
        if sha256(data).hex() != name:
            raise Malformed("header hashes to another entry")
        header = read_header(data)
        is_founding = bytes.fromhex(name) == self.ledger and header[1] == ZERO
        if header[1] != self.ledger and not is_founding:
            raise Malformed("names another ledger")
        if (header[2], header[3]) != (proof.log, proof.index):
            raise Malformed("does not stand where its header says")
        if len(leaf) != LEAF_BYTES or leaf[:32] != sha256(sha256(data)):
            raise Malformed("leaf is not the header's")
        if leaf[32:96] != proof.leaf_signature or leaf[96:] != proof.author:
            raise Malformed("proof is of another leaf")
        if not proof.leads_from(leaf):
            raise Malformed("proof does not lead to its root")
        if is_about and self.subject not in header[5]:
            raise Malformed("is not about the subject")
        if len(states) != len(header[8]) or not set(states) <= set("dwsra"):
            raise Malformed("manifest says another number of parts")
        for index, state in enumerate(states):
            there = os.path.lexists(os.path.join(path, f"part-{index}"))
            if there != (state == "d"):
                raise Malformed(f"part {index} is not as the manifest says")
            if there:
                content = read(os.path.join(path, f"part-{index}"), ENTRY_BYTES_MAX)
                salt = read(os.path.join(path, f"salt-{index}"), 32)
                if len(salt) != 32 or commitment(salt, content) != header[8][index]:
                    raise Malformed(f"part {index} does not match its commitment")
        self.entries[name] = (header, leaf, proof, is_about)

    def check_trees(self):
        trees = {}
        for name, (_, _, proof, _) in self.entries.items():
            if trees.setdefault(proof.log, proof.text()) != proof.text():
                self.problem(name, "is proven by another checkpoint than others of its log")

    def check_signatures(self):
        named = {}
        for name, (header, _, _, _) in self.entries.items():
            for field in (1, 2, 11):
                value = header[9].get(field)
                if header[6] in ("log.open", "grant.node", "grant.staff", "grant.succeed"):
                    if type(value) is bytes and len(value) == 32:
                        named.setdefault(sha256(value), value)
            if header[6] == "grant.succeed":
                for value in self.succeeded(header):
                    named.setdefault(sha256(value), value)
        signed = []
        for name, (header, leaf, proof, _) in self.entries.items():
            message = b"sigsum.org/v1/tree-leaf\0" + leaf[:32]
            try:
                author, log = named.get(leaf[96:]), named.get(proof.log)
                if author is None or not is_signed(public_key(author), leaf[32:96], message):
                    self.problem(name, "is not signed by a key that the roster names")
                elif log is None or not is_signed(public_key(log), proof.signature, proof.text()):
                    self.problem(name, "has a checkpoint that its log's key did not sign")
                else:
                    signed.append((name, header, leaf))
            except Malformed as error:
                self.problem(name, f"has a key that {error}")
        roster = Roster(
            self.ledger,
            [
                (header, bytes.fromhex(name), leaf[96:])
                for name, header, leaf in signed
                if header[6].startswith(("log.", "grant.", "policy.signing"))
            ],
        )
        logs = {right.log for right in roster.rights}
        authors = {right.author for right in roster.rights}
        if not roster.rights:
            self.problems.append("the founding entry is not there, or not signed")
        for name, header, leaf in signed:
            if header[2] not in logs or leaf[96:] not in authors:
                self.problem(name, "has no grant in effect for its log or author")

    @staticmethod
    def succeeded(header):
        from verify import decode

        try:
            keys = decode(header[9].get(0))[2]
            return [value for value in keys[:2] if type(value) is bytes and len(value) == 32]
        except (Malformed, TypeError, IndexError, KeyError):
            return []

    def check_completeness(self):
        if not self.is_whole:
            return
        about = [(n, e[0]) for n, e in self.entries.items() if e[3]]
        if not any(subject_id(h[2], h[3]) == self.subject for _, h in about):
            self.problems.append("the entry that opens the subject is not there")
        for name, header in about:
            if len(header[5]) == 1:
                for known in header.get(7, []):
                    if known.hex() not in self.entries:
                        self.problem(name, f"knew {known.hex()[:8]}, which is not there")


def main():
    parser = argparse.ArgumentParser(description="Checks evidence of one case.")
    parser.add_argument("directory")
    parser.add_argument("--ledger", help="the founding entry, from elsewhere")
    arguments = parser.parse_args()
    evidence = Evidence(arguments.directory)
    try:
        evidence.check()
    except Malformed as error:
        evidence.problems.append(str(error))
    except (OSError, ValueError) as error:
        print(f"could not tell: {error}")
        return 2
    if arguments.ledger and arguments.ledger != evidence.ledger.hex():
        evidence.problems.append(f"is of ledger {evidence.ledger.hex()}")
    for problem in evidence.problems:
        print(problem)
    if evidence.problems:
        print(f"bad: {len(evidence.problems)} problems")
        return 1
    about = sum(entry[3] for entry in evidence.entries.values())
    print(f"good: {about} entries, {len(evidence.entries)} with the roster's, of ledger")
    print(f"{evidence.ledger.hex()}: compare it with one from elsewhere")
    return 0


if __name__ == "__main__":
    sys.exit(main())
