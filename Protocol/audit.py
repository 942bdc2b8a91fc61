#!/usr/bin/env python3
"""Checks a file of an auditor from its bytes alone: a state file or a proof of a fork.

    audit.py FILE

FILE is what audit.md describes. Shares no code with any node. Exits with 0 if the file is of its form
and every signature and proof in it holds, 1 if not, 2 if that could not be found out.

Needs Python 3.9 or later with the packages cbor2 and cryptography.
"""

import base64
import re
import sys

from bundle import leads
from verify import Malformed, is_signed, public_key, sha256

STATE_BYTES_MAX = 4 << 20
FORK_BYTES_MAX = 32 * 1024
LOGS_MAX = 8192
PATH_MAX = 65
HEAD = "(0|[1-9][0-9]{0,18}) ([0-9a-f]{64}) ([0-9a-f]{128})"


def log_key(text):
    key = bytes.fromhex(text)
    public_key(key)
    return key


def head(key, size, root, signature):
    """Size and root of a checkpoint that the log's key signed."""
    size, root = int(size), bytes.fromhex(root)
    if size >= 1 << 62 or size == 0 and root != sha256(b""):
        raise Malformed("has a checkpoint of no tree")
    origin = f"sigsum.org/v1/tree/{sha256(key).hex()}"
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
    if not is_signed(public_key(key), bytes.fromhex(signature), text):
        raise Malformed(f"has a checkpoint of size {size} that the log's key did not sign")
    return size, root


def lines_of(data, most):
    if len(data) > most:
        raise Malformed(f"has more than {most} bytes")
    try:
        lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("is not ASCII") from error
    if lines.pop() != "":
        raise Malformed("ends within a line")
    return lines


def match(lines, form):
    found = re.fullmatch(form, lines.pop(0), re.ASCII) if lines else None
    if not found:
        raise Malformed(f"lacks a line of the form {form}")
    return found.groups()


def read_state(data):
    """What an auditor remembers, as a map from the log's key to size, root and time."""
    lines = lines_of(data, STATE_BYTES_MAX)
    match(lines, "format=linli/audit/v1")
    match(lines, "ledger=([0-9a-f]{64})")
    if len(lines) > LOGS_MAX:
        raise Malformed(f"has more than {LOGS_MAX} logs")
    logs, last = {}, b""
    while lines:
        form = f"log=([0-9a-f]{{64}}) {HEAD} (0|[1-9][0-9]{{0,19}})"
        key, size, root, signature, time = match(lines, form)
        key = log_key(key)
        if key <= last or int(time) >= 1 << 64:
            raise Malformed("has logs that do not rise, or a time that is none")
        last = key
        logs[key] = (*head(key, size, root, signature), int(time))
    return logs


def read_fork(data):
    """Key, size and both roots of a proven fork."""
    lines = lines_of(data, FORK_BYTES_MAX)
    match(lines, "format=linli/fork/v1")
    key = log_key(match(lines, "log=([0-9a-f]{64})")[0])
    size = int(match(lines, "size=([1-9][0-9]{0,18})")[0])
    roots = []
    for _ in range(2):
        root = bytes.fromhex(match(lines, "root=([0-9a-f]{64})")[0])
        target, target_root = head(key, *match(lines, f"head={HEAD}"))
        path = []
        while lines and lines[0].startswith("path=") and len(path) < PATH_MAX:
            path.append(bytes.fromhex(match(lines, "path=([0-9a-f]{64})")[0]))
        if not leads(size, root, target, target_root, path):
            raise Malformed("has a history that does not lead to its checkpoint")
        roots.append(root)
    if lines or roots[0] >= roots[1]:
        raise Malformed("goes on behind its end, or its roots do not rise")
    return key, size, roots


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    try:
        with open(sys.argv[1], "rb") as file:
            data = file.read(STATE_BYTES_MAX + 1)
    except OSError as error:
        print(f"could not tell: {error.strerror}")
        return 2
    try:
        if data.startswith(b"format=linli/fork/"):
            key, size, _ = read_fork(data)
            print(f"proven: the key of log {sha256(key).hex()} signed two histories,")
            print(f"which differ within the first {size} entries")
        else:
            print(f"good: {len(read_state(data))} logs are remembered")
    except Malformed as error:
        print(f"bad: the file {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
