import Cases
@testable import CommandLine
import Ledger
import Testing

private func divisions(_ bytes: [UInt8], chunk: Int = .max) throws -> DivisionTable {
    var file = DivisionsFile()
    for piece in pieces(of: bytes, size: chunk) { try file.received(piece) }
    return try file.finished()
}

private func successions(
    _ bytes: [UInt8],
    effective: UInt64? = nil,
    chunk: Int = .max
) throws -> [SuccessionRow] {
    var file = SuccessionFile(table: "hz-2021", effective: effective)
    for piece in pieces(of: bytes, size: chunk) { try file.received(piece) }
    return try file.finished()
}

private let divisionHeader = "level,code,code12,name,parent_code,kind,is_township_unit\n"
private let city = "city,3301,330100000000,杭州市,,地级市,1\n"
private let district = "district,330105,330105000000,拱墅区,3301,市辖区,1\n"
private let street = "street,330105013,330105013000,武林街道,330105,街道,1\n"

private let successionHeader = "level,old_code,old_name,new_codes,new_names,basis\n"
private let split = "district,330104,江干区,330102|330114,上城区|钱塘区,diff\n"
private let moved = "street,330103002,武林街道,330105013,武林街道,same name\n"

@Suite struct CodeTableTests {
    private func fault(_ read: () throws -> Void) -> String? {
        do { try read() } catch { return "\(error)" }
        return nil
    }

    @Test func divisionsAreReadHoweverTheyAreCut() throws {
        let bytes = Array(("\u{feff}" + divisionHeader + city + district + street).utf8)
        let whole = try divisions(bytes)
        #expect(whole.divisions.count == 3 && whole.streets.map(\.name) == ["武林街道"])
        for chunk in [1, 2, 7, 64] { #expect(try divisions(bytes, chunk: chunk) == whole) }
        let code = try #require(Scope("330105013"))
        #expect(whole[code]?.kind == "街道" && whole[code]?.isUnit == true)
        #expect(whole.context(of: code) == ["杭州市", "拱墅区", "武林街道"])
        #expect(try whole.context(of: #require(Scope("330105013009"))).count == 3)
        #expect(try whole.context(of: #require(Scope("330109"))) == ["杭州市"])
        #expect(try whole[#require(Scope("330109"))] == nil)
    }

    private static let badDivisions: [(rows: [String], want: String)] = [
        ([], "line 1: the file is empty"),
        ([divisionHeader], "line 1: the file has no rows"),
        (["level,code\n"], "line 1: header has no column \"code12\""),
        (["code,", divisionHeader], "line 1: header has the column \"code\" more than once"),
        ([divisionHeader, city, "street\n"], "line 3: row has 1 fields, want 7 as in the header"),
        ([divisionHeader, "town,1,1,1,1,1,1\n"], "line 2: level is not city, district or street"),
        ([divisionHeader, "city,33010,,,,,\n"], "line 2: code is not 4 digits"),
        ([divisionHeader, "city,330x,,,,,\n"], "line 2: code is not 4 digits"),
        (
            [divisionHeader, "city,3301,330100000001,杭州市,,地级市,1\n"],
            "line 2: code12 is not the code with zeros to 12 digits"
        ),
        (
            [divisionHeader, city, "district,330105,330105000000,拱墅区,3302,市辖区,1\n"],
            "line 3: parent_code is not 3301"
        ),
        (
            [divisionHeader, city, street],
            "line 3: 330105 does not stand before its part 330105013"
        ),
        ([divisionHeader, city, city], "line 3: 3301 is there twice"),
        (
            [divisionHeader, "city,3301,330100000000,杭州市,,地级市,2\n"],
            "line 2: is_township_unit is not 0 or 1"
        ),
        ([divisionHeader, "city,3301,330100000000,,,地级市,1\n"], "line 2: name is empty"),
        (
            [divisionHeader, city, "\"district\n"],
            "line 3: a quote opened in this row is never closed"
        ),
    ]

    @Test(arguments: badDivisions)
    func divisionsThatCanNotBeAreRefusedWithTheirLine(rows: [String], want: String) {
        #expect(fault { _ = try divisions(Array(rows.joined().utf8)) } == want)
    }

    @Test func successionsAreReadHoweverTheyAreCut() throws {
        let bytes = Array((successionHeader + split + moved).utf8)
        let rows = try successions(bytes, effective: 5)
        #expect(rows.map(\.old.code) == ["330104", "330103002"])
        #expect(rows[0].new.map(\.code) == ["330102", "330114"])
        #expect(rows.allSatisfy { $0.table == "hz-2021" && $0.effective == 5 })
        #expect(rows[1].basis == "same name")
        for chunk in [1, 3, 50] {
            #expect(try successions(bytes, effective: 5, chunk: chunk) == rows)
        }
    }

    private static let badSuccessions: [(rows: [String], want: String)] = [
        ([], "line 1: the file is empty"),
        (["city,3301,,3302,,x\n"], "line 2: level is not district or street"),
        (["district,330103002,,330105,,x\n"], "line 2: old_code is not 6 digits"),
        (
            [split, "district,330103,,330105|,,x\n"],
            "line 3: new_codes is not codes of 6 digits between |"
        ),
        (["district,330103,,,,x\n"], "line 2: new_codes is empty"),
        (["district,330103,,330105|330105,,x\n"], "line 2: 330103 names 330105 twice"),
        ([split, moved, split], "line 4: 330104 is there twice"),
    ]

    @Test(arguments: badSuccessions)
    func successionsThatCanNotBeAreRefusedWithTheirLine(rows: [String], want: String) {
        let text = rows.isEmpty ? "" : successionHeader + rows.joined()
        #expect(fault { _ = try successions(Array(text.utf8)) } == want)
    }

    @Test func textsThatAreNoTextAreRefused() {
        let bytes = Array((successionHeader + "district,330103,,330105,,").utf8) + [0xff, 10]
        #expect(fault { _ = try successions(bytes) } == "line 2: basis is not UTF-8")
        let long = String(repeating: "x", count: CodeTableError.fieldBytes + 1)
        let text = successionHeader + "district,330103,,330105,,\(long)\n"
        #expect(
            fault { _ = try successions(Array(text.utf8)) }
                == "line 2: basis has more than 4096 bytes"
        )
    }
}

// skipped: where the files are not beside the package.
@Suite(.enabled(if: SharedData.isPresent, "skipped: ../shared/data is not there"))
struct CodeTableRealDataTests {
    @Test func theDivisionsOfHangzhouAreTakenWhole() throws {
        let table = try divisions(SharedData.plain("hangzhou_divisions.csv"))
        #expect(table.divisions.count == 210)
        #expect(table.divisions.count { $0.code.code.utf8.count == 6 } == 13)
        #expect(table.streets.count == 196)
        #expect(table.streets.count(where: \.isUnit) == 191)
        let zones = table.streets.filter { !$0.isUnit }
        #expect(zones.count == 5 && zones.allSatisfy { $0.kind == "类似乡级单位" })
        let wulin = try #require(Scope("330105013"))
        #expect(table.context(of: wulin) == ["杭州市", "拱墅区", "武林街道"])
    }

    @Test func everyRetiredCodeOfHangzhouResolves() throws {
        let rows = try successions(SharedData.plain("hangzhou_code_succession.csv"))
        #expect(rows.count == 50)
        let table = try CodeSuccession(rows)
        let divisions = try divisions(SharedData.plain("hangzhou_divisions.csv"))
        for row in rows {
            let found = table.resolve(row.old)
            #expect(found.outcome == (row.old.code == "330104" ? .split : .succeeded), "\(row.old)")
            // All ends stand in today's list, as do the ends of their villages.
            #expect(found.codes.allSatisfy { divisions[$0] != nil }, "\(row.old)")
            #expect(found.codes == row.new)
        }
        // No code of today is taken for a retired one.
        for division in divisions.divisions {
            #expect(table.resolve(division.code).outcome == .current, "\(division.code)")
        }
        let village = try #require(Scope("330103002005"))
        #expect(table.resolve(village).codes.map(\.code) == ["330105013"])
        let unknown = try #require(Scope("330104777"))
        #expect(table.resolve(unknown).outcome == .unresolved)
        #expect(table.resolve(unknown).candidates.map(\.code) == ["330102", "330114"])
    }
}
