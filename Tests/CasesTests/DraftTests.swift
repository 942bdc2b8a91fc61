import Cases
import Encoding
import Ledger
import Testing

@Test func aDraftPutsEachFieldWhereTheTableSays() throws {
    var draft = CaseDraft(.register)
    try draft.set(.category, "邻里纠纷")
    try draft.set(.brief, "楼上漏水")
    try draft.set(.people, "2")
    try draft.set(.at, "2026-11-23T18:00")
    let content = try draft.compiled()
    #expect(
        content.fields == [
            CBORPair(0, .array([.unsigned(49), .unsigned(51), .unsigned(52)])),
            CBORPair(16, .unsigned(1_795_428_000_000)),
        ]
    )
    #expect(
        try content.parts.map { try CBORValue(decoding: $0) } == [
            .map([CBORPair(49, .text("02")), CBORPair(51, .unsigned(2))]),
            .map([CBORPair(52, .text("楼上漏水"))]),
        ]
    )
}

@Test func anEmptyPartIsNotWritten() throws {
    var draft = CaseDraft(.close)
    try draft.set(flag: "outcome", "21")
    #expect(try draft.compiled().parts.isEmpty)
    #expect(try draft.compiled().fields == [CBORPair(160, .text("21"))])
}

@Test func whatCanNotBeWrittenIsRefusedByName() throws {
    func failure(_ operation: CaseOperation, _ flag: String, _ text: String) -> CaseDraftError? {
        var draft = CaseDraft(operation)
        do throws(CaseDraftError) {
            try draft.set(flag: flag, text)
            return nil
        } catch {
            return error
        }
    }
    #expect(failure(.report, "summary", String(repeating: "字", count: 2000)) == nil)
    #expect(
        failure(.report, "summary", String(repeating: "字", count: 2001))
            == .tooLong(flag: "summary", got: 2001, limit: 2000)
    )
    #expect(failure(.takeOver, "summary", String(repeating: "字", count: 60_000)) == nil)
    #expect(failure(.report, "summary", "") == .empty(flag: "summary"))
    #expect(
        failure(.report, "sumary", "x") == .unknownField(got: "sumary", nearest: ["summary"])
    )
    #expect(failure(.report, "王 某", "x") == .unknownField(got: nil, nearest: []))
    #expect(
        failure(.report, "category", "0201")
            == .notOfOperation(flag: "category", operation: "report")
    )
    let codes = CodeList.arrivalMethods.codes
    #expect(
        failure(.arrive, "method", "gp")
            == .unknownCode(flag: "method", got: "gp", nearest: [codes[1]])
    )
    // A policy may define further profiles.
    #expect(failure(.accept, "profile", "hz-1-3") == nil)
    #expect(failure(.report, "occurred", "yesterday") == .notInstant(flag: "occurred"))
    #expect(failure(.register, "people", "-1") == .notCount(flag: "people"))
    #expect(failure(.report, "urgent", "yes") == .notFlag(flag: "urgent"))
    #expect(failure(.takeOver, "source", "Boston 311") == .wrongType(flag: "source"))
    #expect(throws: CaseDraftError.missing(flag: "outcome")) { try CaseDraft(.close).compiled() }
    #expect(throws: CaseDraftError.nothingToAmend) { try CaseDraft(.amend).compiled() }
}

@Test func errorsNeverRepeatFreeText() {
    let name = "王小明"
    for (flag, operation) in [("category", CaseOperation.register), ("people", .register)] {
        var draft = CaseDraft(operation)
        do throws(CaseDraftError) {
            try draft.set(flag: flag, name)
            Issue.record("\(flag) took a name")
        } catch {
            #expect(!"\(error)".contains(name))
            #expect("\(error)".contains("--\(flag)"))
        }
    }
    let error = CaseDraftError.unknownCode(
        flag: "category",
        got: "0209",
        nearest: CodeList.eventTypes.suggestions(for: "0209")
    )
    #expect("\(error)".hasPrefix("--category has no code 0209, nearest: 02"))
}

@Test func valuesAreReadBackWithTheirSpecs() throws {
    var world = World()
    let entry = try world.write(.report, [.channel: .text("03"), .place: .text("3幢")])
    let values = EntryValues.read(entry.header, entry.parts)
    #expect(values.map(\.id) == [32, 36, 37])
    #expect(values.map { $0.spec?.field } == [.channel, .summary, .place])
    #expect(values.map(\.value) == [.text("03"), .text("楼上漏水"), .text("3幢")])
    let bare = EntryValues.read(entry.header, entry.parts.map { _ in nil })
    #expect(bare.map(\.id) == [32, 36, 37])
    #expect(bare.map(\.value) == [.text("03"), nil, nil])
}

@Test func valuesOfANewerPeerAreReadWithoutASpec() throws {
    var world = World()
    let entry = try world.write(.note) { header in
        header.fields.append(CBORPair(900, .unsigned(5)))
        header.fields.append(CBORPair(901, .text("x")))
    }
    let values = EntryValues.read(entry.header, entry.parts)
    #expect(values.map(\.id) == [112, 900, 901])
    #expect(values.map { $0.spec == nil } == [false, true, true])
    let broken = EntryValues.read(entry.header, [[0xff]])
    #expect(broken.map(\.value) == [nil, .unsigned(5), .text("x")])
}

@Test func aReceivedCodeThatNoListHasIsKeptAndShown() throws {
    var world = World()
    try world.write(.report) { header in
        header.fields.append(CBORPair(CaseField.channel.rawValue, .text("77")))
    }
    let folded = world.fold()
    #expect(folded.history[0].verdict == .effective)
    #expect(folded.view?.text(.channel) == "77")
}
