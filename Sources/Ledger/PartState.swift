package import Crypto
package import Encoding

/// Where a part belongs: the log, the entry's place in it, and the part's index in the header.
///
/// Of a log with several histories it can be one of several; see ``WantedPart``.
package struct PartID: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// The entry's place in it.
    package let sequence: UInt64
    /// Index among the commitments of the entry's header.
    package let part: Int

    /// Takes all three.
    package init(log: Digest, sequence: UInt64, part: Int) {
        self.log = log
        self.sequence = sequence
        self.part = part
    }
}

/// What became of a part at this node.
///
/// - Source: `Protocol/entry.md` section 3.
package enum PartState: Int64, Hashable, Sendable {
    /// Its bytes are held.
    case present = 0
    /// The node does not store it: it belongs to a place outside of its scopes.
    case notHeld = 1
    /// It should be held and nobody gave it yet; every peer is asked for it.
    case missing = 2
    /// It was destroyed for good: never asked for, and never stored again.
    case redacted = 3

    /// Whether it is asked for, and stored if somebody gives it.
    package var isSought: Bool { self == .missing }
}

/// A part with what its header says about it, which names it among all histories of a log.
package struct WantedPart: Hashable, Sendable {
    /// Which.
    package let id: PartID
    /// What its salt and bytes must give.
    package let commitment: Digest

    /// Pairs both.
    package init(id: PartID, commitment: Digest) {
        self.id = id
        self.commitment = commitment
    }
}

extension Part {
    /// What a node that holds this part answers to a challenge, and no other can.
    ///
    /// Names the node, so that nobody can pass on what another one answered.
    ///
    /// - Source: `Protocol/replication.md` section 4.
    package func proof(
        nonce: Bytes32,
        holder log: Digest,
        _ hasher: SHA256Hasher
    ) -> Digest {
        var message = Array("linli/held/v1\0".utf8)
        message.reserveCapacity(message.count + 104 + bytes.count)
        nonce.append(to: &message)
        log.append(to: &message)
        salt.append(to: &message)
        message.append(contentsOf: bigEndianBytes(UInt64(bytes.count)))
        message.append(contentsOf: bytes)
        return hasher.hash(message)
    }
}
