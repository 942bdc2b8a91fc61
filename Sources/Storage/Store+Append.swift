package import Cases
package import Crypto
package import Encoding
package import Ledger
package import TransparencyLog

/// One entry to be written to the own log.
package struct AppendItem: Hashable, Sendable {
    /// What to write.
    package let draft: EntryDraft
    /// For an imported record, the HMAC under which the home remembers its external id; such an
    /// item is passed over if the id is remembered already.
    package let reference: Digest?

    /// Pairs both.
    package init(_ draft: EntryDraft, reference: Digest? = nil) {
        self.draft = draft
        self.reference = reference
    }
}

/// What became of one item.
package enum AppendOutcome: Hashable, Sendable {
    /// It stands in the log.
    case written(subject: SubjectID, place: Place, hash: Digest)
    /// It was imported before, as this subject.
    case known(SubjectID)
}

/// Entries that were committed and are not released yet.
package struct AppendedEntries: Sendable {
    /// What became of each item, in order.
    package let outcomes: [AppendOutcome]
    /// Size of the log before.
    package let first: UInt64
    /// The entries, in order.
    package let entries: [Entry]
    /// The tree with them.
    package let range: CompactRange
    /// Root over it.
    package let root: Digest
    /// The roster, if it changed.
    package let roster: Roster?
}

/// Why nothing was appended.
package enum AppendError: Error, Hashable, Sendable {
    /// The home belongs to no ledger.
    case notJoined
    /// The home has not seen the entry that gives it rights.
    case notEnrolled
    /// Item `index` names a subject that is not held.
    case unknownSubject(index: Int)
    /// Item `index` would have no effect.
    case refused(index: Int, EntryVerdict)
    /// Item `index` is a roster entry that would have no effect.
    case noAuthority(index: Int, RightVerdict)
    /// Item `index` can not become an entry.
    case draft(index: Int, EntryDraftError)
    /// Item `index`: more heads are known than an entry can name.
    case tooManyHeads(index: Int, Int)
    /// The log or what is known of a subject went on since the entries were proposed.
    case moved
    /// Item `index` is not signed by the author who is named.
    case notSigned(index: Int)
}

extension Store {
    /// Writes entries to the own log: all of them in one transaction, or none.
    ///
    /// Each entry is judged as every node will judge it, after it was inserted and before the
    /// transaction ends, so that what would have no effect is refused while its author is there.
    ///
    /// - Parameters:
    ///   - items: at least one.
    ///   - author: signs the leaves.
    ///   - time: wall clock, milliseconds since 1970.
    ///   - salt: gives 32 fresh random bytes a call.
    /// - Returns: what was committed and is not released yet.
    /// - Throws: ``AppendError``, ``StoreError``, ``SQLiteError``.
    package func append(
        _ items: [AppendItem],
        author: SigningKey,
        time: UInt64,
        salt: () -> Bytes32
    ) throws -> AppendedEntries {
        try append(items, signer: .key(author), time: time) { index, _ in
            (0..<items[index].draft.saltCount).map { _ in salt() }
        }
    }

    /// Writes entries, whoever signs; `salts` gives an item at its place a salt for each part, or
    /// throws if it must not stand there.
    func append(
        _ items: [AppendItem],
        signer: EntrySigner,
        time: UInt64,
        salts: (Int, EntryContext) throws -> [Bytes32]
    ) throws -> AppendedEntries {
        guard let identity else { throw AppendError.notJoined }
        let before = roster
        var state = state(of: identity.log)
        let first = state.size
        var batch = AppendBatch(range: state.range, signer: signer, hasher: hasher)
        var touched = Touched()
        do {
            try database.transaction {
                try add(items, to: &batch, identity, time, salts)
                try batch.sign(treeHasher)
                // Own entries that were taken back from peers in bulk are checked like any others.
                if state.checked == first { state.checked = batch.range.size }
                try insert(
                    batch.incoming,
                    into: &state,
                    range: batch.range,
                    nodes: batch.nodes,
                    touched: &touched
                )
                adopt(state)
                try judge(batch, try follow(touched, formerly: before))
            }
        } catch {
            try load()
            throw error
        }
        return AppendedEntries(
            outcomes: batch.outcomes,
            first: first,
            entries: batch.incoming.map(\.entry),
            range: state.range,
            root: state.root,
            roster: touched.hasRoster ? roster : nil
        )
    }

    /// Gives each item its place, except for what was imported before.
    func add(
        _ items: [AppendItem],
        to batch: inout AppendBatch,
        _ identity: Identity,
        _ time: UInt64,
        _ salts: (Int, EntryContext) throws -> [Bytes32]
    ) throws {
        for (index, item) in items.enumerated() {
            if let known = try imported(item.reference) {
                batch.outcomes.append(.known(known))
                continue
            }
            let context = EntryContext(
                ledger: identity.ledger,
                place: Place(log: identity.log, sequence: batch.next),
                time: time,
                after: try heads(for: item, index: index, in: batch, own: identity.log)
            )
            try batch.add(item, index, context, salts: try salts(index, context))
            try remember(item.reference, batch.outcomes.last)
        }
    }

    /// Writes the first entry of a ledger and binds the home to it, in one transaction.
    ///
    /// - Returns: the entry, which alone is the log.
    package func found(
        _ draft: EntryDraft,
        keys: NodeKeys,
        author: SigningKey,
        time: UInt64,
        salt: () -> Bytes32
    ) throws -> AppendedEntries {
        let log = keys.log.hash
        let context = EntryContext(
            ledger: .zero,
            place: Place(log: log, sequence: 0),
            time: time,
            after: []
        )
        var batch = AppendBatch(range: CompactRange(), signer: .key(author), hasher: hasher)
        try batch.add(AppendItem(draft), 0, context, salts: draft.parts.map { _ in salt() })
        try batch.sign(treeHasher)
        guard case .written(_, _, let hash)? = batch.outcomes.first else {
            preconditionFailure("an entry was added")
        }
        let identity = Identity(ledger: hash, log: log, founder: log, enrolment: hash)
        var state = state(of: log)
        state.checked = 1
        var touched = Touched()
        do {
            try database.transaction {
                try write(identity)
                try insert(
                    batch.incoming,
                    into: &state,
                    range: batch.range,
                    nodes: [],
                    touched: &touched
                )
            }
        } catch {
            try load()
            throw error
        }
        try load()
        return AppendedEntries(
            outcomes: batch.outcomes,
            first: 0,
            entries: batch.incoming.map(\.entry),
            range: state.range,
            root: state.root,
            roster: roster
        )
    }

    /// The heads in other logs of what the item is about.
    private func heads(
        for item: AppendItem,
        index: Int,
        in batch: AppendBatch,
        own log: Digest
    ) throws -> [Digest] {
        var heads: Set<Digest> = []
        for subject in item.draft.existing {
            let known = try entries(about: subject) + batch.placed(about: subject)
            // A node that has just joined opens its log before it holds anything of the roster.
            guard !known.isEmpty || item.draft.operation == RosterOperation.openName else {
                throw AppendError.unknownSubject(index: index)
            }
            // What an entry about several subjects knew of the others is held all the same: it
            // would else count as waiting here, and nothing after it would be named.
            let elsewhere = try heldElsewhere(known, than: subject)
            let graph = SubjectGraph(known, isHeldElsewhere: elsewhere.contains)
            heads.formUnion(graph.after(writingIn: log))
        }
        guard heads.count <= Header.afterMax else {
            throw AppendError.tooManyHeads(index: index, heads.count)
        }
        return heads.sorted()
    }

    /// Throws unless every new entry has the effect that its author wants.
    private func judge(_ batch: AppendBatch, _ verdicts: [Digest: EntryVerdict]) throws {
        for (index, entry) in batch.written {
            if RosterOperation.isRoster(entry.header.operation) {
                try judgeRoster(entry, index: index)
                continue
            }
            guard roster.member(log: entry.log) != nil else { throw AppendError.notEnrolled }
            let verdict = verdicts[entry.hash] ?? .waiting
            guard verdict.isInEffect else {
                throw AppendError.refused(index: index, verdict)
            }
        }
    }

    private func judgeRoster(_ entry: PlacedEntry, index: Int) throws {
        let operation = RosterOperation(entry, ledger: roster.ledger)
        guard operation.map({ roster.isInEffect($0, at: entry.hash) }) ?? false else {
            throw AppendError.noAuthority(index: index, roster.refusal(entry))
        }
    }

    /// The subject that an external id was imported as.
    package func imported(_ reference: Digest?) throws -> SubjectID? {
        guard let reference else { return nil }
        return try database.first(
            "SELECT subject FROM imported WHERE reference = ?",
            [.digest(reference)]
        ) { SubjectID($0.blob(0)) }.flatMap { $0 }
    }

    private func remember(_ reference: Digest?, _ outcome: AppendOutcome?) throws {
        guard let reference, case .written(let subject, _, _)? = outcome else { return }
        try remember(reference, as: subject)
    }

    /// Remembers an external id under a home's secret; inside a transaction.
    func remember(_ reference: Digest, as subject: SubjectID) throws {
        try database.run(
            "INSERT OR IGNORE INTO imported (reference, subject) VALUES (?, ?)",
            [.digest(reference), .blob(subject.bytes)]
        )
    }

    /// Under which a home remembers the external id of a record: an HMAC, so that the id can be
    /// erased and yet be known again, by this home alone.
    package static func importReference(
        key: Bytes32,
        source: String,
        id: String
    ) -> Digest {
        hmacSHA256(key: key, Array("\(source)\n\(id)".utf8))
    }
}
