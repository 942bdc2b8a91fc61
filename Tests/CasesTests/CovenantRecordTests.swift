import Cases
import Encoding
import Ledger
import Testing

/// The covenant of Caima: four without, three not; and three that are our own invention, so that
/// there are ten.
private let caima = [
    "无保笼", "无违建", "无雨棚", "无晾衣架", "房屋不分割", "出租不群租", "电动车不上楼",
    "垃圾分类投放", "楼道不堆物", "文明养犬",
]

private func adopted() throws -> World {
    var world = World()
    try world.write(
        .adopt,
        [
            .name: .text("蔡马公约"), .rules: .array(caima.map { .text($0) }),
            .adoptedBy: .text("业主大会"),
        ]
    )
    world.syncAll()
    return world
}

extension World {
    fileprivate mutating func breach(
        _ rule: UInt64,
        at address: String? = nil,
        in log: Int = 0,
        seconds: Int = 0
    ) throws {
        var values: [CaseField: CBORValue] = [.ruleNumber: .unsigned(rule)]
        if let address { values[.address] = .text(address) }
        try write(.reportBreach, values, in: log, seconds: seconds)
    }

    fileprivate func covenant() throws -> CovenantRecord {
        try #require(CovenantRecord(fold()))
    }
}

struct CovenantRecordTests {
    @Test func tenRulesAndTheirBreachesByRuleAndByAddress() throws {
        var world = try adopted()
        for (seconds, breach) in [(7, "3-2-501"), (7, "3-2-501"), (1, "1-1-101"), (9, "3-2-501")]
            .enumerated()
        {
            try world.breach(UInt64(breach.0), at: breach.1, seconds: seconds)
        }
        try world.breach(7, seconds: 9)
        let record = try world.covenant()
        #expect(record.rules == caima && record.rules.count == 10)
        #expect(record.byRule.map(\.rule) == [1, 7, 9])
        #expect(record.byRule.map(\.count) == [1, 3, 1])
        #expect(record.byRule.map(\.addresses) == [1, 1, 1])
        #expect(record.byRule[1].text == "电动车不上楼")
        let again = try #require(record.recurrences.first)
        #expect(record.recurrences.count == 1 && again.address == "3-2-501")
        #expect(again.count == 3 && again.rules == [7, 9])
        #expect(again.first == World.start && again.last == World.start + 3000)
    }

    @Test func aBreachIsOfTheEditionThatItsAuthorKnew() throws {
        var world = try adopted()
        try world.breach(1, seconds: 1)
        try world.write(
            .revise,
            [
                .rules: .array([.text("不养鸡")]), .edition: .unsigned(2),
                .adoptedBy: .text("居民会议"),
            ],
            seconds: 2
        )
        try world.breach(1, in: 1, seconds: 9)
        try world.breach(1, seconds: 3)
        try world.breach(9, seconds: 4)
        let record = try world.covenant()
        #expect(record.editions.map(\.number) == [1, 2])
        #expect(record.editions.map(\.isInForce) == [false, true])
        #expect(record.editions.map(\.adoptedBy.text) == ["业主大会", "居民会议"])
        let said = record.breaches.map { "\($0.edition ?? 0) \($0.text ?? "–")" }
        #expect(Set(said) == ["1 无保笼", "2 不养鸡", "2 –"] && said.count == 4)
    }

    @Test func editionsAdoptedWithoutKnowingOfEachOtherBothStand() throws {
        var world = try adopted()
        for (log, rule) in ["不养鸡", "不养鸭"].enumerated() {
            try world.write(
                .revise,
                [
                    .rules: .array([.text(rule)]), .edition: .unsigned(2),
                    .adoptedBy: .text("居民会议"),
                ],
                in: log
            )
        }
        let record = try world.covenant()
        #expect(record.editions.map(\.isInForce) == [false, true, true])
        #expect(record[.rules].isContradictory)
    }

    @Test func aRepealedCovenantHasNoEditionInForce() throws {
        var world = try adopted()
        try world.write(.repealCovenant, [.reason: .text("小区拆除")])
        let record = try world.covenant()
        #expect(record.editions.map(\.isInForce) == [false])
        #expect(record.breaches.isEmpty && record.byRule.isEmpty && record.cases.isEmpty)
    }

    @Test func rulesThatWereErasedAreNotHeld() throws {
        var world = try adopted()
        try world.breach(7, at: "3-2-501")
        let erased = world.entries.map { entry in
            PlacedEntry(
                log: entry.log,
                sequence: entry.sequence,
                hash: entry.hash,
                author: entry.author,
                header: entry.header,
                parts: entry.parts.map { _ in nil }
            )
        }
        let record = try #require(CovenantRecord(world.fold(erased)))
        #expect(record.editions[0].isNotHeld && record.editions[0].isInForce)
        #expect(record.breaches.map(\.text) == [nil] && record.byRule.map(\.count) == [1])
        #expect(record.breaches[0].address == .notHeld && record.recurrences.isEmpty)
    }

    @Test func casesThatSomebodyRelatedAreLinked() throws {
        var world = try adopted()
        let other = SubjectID(openedIn: world.logs[1], at: 3)
        try world.write(.relate, [.relation: .text("caused-by")]) { header in
            header.subjects = [other, header.subjects[0]]
        }
        #expect(try world.covenant().cases == [other])
        let relation = try #require(world.entries.last)
        try world.write(
            .unlink,
            [.link: .bytes(relation.hash.bytes), .reason: .text("误")]
        ) { header in
            header.subjects = [other, header.subjects[0]]
        }
        #expect(try world.covenant().cases.isEmpty)
    }
}
