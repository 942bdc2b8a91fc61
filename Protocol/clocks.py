"""When clocks run out, by the definition: case.md section 6 and calendar.md.

Reads the tables of clocks and profiles off the page. Works on a folded subject (fold.py) and shares
no code with any node: dates are those of Python's datetime.
"""

import re
from datetime import date

from roster import covers

DAY, OFFSET = 86_400_000, 8 * 3_600_000
ENDLESS = 2**64 - 1
LONGEST_TERM, LONGEST_WALK = 732, 36_600
CYCLE = 146_097  # days of 400 years, after which dates and weekdays come again
EPOCH = date(1970, 1, 1).toordinal()
UNITS = {"s": (0, 1000), "m": (0, 60_000), "h": (0, 3_600_000), "d": (1, 1), "w": (2, 1)}
PAUSING = ("01", "02", "03")
REPORTED, CLOSED = 2, 11
PROFILE, DUE, REASON, CLOCK, NEW_DUE, TARGET, RELATION = 64, 82, 185, 187, 188, 209, 221
VALID_FROM, NAME, ROWS, HOLIDAYS, WORKDAYS, YEAR, DEFAULT = 284, 296, 297, 298, 299, 300, 301


def day_of(instant):
    return (instant + OFFSET) // DAY


def end_of(day):
    return min((day + 1) * DAY - OFFSET, ENDLESS)


def civil(day):
    return date.fromordinal(EPOCH + day % CYCLE)


def year_of(day):
    return civil(day).year + day // CYCLE * 400


def read_day(number):
    """The day that a number such as 20250128 means; None if there is none from 1970 on."""
    text = str(number)
    if len(text) != 8:
        return None
    try:
        found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return found.toordinal() - EPOCH if found.year >= 1970 else None


class Calendar:
    def __init__(self):
        self.years = {}

    def add(self, year, holidays, workdays):
        """Takes the days of a year, unless it is there or a day can not be one of it."""
        off, on = ([read_day(day) for day in days] for days in (holidays, workdays))
        good = all(day is not None and year_of(day) == year for day in off + on)
        good = good and len(set(off)) == len(off) and len(set(on)) == len(on)
        good = good and not set(off) & set(on) and all(civil(day).weekday() >= 5 for day in on)
        if good and year not in self.years:
            self.years[year] = (set(off), set(on))

    def looks(self, day):
        """Whether a day is worked, and whether only its weekday says so."""
        is_weekday = civil(day).weekday() < 5
        if year_of(day) not in self.years:
            return is_weekday, True
        off, on = self.years[year_of(day)]
        return day in on or is_weekday and day not in off, False

    def end(self, unit, amount, start):
        """When a limit that begins at an instant is over, and whether that is an estimate."""
        if unit == 0:
            return min(start + amount, ENDLESS), False
        if not 1 <= amount <= LONGEST_TERM:
            return ENDLESS, True
        day, left, is_estimated = day_of(start), amount, False
        if unit == 1:
            day, left = day + amount - 1, 1
        for _ in range(LONGEST_WALK + (unit == 1)):
            day += 1
            is_worked, is_unknown = self.looks(day)
            is_estimated |= is_unknown
            left -= is_worked
            if left == 0:
                return end_of(day), is_estimated
        return ENDLESS, True


class State:
    """What a subject shows in the end; `is_there` says whether it shows anything."""

    def __init__(self, page, subject):
        self.page, self.subject = page, subject
        passed = ("waiting", "needs-version")
        judged = {e for e in subject.entries if not subject.verdicts[e].startswith(passed)}
        self.deeds = subject.among(judged)
        self.is_there = any(deed.entry is subject.opening for deed in self.deeds)
        if self.is_there:
            self.kind = subject.opening.operation["kind"]
            self.scope = subject.opening.header[10]
            self.stage = subject.stage(self.deeds)

    def __getitem__(self, number):
        """The value of a single or milestone register that stands in the header."""
        standing = self.subject.standing(number, self.deeds)
        if not standing:
            return None
        if self.page.fields[number][3].startswith("milestone"):
            return min(deed.value(number) for deed in standing)
        return max(standing, key=lambda deed: deed.entry.order).value(number)

    def of_act(self, act):
        """The entries of an act in effect, once each, with the deed that was first."""
        found = {}
        for deed in self.deeds:
            if deed.entry.act == act and not deed.proposal:
                found.setdefault(deed.entry, deed)
        return found

    @property
    def has_ended(self):
        return self.stage not in self.page.open


class Policies:
    """What policy subjects say; without any, the standard."""

    def __init__(self, page, subjects=()):
        self.standard = {}
        for name, text in page.profiles.items():
            self.standard[name] = [self.row(word) for word in text.split(", ") if word != "–"]
        states = [(subject.id, State(page, subject)) for subject in subjects]
        states = [(i, s) for i, s in states if s.is_there and s.kind == "policy"]
        self.local = [
            (len(s.scope), s[VALID_FROM], i, s) for i, s in states if s[NAME] is not None
        ]
        self.local.sort(key=lambda row: row[:3], reverse=True)
        self.calendar = Calendar()
        years = [(-len(s.scope), s.subject.opening.at, i, s) for i, s in states]
        for *_, state in sorted(years, key=lambda row: row[:3], reverse=True):
            if state[YEAR] is not None and state.stage == "in-force":
                days = [state[field] or [] for field in (HOLIDAYS, WORKDAYS)]
                self.calendar.add(state[YEAR], *days)

    @staticmethod
    def row(word):
        clock, limit = word.split("=")
        unit, factor = UNITS[limit[-1]]
        return [clock, unit, int(limit[:-1]) * factor]

    def held(self, at, place):
        for *_, state in self.local:
            repealed = state[CLOSED] if state.stage == "repealed" else None
            is_on = state[VALID_FROM] <= at and (repealed is None or at < repealed)
            if is_on and covers(state.scope, place):
                yield state

    def profile(self, code, at, place):
        """The clocks of a profile; none of one that nobody knows, and of `none` always."""
        if code == "none":
            return []
        found = [state[ROWS] for state in self.held(at, place) if state[NAME] == code]
        return (found + [self.standard.get(code, []) if code != "implied" else []])[0]

    def fallback(self, at, place):
        found = [state[NAME] for state in self.held(at, place) if state[DEFAULT] is True]
        return (found + ["hz-1-3-10"])[0]


class Clocks:
    """The profile of a subject that shows something, and its deadlines as its view encodes them."""

    def __init__(self, page, subject, policies):
        self.page, self.subject, self.policies = page, subject, policies
        self.state = State(page, subject)
        self.opened = subject.opening.at
        reported = self.state[REPORTED]
        start = self.opened if reported is None else reported
        self.pauses, self.extensions = self.all_pauses(), self.all_extensions()
        self.profile = self.chosen(start)
        rows = policies.profile(self.profile, start, self.state.scope)
        names = [row[0] for row in rows]
        rows = rows + [row for row in policies.standard["implied"] if row[0] not in names]
        self.deadlines = []
        for clock, unit, amount in rows:
            begin = self.first(clock) if clock in page.clocks else None
            if begin is not None:
                end, is_estimated = policies.calendar.end(unit, amount, begin)
                self.deadlines.append(self.row(clock, begin, end, is_estimated))
        for clock, field in (("target", TARGET), ("due", DUE)):
            if self.state[field] is not None:
                begin = self.first(clock)
                begin = self.opened if begin is None else begin
                self.deadlines.append(self.row(clock, begin, self.state[field], False))

    def chosen(self, start):
        if self.is_repeat():
            return "none"
        if self.state[PROFILE] is not None:
            return self.state[PROFILE]
        if self.state.kind != "case" or self.subject.opening.act == "take over":
            return "none"
        return self.policies.fallback(start, self.state.scope)

    def is_repeat(self):
        agreed = self.subject.agreed(self.state.deeds)
        return any(
            deed.entry.act == "relate" and deed.entry.fields.get(RELATION) == "repeat"
            and deed.entry.subjects[0] == self.subject.id
            and (not deed.proposal or deed.entry in agreed)
            for deed in self.subject.standing(20, self.state.deeds)
        )

    def numbers(self, clock, column):
        """The milestones that start (0) or stop (1) a clock."""
        return [int(word) for word in re.findall(r"\d+", self.page.clocks[clock][column])]

    def first(self, clock):
        """When a clock starts: the first of its starts that is shown."""
        numbers = self.numbers(clock, 0)
        values = [self.state[number] for number in numbers]
        return next((value for value in values if value is not None), None)

    def done(self, clock):
        values = [
            self.state[number] for number in self.numbers(clock, 1)
            if number != CLOSED or self.state.has_ended
        ]
        return min((value for value in values if value is not None), default=None)

    def row(self, clock, start, end, is_estimated):
        stands_still = "stands still" in self.page.clocks[clock][2]
        own = min(end + (self.stood_still(start) if stands_still else 0), ENDLESS)
        moved = 0
        if clock in self.extensions:
            new, at = self.extensions[clock]
            still = self.stood_still(max(start, at)) if stands_still else 0
            moved = min(new + still, ENDLESS)
        lasting = [max(begin, start) for begin, over in self.pauses if over is None]
        paused = min(lasting) if stands_still and lasting else None
        return [
            clock, start, max(own, moved), self.done(clock), self.state.has_ended, paused,
            is_estimated and own >= moved,
        ]

    def stood_still(self, start):
        """Milliseconds from an instant on that lie in a pause that is over."""
        spans = sorted((max(b, start), o) for b, o in self.pauses if o is not None and o > start)
        total, last = 0, start
        for begin, over in spans:
            total += max(over - max(begin, last), 0)
            last = max(last, over)
        return total

    def all_pauses(self):
        lasting = set()
        if self.state.stage == "suspended":
            for deed in self.subject.stages(self.state.deeds):
                if deed.stage == "suspended":
                    lasting |= deed.suspensions
        pauses = []
        for entry in self.state.of_act("suspend"):
            if entry.fields.get(REASON) in PAUSING:
                over = min(self.subject.ended.get(entry, []), default=None)
                if entry in lasting:
                    pauses.append((entry.at, None))
                elif over is not None and over > entry.at:
                    pauses.append((entry.at, over))
        return pauses

    def all_extensions(self):
        """Of each clock the largest (end, time) among those that no other knew."""
        found = {}
        for entry, deed in self.state.of_act("extend").items():
            found.setdefault(entry.fields[CLOCK], []).append((entry, deed))
        return {
            clock: max(
                (entry.fields[NEW_DUE], entry.at) for entry, deed in rows
                if not any(d is not deed and deed.place in d.place.known for _, d in rows)
            )
            for clock, rows in found.items()
        }
