package import Crypto
internal import Encoding
internal import TransparencyLog

/// What binds an enrolled node to its ledger: which one, by which grant, and whom to ask first.
///
/// It carries the founding entry whole, from which the ledger's name, its founder's log and the
/// founder's keys follow, so that a node can check the first log it pulls.
///
/// - Source: `Protocol/roster.md` section 9.
package struct Invitation: Hashable, Sendable {
    /// The founding entry, with its part.
    package let founding: Entry
    /// The ledger: the hash of the founding entry.
    package let ledger: Digest
    /// The founder's log, which names the roster's subject.
    package let founder: Digest
    /// Hash of the entry that grants this node its rights.
    package let enrolment: Digest
    /// The log that the grant is for.
    package let log: Digest
    /// TLS key of the node that enrolled.
    package let inviter: PublicKey
    /// Where that node listens, if it can be reached.
    package let endpoint: String?

    /// Takes all fields.
    ///
    /// - Throws: ``RequestError/malformed`` if `founding` founds no ledger.
    package init(
        founding: Entry,
        enrolment: Digest,
        log: Digest,
        inviter: PublicKey,
        endpoint: String?
    ) throws(RequestError) {
        guard let placed = PlacedEntry(founding: founding) else { throw .malformed }
        self.founding = founding
        ledger = placed.hash
        founder = placed.log
        self.enrolment = enrolment
        self.log = log
        self.inviter = inviter
        self.endpoint = endpoint
    }

    /// Who founded the ledger, as its founding entry says.
    package var foundingGrant: Grant? {
        guard let placed = PlacedEntry(founding: founding),
            case .found(let grant, _)? = RosterOperation(placed, ledger: placed.hash)
        else { return nil }
        return grant
    }

    /// By which both sides know that they speak of the same invitation.
    package var fingerprint: String { textFingerprint(of: encoded) }

    /// The armored invitation.
    package var armored: String { Armor.wrap(encoded, label: Self.armorLabel) }

    /// Reads an armored invitation.
    ///
    /// It carries no signature: what it names is checked against the ledger's own entries, and a
    /// person compares the fingerprint to know that it names the right ledger.
    ///
    /// - Throws: ``RequestError``.
    package init(armored text: String) throws(RequestError) {
        guard let bytes = Armor.unwrap(text, label: Self.armorLabel) else { throw .noBlock }
        do {
            var reader = CBORReader(bytes)
            guard try reader.array(max: 8) == 8 else { throw RequestError.malformed }
            let header = try reader.bytes(max: Header.bytesMax)
            let leaf = try reader.bytes(max: Entry.leafCount)
            let part = Part(salt: try reader.bytes32(), bytes: try reader.bytes(max: 4096))
            let enrolment = try reader.bytes32()
            let log = try reader.bytes32()
            let inviter = try PublicKey(try reader.bytes32())
            let endpoint = reader.null() ? nil : try reader.text(max: RosterOperation.endpointMax)
            try reader.finish()
            try self.init(
                founding: Entry(header: header, leaf: leaf, parts: [part]),
                enrolment: enrolment,
                log: log,
                inviter: inviter,
                endpoint: endpoint
            )
        } catch {
            throw .malformed
        }
    }

    private static let armorLabel = "INVITATION"

    private var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.array(8)
        writer.bytes(founding.header)
        writer.bytes(founding.leaf)
        for part in founding.parts {
            writer.bytes(part?.salt ?? .zero)
            writer.bytes(part?.bytes ?? [])
        }
        for hash in [enrolment, log, inviter.bytes] { writer.bytes(hash) }
        if let endpoint { writer.text(endpoint) } else { writer.null() }
        return writer.bytes
    }
}

extension PlacedEntry {
    /// Places an entry that founds a ledger; nil for any other.
    ///
    /// It says so itself, its part and its author's signature are good, and its hash is the
    /// ledger's name.
    package init?(founding entry: Entry) {
        let hasher = SHA256Hasher()
        guard entry.leaf.count == Entry.leafCount, entry.parts.count == 1,
            let header = try? entry.check(hasher).get(), header.ledger == .zero
        else { return nil }
        let hash = entry.hash(hasher)
        let placed = PlacedEntry(
            entry,
            header: header,
            hash: hash,
            place: Place(log: header.log, sequence: 0)
        )
        guard header.sequence == 0,
            case .found(let grant, _)? = RosterOperation(placed, ledger: hash),
            let leaf = Leaf(entry.leaf), leaf.verifies(message: hash, key: grant.keys.service)
        else { return nil }
        self = placed
    }
}
