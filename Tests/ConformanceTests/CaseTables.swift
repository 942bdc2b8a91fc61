import Cases
import Foundation
import Ledger
import Testing

/// The tables of `case.md`, which are those that the program works by.
///
/// They stand between two marks in the page; `LINLI_WRITE_VECTORS=1` writes them.
enum CaseTables {
    static let all: [(name: String, rows: [String])] = [
        ("operations", operations), ("fields", fields), ("codes", codes), ("profiles", profiles),
        ("clocks", clocks), ("pairs", pairs),
    ]

    private static var operations: [String] {
        table(
            [
                "operation", "about a", "by roles", "required", "optional", "admissible in",
                "leads to", "reaches", "act",
            ],
            CaseOperation.all.map { operation in
                let fields = { (isRequired: Bool) in
                    operation.fields.filter { $0.isRequired == isRequired }
                        .map { "\($0.field.rawValue)" }.joined(separator: " ")
                }
                return [
                    "`\(operation.name)`\(operation.opens ? " (opens)" : "")",
                    operation.kind.rawValue, roles(operation), fields(true), fields(false),
                    stages(operation), operation.leadsTo?.rawValue ?? "–",
                    (operation.reaches.map { "\($0.rawValue)" }
                        + operation.clears.map { "clears \($0.rawValue)" })
                        .joined(separator: " "),
                    act(operation.act),
                ]
            }
        )
    }

    private static func act(_ act: CaseOperation.Act) -> String {
        switch act {
        case .plain: "–"
        case .suspend: "suspend"
        case .resume: "resume"
        case .offer: "offer"
        case .giveBack: "give back"
        case .take: "take"
        case .reject: "reject"
        case .withdraw: "withdraw"
        case .assign: "assign"
        case .redact: "redact"
        case .approveRedaction: "approve redaction"
        case .refuseRedaction: "refuse redaction"
        case .share: "share"
        case .assist: "assist"
        case .release: "release"
        case .link: "link"
        case .confirmLink: "confirm link"
        case .unlink: "unlink"
        case .relate: "relate"
        case .settle: "settle"
        case .extend: "extend"
        case .appraise: "appraise"
        case .mediate: "mediate"
        case .agree: "agree"
        case .apply: "apply"
        case .takeOver: "take over"
        }
    }

    private static func stages(_ operation: CaseOperation) -> String {
        let family = Stage.families.first { $0.contains(where: operation.stages.contains) } ?? []
        let missing = family.filter { !operation.stages.contains($0) }
        guard family.count > 3, missing.count < 3 else {
            return family.filter(operation.stages.contains).map(\.rawValue)
                .joined(separator: ", ")
        }
        return (["every stage"] + missing.map { "but \($0.rawValue)" }).joined(separator: ", ")
    }

    private static func roles(_ operation: CaseOperation) -> String {
        func numbers(_ right: Right) -> String {
            right.roles.sorted().map { "\($0.rawValue)" }.joined(separator: " ")
        }
        let others = operation.rightIn.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "; \($0.key.rawValue): \(numbers($0.value))" }
        return numbers(operation.right) + others.joined()
            + (operation.isHolders ? ", holder" : "")
            + (operation.right.isPersonal ? ", personal" : "")
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
        case .part(.sealed): "sealed part"
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
        case .digest: "hash"
        case .digests(let count): "hashes, \(count)"
        case .subject: "subject id"
        case .texts(let max, let count): "texts, \(count) of \(max)"
        case .instants(let count): "instants, \(count)"
        case .identifiers(let count): "identifiers, \(count)"
        case .dates(let count): "days, \(count)"
        case .grids(let count): "grids, \(count)"
        case .clocks(let count): "clocks, \(count)"
        }
    }

    private static func register(_ register: RegisterKind) -> String {
        switch register {
        case .single: "single"
        case .milestone: "milestone"
        case .stage: "stage"
        case .set: "set"
        case .act: "act"
        case .holder: "holder"
        case .offers: "offers"
        case .links: "links"
        case .assistants: "assistants"
        case .redactions: "redactions"
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
            ["profile", "clocks"],
            (Profile.standard + [Profile("implied", Profile.implied)]).map { profile in
                let clocks = profile.clocks.map(\.text)
                return [profile.code, clocks.isEmpty ? "–" : clocks.joined(separator: ", ")]
            }
        )
    }

    private static var clocks: [String] {
        table(
            ["clock", "starts at", "stops at", ""],
            Clock.allCases.map { clock in
                let marks = [
                    clock.isPausable ? "stands still while suspended" : nil,
                    clock.isExtendable ? "extendable" : nil,
                    clock.needsConsent ? "with consent" : nil,
                    clock.isInformation ? "never overdue" : nil,
                ]
                return [
                    clock.rawValue,
                    clock.starts.map { "\($0.rawValue)" }.joined(separator: ", else "),
                    clock.stops.map { "\($0.rawValue)" }.joined(separator: " or "),
                    marks.compactMap { $0 }.joined(separator: ", "),
                ]
            }
        )
    }

    private static var pairs: [String] {
        table(
            ["", "shown and, with `!`, in conflict, beside each stage before it"],
            Stage.families.flatMap { family in
                family.enumerated().map { index, stage in
                    let cells = family.prefix(index).map { other in
                        let joined = stage.joined(with: other)
                        return joined.shown.rawValue + (joined.isConflict ? "!" : "")
                    }
                    return [stage.rawValue, cells.isEmpty ? "–" : cells.joined(separator: " ")]
                }
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
