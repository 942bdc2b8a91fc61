import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import TestSupport
import Testing

@testable import Storage

@Suite struct PlaceDirectoryTests {
    private let desk: Desk
    private let city: Scope

    init() throws {
        let office = try Office(1, .city, "3301")
        city = office.scope
        desk = try Desk.founding(office)
    }

    private func succession(
        _ old: String,
        _ new: [String],
        table: String = "2021",
        from: UInt64 = 0,
        in scope: Scope? = nil
    ) throws -> EntryDraft {
        var values = CaseDraft(.succeedCode)
        try values.set(.oldCode, .text(old))
        try values.set(.newCodes, .array(new.map(CBORValue.text)))
        try values.set(.validFrom, .unsigned(from))
        try values.set(.codeTable, .text(table))
        let content = try values.compiled()
        return EntryDraft(
            operation: CaseOperation.succeedCode.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: scope ?? city
        )
    }

    private func scope(_ code: String) throws -> Scope { try #require(Scope(code)) }

    @Test func casesUnderRetiredCodesAreFoundWhereTheyBelongNow() throws {
        for code in [
            "330103002", "330103002001", "330103777", "330104005", "330104777", "330105013",
        ] {
            try desk.append(report(code, in: scope(code)))
        }
        try desk.append(
            succession("330103", ["330105"]),
            succession("330103002", ["330105013"]),
            succession("330104", ["330102", "330114"]),
            succession("330104005", ["330102011"])
        )
        let directory = try desk.store.placeDirectory()
        #expect(directory.table == "2021" && directory.passedOver.isEmpty)
        func elsewhere(_ code: String) throws -> [String] {
            try desk.store.recordedElsewhere(than: scope(code), directory).map(\.code.code)
        }
        #expect(try elsewhere("330105013") == ["330103002", "330103002001"])
        #expect(try elsewhere("330105") == ["330103002", "330103002001", "330103777"])
        #expect(try elsewhere("330102") == ["330104005"])
        #expect(try elsewhere("3301").isEmpty)
        #expect(try elsewhere("330114").isEmpty, "which part is meant nobody said")
        #expect(directory.current(try scope("330103002"), given: nil).code == "330105013")
        #expect(directory.current(try scope("330104777"), given: nil).code == "330104777")

        var filter = CaseFilter()
        filter.scope = try scope("330105013")
        #expect(try desk.store.count(filter) == 1)
        filter.recordedUnder = try desk.store.recordedElsewhere(
            than: scope("330105013"),
            directory
        )
        let rows = try desk.store.cases(filter).map(\.row.scope)
        #expect(Set(rows) == ["330105013", "330103002", "330103002001"], "codes stay as given")
    }

    /// A code of a table that still has it is not the one that was retired before.
    @Test func aCodeIsResolvedByTheTableThatItWasGivenIn() throws {
        let old = try scope("330103002")
        for table in ["2015", "2020", "2021", "2023"] {
            try desk.append(
                draft(.report, nil, [.summary: table, .codeTable: table], in: old)
            )
        }
        try desk.append(report("-", in: old))
        // The code was given to another street later, and taken from that one too.
        try desk.append(
            succession("330103002", ["330103009"], table: "2016"),
            succession("330103002", ["330105013"])
        )
        let directory = try desk.store.placeDirectory()
        func cases(_ code: String) throws -> Set<String?> {
            var filter = CaseFilter()
            filter.scope = try scope(code)
            filter.recordedUnder = try desk.store.recordedElsewhere(
                than: scope(code),
                directory
            )
            return Set(try desk.store.cases(filter).map(\.row.summary))
        }
        #expect(try cases("330103009") == ["2015", "-"], "before both")
        #expect(try cases("330105013") == ["2020"], "between the two")
        #expect(try cases("330103002") == ["2015", "2020", "2021", "2023", "-"], "as given")
        func filed(_ table: String?) -> String { directory.current(old, given: table).code }
        #expect(filed("2015") == "330103009" && filed("2020") == "330105013")
        #expect(filed("2021") == "330103002" && filed(nil) == "330103009")
        let counts = try desk.store.countsByCode(CaseFilter())
        #expect(counts.count == 5 && counts.allSatisfy { $0.code.code == old && $0.count == 1 })
    }

    @Test func aSuccessionCountsOnlyWithinItsPlaceAndOnce() throws {
        try desk.append(succession("330103002", ["330105013"]))
        let other = try desk.append(succession("330103002", ["330105014"])).subject
        // Who answers for one district files no other's cases.
        let beyond = try desk.append(
            succession("330106001", ["330105001"], in: scope("330105"))
        ).subject
        try desk.append(succession("330103002", ["330105013"]))
        let directory = try desk.store.placeDirectory()
        #expect(directory.succession.rows.count == 1)
        #expect(directory.current(try scope("330103002"), given: nil).code == "330105013")
        #expect(directory.current(try scope("330106001"), given: nil).code == "330106001")
        #expect(Set(directory.passedOver) == [other, beyond])
        let first = try #require(try desk.store.records(RecordFilter(.place)).last).id
        try desk.append(draft(.retirePlace, first, [.reason: "误"]))
        let after = try desk.store.placeDirectory()
        #expect(
            after.current(try scope("330103002"), given: nil).code == "330105014",
            "the next one counts"
        )
    }

    /// A profile reaches the cases that are reported from its beginning on, never older ones.
    @Test func aNewDefaultProfileLeavesOlderCasesAlone() throws {
        let street = try scope("330105013")
        let start = desk.time
        let old = try desk.append(report("旧", in: street)).subject
        let before = try #require(try desk.store.folded(old).view)
        #expect(before.profile == "hz-1-3-10")
        var values = CaseDraft(.setProfile)
        try values.set(.profileCode, .text("night"))
        try values.set(.clocks, items: ["accept=5m"])
        try values.set(.validFrom, .unsigned(start + 10_000))
        try values.set(.isDefault, .bool(true))
        let content = try values.compiled()
        let policy = EntryDraft(
            operation: CaseOperation.setProfile.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: try scope("330105")
        )
        let policyID = try desk.append(policy).subject
        #expect(try desk.store.folded(old).view == before)
        let early = try desk.append(report("前", in: street)).subject
        #expect(try desk.store.folded(early).view?.profile == "hz-1-3-10")
        desk.time = start + 20_000
        let new = try desk.append(report("新", in: street)).subject
        let view = try #require(try desk.store.folded(new).view)
        #expect(view.profile == "night")
        #expect(view.deadlines.map(\.clock) == [.accept])
        #expect(view.deadlines.first.map { $0.due - $0.start } == 300_000)
        let outside = try desk.append(report("外", in: scope("330106001"))).subject
        #expect(try desk.store.folded(outside).view?.profile == "hz-1-3-10")
        try desk.append(draft(.repealPolicy, policyID, [.reason: "期满"]))
        desk.time += 60_000
        let later = try desk.append(report("后", in: street)).subject
        #expect(try desk.store.folded(later).view?.profile == "hz-1-3-10")
        #expect(try desk.store.folded(new).view?.profile == "night", "reported while it held")
        #expect(try desk.store.folded(old).view == before)
        // What the rows say is what the entries say.
        try desk.reopen()
        let rows = try desk.store.cases(CaseFilter())
        for (id, row) in rows {
            let folded = try #require(try desk.store.folded(id).view)
            #expect(row.dueAt == folded.deadlines.filter { $0.state == .open }.map(\.due).min())
        }
    }

    @Test func aCalendarMovesTheTermsOfDaysThatAreOpen() throws {
        let street = try scope("330105013")
        let id = try desk.append(
            draft(.report, nil, [.summary: "信访", .profile: "petition"], in: street)
        ).subject
        let before = try #require(try desk.store.folded(id).view?.deadlines)
        #expect(before.contains { $0.isEstimated })
        let days = (1...31).map { "202612\($0 < 10 ? "0" : "")\($0)" }
        var values = CaseDraft(.setCalendar)
        try values.set(.year, "2026")
        try values.set(.holidays, items: days)
        let content = try values.compiled()
        try desk.append(
            EntryDraft(
                operation: CaseOperation.setCalendar.name,
                subject: .opened,
                fields: content.fields,
                parts: content.parts,
                scope: city
            )
        )
        let after = try #require(try desk.store.folded(id).view?.deadlines)
        #expect(after.map(\.due) != before.map(\.due))
        let row = try #require(try desk.store.cases(CaseFilter()).first).row
        #expect(row.dueAt == after.filter { $0.state == .open }.map(\.due).min())
    }

    /// Two offices drew the grids of a street anew, neither knowing of the other.
    @Test func versionsThatBeginTogetherStandBesideEachOther() throws {
        let street = try scope("330105013")
        func draw(_ name: String, from: String, _ rows: [String]) throws -> SubjectID {
            var values = CaseDraft(.drawGrids)
            try values.set(.grids, items: rows)
            try values.set(.validFrom, from)
            try values.set(.name, name)
            let content = try values.compiled()
            return try desk.append(
                EntryDraft(
                    operation: CaseOperation.drawGrids.name,
                    subject: .opened,
                    fields: content.fields,
                    parts: content.parts,
                    scope: street
                )
            ).subject
        }
        let first = try draw("a", from: "2023-01-01", ["01;甲;5", "02;乙;7"])
        let second = try draw("b", from: "2023-01-01", ["01;甲;12"])
        let older = try draw("b", from: "2019-01-01", ["01;甲;3"])
        let grids = try desk.store.grids(of: street)
        #expect(grids.besides == [first], "the one that was opened last counts")
        #expect(grids.table.versions.map(\.id) == ["b", "b-\(second.description.prefix(8))"])
        #expect(grids.subjects["b"] == older)
        try desk.append(draft(.retirePlace, second, [.reason: "重复"]))
        let after = try desk.store.grids(of: street)
        #expect(after.besides.isEmpty && after.table.versions.map(\.id) == ["b", "a"])
        #expect(try desk.store.grids(of: scope("330105014")).table.versions.isEmpty)
    }

    /// A newer program knows more codes: they are kept and shown as they are.
    @Test func codesThatNoListHasAreKept() throws {
        let item = EntryDraft(
            operation: CaseOperation.raise.name,
            subject: .opened,
            fields: [
                CBORPair(0, .array([.unsigned(CaseField.externalID.rawValue)])),
                CBORPair(CaseField.source.rawValue, .text("drone")),
                CBORPair(CaseField.alertKind.rawValue, .text("flood")),
            ],
            parts: [CBORValue.map([CBORPair(CaseField.externalID.rawValue, .text("1"))]).encoded],
            scope: city
        )
        let id = try desk.append(item).subject
        #expect(try desk.store.folded(id).history.first?.verdict == .effective)
        let row = try #require(try desk.store.records(RecordFilter(.alert)).first).row
        #expect(row.variety == "flood" && row.code == "drone:1")
        #expect(try desk.store.record(source: "drone", id: "1") == id)
        #expect(CaseField.alertKind.spec.display(.text("flood")).en == "flood")
        #expect(throws: CaseDraftError.self) {
            var draft = CaseDraft(.raise)
            try draft.set(.alertKind, "flood")
        }
    }
}
