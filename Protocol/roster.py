"""Who may do what, from a set of roster entries: roster.md sections 4 to 7.

Shares no code with any node. check_vectors.py holds it against the vectors.
"""

from bundle import leads, tree_of
from verify import ZERO, Malformed, decode, is_signed, public_key, read_note, sha256

NEVER = 2**64
ROLES = {1: range(1, 10), 2: range(1, 10), 3: range(1, 9), 4: range(1, 8), 5: range(10, 11)}
MAY_ENROL = {1: (2, 3, 4, 5), 2: (3, 4, 5), 3: (), 4: (), 5: ()}
LEAD, ADMIN = 8, 9
NUMBER_CHARACTERS = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")


class Right:
    """A grant, and once it is in effect how it counts in its log."""

    def __init__(self, name, author, log, place, level, rank, scope, roles, writer):
        self.name, self.author, self.log, self.place = name, author, log, place
        self.level, self.rank, self.scope, self.roles = level, rank, scope, set(roles)
        self.writer = writer
        self.parent = None
        self.cuts = None
        self.limit = NEVER
        self.marks = []

    def end(self, cuts):
        if self.cuts is None:
            self.cuts = dict(cuts)
        else:
            self.cuts = {log: min(self.cuts[log], cuts[log]) for log in self.cuts if log in cuts}

    def own_limit(self):
        return NEVER if self.cuts is None else self.cuts.get(self.log, 0)

    def is_office(self):
        return self.rank == 0 or ADMIN in self.roles

    def may_enrol(self, level, scope):
        return self.is_office() and level in MAY_ENROL[self.level] and covers(self.scope, scope)

    def may_give(self, roles, scope):
        mine = set(self.roles)
        if self.rank > 0:
            administering = [role for role in (LEAD, ADMIN) if role in self.roles]
            if not administering:
                return False
            mine |= set(range(1, max(administering)))
        return covers(self.scope, scope) and roles <= mine & set(ROLES[self.level])


def covers(wide, narrow):
    return narrow.startswith(wide)


def is_bytes32(value):
    return type(value) is bytes and len(value) == 32


def unsigned(value):
    return type(value) is int and value >= 0


def key(value):
    try:
        public_key(value)
        return True
    except Malformed:
        return False


def are_node_keys(values):
    return (
        len(values) == 6
        and all(is_bytes32(value) for value in values)
        and len(set(values)) == 6
        and all(key(values[index]) for index in (0, 1, 2, 4))
    )


def cuts(rows):
    """Sizes by log; None if a row is malformed or a log is named twice."""
    if type(rows) is not list or len(rows) > 256:
        return None
    sizes = {}
    for row in rows:
        if type(row) is not list or len(row) != 3:
            return None
        if not is_bytes32(row[0]) or not unsigned(row[1]) or not is_bytes32(row[2]):
            return None
        if row[0] in sizes:
            return None
        sizes[row[0]] = row[1]
    return sizes


def fork_of(fields):
    """Log, common size and root that a proof of two histories shows; None if it shows none."""
    key, size, peaks, rows = (fields.get(number) for number in range(4))
    if not is_bytes32(key) or not unsigned(size) or size >= 2**62 or type(peaks) is not list:
        return None
    if not all(is_bytes32(peak) for peak in peaks) or type(rows) is not list or len(rows) != 2:
        return None
    name, leaves = "sigsum.org/v1/tree/" + sha256(key).hex(), []
    for row in rows:
        if type(row) is not list or len(row) != 3 or not is_bytes32(row[0]):
            return None
        leaf, note, proof = row
        if type(note) is not bytes or len(note) > 4096 or type(proof) is not list:
            return None
        if len(proof) > 65 or not all(is_bytes32(item) for item in proof):
            return None
        try:
            public_key(key)
            tree = tree_of(size, peaks)
            common = tree.root()
            tree.append_hash(leaf)
            to_size, to_root = read_note(note, name, key)
        except Malformed:
            return None
        if not leads(tree.size, tree.root(), to_size, to_root, proof):
            return None
        leaves.append(leaf)
    return (sha256(key), size, common) if leaves[0] < leaves[1] else None


def witnesses_of(items):
    """Logs and (name, key) of a policy; None if it is malformed."""
    if type(items) is not list or len(items) not in (0, 4, 5, 6, 7):
        return None
    witnesses, ids = [], set()
    for item in items:
        if is_bytes32(item):
            witnesses.append(item)
            ids.add(item)
            continue
        if type(item) is not list or len(item) != 2 or type(item[0]) is not str:
            return None
        name, visible = item[0], set(map(chr, range(0x21, 0x7F))) - {"+"}
        if not 1 <= len(name) <= 128 or not set(name) <= visible:
            return None
        if not is_bytes32(item[1]) or not key(item[1]):
            return None
        witnesses.append((name, item[1]))
        ids.add(item[1])
    return witnesses if len(ids) == len(items) else None


class Roster:
    """Evaluates (header, entry hash, author's key hash), whose signatures were checked."""

    def __init__(self, ledger, entries):
        self.ledger = ledger
        self.rights = []
        self.policies = []
        self.witness_policies = []
        self.forks = {}
        nodes, persons, ends, policies, marks, successions = [], [], [], [], [], []
        named = []
        self.recovery, founder = None, None
        for header, name, author in entries:
            if header[0] != 1:
                continue
            fields, place, operation = header[9], (header[2], header[3]), header[6]
            if operation == "log.open" and place[1] == 0 and header[1] == ZERO:
                values = [fields.get(number) for number in range(1, 7)]
                keys, threshold = fields.get(7), fields.get(8)
                if (
                    name == ledger
                    and 10 in header
                    and are_node_keys(values)
                    and sha256(values[0]) == place[0]
                    and sha256(values[1]) == author
                    and type(keys) is list
                    and 1 <= len(keys) <= 256
                    and all(key(value) for value in keys)
                    and unsigned(threshold)
                    and 1 <= threshold <= len(keys)
                ):
                    founder = self.node(name, values, 1, header[10], place, author)
                    self.recovery = (keys, threshold)
            elif operation == "grant.node":
                values = [fields.get(number) for number in range(1, 7)]
                level = fields.get(0)
                if 10 in header and unsigned(level) and 1 <= level <= 5 and are_node_keys(values):
                    nodes.append(self.node(name, values, level, header[10], place, author))
            elif operation == "grant.staff":
                roles, staff_key, number = fields.get(0), fields.get(11), fields.get(12)
                if (
                    10 in header
                    and type(roles) is list
                    and 1 <= len(roles) <= 16
                    and all(unsigned(role) and 1 <= role <= 10 for role in roles)
                    and all(low < high for low, high in zip(roles, roles[1:]))
                    and key(staff_key)
                    and type(number) is str
                    and 1 <= len(number) <= 64
                    and set(number) <= NUMBER_CHARACTERS
                ):
                    persons.append(
                        Right(
                            name, sha256(staff_key), place[0], place, None, None, header[10],
                            roles, author,
                        )
                    )
            elif operation == "grant.end":
                names, sizes = fields.get(0), cuts(fields.get(10))
                if (
                    type(names) is list
                    and 1 <= len(names) <= 256
                    and all(is_bytes32(value) for value in names)
                    and sizes is not None
                ):
                    ends.append((set(names), sizes, author, place))
            elif operation == "policy.signing":
                sizes = cuts(fields.get(10))
                if 10 in header and sizes is not None:
                    policies.append((name, header[10], sizes, author, place))
            elif operation == "policy.witness":
                witnesses, replaced = witnesses_of(fields.get(0)), fields.get(1)
                if (
                    10 in header
                    and witnesses is not None
                    and type(replaced) is list
                    and len(replaced) <= 16
                    and all(is_bytes32(item) for item in replaced)
                ):
                    named.append((name, header[10], witnesses, set(replaced), author, place))
            elif operation in ("grant.ratify", "grant.refuse"):
                log, first, end = fields.get(0), fields.get(1), fields.get(2)
                hashes = fields.get(4)
                if (
                    is_bytes32(log)
                    and unsigned(first)
                    and unsigned(end)
                    and first < end
                    and is_bytes32(fields.get(3))
                    and (
                        4 not in fields
                        or type(hashes) is list
                        and len(hashes) == end - first <= 256
                        and all(is_bytes32(item) for item in hashes)
                    )
                ):
                    is_good = operation == "grant.ratify"
                    marks.append((name, is_good, log, first, end, author, place, hashes))
            elif operation == "grant.succeed":
                successions.append((fields.get(0), fields.get(1), name, author, place))
            elif operation == "log.fork":
                fork = fork_of(fields)
                if fork is not None:
                    log, known = fork[0], self.forks.get(fork[0])
                    self.forks[log] = min(fork[1:], known) if known else fork[1:]
        if founder is None:
            return
        self.ends = ends
        self.roots(founder, successions)
        for level in range(1, 6):
            if level > 1:
                self.settle_nodes([node for node in nodes if node.level == level])
            self.settle_persons(level, persons)
            if level <= 2:
                self.settle_policies(level, policies)
                self.settle_witnesses(level, named)
        for mark in sorted(marks, key=lambda mark: mark[0]):
            self.settle_mark(*mark)

    @staticmethod
    def node(name, values, level, scope, place, writer):
        log, author = sha256(values[0]), sha256(values[1])
        return Right(name, author, log, place, level, 0, scope, ROLES[level], writer)

    # --- Settling -------------------------------------------------------------------------------

    def roots(self, founder, carried):
        roots, ended = {founder.name: founder}, []
        for body, signatures, _, author, place in sorted(
            carried, key=lambda item: (repr(item[0]), item[2])
        ):
            read = self.succession(body, signatures)
            if read is None:
                continue
            name, scope, values, names, sizes = read
            if name not in roots:
                roots[name] = self.node(name, values, 1, scope, place, author)
                ended.append((names, sizes))
        for names, sizes in ended:
            for name in set(names) & set(roots):
                roots[name].end(sizes)
        for root in roots.values():
            self.settle_holder(root, self.limit(root))
            root.limit = self.limit(root)
            self.rights.append(root)

    def succession(self, body, signatures):
        try:
            items = decode(body)
        except (Malformed, TypeError):
            return None
        if type(items) is not list or len(items) != 5 or items[0] != self.ledger:
            return None
        sizes = cuts(items[4])
        if type(items[2]) is not list or not are_node_keys(items[2]) or sizes is None:
            return None
        if type(signatures) is not list or not 1 <= len(signatures) <= 256:
            return None
        message, good, last = b"linli/succession/v1\0" + body, 0, -1
        for row in signatures:
            if type(row) is not list or len(row) != 2 or not unsigned(row[0]) or row[0] <= last:
                return None
            last = row[0]
            if last < len(self.recovery[0]):
                good += is_signed(public_key(self.recovery[0][last]), row[1], message)
        if good < self.recovery[1]:
            return None
        return sha256(message), items[1], items[2], items[3], sizes

    def settle_nodes(self, candidates):
        settled = []
        for node in candidates:
            parents = [
                right.name
                for right in self.standing(node.writer, node.place)
                if right.may_enrol(node.level, node.scope) and self.is_free(right, node.place)
            ]
            if not parents:
                continue
            node.parent = min(parents)
            for names, sizes, author, place in self.ends:
                if node.name in names and self.above(node, author, place):
                    node.end(sizes)
            self.settle_holder(node, self.limit(node))
            node.limit = self.limit(node)
            settled.append(node)
        self.rights += settled

    def settle_holder(self, right, limit):
        for names, sizes, author, place in self.ends:
            if right.name not in names or author != right.author:
                continue
            if place[0] == right.log and place[1] < limit:
                right.end(sizes)

    def settle_persons(self, level, candidates):
        rank = 1
        waiting = [person for person in candidates if person.level is None]
        while True:
            settled = []
            for person in waiting:
                parents = [
                    right.name
                    for right in self.standing(person.writer, person.place)
                    if right.level == level and right.may_give(person.roles, person.scope)
                ]
                if not parents:
                    continue
                person.parent, person.level, person.rank = min(parents), level, rank
                office = max(
                    (
                        right.limit
                        for right in self.rights
                        if right.log == person.log
                        and right.rank == 0
                        and right.level == level
                        and covers(right.scope, person.scope)
                    ),
                    default=0,
                )
                for names, sizes, author, place in self.ends:
                    if person.name in names and self.above(person, author, place):
                        person.end(sizes)
                self.settle_holder(person, min(person.own_limit(), office))
                person.limit = min(person.own_limit(), office)
                settled.append(person)
            if not settled:
                return
            self.rights += settled
            waiting = [person for person in waiting if person not in settled]
            rank += 1

    def settle_policies(self, level, candidates):
        for name, area, sizes, author, place in candidates:
            for right in self.standing(author, place):
                if right.level == level and right.is_office() and covers(right.scope, area):
                    self.policies.append((name, level, area, sizes, place))
                    break

    def settle_witnesses(self, level, candidates):
        for name, area, witnesses, replaced, author, place in candidates:
            for right in self.standing(author, place):
                if right.level == level and right.is_office() and covers(right.scope, area):
                    self.witness_policies.append((name, level, area, witnesses, replaced))
                    break

    def witnesses(self, log, scope):
        """Who witnesses a log of a node with this scope, its own left out, and the quorum."""
        standing = [
            policy
            for policy in self.witness_policies
            if covers(policy[2], scope)
            and not any(
                other[1] <= policy[1] and covers(other[2], policy[2]) and policy[0] in other[4]
                for other in self.witness_policies
            )
        ]
        if not standing:
            return [], 0
        chosen = min(standing, key=lambda policy: (-len(policy[2]), policy[1], policy[0]))
        members = [witness for witness in chosen[3] if witness != log]
        return members, len(members) * 2 // 3 + 1 if members else 0

    def limit(self, right):
        return min(right.own_limit(), self.forked_from(right.log))

    def forked_from(self, log):
        return self.forks[log][0] if log in self.forks else NEVER

    def settle_mark(self, name, is_good, log, first, end, author, place, hashes):
        if log == place[0] and place[1] < end:
            return
        for right in self.rights:
            if right.log != log or end <= right.limit:
                continue
            levels = [above.level for above in self.above(right, author, place)]
            if not levels and right.level == 1:
                levels = [
                    1
                    for root in self.standing(author, place)
                    if root.level == 1
                    and root.is_office()
                    and root.author != right.author
                    and (root.log != right.log or root.rank == right.rank == 0)
                    and covers(root.scope, right.scope)
                    and self.is_free(root, place)
                ]
            if levels:
                right.marks.append((name, is_good, min(levels), first, end, hashes))

    # --- Questions ------------------------------------------------------------------------------

    def standing(self, author, place):
        return [
            right
            for right in self.rights
            if right.author == author and right.log == place[0] and place[1] < right.limit
        ]

    def is_free(self, right, place):
        """Whether no policy wants a person there."""
        return right.rank > 0 or not self.wants_person(right, place[1])

    def wants_person(self, right, sequence):
        for _, level, area, sizes, place in self.policies:
            start = sizes.get(right.log, 0)
            if right.log == place[0]:
                start = max(start, place[1])
            if level <= right.level and covers(area, right.scope) and sequence >= start:
                return True
        return False

    def above(self, right, author, place):
        ancestors, name = set(), right.parent
        while name is not None:
            parent = next(other for other in self.rights if other.name == name)
            ancestors.add(parent.log)
            name = parent.parent
        found = []
        for other in self.standing(author, place):
            if right.rank > 0 and other.log == right.log and other.level == right.level:
                is_above = other.rank < right.rank and other.may_give(right.roles, right.scope)
            else:
                is_above = (
                    self.is_free(other, place)
                    and other.may_enrol(right.level, right.scope)
                    and (other.level == 1 or other.log in ancestors)
                )
            if is_above:
                found.append(other)
        return found

    def speaks(self, mark, log, sequence, entry):
        """Whether a mark is about an entry; beyond a fork it names its hash."""
        first, end, hashes = mark[3:]
        if not first <= sequence < end:
            return False
        if hashes is None:
            return sequence < self.forked_from(log)
        return hashes[sequence - first] == entry

    def verdict(self, author, log, sequence, roles, is_personal, scope, entry=None):
        rights = [right for right in self.rights if (right.author, right.log) == (author, log)]
        if not rights:
            return "no-grant"
        rights = [right for right in rights if right.roles & roles]
        if not rights:
            return "not-permitted"
        rights = [right for right in rights if covers(right.scope, scope)]
        if not rights:
            return "outside-scope"
        if is_personal:
            rights = [r for r in rights if r.rank > 0 or not self.wants_person(r, sequence)]
        if not rights:
            return "not-personal"
        if any(sequence < right.limit for right in rights):
            return "allowed"
        marks = [m for r in rights for m in r.marks if self.speaks(m, log, sequence, entry)]
        refusal = min((mark[2] for mark in marks if not mark[1]), default=None)
        good = {m[0] for m in marks if m[1] and (refusal is None or m[2] < refusal)}
        if good:
            return "ratified=" + ",".join(name.hex() for name in sorted(good))
        return "contested" if refusal is None else "refused"

    def effects(self):
        """What is in effect, one line each, sorted, as the vectors write it."""
        lines = [f"{policy[0].hex()} policy" for policy in self.policies]
        lines += [f"{policy[0].hex()} witnesses" for policy in self.witness_policies]
        for log, (size, root) in self.forks.items():
            lines.append(f"{log.hex()} forked {size} {root.hex()}")
        for right in self.rights:
            parent = right.parent.hex() if right.parent else "-"
            line = f"{right.name.hex()} under {parent}"
            if right.cuts is not None:
                line += " ended"
                line += "".join(sorted(f" {log.hex()}={n}" for log, n in right.cuts.items()))
            lines.append(line + (f" rank {right.rank}" if right.rank else ""))
        return sorted(lines)
