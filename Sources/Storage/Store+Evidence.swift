package import Crypto
internal import Encoding
package import Ledger
internal import TransparencyLog

// What evidence of single entries is made of.
extension Store {
    /// Every roster entry that is held, in order of log and place.
    package func rosterEntries() throws -> [PlacedEntry] {
        try placedEntries("SELECT position FROM roster_entry ORDER BY position", [])
    }

    /// Entries whose hash begins with some lowercase digits, in order of log and place.
    ///
    /// Hashes are not kept, so each header is read and hashed: some seconds for millions.
    package func entries(hashed prefix: String) throws -> [PlacedEntry] {
        let hasher = SHA256Hasher()
        let found = try database.rows("SELECT position, header FROM entry ORDER BY position") {
            row -> Int64? in
            hasher.hash(row.blob(1)).description.hasPrefix(prefix) ? row.integer(0) : nil
        }
        return try found.compactMap(\.self).flatMap { position in
            try placedEntries("SELECT ?", [.integer(position)])
        }
    }

    /// Proof that an entry stands in the first `size` entries of its log, from the stored tree.
    ///
    /// - Throws: ``StoreError``, `ProofError`.
    package func inclusion(of log: Digest, at sequence: UInt64, in size: UInt64) throws -> [Digest]
    {
        guard let state = statesByLog[log] else { throw StoreError.unknownLog(log) }
        guard size <= state.size else {
            throw StoreError.outOfPlace(log: log, got: size, want: state.size)
        }
        return try inclusionProof(index: sequence, size: size, source: nodes(state))
    }
}
