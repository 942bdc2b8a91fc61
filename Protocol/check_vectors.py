#!/usr/bin/env python3
"""Checks vectors of encoding, entry, sealed, checkpoint, roster, case, bundle, frontier, evidence
and audit with verify.py, sealed.py, roster.py, fold.py, bundle.py, frontier.py, evidence.py and
audit.py, not with a node's code.

    check_vectors.py [DIR]

DIR is the directory `vectors` beside this file unless given. Exits with 0 if every file is as it
says, 1 if one is not.
"""

import base64
import os
import sys

import audit
import bundle
import evidence
import fold
import frontier
import sealed
from roster import Roster
from verify import (
    ZERO,
    Malformed,
    Tree,
    commitment,
    decode,
    is_signed,
    public_key,
    read_header,
    read_note,
    read_vkey,
    sha256,
    subject_id,
)


AREAS = (
    *("encoding", "entry", "sealed", "checkpoint", "roster", "case", "bundle", "frontier"),
    *("evidence", "audit"),
)


def read(path):
    """The lines of a vector as a map from names to lists of values."""
    lines = {}
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n")[:-1]:
            name, _, value = line.partition(":")
            lines.setdefault(name, []).append(value.lstrip(" "))
    return lines


def is_cosigned(note, vkey, time):
    """Whether a witness's line under a note is good: C2SP cosignature/v1."""
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    if sha256(name.encode() + b"\n" + key)[:4].hex() != key_id or key[0] != 4:
        return False
    text, _, lines = note.decode().rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        _, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if signer == name and signature[:4].hex() == key_id:
            message = f"cosignature/v1\ntime {time}\n{text}".encode()
            stamp = int.from_bytes(signature[4:12], "big")
            return stamp == time and is_signed(public_key(key[1:]), signature[12:], message)
    return False


def is_good(kind, vector):
    def data(name):
        return bytes.fromhex(vector[name][0])

    def number(name):
        return int(vector[name][0])

    if kind == "encoding":
        decode(data("cbor"))
        return True
    if kind == "header":
        read_header(data("header"))
        return sha256(data("header")) == data("hash")
    if kind == "place":
        header = read_header(data("header"))
        is_founding = header[1] == ZERO and sha256(data("header")) == data("ledger")
        return (
            (header[1] == data("ledger") or is_founding)
            and header[2] == data("log")
            and header[3] == int(vector["sequence"][0])
        )
    if kind == "subject":
        return subject_id(data("log"), int(vector["sequence"][0])) == data("id")
    if kind == "part":
        return commitment(data("salt"), data("bytes")) == data("commitment")
    if kind == "opened":
        place = sealed.place(data("ledger"), data("log"), *map(number, ("sequence", "part")))
        return sealed.opened(data("sealed"), data("wraps"), data("key"), place) == data("clear")
    if kind == "leaf":
        leaf, key = data("leaf"), data("key")
        message = b"sigsum.org/v1/tree-leaf\0" + leaf[:32]
        return (
            leaf[:32] == sha256(sha256(data("header")))
            and leaf[96:] == sha256(key)
            and is_signed(public_key(key), leaf[32:96], message)
            and sha256(b"\0" + leaf) == data("hash")
        )
    if kind == "tree":
        tree = Tree()
        for leaf in vector.get("leaf", []):
            tree.append(bytes.fromhex(leaf))
        return tree.root() == data("root")
    if kind == "note":
        name, key = read_vkey(vector["vkey"][0])
        return read_note(data("note"), name, key) == (int(vector["size"][0]), data("root"))
    if kind == "cosigned":
        return is_cosigned(data("note"), vector["vkey"][0], number("time"))
    if kind in ("set", "authority"):
        return is_roster(vector)
    if kind == "file" and "file" in vector:
        return frontier.read(data("file")) is not None
    if kind == "state":
        return audit.read_state(data("file")) is not None
    if kind == "fork":
        return audit.read_fork(data("file")) is not None
    if kind == "manifest":
        return len(evidence.Evidence(None).read_manifest(data("manifest"))) > 0
    if kind == "file":
        return bundle.Bundle(data("bundle")).is_good
    if kind in ("fold", "judged"):
        return fold.is_good(kind, vector)
    return None


def is_roster(vector):
    """Whether a set of roster entries gives what the vector says, in whatever order it comes."""
    ledger = bytes.fromhex(vector["ledger"][0])
    entries = []
    for line in vector["entry"]:
        header, leaf, *parts = line.split(" ")
        data, leaf = bytes.fromhex(header), bytes.fromhex(leaf)
        header = read_header(data)
        for part, wanted in zip(parts, header[8]):
            salt, content = (bytes.fromhex(half) for half in part.split("/"))
            if commitment(salt, content) != wanted:
                return False
        if leaf[:32] != sha256(sha256(data)):
            return False
        entries.append((header, sha256(data), leaf[96:]))
    for order in (entries, entries[::-1]):
        roster = Roster(ledger, order)
        if roster.effects() != vector.get("effect", []):
            return False
        for line in vector.get("witness", []):
            log, scope, quorum, *members = line.split(" ")
            found, needed = roster.witnesses(bytes.fromhex(log), scope)
            found = [
                item.hex() if type(item) is bytes else f"{item[0]}={item[1].hex()}"
                for item in found
            ]
            if [found, needed] != [members, int(quorum)]:
                print(f"got {needed} of {found}: {line}")
                return False
        for line in vector.get("verdict", []):
            author, log, sequence, roles, personal, scope, *entry, answer = line.split(" ")
            got = roster.verdict(
                bytes.fromhex(author),
                bytes.fromhex(log),
                int(sequence),
                {int(role) for role in roles.split(",")},
                personal == "personal",
                scope,
                bytes.fromhex(entry[0]) if entry else None,
            )
            if got != answer:
                print(f"got {got}, want {answer}: {line}")
                return False
    return True


def main():
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors")
    directory = sys.argv[1] if len(sys.argv) > 1 else beside
    count = wrong = 0
    for area in AREAS:
        if not os.path.isdir(os.path.join(directory, area)):
            continue
        for name in sorted(os.listdir(os.path.join(directory, area))):
            vector = read(os.path.join(directory, area, name))
            kind = "encoding" if area == "encoding" else name.split("_")[0]
            try:
                result = is_good(kind, vector)
            except Malformed:
                result = False
            if result is None:
                continue
            count += 1
            if result != (vector["expect"][0] == "good"):
                wrong += 1
                print(f"{area}/{name}: {vector['what'][0]}: got {result}")
    print(f"{count} vectors, {wrong} not as they say")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
