@testable import CommandLine
import Testing

@Suite struct GeoReportTests {
    private let source: SourceCode

    init() throws {
        source = try #require(SourceCode("town"))
    }

    private func read(_ text: String, chunk: Int = .max) throws -> [ImportReader.Outcome] {
        try outcomes(.open311(source), Array(text.utf8), chunk: chunk)
    }

    private static let whole = """
        {"service_request_id":"9","status":"Closed","status_notes":"done, \\"twice\\" ]}",\
        "service_name":"Noise","service_code":"n1","description":"a \\u90bb","lat":1.5,\
        "requested_datetime":"1970-01-02T00:00:00+08:00",\
        "updated_datetime":"1970-01-03T00:00:00Z","expected_datetime":"1970-01-04T00:00:00.25Z",\
        "address":"Here","address_id":"a7","media_url":null}
        """
    private static let least =
        #"{"service_request_id":8,"requested_datetime":"1970-01-01T00:00:00Z"}"#

    @Test func everyMappedKeyIsTaken() throws {
        let want = ImportRecord(
            externalID: "9",
            source: source,
            openedAt: 57_600_000,
            dueAt: 259_200_250,
            closedAt: 172_800_000,
            isClosed: true,
            summary: "a 邻",
            closingNote: "done, \"twice\" ]}",
            category: "Noise",
            place: "Here",
            line: 1
        )
        #expect(try read(Self.whole) == [.success(want)])
    }

    @Test func idAndTimeAreEnough() throws {
        let record = try #require(try read(Self.least).first).get()
        #expect(record.externalID == "8" && record.openedAt == 0 && !record.isClosed)
        #expect(record.flags == [.noDueTime, .noSummary, .noCategory, .noPlace])
    }

    @Test func theUpdateOfAnOpenRequestIsNoClosing() throws {
        let text = Self.whole.replacing("Closed", with: "open")
        let record = try #require(try read(text).first).get()
        #expect(record.closedAt == nil && !record.isClosed)
    }

    /// The same objects in an array, laid out in any way, and one a line.
    @Test(arguments: [1, 2, 17, .max])
    func arraysAndLinesGiveTheSame(chunk: Int) throws {
        let objects = [Self.whole, Self.least, Self.whole]
        let lines = try read(objects.joined(separator: "\r\n") + "\n\n", chunk: chunk)
        #expect(lines.count == 3)
        let array = "\u{feff} [\n\n" + objects.joined(separator: "\n,") + "\n] \n"
        let spread = try read(array, chunk: chunk)
        func withoutLine(_ outcome: ImportReader.Outcome) throws -> ImportRecord {
            var record = try outcome.get()
            record.line = 0
            return record
        }
        #expect(try lines.map { try $0.get().line } == [1, 2, 3])
        #expect(try spread.map { try $0.get().line } == [3, 4, 5])
        #expect(try lines.map(withoutLine) == spread.map(withoutLine))
        #expect(try read("[]", chunk: chunk).isEmpty && read("", chunk: chunk).isEmpty)
    }

    @Test(arguments: [
        ("{}", RefusalReason.noExternalID("service_request_id")),
        (#"{"service_request_id":"1"}"#, .noOpeningTime("requested_datetime")),
        (
            #"{"service_request_id":"1","requested_datetime":"2015-01-01T00:00:00"}"#,
            .unreadableTime("requested_datetime", want: "yyyy-MM-ddTHH:mm:ss+hh:mm")
        ),
        (
            #"{"service_request_id":"1","requested_datetime":"1969-12-31T23:59:59Z"}"#,
            .timeBefore1970("requested_datetime")
        ),
        (#"{"service_request_id":["1"]}"#, .wrongKind("service_request_id", want: "a text")),
        (
            #"{"service_request_id":"1","requested_datetime":5}"#,
            .wrongKind("requested_datetime", want: "a text")
        ),
        ("{\"service_request_id\":", .notJSONObject), ("7", .notJSONObject),
    ])
    func anObjectThatCanNotBeTakenIsRefused(text: String, reason: RefusalReason) throws {
        let all = try read("\(Self.least)\n\(text)\n\(Self.least)")
        let refused = RefusedRow(line: 2, reason: reason, original: Array(text.utf8))
        #expect(all.count == 3 && all[1] == .failure(refused))
        #expect(throws: Never.self) { try all[2].get() }
    }

    @Test func aTruncatedArrayIsSaid() throws {
        for text in ["[\(Self.least),", "[\(Self.least),{\"a\"", "[\(Self.least), [1,"] {
            let all = try read(text)
            #expect(all.count >= 2)
            guard case .failure(let refused)? = all.last else {
                Issue.record("the end was not missed")
                return
            }
            #expect(refused.reason == .truncatedArray)
        }
        let after = try read("[\(Self.least)] x")
        let refused = RefusedRow(line: 1, reason: .textAfterArray, original: [0x78])
        #expect(after.last == .failure(refused))
    }

    @Test func aLongObjectIsRefusedAndTheNextIsTaken() throws {
        let long = "{\"a\":\"" + String(repeating: "},{", count: 1 << 19) + "\"}"
        for text in ["[\(long),\(Self.least)]", "\(long)\n\(Self.least)"] {
            let all = try read(text, chunk: 1 << 16)
            try #require(all.count == 2)
            guard case .failure(let refused) = all[0] else {
                Issue.record("the long object was taken")
                return
            }
            #expect(refused.reason == .tooLong)
            #expect(refused.original.count == ImportLimits.recordBytes)
            #expect(throws: Never.self) { try all[1].get() }
        }
    }

    @Test func deepNestingIsRefused() throws {
        let deep = String(repeating: "[", count: 100_000)
        let all = try read("{\"a\":\(deep)\n\(Self.least)")
        #expect(all.count == 2)
        #expect(throws: Never.self) { try all[1].get() }
    }
}
