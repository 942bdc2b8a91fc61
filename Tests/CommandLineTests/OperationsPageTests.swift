import Cases
import CommandLine
import Foundation
import Testing

/// `docs/operations.md`, which says the same as the table that the program works by.
///
/// `LINLI_WRITE_VECTORS=1` writes it.
enum OperationsPage {
    static let url = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/operations.md")

    static var text: String {
        let head = """
            # 操作 Operations

            由程序所依的操作表生成; 与 `linli help case` 等相同。
            Written from the table that the program works by; `linli help case` and its like say the
            same.

            每项操作另有 `--at`(事后补录的发生时间)、`--actor`、`--allow-personal` 与 `--as`(本人密钥)。
            Every operation also has `--at` (when it happened, if entered later), `--actor`,
            `--allow-personal` and `--as` (a person's key). `…`: the flag may be repeated.

            """
        let sections = SubjectKind.allCases.map { kind in
            let rows = CaseOperation.all.filter { $0.kind == kind }.compactMap(OperationHelp.init)
            return (["## \(kind.label.zh) \(kind.label.en)", ""] + table(rows))
                .joined(separator: "\n") + "\n"
        }
        return ([head] + sections).joined(separator: "\n")
    }

    private static func table(_ rows: [OperationHelp]) -> [String] {
        let head = ["操作 command", "作用 what it does", "岗位 roles", "阶段 stages", "参数 flags"]
        return ([head, head.map { _ in "---" }] + rows.map(cells))
            .map { "| \($0.joined(separator: " | ")) |" }
    }

    private static func cells(_ help: OperationHelp) -> [String] {
        let optional = help.optional?.map { "[\($0)]" } ?? ["[任何可更正的字段 any correctable field]"]
        return [
            "`\(help.call)`", both(help.operation.help.zh, help.operation.help.en),
            both(help.roles(\.zh), help.roles(\.en)), both(help.stages(\.zh), help.stages(\.en)),
            (help.required + optional).joined(separator: " "),
        ].map { $0.replacing("|", with: "\\|") }
    }

    private static func both(_ zh: String, _ en: String) -> String { "\(zh)<br>\(en)" }
}

@Test func thePageOfOperationsIsThatOfTheTable() throws {
    if ProcessInfo.processInfo.environment["LINLI_WRITE_VECTORS"] == "1" {
        try OperationsPage.text.write(to: OperationsPage.url, atomically: true, encoding: .utf8)
    }
    let page = try String(contentsOf: OperationsPage.url, encoding: .utf8)
    #expect(page == OperationsPage.text, "LINLI_WRITE_VECTORS=1 writes it anew")
}

@Test(arguments: CaseOperation.all.filter(\.isTyped))
func everyOperationHasACommandItsRolesAndItsStages(operation: CaseOperation) throws {
    let help = try #require(OperationHelp(operation))
    #expect(!help.roles(\.zh).isEmpty && !help.stages(\.en).isEmpty)
    let required = operation.fields.filter { use in
        use.isRequired && ![.offer, .link, .assistance, .redaction].contains(use.field)
    }
    for use in required {
        let flag = "--\(use.field.spec.flag)"
        #expect(help.required.contains { $0.hasPrefix(flag) }, "\(flag)")
    }
}

@Suite(.enabled(if: BuiltProgram.isPresent))
struct FamilyHelpTests {
    @Test(arguments: SubjectKind.allCases)
    func helpOfAFamilyNamesEveryOperationInBothLanguages(kind: SubjectKind) throws {
        try BuiltProgram.withHome { program in
            let asked = try program.run("help", kind.rawValue)
            let chinese = try program.run(kind.rawValue, "--help", "--lang", "zh")
            #expect(asked.code == 0 && chinese.code == 0 && asked.remarks.isEmpty)
            for operation in CaseOperation.all where operation.kind == kind {
                guard let help = OperationHelp(operation) else { continue }
                #expect(asked.output.contains(help.call + "  " + operation.help.en))
                #expect(chinese.output.contains(help.roles(\.zh)))
            }
        }
    }

    @Test func whatIsNoFamilyHasNoHelp() throws {
        try BuiltProgram.withHome { program in
            for words in [
                ["help", "fly"], ["case", "--help", "--lang", "fr"], ["case", "--help", "--fly"],
            ] {
                let result = try program.run(list: words)
                #expect(result.code == 64, "\(words)")
            }
            let staff = try program.run("help", "staff")
            #expect(staff.output.contains("staff add REQUEST"))
        }
    }
}
