import CommandLine
import Testing

// skipped: where the files are not beside the package.
@Suite(.enabled(if: SharedData.isPresent, "skipped: ../shared/data is not there"))
struct ImportRealDataTests {
    private func records(_ format: ImportReader.Format, _ file: String) throws -> [ImportRecord] {
        try outcomes(format, try SharedData.unpacked(file)).map { try $0.get() }
    }

    @Test func bostonIsTakenWhole() throws {
        let map = try ImportMap(json: try SharedData.map("boston311"))
        let records = try records(.csv(map), "boston311_2015_jan_may.csv.gz")
        #expect(records.count == 47787)
        #expect(Set(records.map(\.externalID)).count == 47787)
        #expect(records.count(where: \.isClosed) == 40109)
        #expect(records.count { $0.claim == .overdue } == 13294)
        #expect(records.count { $0.claim == nil } == 94)
        #expect(Set(records.map(\.place)).count == 23708)
        var flags: [ImportRecord.Flag: Int] = [:]
        for flag in records.flatMap(\.flags) { flags[flag, default: 0] += 1 }
        #expect(
            flags == [.closedBeforeOpened: 28, .noDueTime: 12552, .noPlace: 5364, .noSummary: 4]
        )
        #expect(records.map(\.line) == Array(2...47788))
        #expect(records[0].openedAt == 1_420_089_609_000)  // 2015-01-01 00:20:09 -05:00
    }

    @Test func messagesAreTakenWhole() throws {
        let map = try ImportMap(json: try SharedData.map("zhengwu"))
        let records = try records(.csv(map), "zhengwu_messages_replied.csv.gz")
        #expect(records.count == 2816)
        #expect(Set(records.map(\.externalID)).count == 2816)
        #expect(records.allSatisfy { $0.isClosed && $0.reply != nil && $0.summary != nil })
        #expect(records.allSatisfy { $0.flags == [.noDueTime, .noCategory, .noPlace] })
        #expect(records.map { $0.reply?.utf8.count ?? 0 }.max() == 22793)
        #expect(records[0].externalID == "2549" && records[0].openedAt == 1_556_155_929_000)
        #expect(records[0].summary?.hasPrefix("A2区景蓉华苑物业管理有问题\n2019年4月以来") == true)
    }

    @Test func theOpen311SampleIsTakenWhole() throws {
        let source = try #require(SourceCode("boston"))
        let records = try records(.open311(source), "open311_sample_500.jsonl.gz")
        #expect(records.count == 500)
        #expect(Set(records.map(\.externalID)).count == 500)
        #expect(records.count(where: \.isClosed) == 454)
        #expect(records.count { $0.summary == nil } == 32)
        #expect(records.allSatisfy { !$0.flags.contains(.closedBeforeOpened) })
    }
}
