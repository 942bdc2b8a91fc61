package import Crypto
package import Encoding
internal import Ledger

/// Where entries would stand that an author is to sign in a process of its own.
///
/// From it and the items that it asked to write, the author computes each header itself, so that
/// nobody can hand it another to sign.
package struct EntryProposal: Hashable, Sendable {
    /// One entry of it.
    package struct Place: Hashable, Sendable {
        /// Which of the items.
        package let index: Int
        /// Heads of its subjects in other logs.
        package let after: [Digest]
        /// A fresh salt for each part.
        package let salts: [Bytes32]

        /// Takes all three.
        package init(index: Int, after: [Digest], salts: [Bytes32]) {
            self.index = index
            self.after = after
            self.salts = salts
        }
    }

    /// The ledger.
    package let ledger: Digest
    /// The log.
    package let log: Digest
    /// Sequence of the first.
    package let first: UInt64
    /// Wall clock, milliseconds since 1970.
    package let time: UInt64
    /// In order; what was imported before is left out.
    package let places: [Place]

    /// Takes all fields.
    package init(ledger: Digest, log: Digest, first: UInt64, time: UInt64, places: [Place]) {
        self.ledger = ledger
        self.log = log
        self.first = first
        self.time = time
        self.places = places
    }

    /// Signs the leaf of each entry, made from the author's own items.
    ///
    /// - Throws: ``AppendError``; ``AppendError/moved`` for a proposal that is not about them.
    package func signed(
        _ items: [AppendItem],
        by author: SigningKey
    ) throws(AppendError) -> SignedProposal {
        var leaves: [[UInt8]] = []
        for (offset, place) in places.enumerated() {
            guard items.indices.contains(place.index),
                place.salts.count == items[place.index].draft.saltCount
            else { throw .moved }
            let context = EntryContext(
                ledger: ledger,
                place: Ledger.Place(log: log, sequence: first + UInt64(offset)),
                time: time,
                after: place.after
            )
            do {
                let entry = try items[place.index].draft.unsigned(in: context, salts: place.salts)
                leaves.append(try entry.signed(by: author).leaf)
            } catch {
                throw .draft(index: place.index, error)
            }
        }
        return SignedProposal(proposal: self, author: author.publicKey, leaves: leaves)
    }
}

/// A proposal with the leaves that its author signed.
package struct SignedProposal: Hashable, Sendable {
    /// What was answered.
    package let proposal: EntryProposal
    /// Whose leaves they are.
    package let author: PublicKey
    /// 128 bytes each, in order.
    package let leaves: [[UInt8]]

    /// Takes all three.
    package init(proposal: EntryProposal, author: PublicKey, leaves: [[UInt8]]) {
        self.proposal = proposal
        self.author = author
        self.leaves = leaves
    }
}

extension Store {
    /// Says where items would stand if they were written now; nothing is changed.
    ///
    /// - Throws: ``AppendError``, ``StoreError``, ``SQLiteError``.
    package func propose(
        _ items: [AppendItem],
        author: PublicKey,
        time: UInt64,
        salt: () -> Bytes32
    ) throws -> EntryProposal {
        guard let identity else { throw AppendError.notJoined }
        let state = state(of: identity.log)
        var places: [EntryProposal.Place] = []
        var batch = AppendBatch(
            range: state.range,
            signer: .leaves(author: author, []),
            hasher: hasher
        )
        do {
            try database.transaction {
                try add(items, to: &batch, identity, time) { index, context in
                    let salts = (0..<items[index].draft.saltCount).map { _ in salt() }
                    let place = EntryProposal.Place(
                        index: index,
                        after: context.after,
                        salts: salts
                    )
                    places.append(place)
                    return salts
                }
                throw Unwritten()
            }
        } catch is Unwritten {}
        return EntryProposal(
            ledger: identity.ledger,
            log: identity.log,
            first: state.size,
            time: time,
            places: places
        )
    }

    /// Writes items whose author signed a proposal: all of them in one transaction, or none.
    ///
    /// They are put together and judged anew, so that a proposal gives nobody a right.
    ///
    /// - Throws: ``AppendError``; ``AppendError/moved`` if the log or what is known of a subject
    ///   went on meanwhile.
    package func append(
        _ items: [AppendItem],
        signed: SignedProposal
    ) throws -> AppendedEntries {
        guard let identity else { throw AppendError.notJoined }
        let proposal = signed.proposal
        guard proposal.ledger == identity.ledger, proposal.log == identity.log,
            proposal.first == log(identity.log)?.size ?? 0
        else { throw AppendError.moved }
        return try append(
            items,
            signer: .leaves(author: signed.author, signed.leaves),
            time: proposal.time
        ) { index, context in
            let offset = Int(context.place.sequence - proposal.first)
            guard offset < proposal.places.count,
                proposal.places[offset].index == index,
                proposal.places[offset].after == context.after,
                proposal.places[offset].salts.count == items[index].draft.saltCount
            else { throw AppendError.moved }
            return proposal.places[offset].salts
        }
    }

    /// Takes a transaction back on purpose.
    private struct Unwritten: Error {}
}
