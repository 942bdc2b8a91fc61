internal import Cases
internal import Ledger
internal import Crypto
internal import Encoding
internal import NodeRuntime
internal import Storage

/// What an answer rests on: which nodes were heard of, which logs were folded, and when.
///
/// Every list ends with it, on standard error or as the last line of JSON, so that no list says
/// more than the node can know.
struct Basis {
    /// The time for which overdue and missing were computed, milliseconds since 1970.
    let now: UInt64
    private let source: Source
    /// Digest of the logs that were folded.
    let frontier: Digest

    private enum Source {
        /// What is held now.
        case now(Completeness)
        /// What was held at a saved frontier, of which so many parts are not held any more.
        case saved(absentParts: UInt64)
    }

    /// Takes it from the store as it is now.
    init(_ store: Store, now: UInt64 = SystemSource.wallMilliseconds()) throws {
        self.now = now
        source = .now(try store.completeness(now: now))
        frontier = store.frontier
    }

    /// Of a store that was made again as of a saved frontier.
    init(rewound store: Store, absentParts: UInt64, now: UInt64) {
        self.now = now
        source = .saved(absentParts: absentParts)
        frontier = store.frontier
    }

    /// Signatures that are still to be checked.
    private var unchecked: UInt64 {
        guard case .now(let completeness) = source else { return 0 }
        return completeness.unchecked
    }

    /// Whether it is a saved frontier, which stays as it is.
    var isSaved: Bool {
        guard case .saved = source else { return false }
        return true
    }

    /// Whether signatures are still to be checked, so that nothing listed may be cited.
    var isProvisional: Bool { unchecked > 0 }

    var json: JSON {
        let folded: JSON = [
            "frontier": .text(frontier.description), "foldVersion": .count(SubjectFold.version),
        ]
        switch source {
        case .saved(let absentParts):
            return
                (["now": .count(now), "asOf": .bool(true), "absentParts": .count(absentParts)]
                as JSON).adding(all: folded)
        case .now(let completeness):
            return
                ([
                    "now": .count(now),
                    "nodes": .number(Int64(completeness.nodes)),
                    "heard": .number(Int64(completeness.heard)),
                    "missing": .array(
                        completeness.missing.map { node in
                            [
                                "node": .text(node.name), "log": .text(node.log.description),
                                "since": .count(node.since),
                            ]
                        }
                    ),
                    "unchecked": .count(completeness.unchecked),
                    "scopes": completeness.scopes.scopes.map { scopes in
                        .array(scopes.map { .text($0.code) })
                    } ?? .null,
                    "missingParts": .count(completeness.missingParts),
                    "provisional": .bool(isProvisional),
                ] as JSON).adding(all: folded)
        }
    }

    /// The last line of a list of JSON objects.
    var lastLine: JSON { ["completeness": json] }

    /// Ends a list: a last object in machine output, else lines on standard error.
    func finish(_ invocation: Invocation) {
        let output = invocation.output
        guard !invocation.isJSON else { return output.line(lastLine.line) }
        for line in lines(output) { output.remark(Output.printable(line)) }
    }

    /// Most missing nodes that are named; the others are counted.
    private static let namedMax = 5

    /// For a reader.
    func lines(_ output: Output) -> [String] {
        var lines: [String] = []
        if isProvisional {
            lines.append(
                output.text(
                    "暂定视图: \(unchecked) 个签名未验,不得引用",
                    "PROVISIONAL: \(unchecked) signatures not checked, do not cite"
                )
            )
        }
        switch source {
        case .now(let completeness): lines.append(line(completeness, output))
        case .saved(let absentParts):
            lines.append(
                output.text(
                    "以所存前沿重算; 已不存的部分 \(absentParts)",
                    "made again as of a saved frontier; parts not held any more: \(absentParts)"
                )
            )
        }
        let digits = frontier.description.prefix(16)
        lines.append(
            output.text(
                "前沿 \(digits), 归并规则版本 \(SubjectFold.version), 现在 \(output.time(now)) (UTC+8)",
                "frontier \(digits), fold version \(SubjectFold.version), now"
                    + " \(output.time(now)) (UTC+8)"
            )
        )
        return lines
    }

    private func line(_ completeness: Completeness, _ output: Output) -> String {
        var line = output.text(
            "完整性: 15 分钟内听到 \(completeness.heard)/\(completeness.nodes) 个节点",
            "completeness: heard \(completeness.heard) of \(completeness.nodes) nodes in 15 min"
        )
        if !completeness.missing.isEmpty {
            line += output.text("; 缺: ", "; missing: ") + missing(completeness, output)
        }
        line += output.text(
            "; 未验签 \(completeness.unchecked)",
            "; signatures unchecked: \(completeness.unchecked)"
        )
        if let scopes = completeness.scopes.scopes {
            let codes = scopes.map(\.code).joined(separator: " ")
            line += output.text(
                "; 只存辖区 \(codes) 的内容, 其余未存于本节点",
                "; contents of \(codes.isEmpty ? "no place" : codes) only, others not held here"
            )
        }
        if completeness.missingParts > 0 {
            line += output.text(
                "; 缺内容 \(completeness.missingParts) 份",
                "; parts missing: \(completeness.missingParts)"
            )
        }
        return line
    }

    private func missing(_ completeness: Completeness, _ output: Output) -> String {
        var names = completeness.missing.prefix(Self.namedMax).map { node in
            guard let since = node.since else {
                return output.text("\(node.name) 从未听到", "\(node.name) never heard")
            }
            return output.text(
                "\(node.name) 自 \(output.minute(since))",
                "\(node.name) since \(output.minute(since))"
            )
        }
        let rest = completeness.missing.count - names.count
        if rest > 0 { names.append(output.text("及另外 \(rest) 个", "and \(rest) more")) }
        return names.joined(separator: ", ")
    }
}
