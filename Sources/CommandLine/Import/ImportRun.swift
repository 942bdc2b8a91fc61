internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// One import: records come in as they are read and go into the log in batches.
final class ImportRun {
    let writer: HomeWriter
    let author: SigningKey?
    let openStore: () throws -> Store
    let importKey: Bytes32
    private let scope: Scope
    let batchSize: Int
    private let refusals: Refusals
    private let output: Output
    private let start = SystemSource.monotonicMilliseconds()

    private var pending: [ImportRecord] = []
    private var pendingBytes = 0
    private var shownAt: UInt64 = 0
    private var rows = 0
    private var taken = 0
    private var updated = 0
    private var skipped = 0
    private var inHand = 0
    private var personal = 0

    /// Most bytes of texts in a batch: the daemon takes a batch in one frame.
    private static let batchBytesMax = 4 << 20

    /// Opens the way into the home's log.
    ///
    /// - Parameters:
    ///   - home: where the records go.
    ///   - openStore: opens the home's database for reading; once for each batch, so that it
    ///     shows what a daemon has committed since, and is closed before the writer, which can
    ///     fold its write-ahead log into the database only as the last one.
    ///   - batchSize: most records in a transaction.
    ///   - refusals: where rows go that are not taken.
    ///   - author: the person who signs; nil for the node.
    ///   - output: for progress and the summary.
    /// - Throws: ``HomeError``, ``StoreError``.
    init(
        home: Home,
        openStore: @escaping () throws -> Store,
        batchSize: Int,
        refusals: Refusals,
        author: SigningKey?,
        output: Output
    ) throws {
        writer = try HomeWriter(home)
        self.author = author
        importKey = try home.importKey()
        scope = try home.scope()
        self.openStore = openStore
        self.batchSize = batchSize
        self.refusals = refusals
        self.output = output
    }

    /// Takes the next rows of the file.
    func take(_ outcomes: [ImportReader.Outcome]) throws {
        for outcome in outcomes {
            rows += 1
            switch outcome {
            case .failure(let row): try refusals.keep(row)
            case .success(let record):
                pending.append(record)
                pendingBytes += record.textBytes
                if pending.count >= batchSize || pendingBytes >= Self.batchBytesMax {
                    try commit()
                }
            }
        }
        showProgress()
    }

    /// Writes what is left and says what became of all rows.
    func finish(isJSON: Bool) throws -> ExitCode {
        try commit()
        summarize(isJSON: isJSON)
        return refusals.count == 0 ? .good : .bad
    }

    /// Says what became of the rows so far when the import ends early, and what to do.
    ///
    /// - Returns: the error with that, or `error` itself if no row was read.
    func cutShort(by error: any Error, isJSON: Bool) -> any Error {
        guard rows > 0 else { return error }
        summarize(isJSON: isJSON)
        let failure = CommandError(explaining: error)
        let again = "import the file again: rows that were taken are skipped"
        let hint = failure.hint.map { $0.contains(again) ? $0 : "\($0); then \(again)" }
        return CommandError(
            failure.code,
            "\(failure.message) (stopped after \(rows) rows: \(taken) taken, \(updated) updated)",
            hint: hint ?? again
        )
    }

    private func summarize(isJSON: Bool) {
        showProgress(isLast: true)
        let counts: [(name: String, label: Label, count: Int)] = [
            ("rows", Label("行", "rows"), rows),
            ("taken", Label("新接收", "taken"), taken),
            ("updated", Label("已更新", "updated"), updated),
            ("skipped", Label("已有,跳过", "known, skipped"), skipped),
            ("inHand", Label("本地在办,未更新", "in hand here, not updated"), inHand),
            ("refused", Label("未接收", "refused"), refusals.count),
            (
                "personal",
                Label("写入的行中疑有个人号码", "written, seem to hold a person's number"), personal
            ),
        ]
        if isJSON {
            var json = JSON.object(
                counts.map { JSON.Member(key: $0.name, value: .number(Int64($0.count))) }
            )
            json = json.adding("refusedFile", refusals.count > 0 ? .text(refusals.path) : .null)
            output.line(json.line)
        } else {
            output.table(counts.map { [output.text($0.label), String($0.count)] })
            if refusals.count > 0 {
                output.remark(
                    output.text("未接收的行: \(refusals.path)", "rows not taken: \(refusals.path)")
                )
            }
        }
    }

    // MARK: Batches

    /// An item with the record it came from.
    private struct Prepared {
        let item: AppendItem
        let line: Int
        let isUpdate: Bool
        let isPersonal: Bool
    }

    /// Writes all pending records; one whose id stands in the batch already waits for the next,
    /// where it is compared with what was written.
    private func commit() throws {
        while !pending.isEmpty {
            var seen: Set<Digest> = []
            var batch: [ImportRecord] = []
            var later: [ImportRecord] = []
            for record in pending {
                if seen.insert(reference(of: record)).inserted {
                    batch.append(record)
                } else {
                    later.append(record)
                }
            }
            try write(try prepare(batch)[...])
            try writeRecords(of: batch)
            pending = later
        }
        pendingBytes = 0
    }

    /// All in one transaction; if one of them is refused, each half by itself.
    private func write(_ items: ArraySlice<Prepared>) throws {
        guard !items.isEmpty else { return }
        do {
            let receipt = try writer.append(items.map(\.item), as: author)
            for (outcome, item) in zip(receipt.outcomes, items) {
                switch outcome {
                case .known: skipped += 1
                case .written:
                    if item.isUpdate { updated += 1 } else { taken += 1 }
                    if item.isPersonal { personal += 1 }
                }
            }
        } catch {
            guard let reason = Self.refusal(error), let first = items.first else { throw error }
            guard items.count > 1 else {
                return try refusals.keep(line: first.line, reason: reason)
            }
            let middle = items.startIndex + items.count / 2
            try write(items[..<middle])
            try write(items[middle...])
        }
    }

    /// Why one item can not be written; nil if the error is not about an item.
    private static func refusal(_ error: any Error) -> String? {
        switch error {
        case let error as RemoteError: error.index == nil ? nil : error.message
        case let error as AppendError:
            error.index == nil ? nil : CommandError(explaining: error).message
        default: nil
        }
    }

    /// What to write for the records; those for which there is nothing to write are counted.
    private func prepare(_ batch: [ImportRecord]) throws -> [Prepared] {
        let store = try openStore()
        return try batch.compactMap { record in
            do {
                guard let known = try subject(of: record, in: store) else {
                    return try opening(record, store)
                }
                return try update(record, of: known, store)
            } catch let error as CaseDraftError {
                try refusals.keep(line: record.line, reason: error.description)
                return nil
            }
        }
    }

    private func opening(_ record: ImportRecord, _ store: Store) throws -> Prepared? {
        let content = try record.openingDraft().compiled()
        let place = record.scope.flatMap(Scope.init) ?? scope
        guard mayOpen(in: place, store) else {
            try refusals.keep(
                line: record.line,
                reason: "\(place) lies outside what this node may write"
            )
            return nil
        }
        let draft = EntryDraft(
            operation: CaseOperation.takeOver.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: place
        )
        let item = AppendItem(draft, reference: reference(of: record))
        return Prepared(
            item: item,
            line: record.line,
            isUpdate: false,
            isPersonal: record.seemsPersonal
        )
    }

    private func update(
        _ record: ImportRecord,
        of subject: SubjectID,
        _ store: Store
    ) throws -> Prepared? {
        let folded = try store.folded(subject)
        let last = folded.history.last { judged in
            judged.verdict == .effective
                && judged.entry.header.operation == CaseOperation.takeOver.name
        }
        // Whose external id was erased is not to be filled again.
        guard let view = folded.view, let last, view.text(.externalID) != nil,
            record.differs(from: last)
        else {
            skipped += 1
            return nil
        }
        guard CaseOperation.takeOver.stages.contains(view.stage) else {
            inHand += 1
            return nil
        }
        let content = try record.updateDraft(view).compiled()
        let draft = EntryDraft(
            operation: CaseOperation.takeOver.name,
            subject: .existing(subject),
            fields: content.fields,
            parts: content.parts
        )
        return Prepared(
            item: AppendItem(draft),
            line: record.line,
            isUpdate: true,
            isPersonal: record.seemsPersonal
        )
    }

    /// The case that holds the record: taken by this node, or by another one and merged since,
    /// even if what was written is hidden.
    private func subject(of record: ImportRecord, in store: Store) throws -> SubjectID? {
        if let own = try store.imported(reference(of: record)) { return own }
        let (source, id) = (record.source.description, record.externalID)
        return try store.imported(source: source, id: id)?.id
            ?? store.hiddenImport(source: source, id: id)
    }

    func reference(of record: ImportRecord) -> Digest {
        Store.importReference(
            key: importKey,
            source: record.source.description,
            id: record.externalID
        )
    }

    private func mayOpen(in place: Scope, _ store: Store) -> Bool {
        guard let own = store.identity?.log, let grant = store.roster.member(log: own) else {
            // The append says what is missing.
            return true
        }
        let verdict = store.roster.verdict(
            author: author?.publicKey.hash ?? grant.keys.service.hash,
            log: own,
            sequence: store.log(own)?.size ?? 0,
            right: .ordinary,
            scopes: [place]
        )
        return verdict != .outsideScope
    }

    // MARK: Progress

    private func showProgress(isLast: Bool = false) {
        let elapsed = SystemSource.monotonicMilliseconds() - start
        guard isLast || elapsed >= shownAt + 200 else { return }
        shownAt = elapsed
        let rate = UInt64(rows) * 1000 / max(elapsed, 1)
        output.progress(
            output.text("\(rows) 行, 每秒 \(rate) 行", "\(rows) rows, \(rate) rows/s"),
            isLast: isLast
        )
    }
}

extension AppendError {
    /// The item it is about; nil if it is about none.
    fileprivate var index: Int? {
        switch self {
        case .notJoined, .notEnrolled, .moved: nil
        case .unknownSubject(let index), .refused(let index, _), .noAuthority(let index, _),
            .draft(let index, _), .tooManyHeads(let index, _), .notSigned(let index):
            index
        }
    }
}
