internal import Cases
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime

/// Reads the values of one operation from flags, files and standard input.
struct OperationText {
    private let operation: CaseOperation
    private let invocation: Invocation
    /// Texts that are sealed: they can hold a person's numbers and come from no argument.
    private let sealed: Set<CaseField>

    init(
        _ operation: CaseOperation,
        _ invocation: Invocation,
        _ sealed: Set<CaseField> = []
    ) {
        self.operation = operation
        self.invocation = invocation
        self.sealed = sealed
    }

    /// Most bytes of a file; no field takes so much.
    private static let bytesMax = 256 << 10

    /// The values that were given, each checked.
    ///
    /// - Throws: ``CommandError``, ``CaseDraftError``.
    func draft() throws -> CaseDraft {
        var draft = CaseDraft(operation)
        var hasReadInput = false
        for spec in operation.fields.map(\.field.spec) where !Self.areFilled.contains(spec.field) {
            let file = invocation[spec.flag + "-file"]
            guard file == nil || invocation[spec.flag] == nil else {
                throw CommandError(.usage, "--\(spec.flag) and --\(spec.flag)-file are both given")
            }
            guard !sealed.contains(spec.field) || invocation[spec.flag] == nil else {
                throw CommandError(
                    .usage,
                    "--\(spec.flag) is sealed and must not stand in the command line",
                    hint: "give --\(spec.flag)-file FILE, or - for standard input"
                )
            }
            if file == "-" {
                guard !hasReadInput else {
                    throw CommandError(.usage, "standard input can give one text only")
                }
                hasReadInput = true
            }
            if spec.type.itemsMax != nil {
                let items = try file.map(lines) ?? invocation.all(spec.flag)
                guard file == nil || !items.isEmpty else {
                    throw CommandError(
                        .usage,
                        "--\(spec.flag)-file holds no line; nothing was written"
                    )
                }
                for text in items { try check(text, of: spec) }
                if !items.isEmpty { try draft.set(spec.field, items: items) }
                continue
            }
            guard let text = try file.map(read) ?? invocation[spec.flag] else { continue }
            try check(text, of: spec)
            if spec.type == .subject {
                try draft.set(spec.field, .bytes(try subject(text, of: spec).bytes))
                continue
            }
            try draft.set(spec.field, text)
            if spec.field == .at { try checkPast(text) }
        }
        try addItemTerms(to: &draft)
        return draft
    }

    /// Found by what stands open, and only chosen by a flag, which may be shorter than the value.
    static let areFilled: Set<CaseField> = areFound.union([.from, .about, .redacted])

    /// Those of them that are found without a flag where there is one only.
    static let areFound: Set<CaseField> = [.offer, .link, .assistance, .redaction]

    /// Reads the terms of an agreement's items off the items: `what; how; until when`.
    private func addItemTerms(to draft: inout CaseDraft) throws {
        let items = invocation.all(CaseField.item.spec.flag)
        let hasTerms = invocation.has(CaseField.itemTerms.spec.flag)
        guard operation.has(.itemTerms), !items.isEmpty, !hasTerms else { return }
        let terms = try items.map { item throws(CommandError) -> CBORValue in
            let columns = item.split(omittingEmptySubsequences: false) { $0 == ";" || $0 == "；" }
            guard columns.count > 2 else { return .unsigned(0) }
            let text = columns[2].trimmingCharacters(in: .whitespaces)
            guard let instant = text.isEmpty ? 0 : LedgerTime.instant(text) else {
                throw CommandError(
                    .usage,
                    "the third column of an --item is no time, want 2026-11-23",
                    hint: "an item is: what; how; until when"
                )
            }
            return .unsigned(instant)
        }
        try draft.set(.itemTerms, .array(terms))
    }

    /// The subject that a flag names, by its number or the first digits of its id.
    private func subject(_ text: String, of spec: FieldSpec) throws -> SubjectID {
        if let bytes = unhex(text), let whole = SubjectID(bytes) { return whole }
        return try invocation.openStore().subject(called: text)
    }

    /// How far ahead of this node's clock an act may be said to have happened, in milliseconds.
    private static let clockTolerance: UInt64 = 10 * 60_000

    /// Refuses an act that has not happened yet: its case would never be overdue.
    private func checkPast(_ text: String) throws(CommandError) {
        let latest = SystemSource.wallMilliseconds() + Self.clockTolerance
        guard let instant = LedgerTime.instant(text), instant > latest else { return }
        throw CommandError(
            .usage,
            "--at lies in the future",
            hint: "leave it out for an act that happens now"
        )
    }

    /// Refuses what no free text should hold.
    private func check(_ text: String, of spec: FieldSpec) throws(CommandError) {
        switch spec.type {
        case .text, .texts: break
        default: return try checkHeader(text, of: spec)
        }
        try FreeText.checkForm(text, flag: spec.flag)
        guard !sealed.contains(spec.field) else { return }
        guard operation.kind != .dwelling else {
            // An address code has as many digits as a card's number.
            guard let kind = PersonalData.found(in: text),
                Self.isFree(spec) || spec.field == .address && kind != .bankCard
            else { return }
            throw CommandError(
                .usage,
                "--\(spec.flag) seems to hold \(kind.label); nothing was written",
                hint: "entries about dwellings have counts and codes, never who lives there"
            )
        }
        guard Self.isFree(spec) else { return }
        try FreeText.check(text, flag: spec.flag, invocation)
    }

    /// Refuses a word or code that is a person's number: nothing ever takes it out of a header.
    ///
    /// Address codes have as many digits as a card's number.
    private func checkHeader(_ text: String, of spec: FieldSpec) throws(CommandError) {
        switch spec.type {
        case .identifier, .identifiers, .code: break
        default: return
        }
        guard operation.kind != .place else { return }
        try FreeText.checkHeader(text, flag: spec.flag)
    }

    /// Numbers that others gave can look like anybody's.
    private static func isFree(_ spec: FieldSpec) -> Bool {
        switch spec.type {
        case .text, .texts: break
        default: return false
        }
        return spec.field != .reference && spec.field != .address
    }

    /// The lines of a file, without empty ones.
    private func lines(_ path: String) throws(CommandError) -> [String] {
        try read(path).split(separator: "\n").map(String.init)
            .filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// The text of a file without its last line end; `-` is standard input, of which a terminal
    /// is asked for it.
    private func read(_ path: String) throws(CommandError) -> String {
        if path == "-", isatty(STDIN_FILENO) == 1 {
            invocation.output.remark(
                invocation.output.text("请输入,以 Ctrl-D 结束:", "type the text, and end it with Ctrl-D:")
            )
        }
        return try Self.read(path)
    }

    private static func read(_ path: String) throws(CommandError) -> String {
        let data: Data?
        do {
            let file: FileHandle =
                path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            data = try file.readToEnd(upToCount: bytesMax + 1)
        } catch {
            throw CommandError(.unknown, "can not read \(path)")
        }
        let bytes = data ?? Data()
        guard bytes.count <= bytesMax else {
            throw CommandError(.usage, "\(path) has more than \(bytesMax) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(.usage, "\(path) is not UTF-8")
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

extension FileHandle {
    /// Reads until the end or until so many bytes are there; a pipe gives them in pieces.
    fileprivate func readToEnd(upToCount limit: Int) throws -> Data {
        var data = Data()
        while data.count < limit, let chunk = try read(upToCount: limit - data.count),
            !chunk.isEmpty
        {
            data += chunk
        }
        return data
    }
}
