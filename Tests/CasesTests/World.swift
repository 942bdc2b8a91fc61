import Cases
import Crypto
import Encoding
import Ledger

/// A few logs that write about one case, each with a clock and a knowledge of its own.
struct World {
    let logs: [Digest]
    let subject: SubjectID
    private(set) var entries: [PlacedEntry] = []
    /// Hashes that each log knows of.
    private var known: [Set<Digest>]
    private var lengths: [UInt64]
    /// Added to each log's time.
    var clockErrors: [Int]

    static let start: UInt64 = 1_795_428_000_000

    init(logCount: Int = 2) {
        logs = (0..<logCount).map { sha256([UInt8($0)]) }
        subject = SubjectID(openedIn: logs[0], at: 7)
        known = Array(repeating: [], count: logCount)
        lengths = (0..<logCount).map { _ in 7 }
        clockErrors = Array(repeating: 0, count: logCount)
    }

    /// Writes an entry in a log, after everything that log knows; returns it.
    @discardableResult
    mutating func write(
        _ operation: CaseOperation,
        _ values: [CaseField: CBORValue] = [:],
        in log: Int = 0,
        seconds: Int = 0,
        change: (inout Header) -> Void = { _ in }
    ) throws -> PlacedEntry {
        var draft = CaseDraft(operation)
        for (field, value) in Self.required[operation.name] ?? [:] { try draft.set(field, value) }
        for (field, value) in values { try draft.set(field, value) }
        let content = try draft.compiled()
        var header = Header(
            ledger: sha256([]),
            log: logs[log],
            sequence: lengths[log],
            time: UInt64(Int(Self.start) + seconds * 1000 + clockErrors[log] * 1000),
            subjects: [subject],
            operation: operation.name
        )
        let knows = known[log]
        let graph = SubjectGraph(entries.filter { knows.contains($0.hash) })
        header.after = graph.after(writingIn: logs[log])
        header.parts = content.parts.map(sha256)
        header.fields = content.fields
        if entries.isEmpty { header.scope = Scope("330113002") }
        change(&header)
        return append(header, parts: content.parts, to: log)
    }

    /// Appends a header as it is.
    mutating func append(_ header: Header, parts: [[UInt8]?], to log: Int) -> PlacedEntry {
        let entry = PlacedEntry(
            log: logs[log],
            sequence: header.sequence,
            hash: sha256(header.encoded),
            author: logs[log],
            header: header,
            parts: parts
        )
        entries.append(entry)
        known[log].insert(entry.hash)
        lengths[log] = header.sequence + 1
        return entry
    }

    /// Lets a log know everything that another knows.
    mutating func sync(from: Int, to: Int) {
        known[to].formUnion(known[from])
    }

    /// Lets every log know everything.
    mutating func syncAll() { known = known.map { _ in Set(entries.map(\.hash)) } }

    func fold(_ given: [PlacedEntry]? = nil) -> FoldedSubject {
        SubjectFold.fold(subject, entries: given ?? entries) { _, _ in .allowed }
    }

    /// The least that each operation asks for.
    static let required: [String: [CaseField: CBORValue]] = [
        "case.report": [.summary: .text("楼上漏水")],
        "case.register": [.category: .text("0201")],
        "case.dispatch": [.unit: .text("物业")],
        "case.feedback": [.text: .text("正在处理")],
        "mediation.agree": [.form: .text("written")],
        "case.close": [.outcome: .text("11")],
        "case.reopen": [.reason: .text("再次漏水")],
        "case.amend": [:],
        "case.note": [.text: .text("已联系")],
        "case.import": [
            .source: .text("boston-311"), .reportedAt: .unsigned(start),
            .state: .text("open"), .externalID: .text("101"),
        ],
    ]
}

extension SubjectFold {
    /// Folds by rights that do not look at roles, under the standard policy.
    static func fold(
        _ subject: SubjectID,
        entries: [PlacedEntry],
        isHeldElsewhere: (Digest) -> Bool = { _ in false },
        rights: @escaping (PlacedEntry, [Scope]) -> RightVerdict
    ) -> FoldedSubject {
        fold(
            subject,
            entries: entries,
            isHeldElsewhere: isHeldElsewhere,
            authority: Authority { entry, scopes, _ in rights(entry, scopes) },
            policy: .standard
        )
    }
}
