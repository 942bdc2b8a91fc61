internal import Cases
internal import Crypto
internal import Ledger
internal import NodeRuntime
internal import Storage

extension ImportRun {
    /// Writes the sessions, performances and breaches that came with records of this batch, each
    /// once: an import that was cut short goes on where it stopped.
    ///
    /// Only for cases that this node took in; another node brings what belongs to its own.
    func writeRecords(of batch: [ImportRecord]) throws {
        let items = try recordItems(of: batch.filter { !$0.file.records.isEmpty })
        var rest = items[...]
        while !rest.isEmpty {
            _ = try writer.append(Array(rest.prefix(batchSize)), as: author)
            rest = rest.dropFirst(batchSize)
        }
    }

    private func recordItems(of batch: [ImportRecord]) throws -> [AppendItem] {
        guard !batch.isEmpty else { return [] }
        let store = try openStore()
        var items: [AppendItem] = []
        for record in batch {
            guard let subject = try store.imported(reference(of: record)),
                // Whose external id was erased is not to be filled again.
                try store.folded(subject).view?.text(.externalID) != nil
            else { continue }
            for index in record.file.records.indices {
                let reference = reference(of: record, piece: index)
                guard try store.imported(reference) == nil else { continue }
                let content = try record.file.draft(ofRecord: index).compiled()
                let draft = EntryDraft(
                    operation: CaseOperation.takeOverRecord.name,
                    subject: .existing(subject),
                    fields: content.fields,
                    parts: content.parts
                )
                items.append(AppendItem(draft, reference: reference))
            }
        }
        return items
    }

    private func reference(of record: ImportRecord, piece index: Int) -> Digest {
        hmacSHA256(
            key: importKey,
            Array("\(record.source)\n\(record.externalID)\n\(index)".utf8)
        )
    }
}

extension ImportRecord {
    private var texts: [String] {
        [summary, closingNote, reply, category, place, channel].compactMap { $0 } + file.texts
    }

    /// Bytes of all texts.
    var textBytes: Int { texts.reduce(externalID.utf8.count) { $0 + $1.utf8.count } }

    /// Whether a text seems to hold a person's number.
    ///
    /// It is taken all the same: what others have published, in tens of thousands of rows, nobody
    /// reads through for numbers that only look so.
    var seemsPersonal: Bool { texts.contains { PersonalData.found(in: $0) != nil } }
}
