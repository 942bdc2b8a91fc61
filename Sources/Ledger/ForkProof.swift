package import Crypto
package import Encoding
package import TransparencyLog

/// Proof that a log's key signed two histories, and of the very place at which they part.
///
/// Both trees have the same first entries and another leaf behind them, and each leads to a note
/// that the key signed. Everybody checks it from itself alone, and nobody who has not the key can
/// make one; nor can anybody say that the histories part earlier than they do.
///
/// - Source: `Protocol/roster.md` section 4; vectors in `Protocol/vectors/roster`.
package struct ForkProof: Hashable, Sendable {
    /// One of the two histories.
    package struct Branch: Hashable, Sendable {
        /// Hash of the first leaf that the other history has not.
        package let leaf: Digest
        /// A signed note of the log of at least that leaf's size.
        package let note: [UInt8]
        /// From the size with that leaf to the note; empty if that is its size.
        package let proof: [Digest]

        /// Takes all three.
        package init(leaf: Digest, note: [UInt8], proof: [Digest]) {
            self.leaf = leaf
            self.note = note
            self.proof = proof
        }
    }

    /// The log's key.
    package let logKey: PublicKey
    /// The tree that both have.
    package let common: CompactRange
    /// The histories, by leaf.
    package let branches: [Branch]

    /// Most bytes of a note in it, which leaves room in a header for all else.
    package static let noteMax = 4_096

    /// Pairs two histories, in whichever order they come.
    package init(logKey: PublicKey, common: CompactRange, _ one: Branch, _ other: Branch) {
        self.logKey = logKey
        self.common = common
        branches = [one, other].sorted { $0.leaf < $1.leaf }
    }

    /// The log.
    package var log: Digest { logKey.hash }

    /// What is proven; nil if it does not hold.
    package func proven(hasher: TreeHasher = TreeHasher()) -> Fork? {
        guard branches.count == 2, branches[0].leaf < branches[1].leaf else { return nil }
        var heads: [Checkpoint] = []
        for branch in branches {
            var range = common
            range.append(branch.leaf, hasher: hasher)
            guard branch.note.count <= Self.noteMax,
                let signed = try? SignedCheckpoint.verify(branch.note, logKey: logKey),
                (try? verifyConsistency(
                    from: range.size,
                    root: range.root(hasher: hasher),
                    to: signed.checkpoint.size,
                    root: signed.checkpoint.root,
                    proof: branch.proof,
                    hasher: hasher
                )) != nil
            else { return nil }
            heads.append(signed.checkpoint)
        }
        return Fork(
            log: log,
            size: common.size,
            root: common.root(hasher: hasher),
            heads: heads.map { LogPosition(log: log, size: $0.size, root: $0.root) },
            leaves: branches.map(\.leaf)
        )
    }
}

/// A log that its key signed two histories of, as far as it is proven.
package struct Fork: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// How many entries all histories have.
    package let size: UInt64
    /// Root over them.
    package let root: Digest
    /// A signed head of each history, by the leaf at which they part.
    package let heads: [LogPosition]
    /// The leaves at which they part, rising.
    package let leaves: [Digest]
}

extension ForkProof {
    /// Fields of the entry and of the message that carries it.
    package var fields: [CBORPair] { values.enumerated().map { CBORPair(UInt64($0), $1) } }

    /// The same in the order of their keys.
    package var values: [CBORValue] {
        [
            .bytes(logKey.bytes.bytes), .unsigned(common.size),
            .array(common.peaks.map { .bytes($0.bytes) }),
            .array(
                branches.map { branch in
                    .array([
                        .bytes(branch.leaf.bytes), .bytes(branch.note),
                        .array(branch.proof.map { .bytes($0.bytes) }),
                    ])
                }
            ),
        ]
    }

    /// The same as bytes, at most ``Header/bytesMax`` of them.
    package var encoded: [UInt8] { CBORValue.array(values).encoded }

    /// Reads what ``encoded`` gives; nil for what is not of that form.
    package init?(decoding bytes: [UInt8]) {
        guard case .array(let values)? = try? CBORValue(decoding: bytes) else { return nil }
        self.init(values)
    }

    /// Reads what ``values`` gives; nil for what is not of that form.
    package init?(_ values: [CBORValue]) {
        guard values.count == 4, let keyBytes = values[0].bytes32,
            let key = try? PublicKey(keyBytes), case .unsigned(let size) = values[1],
            size < 1 << 62, let peaks = values[2].digests(atMost: 64),
            let common = CompactRange(size: size, peaks: peaks),
            case .array(let rows) = values[3], rows.count == 2
        else { return nil }
        let branches = rows.compactMap { row -> Branch? in
            guard case .array(let columns) = row, columns.count == 3,
                let leaf = columns[0].bytes32, case .bytes(let note) = columns[1],
                let proof = columns[2].digests(atMost: 65)
            else { return nil }
            return Branch(leaf: leaf, note: note, proof: proof)
        }
        // In one order only, so that equal proofs are equal bytes.
        guard branches.count == 2, branches[0].leaf < branches[1].leaf else { return nil }
        self.init(logKey: key, common: common, branches[0], branches[1])
    }
}

extension CBORValue {
    fileprivate func digests(atMost count: Int) -> [Digest]? {
        guard case .array(let items) = self, items.count <= count else { return nil }
        let digests = items.compactMap(\.bytes32)
        return digests.count == items.count ? digests : nil
    }
}
