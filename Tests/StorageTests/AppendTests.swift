import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import TestSupport
import Testing

@testable import Storage

/// A founder with one street enrolled, and a case in it.
private struct Bench {
    let desk: Desk
    let subject: SubjectID

    init() throws {
        let city = try Office(1, .city, "3301")
        desk = try Desk.founding(city)
        let street = try Office(2, .street, "330105013")
        let roster = try #require(desk.store.rosterSubject)
        try desk.append(.grant(roster: roster, request: street.request, isConfirmed: true))
        subject = try desk.append(report("漏水", in: street.scope)).subject
    }
}

@Test func whatIsAppendedIsThereAfterReopening() throws {
    let bench = try Bench()
    let desk = bench.desk
    try desk.append(note("一", about: bench.subject), note("二", about: bench.subject))
    let before = try desk.picture()
    #expect(before.logs.map(\.size) == [5])
    #expect(before.rows.count == 1 && before.grants.count == 2)
    try desk.reopen()
    #expect(try desk.picture() == before)
    try desk.store.keepBucketDigests()
    #expect(try desk.store.viewDigest() == before.view)
}

@Test func entriesOfOneAppendKnowEachOther() throws {
    let bench = try Bench()
    let subject = bench.subject
    try bench.desk.append(
        draft(.register, subject, [.category: "0201"]),
        draft(.accept, subject),
        draft(.close, subject, [.outcome: "11"])
    )
    #expect(try bench.desk.picture().rows.first?.stage == Stage.closed.rawValue)
}

@Test func anAppendThatIsRefusedChangesNothing() throws {
    let bench = try Bench()
    let desk = bench.desk
    let roster = try #require(desk.store.rosterSubject)
    let good = try note("好", about: bench.subject)
    let unknown = SubjectID(openedIn: sha256([9]), at: 3)
    let second = try Office(3, .city, "3301")
    let elsewhere = try #require(Scope("3302"))
    var wide = good
    wide.parts = [[UInt8](repeating: 0, count: Part.entryBytesMax)]
    let before = try desk.picture()
    let bad: [(EntryDraft, String)] = [
        (try note("无", about: unknown), "an unknown subject"),
        (try draft(.close, bench.subject, [.outcome: "11"]), "a stage that does not fit"),
        (try report("远", in: elsewhere), "a place outside the scope"),
        (.grant(roster: roster, request: second.request, isConfirmed: true), "another city"),
        (.end(roster: roster, grants: [sha256([1])], cuts: [], reason: ""), "an unknown grant"),
        (wide, "an entry that is too long"),
        (EntryDraft(operation: "x", subject: .opened, fields: []), "no operation's name"),
        (
            EntryDraft(operation: "case.later", subject: .existing(bench.subject), fields: []),
            "an operation of a later version"
        ),
    ]
    for (draft, what) in bad {
        for drafts in [[draft], [good, draft], [draft, good], [good, draft, good]] {
            let index = drafts.firstIndex(of: draft)
            let error = #expect(throws: AppendError.self, "\(what)") {
                try desk.append(drafts.map { AppendItem($0) })
            }
            #expect(error?.place == index, "\(what)")
            #expect(try desk.picture() == before, "\(what)")
        }
    }
    try desk.reopen()
    #expect(try desk.picture() == before)
}

@Test func aNodeThatHasNotSeenItsGrantWritesNothingButItsOpening() throws {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    var paper = try PaperLedger(city: city)
    let grant = try paper.enrol(street, by: city)
    let desk = try Desk.invited(street, to: paper)
    try desk.append(.open(roster: paper.subject, enrolment: grant, keys: street.keys))
    let before = try desk.picture()
    #expect(throws: AppendError.notEnrolled) {
        try desk.append(report("早", in: street.scope))
    }
    #expect(try desk.picture() == before)
    try desk.commit(paper, [city])
    _ = try desk.append(report("早", in: street.scope))
    #expect(try desk.picture().rows.count == 1)
}

@Test func anEndedNodeWritesNothingMore() throws {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    var paper = try PaperLedger(city: city)
    let grant = try paper.enrol(street, by: city)
    let desk = try Desk.invited(street, to: paper)
    try desk.append(.open(roster: paper.subject, enrolment: grant, keys: street.keys))
    try desk.commit(paper, [city])
    let subject = try desk.append(report("早", in: street.scope)).subject
    try desk.append(note("晚", about: subject))
    try paper.end([grant], by: city, cuts: [(street, 2)])
    try desk.commit(paper, [city])
    // The remark stands beyond the cut: kept, without effect.
    let verdicts = try desk.store.folded(subject).history.map(\.verdict)
    #expect(verdicts == [.effective, .noRight(.contested)])
    let before = try desk.picture()
    #expect(throws: AppendError.refused(index: 0, .noRight(.contested))) {
        try desk.append(note("更晚", about: subject))
    }
    #expect(try desk.picture() == before)
}

@Test func aStrangerCanNotEndWhatHasEndedAlready() throws {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    let other = try Office(3, .street, "330106001")
    var paper = try PaperLedger(city: city)
    let grant = try paper.enrol(street, by: city)
    let ended = try paper.enrol(other, by: city)
    try paper.end([ended], by: city, cuts: [])
    let desk = try Desk.invited(street, to: paper)
    try desk.append(.open(roster: paper.subject, enrolment: grant, keys: street.keys))
    try desk.commit(paper, [city])
    #expect(throws: AppendError.self) {
        try desk.append(.end(roster: paper.subject, grants: [ended], cuts: [], reason: ""))
    }
}

@Test func anImportedRecordIsTakenOnce() throws {
    let bench = try Bench()
    let scope = try #require(Scope("330105013"))
    let draft = try draft(
        .takeOver,
        nil,
        [.source: "x-311", .reportedAt: "1795428000000", .state: "open", .externalID: "7"],
        in: scope
    )
    let item = AppendItem(draft, reference: sha256([7]))
    let subject = try bench.desk.append([item]).subject
    let before = try bench.desk.picture()
    #expect(try bench.desk.append([item, item]).outcomes == [.known(subject), .known(subject)])
    #expect(try bench.desk.picture() == before)
    let other = AppendItem(draft, reference: sha256([8]))
    let both = try bench.desk.append([other, other])
    let fresh = try both.subject
    #expect(both.entries.count == 1 && both.outcomes.last == .known(fresh))
}

@Test func aFullDatabaseRefusesWholeAppendsAndGoesOnWhenThereIsRoom() throws {
    let bench = try Bench()
    let desk = bench.desk
    let pages = try #require(
        try desk.store.database.first("PRAGMA page_count") { $0.integer(0) }
    )
    try desk.store.database.execute("PRAGMA max_page_count = \(pages + 8)")
    var before = try desk.picture()
    let text = String(repeating: "长", count: 900)
    var failure: SQLiteError?
    for _ in 0..<100 where failure == nil {
        do {
            try desk.append((0..<3).map { _ in AppendItem(try note(text, about: bench.subject)) })
            before = try desk.picture()
        } catch let error as SQLiteError {
            failure = error
        }
    }
    #expect(failure?.isFull == true)
    #expect(try desk.picture() == before)
    try desk.store.database.execute("PRAGMA max_page_count = 1000000")
    try desk.append(note("有空间了", about: bench.subject))
    #expect(try desk.picture().logs.map(\.size) == before.logs.map { $0.size + 1 })
    let after = try desk.picture()
    try desk.reopen()
    #expect(try desk.picture() == after)
}

extension AppendError {
    fileprivate var place: Int? {
        switch self {
        case .notJoined, .notEnrolled, .moved: nil
        case .unknownSubject(let index), .refused(let index, _), .noAuthority(let index, _),
            .draft(let index, _), .tooManyHeads(let index, _), .notSigned(let index):
            index
        }
    }
}
