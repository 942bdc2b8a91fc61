package import Crypto
package import Ledger
internal import TransparencyLog

// What evidence of single entries is made of.
extension Store {
    /// Every roster entry that is held, in order of log and place.
    package func rosterEntries() throws -> [PlacedEntry] {
        try placedEntries("SELECT position FROM roster_entry ORDER BY position", [])
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
