#!/usr/bin/env python3
"""Checks a saved frontier, as frontier.md has it, and prints its digest.

    frontier.py FILE

Exits with 0 if the file is one, 1 if not, 2 if it can not be read.
"""

import hashlib
import re
import sys

DIGEST = r"([0-9a-f]{64})"
NUMBER = r"(0|[1-9][0-9]{0,19})"
MOST_BYTES = 1 << 20


def digest_of(logs):
    state = hashlib.sha256(b"linli/frontier/v1\0")
    for log, size, root in logs:
        state.update(log + size.to_bytes(8, "big") + root)
    return state.digest()


def read(data):
    """The digest of a saved frontier; None for anything else."""
    if len(data) > MOST_BYTES or not data.endswith(b"\n"):
        return None
    lines = data[:-1].decode("latin-1").split("\n")
    forms = [r"linli/frontier/v1", "ledger " + DIGEST, "fold " + NUMBER, "now " + NUMBER]
    if len(lines) < len(forms) + 1:
        return None
    for line, form in zip(lines, forms):
        match = re.fullmatch(form, line)
        if not match or (NUMBER in form and not fits(match[1])):
            return None
    logs = []
    for line in lines[len(forms) : -1]:
        match = re.fullmatch(f"log {DIGEST} {NUMBER} {DIGEST}", line)
        if not match or not fits(match[2]) or int(match[2]) == 0:
            return None
        logs.append((bytes.fromhex(match[1]), int(match[2]), bytes.fromhex(match[3])))
    if any(first >= second for first, second in zip(logs, logs[1:])):
        return None
    digest = digest_of(logs)
    return digest if lines[-1] == "frontier " + digest.hex() else None


def fits(text):
    """Whether a number is below 2^64."""
    return int(text) < 1 << 64


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip())
        return 2
    try:
        with open(sys.argv[1], "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        print(f"could not tell: {error.strerror}: {error.filename}")
        return 2
    digest = read(data)
    print("bad: no saved frontier" if digest is None else f"good: {digest.hex()}")
    return 1 if digest is None else 0


if __name__ == "__main__":
    sys.exit(main())
