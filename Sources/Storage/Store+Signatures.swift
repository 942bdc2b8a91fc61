package import Crypto
internal import Encoding
package import Ledger
internal import Replication
internal import TransparencyLog

/// Entries whose authors' signatures have not been looked at yet.
package struct UncheckedEntries: Sendable {
    /// The log.
    package let log: Digest
    /// Sequence of the first.
    package let first: UInt64
    /// Hash and leaf of each, in order.
    package let entries: [(hash: Digest, leaf: [UInt8])]

    /// Takes all three.
    package init(log: Digest, first: UInt64, entries: [(hash: Digest, leaf: [UInt8])]) {
        self.log = log
        self.first = first
        self.entries = entries
    }
}

extension Store {
    /// How many entries were taken over in bulk and wait for their signatures to be checked; while
    /// there are any, the view is provisional.
    package var uncheckedCount: UInt64 {
        statesByLog.values.reduce(0) { $0 + ($1.size - $1.checked) }
    }

    /// The next entries to check, at most `max`; nil if there are none.
    package func uncheckedEntries(max: Int) throws -> UncheckedEntries? {
        guard let state = trees.first(where: { $0.checked < $0.size }) else { return nil }
        let end = min(state.size, state.checked + UInt64(max))
        let entries = try database.rows(
            "SELECT header, leaf FROM entry WHERE position BETWEEN ? AND ? ORDER BY position",
            state.positions(state.checked..<end)
        ) { (hash: hasher.hash($0.blob(0)), leaf: try $0.leaf(1)) }
        return UncheckedEntries(log: state.id, first: state.checked, entries: entries)
    }

    /// Keeps the result of a check: which of the entries are forged; those lose their effect.
    ///
    /// Does nothing if the log's mark has moved since the entries were read.
    package func markChecked(_ checked: UncheckedEntries, forged: [UInt64]) throws {
        guard var state = statesByLog[checked.log], state.checked == checked.first else { return }
        state.checked += UInt64(checked.entries.count)
        do {
            try database.transaction {
                for sequence in forged {
                    let position = SQLValue.integer(try state.position(sequence))
                    try database.run(
                        "INSERT OR IGNORE INTO forged (position) VALUES (?)",
                        [position]
                    )
                    try database.run(
                        """
                        INSERT INTO stale (subject)
                        SELECT subject FROM subject_entry WHERE position = ? ON CONFLICT DO NOTHING
                        """,
                        [position]
                    )
                }
                try write(state)
                adopt(state)
                if !forged.isEmpty { try refoldStale() }
            }
        } catch {
            try load()
            throw error
        }
    }

    /// Marks those roster entries as forged that their authors did not sign.
    ///
    /// An entry of a log can come before the grant that names its author's key, in which case
    /// nobody could check it when it came; it must not have effect unchecked for that.
    func unsignedMarked(_ entries: [PositionedEntry]) throws -> [PlacedEntry] {
        var known: Set<Int64> = []
        try database.scan("SELECT position FROM roster_entry WHERE is_signed = 1") { row in
            known.insert(row.integer(0))
            return true
        }
        let keys = authorKeys(entries.map(\.entry))
        return try entries.map { position, entry in
            guard !entry.isForged, let key = keys[entry.author], let position,
                !known.contains(position), try !isSigned(position, entry.hash, key)
            else { return entry }
            return entry.forged
        }
    }

    /// Keeps which roster entries were found signed or forged; inside a transaction, right after
    /// the roster was read.
    func keepRosterSignatures() throws {
        let entries = try positionedEntries(
            "SELECT position FROM roster_entry WHERE is_signed = 0",
            []
        )
        for (position, entry) in entries where !entry.isForged {
            guard let position, let key = roster.authorKey(entry.author) else { continue }
            let sql =
                try isSigned(position, entry.hash, key)
                ? "UPDATE roster_entry SET is_signed = 1 WHERE position = ?"
                : "INSERT OR IGNORE INTO forged (position) VALUES (?)"
            try database.run(sql, [.integer(position)])
        }
    }

    /// Lets entries be checked whose author the roster did not name when they came; inside a
    /// transaction.
    func uncheckEntries(ofAuthorsNotIn before: Roster) throws {
        for var state in trees where state.checked > state.base {
            let named = Set(before.rights(log: state.log).map(\.author))
            let now = Set(roster.rights(log: state.log).map(\.author))
            for author in now.subtracting(named) {
                let first = try database.first(
                    """
                    SELECT position FROM entry WHERE position BETWEEN ? AND ?
                        AND substr(leaf, 97) = ? ORDER BY position LIMIT 1
                    """,
                    state.positions(state.base..<state.checked) + [.digest(author)]
                ) { Position($0.integer(0)).sequence }
                guard let first else { continue }
                state.checked = min(state.checked, first)
                try write(state)
                adopt(state)
            }
        }
    }

    /// Keys of authors that any of the entries names, whether it has effect or not.
    private func authorKeys(_ entries: [PlacedEntry]) -> [Digest: PublicKey] {
        var keys: [Digest: PublicKey] = [:]
        for entry in entries {
            let operation = RosterOperation(entry, ledger: identity?.ledger ?? .zero)
            if let key = operation?.namedAuthor { keys[key.hash] = key }
        }
        return keys
    }

    private func isSigned(_ position: Int64, _ hash: Digest, _ key: PublicKey) throws -> Bool {
        let leaf = try database.first(
            "SELECT leaf FROM entry WHERE position = ?",
            [.integer(position)]
        ) { Leaf($0.blob(0)) }
        return leaf??.verifies(message: hash, key: key) ?? false
    }

    /// Most rows that are kept of what was refused; the oldest give way.
    private static let refusedMax: Int64 = 10_000

    /// Keeps what was refused since the last time, and adds it to earlier repetitions.
    package func keepRefusals(_ refusals: [Refusal]) throws {
        try database.transaction {
            for refusal in refusals {
                try database.run(
                    """
                    INSERT INTO refused (peer, reason, first_at, last_at, attempts)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT (peer, reason) DO UPDATE
                    SET last_at = excluded.last_at, attempts = attempts + excluded.attempts
                    """,
                    [
                        .blob(Array(refusal.peer.utf8)), .text(refusal.reason),
                        .count(refusal.firstAt), .count(refusal.lastAt), .count(refusal.attempts),
                    ]
                )
            }
            try database.run(
                "DELETE FROM refused WHERE number <= (SELECT max(number) FROM refused) - ?",
                [.integer(Self.refusedMax)]
            )
        }
    }

    /// Where entries stand that their authors did not sign; by log and place.
    package func forgedEntries(limit: Int) throws -> [Place] {
        try database.rows(
            "SELECT position FROM forged ORDER BY position LIMIT ?",
            [.integer(Int64(limit))]
        ) { row in
            let position = Position(row.integer(0))
            guard let log = logsByNumber[position.logNumber].flatMap({ statesByLog[$0]?.log })
            else {
                throw StoreError.damaged("a mark of a bad signature is of no log")
            }
            return Place(log: log, sequence: position.sequence)
        }
    }

    /// What was refused, newest first.
    package func refusals(limit: Int) throws -> [Refusal] {
        try database.rows(
            """
            SELECT peer, reason, first_at, last_at, attempts FROM refused
            ORDER BY last_at DESC, number DESC LIMIT ?
            """,
            [.integer(Int64(limit))]
        ) { row in
            Refusal(
                peer: String(decoding: row.blob(0), as: UTF8.self),
                reason: row.text(1),
                firstAt: row.count(2),
                lastAt: row.count(3),
                attempts: row.count(4)
            )
        }
    }
}

/// Something that was refused, and why.
package struct Refusal: Hashable, Sendable {
    /// Who sent it: an endpoint or a log.
    package let peer: String
    /// Why, in one line.
    package let reason: String
    /// When first, milliseconds since 1970.
    package let firstAt: UInt64
    /// When last.
    package let lastAt: UInt64
    /// How often.
    package let attempts: UInt64

    /// Takes all fields.
    package init(
        peer: String,
        reason: String,
        firstAt: UInt64,
        lastAt: UInt64,
        attempts: UInt64
    ) {
        self.peer = peer
        self.reason = reason
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.attempts = attempts
    }
}

extension PlacedEntry {
    fileprivate var forged: PlacedEntry {
        PlacedEntry(
            log: log,
            sequence: sequence,
            hash: hash,
            author: author,
            header: header,
            parts: parts,
            isForged: true,
            path: path
        )
    }
}
