@testable import CommandLine
import Foundation
import Testing

@Suite struct ImportReadingTests {
    private static let json = """
        {"source":"town","timeZone":"America/New_York","timeFormat":"yyyy-MM-dd HH:mm:ss",
         "columns":{"externalID":"id","openedAt":"opened","dueAt":"due","closedAt":"closed",
         "state":{"column":"state","closedValues":["Closed","Done"]},
         "claim":{"column":"claim","overdueValues":["LATE"]},
         "summary":["title","text"],"closingNote":"note","category":["c1","c2"],
         "place":"where","channel":"how","scope":"street"}}
        """
    private static let header =
        "id,opened,due,closed,state,claim,title,text,note,c1,c2,where,how,street,other"
    private static let clean =
        "7,2015-01-02 03:04:05,2015-01-03 00:00:00,2015-01-02 12:00:00,Done,OK,"
        + "Noise,\"at \"\"night\"\"\",calm,A,B,Here,phone,330105013,x"

    private let map: ImportMap

    init() throws {
        map = try ImportMap(json: Array(Self.json.utf8))
    }

    /// The clean row with some of its columns replaced.
    private func row(_ changes: [String: String] = [:]) -> String {
        let names = Self.header.split(separator: ",").map(String.init)
        let fields = Self.clean.split(separator: ",", omittingEmptySubsequences: false)
        return zip(names, fields).map { changes[$0] ?? String($1) }.joined(separator: ",")
    }

    private func read(_ row: String) throws -> ImportReader.Outcome {
        let all = try outcomes(.csv(map), Array("\(Self.header)\n\(row)\n".utf8))
        try #require(all.count == 1)
        return all[0]
    }

    @Test func everyMappedColumnIsTaken() throws {
        let record = try read(row()).get()
        let want = ImportRecord(
            externalID: "7",
            source: map.source,
            openedAt: 1_420_185_845_000,
            dueAt: 1_420_261_200_000,
            closedAt: 1_420_218_000_000,
            isClosed: true,
            claim: .onTime,
            summary: "Noise\nat \"night\"",
            closingNote: "calm",
            category: "A / B",
            place: "Here",
            channel: "phone",
            scope: "330105013",
            line: 2
        )
        #expect(record == want)
        #expect(record.flags.isEmpty)
    }

    @Test(arguments: [
        (["closed": "2015-01-01 00:00:00"], [ImportRecord.Flag.closedBeforeOpened]),
        (["due": "2015-01-01 00:00:00", "claim": ""], [.dueBeforeOpened]),
        (["due": ""], [.noDueTime]),
        (["due": "", "claim": "LATE"], [.noDueTime, .claimContradictsTimes]),
        (["closed": ""], [.closedWithoutTime]),
        (["state": "Open"], [.openWithClosingTime]),
        (["state": ""], [.openWithClosingTime]),
        (["claim": "LATE"], [.claimContradictsTimes]),
        (["closed": "2015-02-01 00:00:00"], [.claimContradictsTimes]),
        (["title": "", "text": "  "], [.noSummary]),
        (["c1": "", "c2": ""], [.noCategory]),
        (["where": " "], [.noPlace]),
        (["closed": "2015-11-01 01:30:00", "claim": ""], [.uncertainTime]),
        (["due": "2015-03-08 02:30:00"], [.uncertainTime]),
        (["closed": "", "state": "Open", "claim": "LATE"], []),
        (["title": "", "c2": "", "note": "", "how": "", "street": ""], []),
    ])
    func aDirtyRowIsTakenAsItIsAndFlagged(
        changes: [String: String],
        flags: [ImportRecord.Flag]
    ) throws {
        #expect(try read(row(changes)).get().flags == flags)
    }

    @Test(arguments: [
        (["id": ""], RefusalReason.noExternalID("id")),
        (["opened": ""], .noOpeningTime("opened")),
        (["opened": "yesterday"], .unreadableTime("opened", want: "yyyy-MM-dd HH:mm:ss")),
        (["due": "2015-02-29 00:00:00"], .unreadableTime("due", want: "yyyy-MM-dd HH:mm:ss")),
        (["closed": "0"], .unreadableTime("closed", want: "yyyy-MM-dd HH:mm:ss")),
        (["opened": "1900-01-01 00:00:00"], .timeBefore1970("opened")),
        (["street": "3301"], .unreadableScope("street")),
        (["street": "33010501x"], .unreadableScope("street")),
        (["other": "x,y"], .fieldCount(got: 16, want: 15)),
        (
            ["id": String(repeating: "9", count: 129)],
            .textTooLong("id", bytes: 129, limit: 128)
        ),
        (
            ["note": String(repeating: "长", count: 21846)],
            .textTooLong("note", bytes: 65538, limit: 65536)
        ),
        (
            ["title": String(repeating: "t", count: 65530)],
            .textTooLong("text", bytes: 65541, limit: 65536)
        ),
    ])
    func aRowThatCanNotBeTakenIsRefusedWithItsText(
        changes: [String: String],
        reason: RefusalReason
    ) throws {
        let text = row(changes)
        let all = try outcomes(
            .csv(map),
            Array("\(Self.header)\n\(text)\r\n\(row(["id": "8"]))".utf8)
        )
        #expect(all.count == 2)
        let refused = RefusedRow(line: 2, reason: reason, original: Array(text.utf8))
        #expect(all.first == .failure(refused))
        #expect(try all.last?.get().externalID == "8")
    }

    @Test func textThatIsNotUTF8IsRefusedWhereItIsUsed() throws {
        let broken = row().utf8.map { $0 == UInt8(ascii: "p") ? 0xff : $0 }
        let all = try outcomes(.csv(map), Array("\(Self.header)\n".utf8) + broken)
        guard case .failure(let refused)? = all.first else {
            Issue.record("the row was taken")
            return
        }
        #expect(refused.reason == .notUTF8("how") && refused.original == broken)
    }

    @Test func aHeaderThatDoesNotServeTheMapStopsTheFile() {
        func error(_ text: String) -> ImportError? {
            do { _ = try outcomes(.csv(map), Array(text.utf8)) } catch let error as ImportError {
                return error
            } catch {}
            return nil
        }
        #expect(error("") == .noHeader)
        #expect(error("id,opened\n") == .missingColumn("due"))
        #expect(error("id,\(Self.header)\n") == .repeatedColumn("id"))
        #expect(error("\"id\n") == .unreadableHeader(.unclosedQuote))
        #expect(error(Self.header + "\n") == nil)
    }

    /// Each half hour of a year as New York's clocks showed it leads back to the same instant,
    /// but for the hour they showed twice, which is the first and flagged.
    @Test func localTimesFollowTheZoneThroughAYear() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        let times = Array(stride(from: 1_420_088_400, to: 1_451_624_400, by: 1800))
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = zone
        formatter.formatOptions = [
            .withFullDate, .withTime, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime,
        ]
        let rows = times.map { time in
            let stamp = formatter.string(from: Date(timeIntervalSince1970: Double(time)))
            return row(["opened": stamp, "due": "", "closed": ""])
        }
        let text = Self.header + "\n" + rows.joined(separator: "\n")
        let records = try outcomes(.csv(map), Array(text.utf8)).map { try $0.get() }
        try #require(records.count == times.count)
        let second = [1_446_357_600, 1_446_359_400]  // 01:00 and 01:30, shown again
        for (time, record) in zip(times, records) {
            let want = second.contains(time) ? time - 3600 : time
            let isCertain = !(second + second.map { $0 - 3600 }).contains(time)
            guard record.openedAt == UInt64(want) * 1000, record.hasUncertainTime != isCertain
            else {
                Issue.record("\(time) was read as \((record.openedAt ?? 0) / 1000)")
                return
            }
        }
    }
}
