internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// What of one subject is sealed, as its page shows it: to a reader opened, to a program never.
struct CaseSeals {
    private let reader: SealedReader
    private let entries: [PlacedEntry]
    private let shown: [Digest: PlacedEntry]

    /// Nil if nothing of the subject is sealed.
    ///
    /// What is redacted stays closed.
    ///
    /// - Throws: ``CommandError``, ``HomeError``, ``StoreError``, ``SQLiteError``.
    init?(_ folded: FoldedSubject, _ store: Store, _ invocation: Invocation) throws {
        guard let view = folded.view else { return nil }
        let entries = folded.entriesInEffect
        let redacted = view.redacted
        let sealed = entries.filter { $0.header.seal != nil && !redacted.contains($0.hash) }
        guard !sealed.isEmpty else { return nil }
        // A page that others make again byte for byte shows what all of them can read.
        let isClosed = invocation.isJSON || invocation.has("as-of")
        guard
            var reader = isClosed
                ? SealedReader(closed: store) : try SealedReader(store, invocation),
            let closed = SealedReader(closed: store)
        else { return nil }
        if sealed.contains(where: { reader.key(of: $0, among: entries) != nil }),
            try !Self.isCounted(view.id, invocation)
        {
            reader = closed
        }
        self.reader = reader
        self.entries = entries
        shown = Dictionary(sealed.map { ($0.hash, $0) }) { first, _ in first }
    }

    /// Counts an opening before anything is shown; false, and said, if that can not be.
    private static func isCounted(
        _ subject: SubjectID,
        _ invocation: Invocation
    ) throws -> Bool {
        let actor = try invocation.actor()
        do {
            let home = try invocation.home()
            let spool = try OpeningSpool(home)
            let now = SystemSource.wallMilliseconds()
            // Without a service, who reads sees to it that what was counted gets into the log.
            if spool.isDue(now: now), try ControlClient(path: home.socketPath) == nil {
                _ = try? Keeper(home).recordOpenings()
            }
            try spool.add(subject, at: now, by: actor)
            return true
        } catch let error as HomeError {
            invocation.output.remark(
                invocation.output.text(
                    "linli: 无法记录开封,密封内容未开封: \(error)",
                    "linli: what is sealed stays closed, since its opening can not be counted: \(error)"
                )
            )
            return false
        }
    }

    /// A field of an entry for a reader; nil if it is not sealed there.
    func text(_ field: UInt64, of entry: Digest, _ output: Output) -> String? {
        guard let entry = shown[entry],
            let found = reader.shown(field, of: entry, among: entries)
        else { return nil }
        switch found {
        case .value(let value): return output.value(value, of: CaseField(rawValue: field)?.spec)
        case .note(let note): return output.text(note)
        }
    }

    /// Fields that are shown sealed, with the nodes that can open them.
    func json(_ view: SubjectView) -> JSON {
        .array(
            view.registers.compactMap { register in
                guard register.shown == nil, let write = register.writes.first,
                    let entry = shown[write.entry],
                    entry.header.seal?.fields.contains(register.id) ?? false
                else { return nil }
                return [
                    "field": .text(CaseField.name(of: register.id)),
                    "entry": .text(write.entry.description),
                    "openedAt": .array(reader.openers(of: entry, among: entries).map { .text($0) }),
                ]
            }
        )
    }
}

extension FoldedSubject {
    /// Entries whose wraps are tried: who has no right can not bury the good ones under others.
    var entriesInEffect: [PlacedEntry] { history.filter(\.verdict.isInEffect).map(\.entry) }
}
