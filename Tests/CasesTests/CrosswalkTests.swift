import Cases
import Testing

@Suite struct CrosswalkTests {
    @Test func everyClassOfTheStandardHasACategoryOfEachList() throws {
        for code in CodeList.eventTypes.codes {
            let row = try #require(Crosswalk.row(of: code.code), "\(code.code)")
            #expect(row.category == code.code)
            #expect(Crosswalk.mediation[row.mediation] != nil, "\(code.code)")
            #expect(Crosswalk.statistics[row.statistics] != nil, "\(code.code)")
        }
        #expect(Crosswalk.row(of: "0577") == nil && Crosswalk.row(of: "") == nil)
        #expect(Crosswalk.mediation.codes.count == 18 && Crosswalk.statistics.codes.count == 15)
    }

    @Test func rowsNameOnlyCodesThatThereAre() {
        for row in Crosswalk.rows {
            #expect(CodeList.eventTypes[row.category] != nil, "\(row.category)")
            #expect(Crosswalk.mediation[row.mediation] != nil, "\(row.category)")
            #expect(Crosswalk.statistics[row.statistics] != nil, "\(row.category)")
        }
        #expect(Set(Crosswalk.rows.map(\.category)).count == Crosswalk.rows.count)
    }

    /// Backwards, every sub-class stands under one category, alone or with its whole class.
    @Test func backEverySubClassIsUnderTheCategoryThatItHas() {
        let kinds = CodeList.eventTypes.codes.map(\.code).filter { $0.utf8.count == 4 } + ["99"]
        func check(
            _ list: CodeList,
            _ back: (String) -> [String],
            _ forth: (Crosswalk.Row) -> String
        ) {
            for kind in kinds {
                let under = list.codes.map(\.code).filter { code in
                    back(code).contains { kind == $0 || kind.hasPrefix($0) }
                }
                #expect(under == Crosswalk.row(of: kind).map { [forth($0)] }, "\(kind)")
            }
        }
        check(Crosswalk.mediation, Crosswalk.categories(ofMediation:), \.mediation)
        check(Crosswalk.statistics, Crosswalk.categories(ofStatistics:), \.statistics)
    }

    @Test(arguments: [
        ("0201", "02", "02"), ("0402", "15", "14"), ("0502", "13", "13"), ("0503", "14", "12"),
        ("0702", "10", "08"), ("0902", "03", "03"), ("1001", "16", "99"), ("1307", "99", "09"),
        ("1201", "99", "10"), ("1101", "08", "07"),
    ])
    func someCategories(category: String, mediation: String, statistics: String) {
        let row = Crosswalk.row(of: category)
        #expect(row?.mediation == mediation && row?.statistics == statistics)
    }
}
