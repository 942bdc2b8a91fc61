import Cases
import Crypto
import Ledger
import Testing

@Suite struct AliasBookTests {
    private let names = ["3301": "杭州市", "330105": "拱墅区", "330105013": "武林街道"]

    private func alias(_ number: UInt64, _ text: String, _ code: String, in scope: String) throws
        -> AliasBook.Alias
    {
        AliasBook.Alias(
            id: SubjectID(openedIn: sha256([7]), at: number),
            scope: try #require(Scope(scope)),
            text: text,
            code: code
        )
    }

    @Test func wordsMeanWhatAnAliasOfTheSameKeySays() throws {
        let street = try #require(Scope("330105013"))
        var book = AliasBook(
            [try alias(1, "丽发新城3幢", "A3", in: "330105013")],
            names: names
        )
        #expect(book.context(of: street) == ["杭州市", "拱墅区", "武林街道"])
        for text in ["丽发新城3幢", "拱墅区武林街道 丽发新城３号楼", "丽发新城三栋"] {
            #expect(book.meant(by: text, in: street).map(\.code) == ["A3"], "\(text)")
        }
        for text in ["丽发新城4幢", "丽发新城小区3幢", "无", String(repeating: "长", count: 201)] {
            #expect(book.meant(by: text, in: street).isEmpty, "\(text)")
        }
        let elsewhere = try #require(Scope("330105014"))
        #expect(book.meant(by: "丽发新城3幢", in: elsewhere).isEmpty)
        // Within the street it holds as well.
        let village = try #require(Scope("330105013001"))
        #expect(book.meant(by: "丽发新城3幢", in: village).map(\.code) == ["A3"])
        #expect(book.conflicts().isEmpty)
    }

    @Test func aliasesOfOneKeyThatLeadToSeveralCodesAreAConflictOfTheirPlace() throws {
        let street = try #require(Scope("330105013"))
        let first = try alias(1, "老市场", "M1", in: "330105013")
        let second = try alias(2, "老市场", "M2", in: "330105013")
        let same = try alias(3, "老市场", "M1", in: "330105013")
        let other = try alias(4, "老市场", "M3", in: "330105014")
        var book = AliasBook([second, other, same, first], names: names)
        let conflicts = book.conflicts()
        #expect(conflicts.count == 1)
        #expect(conflicts.first?.scope == street && conflicts.first?.codes == ["M1", "M2"])
        #expect(Set(conflicts.flatMap(\.aliases)) == [first, second, same])
        #expect(Set(book.meant(by: "老市场", in: street).map(\.code)) == ["M1", "M2"])
        var settled = AliasBook([first, same, other], names: names)
        #expect(settled.conflicts().isEmpty)
    }

    @Test func anAliasOfADistrictHoldsInItsStreetsAndConflictsWithTheirs() throws {
        let wide = try alias(1, "拱墅区少年宫", "W", in: "330105")
        let narrow = try alias(2, "少年宫", "N", in: "330105013")
        var book = AliasBook([wide, narrow], names: names)
        let street = try #require(Scope("330105013"))
        let beside = try #require(Scope("330105014"))
        #expect(book.meant(by: "少年宫", in: street).map(\.code) == ["N", "W"])
        #expect(book.meant(by: "少年宫", in: beside).map(\.code) == ["W"])
        #expect(book.conflicts().map(\.scope) == [street])
    }
}
