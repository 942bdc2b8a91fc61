internal import Crypto
internal import Encoding
package import Replication

// What nodes said of themselves.
extension Store {
    /// A presence as it came, with when that was by this node's clock.
    package struct KeptPresence: Hashable, Sendable {
        /// As it came; its signature was checked then.
        package let presence: SignedPresence
        /// What it says.
        package let claim: Presence
        /// Milliseconds since 1970.
        package let receivedAt: UInt64

        /// When its node was heard of: as it says, but never after it came.
        package var heardAt: UInt64 { min(claim.time, receivedAt) }
    }

    /// The newest presence of each node, by log.
    package func presences() throws -> [KeptPresence] {
        try database.rows("SELECT statement, signature, received_at FROM presence ORDER BY log") {
            row in
            let presence = SignedPresence(statement: row.blob(0), signature: row.blob(1))
            guard let claim = presence.claim else {
                throw StoreError.damaged("a presence can not be read")
            }
            return KeptPresence(presence: presence, claim: claim, receivedAt: row.count(2))
        }
    }

    /// Keeps presences instead of earlier ones of the same nodes.
    package func keepPresences(_ presences: [SignedPresence], at time: UInt64) throws {
        try database.transaction {
            for presence in presences {
                guard let claim = presence.claim else { continue }
                try database.run(
                    """
                    INSERT OR REPLACE INTO presence (log, statement, signature, received_at)
                    VALUES (?, ?, ?, ?)
                    """,
                    [
                        .digest(claim.log), .blob(presence.statement), .blob(presence.signature),
                        .count(time),
                    ]
                )
            }
        }
    }
}
