import Cases
import Foundation
import Testing

/// The tables of `case.md`, which are those that the program works by.
///
/// They stand between two marks in the page; `LINLI_WRITE_VECTORS=1` writes them.
enum CaseTables {
    static let all: [(name: String, rows: [String])] = [
        ("operations", operations), ("fields", fields), ("codes", codes), ("profiles", profiles),
        ("pairs", pairs),
    ]

    private static var operations: [String] {
        table(
            ["operation", "required", "optional", "admissible in", "leads to", "reaches"],
            CaseOperation.all.map { operation in
                let fields = { (isRequired: Bool) in
                    operation.fields.filter { $0.isRequired == isRequired }
                        .map { "\($0.field.rawValue)" }.joined(separator: " ")
                }
                let stages = Stage.allCases.filter(operation.stages.contains)
                let missing = Stage.allCases.filter { !operation.stages.contains($0) }
                let admissible =
                    missing.count < 3
                    ? ["every stage"] + missing.map { "but \($0.rawValue)" }
                    : stages.map(\.rawValue)
                return [
                    "`\(operation.name)`\(operation.opens ? " (opens)" : "")",
                    fields(true), fields(false), admissible.joined(separator: ", "),
                    operation.leadsTo?.rawValue ?? "–",
                    (operation.reaches.map { "\($0.rawValue)" }
                        + operation.clears.map { "clears \($0.rawValue)" })
                        .joined(separator: " "),
                ]
            }
        )
    }

    private static var fields: [String] {
        table(
            ["number", "field", "place", "type", "register"],
            FieldTable.all.map { spec in
                [
                    "\(spec.field.rawValue)", spec.flag, place(spec.place), type(spec.type),
                    register(spec.register) + (spec.isAmendable ? ", amendable" : ""),
                ]
            }
        )
    }

    private static func place(_ place: FieldPlace) -> String {
        switch place {
        case .header: "header"
        case .part(.detail): "detail part"
        case .part(.text): "text part"
        }
    }

    private static func type(_ type: FieldType) -> String {
        switch type {
        case .code(let list): "code of \(list.name)"
        case .text(let max): "text, \(max)"
        case .instant: "instant"
        case .count: "uint"
        case .identifier: "identifier"
        case .flag: "bool"
        }
    }

    private static func register(_ register: RegisterKind) -> String {
        switch register {
        case .single: "single"
        case .milestone: "milestone"
        case .stage: "stage"
        case .set: "set"
        case .act: "act"
        }
    }

    private static var codes: [String] {
        var seen: [String] = []
        let lists = FieldTable.all.compactMap { spec -> CodeList? in
            guard case .code(let list) = spec.type, !seen.contains(list.name) else { return nil }
            seen.append(list.name)
            return list
        }
        return table(
            ["list", "codes"],
            lists.map { [$0.name, $0.codes.map(\.code).joined(separator: " ")] }
        )
    }

    private static var profiles: [String] {
        table(
            ["profile", "clocks, each with its limit in ms"],
            Profile.allCases.map { profile in
                let clocks = profile.clocks.map { "\($0.clock.rawValue) \($0.limit)" }
                return [profile.rawValue, clocks.isEmpty ? "–" : clocks.joined(separator: ", ")]
            }
        )
    }

    private static var pairs: [String] {
        table(
            ["", "shown and, with `!`, in conflict, beside each stage before it"],
            Stage.allCases.enumerated().map { index, stage in
                let cells = Stage.allCases.prefix(index).map { other in
                    let joined = stage.joined(with: other)
                    return joined.shown.rawValue + (joined.isConflict ? "!" : "")
                }
                return [stage.rawValue, cells.isEmpty ? "–" : cells.joined(separator: " ")]
            }
        )
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        ([head, head.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
    }
}

@Test func theTablesOfThePageAreThoseOfTheProgram() throws {
    let url = VectorFile.directory.deletingLastPathComponent().appending(path: "case.md")
    var lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
    for (name, rows) in CaseTables.all {
        let first = try #require(lines.firstIndex(of: "<!-- \(name) -->"))
        let last = try #require(lines[first...].firstIndex(of: "<!-- end -->"))
        if ProcessInfo.processInfo.environment["LINLI_WRITE_VECTORS"] == "1" {
            lines.replaceSubrange(first + 1..<last, with: rows)
            try lines.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(Array(lines[first + 1..<last]) == rows, "\(name)")
        }
    }
}
