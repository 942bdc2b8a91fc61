import Cases
import Crypto
import Encoding
import Ledger
import TestSupport
import Testing

/// A few offices that write about a few subjects, each with a clock and a knowledge of its own.
struct World {
    /// Their logs; the first opens the first subject.
    let logs: [Digest]
    /// What each answers for; nil for one that has every right everywhere.
    var offices: [Scope?]
    /// What each may do; nil for everything.
    var roles: [Set<Role>?]
    /// Added to each log's time, in seconds.
    var clockErrors: [Int]
    /// The subjects that were opened; the first is known before.
    private(set) var subjects: [SubjectID]
    private(set) var entries: [PlacedEntry] = []
    /// For each subject, who knows what about it.
    private var knowledge: [Knowledge]
    /// For each subject, the entries about it, as indices.
    private var members: [[Int]] = [[]]
    private var lengths: [UInt64]

    static let start: UInt64 = 1_795_428_000_000
    static let street = "330113002"

    init(logCount: Int = 2) {
        logs = (0..<logCount).map { sha256([UInt8($0)]) }
        subjects = [SubjectID(openedIn: logs[0], at: 7)]
        knowledge = [Knowledge(logCount: logCount)]
        lengths = (0..<logCount).map { _ in 7 }
        clockErrors = Array(repeating: 0, count: logCount)
        offices = Array(repeating: nil, count: logCount)
        roles = Array(repeating: nil, count: logCount)
    }

    /// Offices that have rights only where they answer for.
    init(offices codes: [String]) {
        self.init(logCount: codes.count)
        offices = codes.map { Scope($0) }
    }

    var subject: SubjectID { subjects[0] }

    /// Opens a further subject; returns its number.
    mutating func open(
        _ operation: CaseOperation = .report,
        _ values: [CaseField: CBORValue] = [:],
        in log: Int = 0,
        at place: String? = nil,
        seconds: Int = 0
    ) throws -> Int {
        subjects.append(SubjectID(openedIn: logs[log], at: lengths[log]))
        knowledge.append(Knowledge(logCount: logs.count))
        members.append([])
        let number = subjects.count - 1
        let scope = Scope(place ?? offices[log]?.code ?? Self.street)
        try write(operation, values, in: log, about: [number], seconds: seconds) { header in
            header.scope = scope
        }
        return number
    }

    /// Writes an entry in a log, after everything that log knows; returns it.
    ///
    /// What the operation requires and is not given is a sample; an answer without offer or link
    /// is to the latest that the log knows.
    @discardableResult
    mutating func write(
        _ operation: CaseOperation,
        _ values: [CaseField: CBORValue] = [:],
        in log: Int = 0,
        about numbers: [Int] = [0],
        to place: String? = nil,
        seconds: Int = 0,
        change: (inout Header) -> Void = { _ in }
    ) throws -> PlacedEntry {
        var draft = CaseDraft(operation)
        for use in operation.fields where use.isRequired && values[use.field] == nil {
            try draft.set(use.field, sample(use.field, in: log, about: numbers))
        }
        for (field, value) in values { try draft.set(field, value) }
        let content = try draft.compiled()
        var header = header(operation.name, in: log, about: numbers, seconds: seconds)
        header.parts = content.parts.map(sha256)
        header.fields = content.fields
        header.to = place.flatMap { Scope($0) }
        if operation.opens, numbers == [0], entries.isEmpty {
            header.scope = offices[log] ?? Scope(Self.street)
        }
        change(&header)
        return append(header, parts: content.parts, to: log)
    }

    /// A header after everything that a log knows about some subjects.
    func header(
        _ operation: String,
        in log: Int,
        about numbers: [Int],
        seconds: Int = 0
    ) -> Header {
        var header = Header(
            ledger: sha256([]),
            log: logs[log],
            sequence: lengths[log],
            time: UInt64(Int(Self.start) + seconds * 1000 + clockErrors[log] * 1000),
            subjects: numbers.map { subjects[$0] },
            operation: operation
        )
        let heads = numbers.flatMap { number in
            knowledge[number].heads(log).map { entries[members[number][$0]] }
        }
        header.after = Set(heads.filter { $0.log != logs[log] }.map(\.hash)).sorted()
        return header
    }

    /// Appends a header as it is.
    @discardableResult
    mutating func append(_ header: Header, parts: [[UInt8]?], to log: Int) -> PlacedEntry {
        let entry = PlacedEntry(
            log: logs[log],
            sequence: header.sequence,
            hash: sha256(header.encoded),
            author: logs[log],
            header: header,
            parts: parts
        )
        for (number, subject) in subjects.enumerated() where header.subjects.contains(subject) {
            let parents = members[number].indices.filter { index in
                let other = entries[members[number][index]]
                return other.log == entry.log || header.after.contains(other.hash)
            }
            knowledge[number].add(knowing: parents, log: log)
            members[number].append(entries.count)
        }
        entries.append(entry)
        lengths[log] = max(lengths[log], header.sequence + 1)
        return entry
    }

    /// What a log knows about a subject.
    func knownEntries(_ log: Int, about number: Int = 0) -> [PlacedEntry] {
        knowledge[number].known[log].members.map { entries[members[number][$0]] }
    }

    /// Lets a log know everything that another knows.
    mutating func sync(from: Int, to: Int) {
        for number in subjects.indices { knowledge[number].learn(from: from, to: to) }
    }

    /// Lets every log know everything.
    mutating func syncAll() {
        for log in logs.indices { sync(from: log, to: 0) }
        for log in logs.indices { sync(from: 0, to: log) }
    }

    /// The rights that the offices have.
    var authority: Authority {
        let offices = Dictionary(uniqueKeysWithValues: zip(logs, zip(offices, roles)))
        return Authority { entry, scopes, right in
            guard let (place, roles) = offices[entry.author] else { return .noGrant }
            if let roles, roles.isDisjoint(with: right.roles) { return .notPermitted }
            return place.map { scopes.contains(where: $0.covers) } ?? true
                ? .allowed : .outsideScope
        }
    }

    /// Folds one subject, from everything or from what is given.
    func fold(
        _ given: [PlacedEntry]? = nil,
        about number: Int = 0,
        authority: Authority? = nil,
        policy: Policy = .standard
    ) -> FoldedSubject {
        let held = given ?? entries
        let elsewhere = Set(held.map(\.hash))
        return SubjectFold.fold(
            subjects[number],
            entries: held.filter { $0.header.subjects.contains(subjects[number]) },
            isHeldElsewhere: elsewhere.contains,
            authority: authority ?? self.authority,
            policy: policy
        )
    }

    /// The verdict on an entry about a subject.
    func verdict(_ entry: PlacedEntry, about number: Int = 0) -> EntryVerdict? {
        fold(about: number).history.first { $0.entry.hash == entry.hash }?.verdict
    }

    // MARK: Samples

    private func sample(
        _ field: CaseField,
        in log: Int,
        about numbers: [Int]
    ) -> CBORValue {
        let known = knownEntries(log, about: numbers[0])
        func latest(_ acts: CaseOperation.Act...) -> CBORValue {
            let found = known.last { entry in
                CaseOperation.named(entry.header.operation).map { acts.contains($0.act) } ?? false
            }
            return .bytes((found?.hash ?? .zero).bytes)
        }
        switch field {
        case .offer: return latest(.offer, .giveBack)
        case .link: return latest(.link, .relate)
        case .assistance: return latest(.assist)
        case .redaction: return latest(.redact)
        case .redacted:
            let texts = known.filter { !$0.parts.isEmpty }
            return .array((texts.isEmpty ? known : texts).suffix(1).map { .bytes($0.hash.bytes) })
        default: return Self.sample(field)
        }
    }

    /// A value of a field's type.
    static func sample(_ field: CaseField, _ variant: Int = 0) -> CBORValue {
        switch field {
        case .summary where variant == 0: return .text("楼上漏水")
        case .category where variant == 0: return .text("0201")
        case .clock: return .text(["finish", "due", "mediation", "court"][variant % 4])
        case .year: return .unsigned(2026 + UInt64(variant % 2))
        case .holidays: return .array([.unsigned(20_261_124)])
        case .workdays: return .array([.unsigned(20_261_128)])
        case .rating: return .unsigned(UInt64(1 + variant % 5))
        default: return sample(field.spec.type, variant)
        }
    }

    private static func sample(_ type: FieldType, _ variant: Int) -> CBORValue {
        let digest = CBORValue.bytes(sha256([UInt8(variant % 251)]).bytes)
        switch type {
        case .code(let list): return .text(list.codes[variant % list.codes.count].code)
        case .text: return .text("文\(variant)")
        case .instant: return .unsigned(start + UInt64(variant) * 86_400_000)
        case .count: return .unsigned(UInt64(variant))
        case .identifier: return .text("x\(variant)")
        case .flag: return .bool(variant % 2 == 0)
        case .digest: return digest
        case .digests: return .array([digest])
        case .subject: return .bytes(SubjectID(openedIn: .zero, at: UInt64(variant)).bytes)
        case .texts: return .array([.text("项\(variant)")])
        case .instants: return .array([.unsigned(start), .unsigned(0)])
        case .identifiers: return .array([.text("x\(variant)")])
        case .dates: return .array([.unsigned(20_261_001)])
        case .grids:
            return .array([Grid(code: "0\(variant)", name: "网格\(variant)", households: 30).value])
        case .clocks:
            return .array([ProfileClock(.arrive, .milliseconds(UInt64(60_000 + variant))).value])
        }
    }
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

extension PlacedEntry {
    /// The same entry, as a node has it that holds other parts or found its signature bad.
    func held(parts: [[UInt8]?]? = nil, isForged: Bool? = nil) -> PlacedEntry {
        PlacedEntry(
            log: log,
            sequence: sequence,
            hash: hash,
            author: author,
            header: header,
            parts: parts ?? self.parts,
            isForged: isForged ?? self.isForged
        )
    }
}

extension World {
    /// The view of a subject, which must be the same in whatever order the entries arrive.
    func view(about number: Int = 0) throws -> SubjectView {
        let folded = fold(about: number)
        for seed in 0..<4 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let again = fold(entries.shuffled(using: &generator), about: number)
            #expect(again == folded)
        }
        return try #require(folded.view)
    }

    /// Writes one after another.
    mutating func write(_ course: [CaseOperation], in log: Int = 0, seconds: Int = 0) throws {
        for (step, operation) in course.enumerated() {
            try write(operation, in: log, seconds: seconds + step)
        }
    }
}
