import Cases
import Ledger
import LedgerFixtures
import Testing

@testable import Storage

/// A node took its own log back from peers in bulk, and writes before all of it was checked.
@Test func whatIsWrittenAfterAPulledBackLogLeavesThatUnchecked() throws {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    var paper = try PaperLedger(city: city)
    let grant = try paper.enrol(street, by: city)
    try paper.write(
        .open(roster: paper.subject, enrolment: grant, keys: street.keys),
        by: street
    )
    for number in 0..<20 {
        let summary = "\(number)"
        try paper.write(
            try report(summary, in: street.scope),
            by: street,
            isForged: number == 7
        )
    }
    let desk = try Desk.invited(street, to: paper)
    try desk.commit(paper, [city, street], checksSignatures: false)
    let unchecked = desk.store.uncheckedCount
    #expect(unchecked > 0)
    _ = try desk.append(report("after", in: street.scope))
    #expect(desk.store.uncheckedCount >= unchecked)
    try desk.checkSignatures()
    #expect(desk.store.uncheckedCount == 0)
    let verdicts = try paper.entries.filter { $0.log == street.id }.dropFirst().map { entry in
        try desk.store.folded(entry.header.subjects[0]).history.first?.verdict
    }
    #expect(verdicts.filter { $0 == .forged }.count == 1)
}
