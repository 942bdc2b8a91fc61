import Cases
import Encoding
import Ledger
import Testing

@Test func everyFieldStandsInTheTableOnce() {
    #expect(
        FieldTable.all.map(\.field)
            == FieldTable.all.map(\.field).sorted { $0.rawValue < $1.rawValue }
    )
    #expect(Set(FieldTable.all.map(\.field)) == Set(CaseField.allCases))
    #expect(FieldTable.all.count == CaseField.allCases.count)
    #expect(Set(FieldTable.all.map(\.flag)).count == FieldTable.all.count)
    for spec in FieldTable.all {
        #expect(spec.field.rawValue != EntryValues.partFieldsKey)
        #expect(FieldType.identifier.admits(.text(spec.flag)))
        #expect(!spec.label.zh.isEmpty && !spec.label.en.isEmpty)
        #expect(!spec.help.zh.isEmpty && !spec.help.en.isEmpty)
    }
}

@Test func noHeaderFieldHoldsFreeTextOrACategory() {
    for spec in FieldTable.all where spec.place == .header {
        switch spec.type {
        case .text, .texts, .grids: Issue.record("\(spec.flag) is free text in the header")
        case .code(let list):
            #expect(list.name != CodeList.eventTypes.name && list.name != CodeList.eventScales.name)
        case .instant, .count, .identifier, .flag, .digest, .digests, .subject, .instants,
            .identifiers, .dates, .clocks:
            break
        }
    }
}

@Test func whatTheFoldDecidesByStandsInTheHeader() {
    for spec in FieldTable.all where spec.register == .milestone || spec.register == .stage {
        #expect(spec.place == .header)
    }
    for field in [CaseField.at, .profile, .due, .target, .state, .claim] {
        #expect(field.spec.place == .header)
    }
}

@Test func operationsHaveDistinctNamesAndVerbsAndOnlyKnownFields() {
    let all = CaseOperation.all
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(Set(all.map { "\($0.kind.rawValue) \($0.verb)" }).count == all.count)
    for operation in all {
        #expect(CaseOperation.named(operation.name) == operation)
        #expect(CaseOperation.verb(operation.verb, operation.kind) == operation)
        #expect(operation.has(.at))
        #expect(Set(operation.fields.map(\.field)).count == operation.fields.count)
        #expect(operation.reaches.allSatisfy { $0.spec.register == .milestone })
        #expect(operation.opens || !operation.stages.isEmpty)
        #expect(!operation.right.roles.isEmpty)
        let mayChangeAll = operation.changesFields || operation.act == .settle
        #expect(operation.fields.count <= Header.fieldsMax || mayChangeAll)
    }
    #expect(CaseOperation.named("case.later") == nil)
    let used = Set(all.flatMap { $0.fields.map(\.field) })
    #expect(
        Set(CaseField.allCases).subtracting(used) == [
            .holder, .offers, .links, .assistants, .redactions,
        ]
    )
}

@Test func codeListsHaveNoCodeTwiceAndEveryCodeIsOne() {
    var lists: [CodeList] = []
    for case .code(let list) in FieldTable.all.map(\.type) where !lists.contains(list) {
        lists.append(list)
    }
    #expect(Set(lists.map(\.name)).count == lists.count)
    #expect(lists.contains(.suspensions) && lists.contains(.rejections))
    for list in lists {
        #expect(Set(list.codes.map(\.code)).count == list.codes.count)
        for code in list.codes {
            #expect(FieldType.code(list).admits(.text(code.code)))
            #expect(list.code(meantBy: code.code) == code)
        }
    }
    #expect(CodeList.profiles.codes.map(\.code) == Profile.standard.map(\.code))
}

@Test func theStandardHasSeventeenClassesAndSeventyEightKinds() {
    let codes = CodeList.eventTypes.codes.map(\.code)
    #expect(codes.filter { $0.utf8.count == 2 }.count == 17)
    #expect(codes.filter { $0.utf8.count == 4 }.count == 78)
    #expect(codes == codes.sorted())
    #expect(CodeList.eventTypes["0402"]?.label.zh == "物业及其管理")
    #expect(CodeList.eventTypes["1602"]?.label.zh == "涉宗教问题")
    #expect(CodeList.eventTypes["99"]?.label.zh == "其他")
}

@Test func suggestionsAreTheNearestThree() {
    #expect(CodeList.eventTypes.suggestions(for: "物业").map(\.code) == ["0402"])
    #expect(CodeList.profiles.suggestions(for: "hz-1-3-1").first?.code == "hz-1-3-10")
    #expect(CodeList.eventTypes.suggestions(for: "0209").count == 3)
    #expect(CodeList.outcomes.suggestions(for: "").isEmpty)
    #expect(CodeList.eventTypes.code(meantBy: "邻里纠纷")?.code == "02")
}

@Test func stagesJoinToOneStageInWhateverOrder() {
    #expect(
        Stage.families.flatMap { $0 }.sorted { $0.rawValue < $1.rawValue }
            == Stage.allCases.sorted { $0.rawValue < $1.rawValue }
    )
    for family in Stage.families {
        for first in family {
            #expect(
                first.joined(with: first).shown == first && !first.joined(with: first).isConflict
            )
            for second in family {
                let joined = first.joined(with: second)
                #expect(joined == second.joined(with: first))
                #expect(joined.shown == first || joined.shown == second)
                if first.isEnded != second.isEnded {
                    #expect(!joined.shown.isEnded && joined.isConflict)
                }
                for third in family {
                    let left = joined.shown.joined(with: third).shown
                    #expect(left == first.joined(with: second.joined(with: third).shown).shown)
                    #expect(
                        Stage.joined([first, second, third])
                            == Stage.joined([third, first, second])
                    )
                }
            }
        }
    }
    #expect(Stage.joined([]) == nil)
}

@Test(
    arguments: [
        (0, "1970-01-01T08:00:00"), (951_753_599_999, "2000-02-28T23:59:59"),
        (951_839_999_000, "2000-02-29T23:59:59"), (1_795_428_000_000, "2026-11-23T18:00:00"),
        (4_107_513_600_000, "2100-03-01T00:00:00"), (253_402_271_999_000, "9999-12-31T23:59:59"),
    ] as [(UInt64, String)]
)
func ledgerTimeIsReadAsItIsPrinted(instant: UInt64, text: String) {
    #expect(LedgerTime.text(instant) == text)
    #expect(LedgerTime.instant(text) == instant / 1000 * 1000)
    #expect(LedgerTime.instant("\(instant)") == instant)
}

@Test func ledgerTimeTakesZonesAndRefusesWhatIsNoTime() {
    #expect(LedgerTime.instant("2026-11-23T10:00Z") == 1_795_428_000_000)
    #expect(LedgerTime.instant("2026-11-23T18:00") == 1_795_428_000_000)
    #expect(LedgerTime.instant("2026-11-23T05:00:00-05:00") == 1_795_428_000_000)
    #expect(LedgerTime.instant("2026-11-23") == 1_795_363_200_000)
    for wrong in [
        "", "2026-02-29", "2026-00-01", "2026-01-00", "1969-12-31", "1970-01-01",
        "2026-11-23T24:00",
        "2026-11-23T10", "2026-11-23T10:00+8", "2026-11-23x", "253402300800000",
        "99999999999999999999", "2026-11-23T10:00:60", "昨天",
    ] {
        #expect(LedgerTime.instant(wrong) == nil, "\(wrong)")
    }
    #expect(LedgerTime.text(.max).hasSuffix(":51"))
}

@Test func valuesAreShownWithTheirNames() {
    let category = CaseField.category.spec
    #expect(category.display(.text("0402")).zh == "0402 物业及其管理")
    #expect(category.display(.text("7777")) == Label("7777", "7777"))
    #expect(CaseField.outcome.spec.display(.text("51")).en == "51 unfounded")
    let instant = CBORValue.unsigned(1_795_428_000_000)
    #expect(CaseField.due.spec.display(instant).zh == "2026-11-23T18:00:00")
    #expect(CaseField.people.spec.display(.unsigned(3)).zh == "3")
    #expect(CaseField.urgent.spec.display(.bool(true)) == Label("是", "yes"))
    let both = CBORValue.array([.text("物业公司"), .text("自来水公司")])
    #expect(CaseField.involved.spec.display(both).zh == "物业公司、自来水公司")
    #expect(CaseField.due.spec.display(.null).en == "f6")
}
