"""What entries about a subject come to, by the definition: case.md sections 2 to 5.

Reads the tables off the page itself and shares no code with any node. Keeps no states and joins
nothing: a write stands among some entries if none of them that knew it took it away. Slow.
Deadlines are clocks.py. check_vectors.py holds both against the vectors.
"""

import os

from clocks import Calendar, Clocks, Policies
from roster import covers
from verify import decode, read_header, sha256, subject_id

STAGE, HOLDER, OFFERS, LINKS, ASSISTANTS, REDACTIONS = 1, 18, 19, 20, 28, 29
AGREEMENTS = "agreements"
AT, OFFER, CLOCK, CONSENT, LINK, ASSISTANCE = 16, 180, 187, 189, 222, 223
REDACTED, REDACTION = 224, 227
AGREED, INTEREST, EFFECTIVE, LONGEST_HOLIDAYS = 10, 139, 146, 864_000_000
ANSWERS = {
    "take": (OFFERS, OFFER), "reject": (OFFERS, OFFER), "withdraw": (OFFERS, OFFER),
    "release": (ASSISTANTS, ASSISTANCE), "confirm link": (LINKS, LINK), "unlink": (LINKS, LINK),
    "approve redaction": (REDACTIONS, REDACTION), "refuse redaction": (REDACTIONS, REDACTION),
}
REDACTING = ("redact", "approve redaction", "refuse redaction")
FOR_EVERY_KIND = REDACTING + ("share",)
TWO_SIDED = ("link", "confirm link", "unlink", "relate")
RECEIVING = ("offer", "give back", "assign", "assist", "link")
ROSTER = ("log.open", "grant.", "policy.signing", "policy.witness")
INSTANT_LIMIT = 253402300800000
CODE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def table(text, name):
    """The rows of a table between its marks, without the heads."""
    lines = text.split(f"<!-- {name} -->\n")[1].split("<!-- end -->")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def numbers(text):
    return [int(word) for word in text.split() if word.isdigit()]


class Page:
    """The tables of case.md."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.families, self.pairs = [], {}
        for stage, cells in table(text, "pairs"):
            if cells == "–":
                self.families.append([])
            family = self.families[-1]
            for other, cell in zip(family, cells.split() if cells != "–" else []):
                joined = (cell.rstrip("!"), cell.endswith("!"))
                self.pairs[stage, other] = self.pairs[other, stage] = joined
            self.pairs[stage, stage] = (stage, False)
            family.append(stage)
        opened = "reported registered accepted dispatched on-scene mediating suspended agreed"
        self.open = set((opened + " performing raised convened resolved in-force").split())
        self.fields = {int(row[0]): row[1:] for row in table(text, "fields")}
        self.clocks = {row[0]: row[1:] for row in table(text, "clocks")}
        self.profiles = dict(table(text, "profiles"))
        self.operations = {}
        for row in table(text, "operations"):
            name = row[0].split("`")[1]
            reaches = row[7].replace("clears ", "-").split()
            self.operations[name] = {
                "name": name,
                "opens": "(opens)" in row[0],
                "kind": row[1],
                "holder": "holder" in row[2],
                "required": numbers(row[3]),
                "fields": numbers(row[3]) + numbers(row[4]),
                "stages": self.stages(row[5]),
                "to": None if row[6] == "–" else row[6],
                "reaches": [int(word) for word in reaches if word[0] != "-"],
                "clears": [int(word[1:]) for word in reaches if word[0] == "-"],
                "act": row[8],
            }

    def stages(self, text):
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words or words[0] != "every stage":
            return set(words)
        return set(self.families[0]) - {word.split()[1] for word in words[1:]}

    def join(self, stages):
        """What stages come to, and whether any two conflict."""
        shown = stages[0]
        for stage in stages[1:]:
            shown = self.pairs.get((shown, stage), (shown, True))[0]
        conflict = any(self.pairs.get((a, b), (a, True))[1] for a in stages for b in stages)
        return shown, conflict


PAGE = Page(os.path.join(os.path.dirname(os.path.abspath(__file__)), "case.md"))


class Deed:
    """What an entry did where it stands."""

    def __init__(self, entry, place):
        self.entry, self.place = entry, place
        self.proposal = False
        self.before = self.stage = self.kept = None
        self.manner = "outright"
        self.link = self.holder = self.receiver = self.answered = self.agreed = None
        self.writes = set()
        self.cleared = set()
        self.suspensions = set()

    def value(self, number):
        """What it wrote to a single or milestone register that stands in the header."""
        is_given = number in self.entry.operation["fields"] and number in self.entry.fields
        return self.entry.fields[number] if is_given else self.entry.at


class Entry:
    def __init__(self, data):
        self.header = read_header(data)
        self.hash = sha256(data)
        self.log, self.sequence, self.time = (self.header[key] for key in (2, 3, 4))
        self.subjects, self.name, self.fields = (self.header[key] for key in (5, 6, 9))
        self.operation = PAGE.operations.get(self.name)
        self.is_roster = self.name.startswith(ROSTER)
        self.at = self.fields.get(AT, self.time)
        self.order = (self.time, self.hash)
        self.path = ()

    @property
    def act(self):
        return self.operation["act"] if self.operation else None

    @property
    def person(self):
        """Who acted, as far as a header says: there are no keys of persons here."""
        return (self.log, self.header[12]) if 12 in self.header else None

    def is_of_same_person(self, other):
        if self.person is None or other.person is None:
            return self.log == other.log
        return self.person == other.person

    def listed(self):
        """Numbers of the fields in parts; None if the list is not of its form."""
        listed = self.fields.get(0, [])
        if type(listed) is not list or len(listed) > 64:
            return None
        if any(type(number) is not int or number < 0 for number in listed):
            return None
        return listed if all(a < b for a, b in zip(listed, listed[1:])) else None


def is_of(kind, value):
    """Whether a value of the header is of a field's type."""
    kind = kind.split(",")[0]
    whole = type(value) is int and value >= 0
    if kind.startswith("code") or kind == "identifier":
        good = type(value) is str and 1 <= len(value.encode()) <= 32 and set(value) <= CODE
        return good and (kind != "identifier" or value == value.lower())
    if kind in ("hash", "subject id"):
        return type(value) is bytes and len(value) == (32 if kind == "hash" else 16)
    if kind in ("instant", "uint"):
        return whole and (kind == "uint" or value < INSTANT_LIMIT)
    if kind == "clocks":
        return type(value) is list and all(
            type(row) is list and len(row) == 3 and is_of("identifier", row[0])
            and row[1] in (0, 1, 2) and is_of("instant", row[2]) for row in value
        )
    items = {"hashes": "hash", "instants": "instant", "identifiers": "identifier", "days": "uint"}
    if kind in items:
        return type(value) is list and all(is_of(items[kind], item) for item in value)
    return type(value) is {"bool": bool, "text": str}.get(kind)


class Subject:
    """Folds one subject from entries; `right(entry, places)` is a word of roster.md section 6."""

    def __init__(self, identity, entries, right, held):
        self.id, self.right = identity, right
        self.entries = self.ordered([e for e in entries if identity in e.subjects], held)
        openings = [
            entry for entry in self.entries
            if (not entry.operation or entry.operation["opens"])
            and subject_id(entry.log, entry.sequence) == identity
        ]
        # Each history of a forked log has one at that place; what was ratified goes before.
        standing = [
            entry for entry in openings
            if len(openings) > 1 and self.right(entry, None).split()[0] in ("allowed", "ratified")
        ]
        self.opening = next(iter(standing + openings), None)
        self.verdicts, self.deeds, self.ended = {}, [], {}
        for entry in self.entries:
            self.judge(entry)

    def ordered(self, entries, held):
        """Display order; gives each entry `known`, `complete` and `forked` (entry.md section 5)."""
        by_hash = {entry.hash: entry for entry in entries}
        lasts = {}
        for entry in sorted(entries, key=lambda e: (e.log, e.path, e.sequence, e.hash)):
            named = [by_hash[h] for h in entry.header[7] if h in by_hash]
            entry.complete = all(h in held for h in entry.header[7])
            # The one before it in its own history, which can stand before it parted from others.
            before = [
                lasts[entry.log, entry.path[:count]]
                for count in range(len(entry.path), -1, -1)
                if (entry.log, entry.path[:count]) in lasts
            ]
            entry.parents = named + before[:1]
            entry.forked = False
            last = lasts.get((entry.log, entry.path))
            if last and last.sequence == entry.sequence:
                entry.forked = last.forked = True
            lasts[entry.log, entry.path] = entry
        order, left = [], sorted(entries, key=lambda e: e.order)
        while left:
            entry = next(e for e in left if all(p in order for p in e.parents))
            left.remove(entry)
            order.append(entry)
            entry.known = {entry}.union(*(p.known for p in entry.parents))
            entry.complete &= all(p.complete for p in entry.parents)
        return order

    # --- What stands among the deeds that some entries know (5.1, 5.2)

    def among(self, known):
        return [deed for deed in self.deeds if deed.place in known]

    def standing(self, register, deeds):
        def takes_away(other, deed):
            if other.proposal or deed.place not in other.place.known or other is deed:
                return False
            if deed.place is other.place and self.deeds.index(other) < self.deeds.index(deed):
                return False
            act = other.entry.act
            answers = other.answered and other.answered.entry is deed.entry
            if register == STAGE and other.manner != "outright":
                return other.manner == deed.manner == "mark"
            if register == OFFERS:
                return (
                    act in ("offer", "give back", "take", "assign")
                    or act in ("reject", "withdraw") and answers
                )
            if register == LINKS:
                return act == "unlink" and answers
            if register == ASSISTANTS:
                return act == "release" and answers
            if register == REDACTIONS:
                return act == "refuse redaction" and answers
            if register == AGREEMENTS:
                undone = other.answered and other.answered.entry is deed.agreed.entry
                return act == "unlink" and undone
            return register in other.writes or register in other.cleared

        writers = [deed for deed in deeds if register in deed.writes]
        return [d for d in writers if not any(takes_away(other, d) for other in deeds)]

    def agreed(self, deeds):
        """The links that are agreed to."""
        return {deed.agreed.entry for deed in self.standing(AGREEMENTS, deeds)}

    def stages(self, deeds):
        links = {deed.entry for deed in self.standing(LINKS, deeds)}
        agreed = self.agreed(deeds)

        def is_lost(link):
            other = link.subjects[1]
            return self.id < other and any(
                back in agreed and back.act == "link" and back.subjects == [other, self.id]
                for back in links
            )

        writes = self.standing(STAGE, deeds)
        merging = [d for d in writes if d.manner == "merging" and d.link.entry in links]
        self.lost = [d for d in merging if is_lost(d.link.entry)]
        merging = [d for d in merging if d not in self.lost]
        rest = [d for d in writes if d.manner != "merging"]
        rest = [d for d in rest if not any(d.place in m.place.known for m in merging)]
        counting = [d for d in rest if d.manner == "outright"] + merging
        if not any(d.stage in PAGE.open for d in counting):
            counting += [d for d in rest if d.manner == "mark"]
        return counting

    def stage(self, deeds):
        counting = self.stages(deeds)
        return PAGE.join([d.stage for d in counting])[0] if counting else None

    def holders(self, deeds):
        def rank(deed):
            if deed.entry.act in ("assign", "settle"):
                return (0, -deed.entry.time, deed.entry.hash)
            return (1, *(deed.answered or deed).entry.order)

        return sorted(self.standing(HOLDER, deeds), key=rank)

    def offers(self, deeds):
        moves = [deed.place for deed in self.standing(HOLDER, deeds)]
        standing = sorted(self.standing(OFFERS, deeds), key=lambda d: d.entry.order)
        is_open = [all(move in offer.place.known for move in moves) for offer in standing]
        return (
            [offer for offer, good in zip(standing, is_open) if good],
            [offer for offer, good in zip(standing, is_open) if not good],
        )

    # --- Judging (5.3)

    def judge(self, entry):
        verdict, deed = self.landed(entry, entry)
        self.verdicts[entry] = verdict
        if deed:
            self.deeds.append(deed)
        if entry.is_roster and verdict == "effective":
            ratified = self.ratified(entry)
            unknown = [self.landed(other, entry)[0] for other in ratified if not other.operation]
            needed = [word for word in unknown if word.startswith("needs-version")]
            if needed:
                self.verdicts[entry] = needed[0]
                return
            for other in ratified:
                verdict, deed = self.landed(other, entry)
                if not self.verdicts[other].startswith("ratified"):
                    name = f"ratified {entry.hash.hex()}"
                    self.verdicts[other] = name if verdict == "effective" else verdict
                if deed:
                    self.deeds.append(deed)

    def ratified(self, entry):
        def is_left(other):
            words = self.verdicts.get(other, "").split()
            right = self.right(other, None) if words else ""
            return (
                right.startswith("ratified") and entry.hash.hex() in right.split()
                and other in entry.known and other is not entry
                and not any(d.entry is other and d.place in entry.known for d in self.deeds)
            )

        return [other for other in self.entries if is_left(other)]

    def landed(self, entry, place):
        """The verdict on an entry as if it stood at a place, and its deed there."""
        if not entry.complete or self.opening is None:
            return "waiting", None
        needed = [
            int(self.verdicts[p].split()[1]) for p in entry.parents
            if self.verdicts[p].startswith("needs-version")
        ]
        if needed:
            return f"needs-version {max(needed)}", None
        if entry.forked:
            return "no-right contested", None
        if entry.is_roster:
            return ("effective" if self.ratified(entry) else "no-right not-permitted"), None
        deeds = self.among(place.known - {place} if entry is place else place.known)
        deed = Deed(entry, place)

        def right(places):
            word = self.right(entry, places)
            is_here = entry is not place and place.hash.hex() in word.split()
            return "allowed" if is_here else word

        def allowed(places):
            return right(places) == "allowed"

        scopes = [self.opening.header[10]] if 10 in self.opening.header else []
        scopes += [d.receiver for d in deeds if d.receiver and not d.proposal]
        operation = entry.operation
        if entry.header[0] != 1 or not operation:
            word = right(scopes)
            version = max(entry.header[0], 2)
            return (f"no-right {word}" if word != "allowed" else f"needs-version {version}"), None
        act = operation["act"]
        if act in ANSWERS:
            register, field = ANSWERS[act]
            name = entry.fields.get(field)
            found = [d for d in self.standing(register, deeds) if d.entry.hash == name]
            deed.answered = found[0] if found else None
        other_side, places = [], scopes
        if deed.answered and act in ("take", "reject"):
            places = [deed.answered.receiver]
        elif deed.answered and act in ("confirm link", "unlink"):
            if not deed.answered.proposal and 11 in deed.answered.entry.header:
                other_side = [deed.answered.entry.header[11]]
            places = scopes + other_side
        word = right(places)
        if word != "allowed" and not (word == "outside-scope" and act in TWO_SIDED):
            return f"no-right {word}", None
        reason = self.malformed(entry, operation, act)
        if reason:
            return f"malformed {reason}", None
        deed.before = self.stage(deeds)
        if entry is not self.opening:
            holders = [d.holder for d in self.holders(deeds)]
            ours = act not in TWO_SIDED or allowed(holders) or allowed(other_side)
            if act == "unlink" and deed.answered and deed.answered.proposal:
                ours = ours or deed.answered.entry.log == entry.log
            reason = self.unfit(deed, deeds, operation, act, holders, ours, other_side, allowed)
            if reason:
                return f"inadmissible {reason}", None
            deed.proposal = not ours
        self.fill(deed, deeds, operation, act, allowed)
        return ("proposed" if deed.proposal else "effective"), deed

    def malformed(self, entry, operation, act):
        header = entry.header
        if len(entry.subjects) != (2 if act in TWO_SIDED else 1):
            return "subjects"
        if entry is self.opening:
            if 10 not in header:
                return "no-scope"
        elif 10 in header or operation["opens"] and act != "take over":
            return "not-the-opening"
        if (act in RECEIVING) != (11 in header) and not (act == "settle" and 11 in header):
            return "receiver"
        for number, value in entry.fields.items():
            if number in operation["fields"]:
                _, place, kind, _ = PAGE.fields[number][:4]
                if place != "header" or not is_of(kind, value):
                    return f"field {number}"
        for number in operation["required"]:
            if PAGE.fields[number][1] == "header" and number not in entry.fields:
                return f"missing {number}"
        listed = entry.listed()
        if listed is None or any(PAGE.fields.get(n, "--")[1] == "header" for n in listed):
            return "part-fields"
        return None

    def unfit(self, deed, deeds, operation, act, holders, ours, other_side, allowed):
        entry, stage = deed.entry, deed.before
        if stage is None:
            return "not-opened"
        kind = self.opening.operation["kind"]
        if operation["kind"] != kind and (act not in FOR_EVERY_KIND or kind == "policy"):
            return "other-kind"
        if act == "take over" and self.opening.act != "take over":
            return "not-imported"
        if stage not in operation["stages"] and act not in FOR_EVERY_KIND:
            return f"stage {stage}"
        if operation["holder"] and not allowed(holders):
            return "not-holder"
        to = entry.header.get(11)
        above = all(allowed([place]) for place in holders)
        can_be_taken = self.offers(deeds)[0]

        def merges_again(link):
            return link.act == "link" and link.subjects[0] == self.id and stage == "merged"

        if act in ("offer", "give back"):
            if can_be_taken:
                return "offer-pending"
            former = [
                before.holder for move in self.standing(HOLDER, deeds)
                for before in self.holders(self.among(move.place.known - {move.place}))
            ]
            return "not-from-there" if act == "give back" and to not in former else None
        if act in ("take", "reject", "withdraw"):
            if not deed.answered:
                return "no-offer"
            is_first = can_be_taken[:1] == [deed.answered]
            return "offer-superseded" if act == "take" and not is_first else None
        if act == "redact":
            known = {e.hash for e in deed.place.known if not e.is_roster}
            return None if set(entry.fields[REDACTED]) <= known else "no-such-entry"
        if act in REDACTING:
            if not deed.answered:
                return "no-redaction"
            same = entry.is_of_same_person(deed.answered.entry)
            if act == "refuse redaction" and same:
                return None
            if not all(allowed([place[: 6 if len(place) > 6 else 4]]) for place in holders):
                return "not-above"
            return "same-hand" if same else None
        if act == "release":
            if not deed.answered:
                return "no-assistance"
            return None if allowed(holders + [deed.answered.receiver]) else "not-holder"
        if act == "assign":
            return None if above and allowed([to]) else "not-above"
        if act == "link":
            return "stage merged" if merges_again(entry) else None
        if act in ("confirm link", "unlink"):
            if not deed.answered:
                return "no-link"
            if act == "unlink" or not ours:
                return None
            if merges_again(deed.answered.entry):
                return "stage merged"
            return None if deed.answered.proposal or allowed(other_side) else "own-link"
        if act == "settle":
            return "not-above" if to and not above else self.settles(deed, deeds, holders)
        if act == "extend":
            words = " ".join(PAGE.clocks.get(entry.fields[CLOCK], [])[2:])
            if "extendable" not in words:
                return "not-extendable"
            consents = entry.fields.get(CONSENT) is True
            return "no-consent" if "with consent" in words and not consents else None
        if act == "appraise":
            return "same-hand" if self.is_by(entry, deeds, "case.dispatch") else None
        if act == "agree":
            talks = [d for d in deeds if d.entry.act == "mediate"]
            latest = [d for d in talks if not any(
                d is not other and d.place in other.place.known for other in talks
            )]
            interested = [d for d in latest if d.entry.fields.get(INTEREST) == "declared"]
            return "interest" if self.is_by(entry, interested, "mediation.open") else None
        if act == "apply":
            return "too-late" if self.is_too_late(entry, deeds) else None
        return None

    @staticmethod
    def is_by(entry, deeds, name):
        """Whether the person of an entry did something of this name."""
        done = [deed.entry.person for deed in deeds if deed.entry.name == name]
        return entry.person is not None and entry.person in done

    def is_too_late(self, entry, deeds):
        for number in (EFFECTIVE, AGREED):
            starts = [deed.value(number) for deed in self.standing(number, deeds)]
            if starts:
                return entry.at > Calendar().end(1, 30, max(starts))[0] + LONGEST_HOLIDAYS
        return False

    def settles(self, deed, deeds, holders):
        entry = deed.entry
        stage, to = entry.fields.get(STAGE), entry.header.get(11)
        standing = [d.stage for d in self.stages(deeds)]
        singles = [
            number for number in list(entry.fields) + entry.listed()
            if number in entry.operation["fields"] and PAGE.fields[number][3].startswith("single")
        ]
        good = bool(stage or to or singles)
        good &= not stage or len(standing) > 1 and stage in standing
        good &= not to or len(holders) > 1 and to in holders
        good &= all(len(self.standing(number, deeds)) > 1 for number in singles)
        return None if good else "nothing-to-settle"

    # --- What a deed does (5.4, 5.5)

    def fill(self, deed, deeds, operation, act, allowed):
        entry = deed.entry
        to = entry.header.get(11)
        if act in ("link", "relate"):
            deed.writes.add(LINKS)
        if act == "redact":
            deed.writes.add(REDACTIONS)
        if deed.proposal:
            return
        for number in list(entry.fields) + entry.listed():
            if number in operation["fields"]:
                if PAGE.fields[number][3].startswith(("single", "milestone")):
                    deed.writes.add(number)
        deed.cleared.update(operation["clears"])
        for number in operation["reaches"]:
            times = [d.value(number) for d in self.standing(number, deeds)]
            if all(time > entry.at for time in times) or number in operation["clears"]:
                deed.writes.add(number)
        suspended = [d for d in self.stages(deeds) if d.stage == "suspended"]
        kept = [d.kept for d in suspended]
        deed.stage = operation["to"]
        if act == "take over":
            deed.stage = "closed" if entry.fields.get(210) == "closed" else "reported"
        elif act == "resume":
            deed.stage = PAGE.join(kept)[0]
        elif act in ("offer", "give back", "assist"):
            deed.receiver = to
            deed.writes.add(ASSISTANTS if act == "assist" else OFFERS)
        elif act == "take":
            deed.holder = deed.answered.receiver
        elif act == "assign":
            deed.holder = to
        elif act == "settle":
            deed.holder, deed.stage = to, entry.fields.get(STAGE)
            merging = [d for d in self.stages(deeds) if d.manner == "merging"]
            if deed.stage == "merged" and merging:
                deed.manner, deed.link = "merging", merging[-1].link
        elif act == "confirm link":
            self.agree(deed, deed.answered)
        elif act == "link" and allowed([to]):
            self.agree(deed, deed)
        if entry is self.opening:
            deed.holder = entry.header[10]
        if deed.holder and not deed.stage:
            deed.stage, deed.manner = deed.before, "mark"
        if deed.stage == "suspended":
            deed.kept = deed.before if act == "suspend" else PAGE.join(kept)[0]
            deed.suspensions = set().union(*(d.suspensions for d in suspended))
            if act == "suspend":
                deed.suspensions = {entry}
        if deed.stage and deed.manner == "outright":
            replaced = set().union(*(d.suspensions for d in self.standing(STAGE, deeds)))
            for suspension in replaced - deed.suspensions:
                self.ended.setdefault(suspension, []).append(entry.at)
        deed.writes |= {STAGE} if deed.stage else set()
        deed.writes |= {HOLDER} if deed.holder else set()

    def agree(self, deed, link):
        deed.agreed = link
        deed.writes.add(AGREEMENTS)
        if link.entry.act == "link" and link.entry.subjects[0] == self.id:
            deed.stage, deed.manner, deed.link = "merged", "merging", link

    # --- The view, as far as it goes here (5.7, 7)

    def agrees(self, view, policies):
        """Whether an encoded view says the same of all but values in parts and flags."""
        judged = [
            e for e in self.entries if not self.verdicts[e].startswith(("waiting", "needs-version"))
        ]
        deeds = self.among(set(judged))
        if not any(deed.entry is self.opening for deed in deeds):
            return view == b""
        view = decode(view)
        clocks = Clocks(PAGE, self, policies)
        if [view[8], view[9]] != [clocks.profile, clocks.deadlines]:
            print(f"got {clocks.profile} {clocks.deadlines}, want {view[8]} {view[9]}")
            return False
        holders, (can_be_taken, outrun) = self.holders(deeds), self.offers(deeds)
        if (view[5], view[6]) != (holders[0].holder, self.stage(deeds)):
            return False
        offers = [deed.entry.hash for deed in can_be_taken + outrun]
        if [row[0] for row in view[17][1]] != offers:
            return False
        if [row[7] for row in view[17][1]] != [
            offer not in can_be_taken[:1] for offer in can_be_taken + outrun
        ]:
            return False
        counting = {deed.entry for deed in self.standing(REDACTIONS, deeds)}
        counting |= {d.answered.entry for d in deeds if d.entry.act == "approve redaction"}
        if {entry.hash for entry in counting} != {row[0] for row in view[19]}:
            return False
        helping = [deed.entry.hash for deed in self.standing(ASSISTANTS, deeds)]
        if sorted(set(helping)) != sorted(row[0] for row in view[17][6]):
            return False
        counts = [sum(v.startswith(w) for v in self.verdicts.values()) for w in (
            "", "waiting", "inadmissible", "no-right", "malformed", "forged", "needs-version",
            "proposed",
        )]
        return view[12] == counts and self.has_links(view, deeds) and self.has_writes(view, deeds)

    def has_links(self, view, deeds):
        agreed = self.agreed(deeds)
        wanted = {}
        for deed in self.standing(LINKS, deeds):
            is_relation = deed.entry.act == "relate"
            said = is_relation and not deed.proposal
            before = wanted.get(deed.entry.hash, (False, deed.proposal))
            wanted[deed.entry.hash] = (before[0] or said or deed.entry in agreed, before[1])
        return {row[2]: (row[5], row[6]) for row in view[18]} == wanted

    def has_writes(self, view, deeds):
        sources = [row[0] for row in view[15]]
        for number, _, writes in view[7]:
            if PAGE.fields[number][3].startswith("set"):
                continue
            standing = self.stages(deeds) if number == STAGE else self.standing(number, deeds)
            if {sources[w[1]] for w in writes} != {deed.entry.hash for deed in standing}:
                return False
        shown, conflict = PAGE.join([deed.stage for deed in self.stages(deeds)])
        words = {(row[0], row[1]) for row in view[10]}
        places = {deed.holder for deed in self.holders(deeds)}
        moves = [deed.place for deed in self.standing(HOLDER, deeds)]
        rejections = {
            d.entry for d in deeds if d.entry.act == "reject"
            and all(move in d.answered.place.known for move in moves)
        }
        return (
            shown == view[6]
            and ((STAGE, "values") in words) == conflict
            and ((HOLDER, "values") in words) == (len(places) > 1)
            and ((HOLDER, "disputed-custody") in words) == (len(rejections) > 1)
            and ((STAGE, "merged-both-ways") in words) == (bool(self.lost) and not conflict)
        )


def is_good(kind, vector):
    """Whether a vector of `case` is as it says; of `judged`, whether its entry has effect."""
    entries = [Entry(bytes.fromhex(line)) for line in vector["header"]]
    for line in vector.get("path", []):
        name, *leaves = line.split(" ")
        entry = next(entry for entry in entries if entry.hash.hex() == name)
        entry.path = tuple(bytes.fromhex(leaf) for leaf in leaves)
    offices = [line.split(" ") for line in vector.get("office", [])]
    words = dict(line.split(" ", 1) for line in vector.get("right", []))

    def right(entry, places):
        if entry.hash.hex() in words:
            return words[entry.hash.hex()]
        own = [scope for log, scope in offices if log == entry.log.hex()]
        wide = not offices or any(covers(scope, place) for scope in own for place in places or [])
        return "allowed" if wide else "outside-scope"

    identity = bytes.fromhex(vector["subject"][0])
    held = {entry.hash for entry in entries}
    results = []
    for order in (entries, entries[::-1]):
        setting = [bytes.fromhex(line) for line in vector.get("policy", [])]
        policies = Policies(PAGE, [Subject(each, order, right, held) for each in setting])
        subject = Subject(identity, order, right, held)
        # Policies' own views are folded under the standard alone.
        if identity in setting:
            policies = Policies(PAGE)
        verdicts = [subject.verdicts[entry] for entry in subject.entries]
        if kind == "judged":
            verdict = subject.verdicts[entries[-1]]
            if verdict != vector["verdict"][0]:
                raise AssertionError(f"got {verdict}, want {vector['verdict'][0]}")
            results.append(verdict == "effective")
        else:
            same = verdicts == vector.get("verdict", [])
            results.append(same and subject.agrees(bytes.fromhex(vector["view"][0]), policies))
            if not results[-1]:
                print(f"got {verdicts}")
    return all(results)
