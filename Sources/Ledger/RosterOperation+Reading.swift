package import Crypto
internal import Encoding

extension RosterOperation {
    static func opening(_ entry: PlacedEntry, ledger: Digest) -> RosterOperation? {
        guard entry.sequence == 0 else { return nil }
        guard entry.header.ledger != .zero else { return founding(entry, ledger: ledger) }
        return entry.header[field: Field.enrolment]?.bytes32.map { .open(enrolment: $0) }
    }

    private static func founding(_ entry: PlacedEntry, ledger: Digest) -> RosterOperation? {
        guard entry.hash == ledger, let grant = grant(entry, level: .city),
            grant.log == entry.log, grant.keys.service.hash == entry.author,
            case .array(let items)? = entry.header[field: Field.recoveryKeys],
            case .unsigned(let threshold)? = entry.header[field: Field.recoveryThreshold]
        else { return nil }
        let keys = items.compactMap { $0.bytes32.flatMap { try? PublicKey($0) } }
        guard keys.count == items.count, 1...listMax ~= keys.count,
            1...UInt64(keys.count) ~= threshold
        else { return nil }
        return .found(grant, Recovery(keys: keys, threshold: threshold))
    }

    static func nodeGrant(_ entry: PlacedEntry) -> Grant? {
        guard case .unsigned(let number)? = entry.header[field: Field.level],
            let level = Level(rawValue: number)
        else { return nil }
        return grant(entry, level: level)
    }

    private static func grant(_ entry: PlacedEntry, level: Level) -> Grant? {
        guard let scope = entry.header.scope, let keys = NodeKeys(entry.header) else { return nil }
        return grant(entry, hash: entry.hash, level: level, scope: scope, keys: keys)
    }

    private static func grant(
        _ entry: PlacedEntry,
        hash: Digest,
        level: Level,
        scope: Scope,
        keys: NodeKeys
    ) -> Grant {
        let text = entry.parts.first.flatMap { $0 }.flatMap { try? CBORValue(decoding: $0) }
        var name = entry.hash.short
        if case .text(let given)? = text?[Text.name], given.utf8.count <= nameMax { name = given }
        var endpoint: String?
        if case .text(let given)? = text?[Text.endpoint], given.utf8.count <= endpointMax {
            endpoint = given
        }
        return Grant(
            hash: hash,
            place: entry.place,
            author: entry.author,
            name: name,
            level: level,
            scope: scope,
            keys: keys,
            endpoint: endpoint,
            isConfirmed: entry.header[field: Field.isConfirmed] == .bool(true),
            parent: nil,
            cuts: nil
        )
    }

    static func staffGrant(_ entry: PlacedEntry) -> StaffGrant? {
        guard let scope = entry.header.scope,
            case .array(let items)? = entry.header[field: Field.roles],
            1...StaffGrant.rolesMax ~= items.count,
            let bytes = entry.header[field: Field.staffKey]?.bytes32,
            let key = try? PublicKey(bytes),
            case .text(let number)? = entry.header[field: Field.staffNumber],
            StaffGrant.isNumber(number)
        else { return nil }
        let roles = items.compactMap { item -> Role? in
            guard case .unsigned(let number) = item else { return nil }
            return Role(rawValue: number)
        }
        guard roles.count == items.count, zip(roles, roles.dropFirst()).allSatisfy(<) else {
            return nil
        }
        return StaffGrant(
            hash: entry.hash,
            place: entry.place,
            author: entry.author,
            number: number,
            roles: roles,
            scope: scope,
            key: key,
            isConfirmed: entry.header[field: Field.isConfirmed] == .bool(true)
        )
    }

    static func end(_ entry: PlacedEntry) -> GrantEnd? {
        guard case .array(let items)? = entry.header[field: Field.endedGrants],
            1...listMax ~= items.count, let cuts = cuts(entry)
        else { return nil }
        let grants = items.compactMap(\.bytes32)
        guard grants.count == items.count else { return nil }
        return GrantEnd(
            entry: entry.hash,
            place: entry.place,
            author: entry.author,
            grants: grants,
            cuts: cuts.sizes
        )
    }

    static func policy(_ entry: PlacedEntry) -> SigningPolicy? {
        guard let area = entry.header.scope, let cuts = cuts(entry) else { return nil }
        return SigningPolicy(
            entry: entry.hash,
            place: entry.place,
            author: entry.author,
            area: area,
            cuts: cuts.sizes
        )
    }

    static func mark(_ entry: PlacedEntry, isRatification: Bool) -> RangeMark? {
        guard let log = entry.header[field: Field.markedLog]?.bytes32,
            case .unsigned(let first)? = entry.header[field: Field.markFirst],
            case .unsigned(let end)? = entry.header[field: Field.markEnd], first < end,
            let root = entry.header[field: Field.markRoot]?.bytes32
        else { return nil }
        var hashes: [Digest]?
        if let field = entry.header[field: Field.markHashes] {
            guard case .array(let items) = field, end - first <= UInt64(listMax),
                UInt64(items.count) == end - first
            else { return nil }
            hashes = items.compactMap(\.bytes32)
            guard hashes?.count == items.count else { return nil }
        }
        return RangeMark(
            entry: entry.hash,
            place: entry.place,
            author: entry.author,
            isRatification: isRatification,
            log: log,
            first: first,
            end: end,
            root: root,
            hashes: hashes
        )
    }

    static func fork(_ entry: PlacedEntry) -> ForkProof? {
        ForkProof((0..<Field.forkFields).compactMap { entry.header[field: $0] })
    }

    static func succession(_ entry: PlacedEntry, ledger: Digest) -> CarriedSuccession? {
        guard case .bytes(let body)? = entry.header[field: Field.succession],
            let succession = Succession(body: body), succession.ledger == ledger,
            case .array(let rows)? = entry.header[field: Field.recoverySignatures],
            1...listMax ~= rows.count
        else { return nil }
        let signatures = rows.compactMap { row -> RecoverySignature? in
            guard case .array(let columns) = row, columns.count == 2,
                case .unsigned(let index) = columns[0], case .bytes(let signature) = columns[1],
                signature.count == SigningKey.signatureCount
            else { return nil }
            return RecoverySignature(index: index, signature: signature)
        }
        guard signatures.count == rows.count,
            zip(signatures, signatures.dropFirst()).allSatisfy({ $0.index < $1.index })
        else { return nil }
        let grant = grant(
            entry,
            hash: succession.hash,
            level: .city,
            scope: succession.scope,
            keys: succession.keys
        )
        return CarriedSuccession(
            succession: succession,
            signatures: signatures,
            grant: grant,
            carrier: entry.hash
        )
    }

    private static func cuts(_ entry: PlacedEntry) -> [LogPosition]? {
        guard case .array(let rows)? = entry.header[field: Field.cuts] else { return nil }
        return LogPosition.rows(rows)
    }
}

extension RosterOperation {
    /// Logs with size and root that an entry names, each of which is to be the log's own.
    package static func positions(_ entry: PlacedEntry, ledger: Digest) -> [LogPosition] {
        switch RosterOperation(entry, ledger: ledger) {
        case .end, .policy: cuts(entry) ?? []
        case .mark(let mark): [LogPosition(log: mark.log, size: mark.end, root: mark.root)]
        case .succeed(let carried): carried.succession.cuts
        case .found, .open, .grant, .staff, .witnesses, .fork, nil: []
        }
    }
}

extension PlacedEntry {
    /// Log and sequence.
    package var place: Place { Place(log: log, sequence: sequence) }
}
