#!/usr/bin/env python3
"""Checks evidence of one case of a Linli ledger from its bytes alone.

    evidence.py DIR [--ledger HEX] [--policy FILE]

DIR holds what evidence.md describes. Shares no code with any node. Prints one line for each problem,
then the answer, and exits with 0 if the evidence is good, 1 if it is not, 2 if that could not be
found out. Rights are evaluated by roster.py; whether an entry had an effect is not judged here.

Needs Python 3.9 or later with the packages cbor2 and cryptography.
"""

import argparse
import base64
import errno
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
POLICY_BYTES_MAX = 64 * 1024
COSIGNATURES_MAX = 64
PATH_MAX = 64
PARTS_MAX = 16
ENTRIES_BYTES_MAX = 256 << 20
TOP = {"manifest", "entries", "keys", "policy", "statement.html", "README.txt"}
DIGITS = re.compile(r"[0-9a-f]{64}")


class Unreadable(Exception):
    """Nothing can be said, since something could not be read."""


class Folder:
    """A directory held open, so that what is in it can not be exchanged for a link."""

    def __init__(self, path, inside=None):
        flags = os.O_RDONLY | os.O_DIRECTORY | (os.O_NOFOLLOW if inside is not None else 0)
        try:
            self.handle = os.open(path, flags, dir_fd=inside)
        except OSError as error:
            if inside is not None and error.errno in ABOUT_EVIDENCE:
                raise Malformed(f"{path} is no directory") from error
            raise Unreadable(f"{path} can not be read: {error.strerror}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.handle)

    def names(self, most):
        names = []
        with os.scandir(self.handle) as found:
            for item in found:
                names.append(item.name)
                if len(names) > most:
                    raise Malformed(f"has more than {most} files in a directory")
        return sorted(names)

    def expect(self, wanted, most):
        for name in self.names(most):
            if name not in wanted:
                raise Malformed(f"{name} does not belong to the evidence")

    def read(self, name, most, is_known=True):
        """A plain file of at most so many bytes, of which something says that it is there."""
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.handle)
        except OSError as error:
            if error.errno in ABOUT_EVIDENCE and (is_known or error.errno != errno.ENOENT):
                raise Malformed(f"{name} is not there as a file") from error
            raise Unreadable(f"{name} can not be read: {error.strerror}") from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Malformed(f"{name} is not a file")
            data = file.read(most + 1)
        if len(data) > most:
            raise Malformed(f"{name} has more than {most} bytes")
        return data


ABOUT_EVIDENCE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO)


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
        self.cosignatures = []
        while lines.begins("cosignature"):
            words = lines.value("cosignature").split(" ")
            if len(words) != 3 or len(self.cosignatures) == COSIGNATURES_MAX:
                raise Malformed("has another form at its cosignatures, or too many")
            key, time, signature = words
            self.cosignatures.append((digest(key), number(time), self.signature_of(signature)))
        self.index, self.path = 0, []
        if self.size > 1:
            lines.expect("")
            self.index = number(lines.value("leaf_index"))
            while lines.begins("node_hash") and len(self.path) < PATH_MAX:
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
        origin = f"sigsum.org/v1/tree/{self.log.hex()}"
        return f"{origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


class Policy:
    """Which logs and witnesses somebody trusts: sigsum-go's doc/policy.md."""

    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        taken = set()
        for line in text.split("\n"):
            words = line.partition("#")[0].split()
            if not words:
                continue
            kind, *rest = words
            known = set(self.witnesses) | set(self.groups) | {"none"}
            if kind == "log" and len(rest) in (1, 2):
                self.logs.append(self.key(rest[0]))
            elif kind == "witness" and len(rest) in (2, 3) and rest[0] not in known:
                self.witnesses[rest[0]] = self.key(rest[1])
            elif kind == "group" and len(rest) > 2 and rest[0] not in known:
                name, threshold, *members = rest
                wanted = {"all": str(len(members)), "any": "1"}.get(threshold, threshold)
                if not re.fullmatch("[1-9][0-9]{0,4}", wanted) or int(wanted) > len(members):
                    raise Unreadable(f"the policy has a group that wants {threshold}")
                for member in members:
                    if member not in known - {"none"} or member in taken:
                        raise Unreadable(f"the policy has no {member} that is free for a group")
                    taken.add(member)
                self.groups[name] = (int(wanted), members)
            elif kind == "quorum" and len(rest) == 1 and self.quorum is None and rest[0] in known:
                self.quorum = rest[0]
            else:
                raise Unreadable(f"the policy has a line that is not of its form: {kind}")
        if self.quorum is None:
            raise Unreadable("the policy has no quorum line")

    @staticmethod
    def key(text):
        try:
            public_key(bytes.fromhex(text))
        except (Malformed, ValueError) as error:
            raise Unreadable("the policy has a key that is none") from error
        return bytes.fromhex(text)

    def is_met(self, proof, name=None):
        name = name or self.quorum
        if name == "none":
            return True
        if name in self.groups:
            wanted, members = self.groups[name]
            return sum(self.is_met(proof, member) for member in members) >= wanted
        key = self.witnesses[name]
        return any(
            named == sha256(key)
            and is_signed(
                public_key(key), signature, f"cosignature/v1\ntime {time}\n".encode() + proof.text()
            )
            for named, time, signature in proof.cosignatures
        )


class Evidence:
    def __init__(self, directory, policy=None):
        self.directory = directory
        self.policy = policy
        self.rest = ENTRIES_BYTES_MAX
        self.problems = []
        self.entries = {}

    def problem(self, name, text):
        self.problems.append(f"entry {name[:8]}: {text}")

    def check(self):
        with Folder(self.directory) as top:
            data = top.read("manifest", MANIFEST_BYTES_MAX, is_known=False)
            items = self.read_manifest(data)
            top.expect(TOP, len(TOP))
            with Folder("entries", top.handle) as folder:
                names = folder.names(ENTRIES_MAX)
                for name in sorted(set(names) ^ set(items)):
                    self.problem(name, "is in the manifest or in the directory alone")
                for name in items:
                    if name in names:
                        try:
                            with Folder(name, folder.handle) as inner:
                                self.read(inner, name, *items[name])
                        except Malformed as error:
                            self.problem(name, str(error))
        self.check_trees()
        self.check_signatures()
        self.check_completeness()

    def read_manifest(self, data):
        lines = Lines(data)
        lines.expect("format=linli/evidence/v1")
        self.ledger = digest(lines.value("ledger"))
        subject = lines.value("subject")
        if not re.fullmatch("[0-9a-f]{32}", subject):
            raise Malformed("manifest: names no subject in its only form")
        self.subject = bytes.fromhex(subject)
        digest(lines.value("frontier"))
        number(lines.value("fold"))
        number(lines.value("now"))
        whole = lines.value("whole")
        if whole not in ("yes", "no"):
            raise Malformed("manifest: whole is neither yes nor no")
        self.is_whole = whole == "yes"
        items, last = {}, ""
        while lines.lines:
            form = f"([0-9a-f]{{64}}) (subject|roster) (-|[dwsra]{{1,{PARTS_MAX}}})"
            match = re.fullmatch(form, lines.value("entry"))
            if not match or match[1] <= last or len(items) >= ENTRIES_MAX:
                raise Malformed("manifest: entries are not of their form, not rising, or too many")
            last = match[1]
            items[last] = (match[2] == "subject", "" if match[3] == "-" else match[3])
        return items

    def take(self, folder, name, most):
        data = folder.read(name, most)
        self.rest -= len(data)
        if self.rest < 0:
            raise Malformed(f"brings the entries to more than {ENTRIES_BYTES_MAX} bytes")
        return data

    def read(self, folder, name, is_about, states):
        shown = [index for index, state in enumerate(states) if state == "d"]
        wanted = {"header", "leaf", "proof"} | {f"{kind}-{n}" for n in shown for kind in ("part", "salt")}
        folder.expect(wanted, 3 + 2 * PARTS_MAX)
        data = self.take(folder, "header", HEADER_BYTES_MAX)
        leaf = self.take(folder, "leaf", LEAF_BYTES)
        proof = Proof(self.take(folder, "proof", PROOF_BYTES_MAX))
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
        if len(states) != len(header[8]):
            raise Malformed("manifest says another number of parts")
        for index in shown:
            content = self.take(folder, f"part-{index}", ENTRY_BYTES_MAX)
            salt = self.take(folder, f"salt-{index}", 32)
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
                elif self.policy and log not in self.policy.logs:
                    self.problem(name, "is in a log that the policy does not trust")
                elif self.policy and not self.policy.is_met(proof):
                    self.problem(name, "has too few cosignatures of the policy's witnesses")
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
        opened = {h[2] for _, h, _ in signed if h[3] == 0 and h[6] == "log.open"}
        for log in sorted({header[2] for _, header, _ in signed} - opened):
            self.problems.append(f"log {log.hex()[:8]}: the entry that opens it is not there")

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
    parser.add_argument("--policy", help="trusted logs and witnesses, a Sigsum policy")
    arguments = parser.parse_args()
    evidence = Evidence(arguments.directory)
    try:
        if arguments.policy:
            with open(arguments.policy, encoding="utf-8") as file:
                text = file.read(POLICY_BYTES_MAX + 1)
            if len(text.encode()) > POLICY_BYTES_MAX:
                raise Unreadable("the policy is too long")
            evidence.policy = Policy(text)
        evidence.check()
    except Malformed as error:
        evidence.problems.append(str(error))
    except (OSError, ValueError, Unreadable) as error:
        print(f"could not tell: {error}")
        return 2
    if arguments.ledger and hasattr(evidence, "ledger") and arguments.ledger != evidence.ledger.hex():
        evidence.problems.append(f"is of ledger {evidence.ledger.hex()}")
    for problem in evidence.problems:
        print(problem)
    if evidence.problems:
        print(f"bad: {len(evidence.problems)} problems")
        return 1
    about = sum(entry[3] for entry in evidence.entries.values())
    print(f"good: {about} entries, {len(evidence.entries)} with the roster's, of ledger")
    print(f"{evidence.ledger.hex()}: compare it with one from elsewhere")
    named = {known.hex() for entry in evidence.entries.values() if entry[3] for known in entry[0][7]}
    print(f"{len(named - set(evidence.entries))} entries that these name are not there; others, which")
    print("none of them names, may have been left out: that can not be seen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
