import Cases
import Crypto
import Encoding
import Ledger

/// A history of subjects as a vector holds it.
///
/// Lines: `subject`, the id that is folded; `header` of each entry with a `part` for each of its
/// parts; `office: LOG SCOPE` gives a log every role in a place, without any all may do
/// everything; `right: HASH …` is what the roster says of an entry instead; `path: HASH LEAF …` by
/// which leaves the history goes on in which it stands; `policy` are further subjects that are read
/// as policies; then the verdicts in display order and the view.
struct CaseHistory {
    private(set) var subjects: [SubjectID] = []
    private(set) var entries: [PlacedEntry] = []
    var offices: [(log: Digest, scope: Scope)] = []
    var rights: [Digest: RightVerdict] = [:]
    var policies: [SubjectID] = []
    private var lengths: [Digest: UInt64] = [:]

    static let start: UInt64 = 1_795_428_000_000
    static let logs = (10..<14).map { sha256([UInt8($0)]) }

    /// Writes an entry after all others, or after those that are given; a text for each field, of
    /// clocks and days with spaces between them.
    @discardableResult
    mutating func write(
        _ operation: CaseOperation,
        _ values: [(CaseField, String)] = [],
        in number: Int = 0,
        about numbers: [Int] = [0],
        to place: String? = nil,
        after known: [PlacedEntry]? = nil,
        minutes: Int = 0,
        path: [Digest] = [],
        change: (inout Header) -> Void = { _ in }
    ) throws -> PlacedEntry {
        let log = Self.logs[number]
        var draft = CaseDraft(operation)
        for (field, text) in values {
            if [.clocks, .holidays, .workdays].contains(field) {
                try draft.set(field, items: text.split(separator: " ").map(String.init))
            } else {
                try draft.set(field, text)
            }
        }
        let content = try draft.compiled()
        if operation.opens, operation != .takeOver || subjects.isEmpty {
            subjects.append(SubjectID(openedIn: log, at: lengths[log] ?? 0))
        }
        let about =
            operation.opens && numbers == [0] ? [subjects.count - 1] : numbers
        var header = Header(
            ledger: sha256([0]),
            log: log,
            sequence: lengths[log] ?? 0,
            time: Self.start + UInt64(minutes) * 60_000,
            subjects: about.map { subjects[$0] },
            operation: operation.name
        )
        header.fields = content.fields
        let hasher = SHA256Hasher()
        header.parts = content.parts.map { Part(salt: .zero, bytes: $0).commitment(hasher) }
        if operation.opens {
            header.scope = offices.first { $0.log == log }?.scope ?? Scope("330113002")
        }
        header.to = place.flatMap { Scope($0) }
        return append(&header, content.parts, after: known, path: path, change)
    }

    /// Appends a header with what it knew.
    @discardableResult
    mutating func append(
        _ header: inout Header,
        _ parts: [[UInt8]] = [],
        after known: [PlacedEntry]? = nil,
        path: [Digest] = [],
        _ change: (inout Header) -> Void = { _ in }
    ) -> PlacedEntry {
        let log = header.log
        let own = entries.filter { $0.log == log }
        var after: Set<Digest> = []
        for subject in header.subjects {
            let past = (known ?? entries) + own
            let graph = SubjectGraph(past.filter { $0.header.subjects.contains(subject) }) { _ in
                true
            }
            after.formUnion(graph.after(writingIn: log))
        }
        header.after = after.sorted()
        change(&header)
        var entry = Self.placed(header, parts)
        entry.path = path
        entries.append(entry)
        lengths[log] = header.sequence + 1
        return entry
    }

    private static func placed(_ header: Header, _ parts: [[UInt8]]) -> PlacedEntry {
        PlacedEntry(
            log: header.log,
            sequence: header.sequence,
            hash: sha256(header.encoded),
            author: header.log,
            header: header,
            parts: parts
        )
    }

    func file(_ name: String, _ what: String, about number: Int = 0) -> VectorFile {
        var file = VectorFile("case/fold_\(name)", what: what, expect: "good")
            .with("subject", subjects[number].bytes)
        file = lines(file)
        let folded = fold(subjects[number])
        for judged in folded.history { file = file.with("verdict", VerdictText.of(judged.verdict)) }
        return file.with("view", folded.view?.encoded ?? [])
    }

    /// A vector of what becomes of the last entry.
    func judged(_ name: String, _ what: String) -> VectorFile {
        let folded = fold(subjects[0])
        let verdict = folded.history.first { $0.entry == entries.last }?.verdict ?? .waiting
        let file = VectorFile(
            "case/judged_\(name)",
            what: what,
            expect: verdict.isInEffect ? "good" : "bad"
        )
        return lines(file.with("subject", subjects[0].bytes))
            .with("verdict", VerdictText.of(verdict))
    }

    private func lines(_ file: VectorFile) -> VectorFile {
        var file = file
        for entry in entries {
            file = file.with("header", entry.header.encoded)
            for part in entry.parts { file = file.with("part", part ?? []) }
        }
        for (log, scope) in offices { file = file.with("office", "\(log) \(scope.code)") }
        for entry in entries {
            guard let right = rights[entry.hash] else { continue }
            file = file.with("right", "\(entry.hash) \(VerdictText.of(right))")
        }
        for entry in entries where !entry.path.isEmpty {
            let leaves = entry.path.map(\.description).joined(separator: " ")
            file = file.with("path", "\(entry.hash) \(leaves)")
        }
        for policy in policies { file = file.with("policy", policy.bytes) }
        return file
    }

    init() {}

    /// Reads a vector.
    init(_ file: VectorFile) throws {
        var parts = file.all("part").compactMap { unhex($0) }[...]
        for text in file.all("header") {
            let header = try Header(decoding: unhex(text) ?? [])
            entries.append(Self.placed(header, Array(parts.prefix(header.parts.count))))
            parts = parts.dropFirst(header.parts.count)
        }
        for line in file.all("office") {
            let words = line.split(separator: " ").map(String.init)
            guard let log = Digest(hex: words[0]), let scope = Scope(words[1]) else {
                throw VectorFile.Missing(name: "office")
            }
            offices.append((log, scope))
        }
        for line in file.all("right") {
            let words = line.split(separator: " ").map(String.init)
            guard let hash = Digest(hex: words[0]) else { throw VectorFile.Missing(name: "right") }
            rights[hash] = VerdictText.right(Array(words.dropFirst()))
        }
        for line in file.all("path") {
            let hashes = line.split(separator: " ").compactMap { Digest(hex: String($0)) }
            guard let index = entries.firstIndex(where: { $0.hash == hashes.first }) else {
                throw VectorFile.Missing(name: "path")
            }
            entries[index].path = Array(hashes.dropFirst())
        }
        policies = file.all("policy").compactMap { unhex($0).flatMap { SubjectID($0) } }
    }

    private var authority: Authority {
        let (offices, rights) = (offices, rights)
        return Authority { entry, scopes, _ in
            if let right = rights[entry.hash] { return right }
            guard !offices.isEmpty else { return .allowed }
            let places = offices.filter { $0.log == entry.log }.map(\.scope)
            return places.contains { scopes.contains(where: $0.covers) } ? .allowed : .outsideScope
        } standing: {
            rights[$0.hash] ?? .allowed
        }
    }

    func fold(_ subject: SubjectID, isReversed: Bool = false) -> FoldedSubject {
        let policy = Policy(policies.compactMap { fold($0, .standard, isReversed).view })
        return fold(subject, policy, isReversed)
    }

    private func fold(_ subject: SubjectID, _ policy: Policy, _ isReversed: Bool) -> FoldedSubject {
        let held = Set(entries.map(\.hash))
        let own = entries.filter { $0.header.subjects.contains(subject) }
        return SubjectFold.fold(
            subject,
            entries: isReversed ? own.reversed() : own,
            isHeldElsewhere: held.contains,
            authority: authority,
            policy: policy
        )
    }

    /// Whether the fold gives what the file says; for `judged`, whether the last entry counts.
    static func isGood(_ file: VectorFile) throws -> Bool {
        let history = try CaseHistory(file)
        guard let subject = SubjectID(try file.bytes("subject")) else { return false }
        let folds = [false, true].map { history.fold(subject, isReversed: $0) }
        guard file.kind == "fold" else {
            let verdicts = folds.map { folded in
                folded.history.first { $0.entry.hash == history.entries.last?.hash }?.verdict
            }
            guard let verdict = verdicts[0], verdicts[1] == verdict else { return false }
            let isAsSaid = VerdictText.of(verdict) == file["verdict"]
            // What is judged otherwise than the file says is neither good nor bad.
            return isAsSaid ? verdict.isInEffect : file.expect != "good"
        }
        let view = try file.bytes("view")
        return folds.allSatisfy { folded in
            (folded.view?.encoded ?? []) == view
                && folded.history.map { VerdictText.of($0.verdict) } == file.all("verdict")
        }
    }
}
