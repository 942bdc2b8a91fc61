package import Crypto
internal import Encoding
package import Ledger

/// The roster entries that say who the authors of some entries were and what they might do, up to
/// the founding entry.
///
/// Grants and openings of each log and author concerned, and of whoever wrote those; every end,
/// ratification, refusal and fork that concerns them; every policy and succession.
package struct RosterChain {
    /// The entries, in the order given.
    package let entries: [PlacedEntry]

    /// Chooses from all roster entries.
    ///
    /// - Parameters:
    ///   - ledger: the founding entry.
    ///   - all: every roster entry that is held.
    ///   - logs: where the entries to be shown stand.
    ///   - authors: key hashes of their authors.
    package init(
        ledger: Digest,
        from all: [PlacedEntry],
        logs: Set<Digest>,
        authors: Set<Digest>
    ) {
        var (logs, authors) = (logs, authors)
        var chosen: Set<Digest> = []
        var rest = all.map { ($0, RosterOperation($0, ledger: ledger)) }
        var before = -1
        while chosen.count > before {
            before = chosen.count
            rest.removeAll { entry, operation in
                guard Self.concerns(entry, operation, logs, authors, chosen) else { return false }
                chosen.insert(entry.hash)
                logs.insert(entry.log)
                authors.insert(entry.author)
                return true
            }
        }
        entries = all.filter { chosen.contains($0.hash) }
    }

    private static func concerns(
        _ entry: PlacedEntry,
        _ operation: RosterOperation?,
        _ logs: Set<Digest>,
        _ authors: Set<Digest>,
        _ chosen: Set<Digest>
    ) -> Bool {
        switch operation {
        case .found: true
        case .open: logs.contains(entry.log)
        case .grant(let grant): logs.contains(grant.log)
        case .staff(let grant): logs.contains(grant.log) && authors.contains(grant.key.hash)
        case .end(let end): end.grants.contains(where: chosen.contains)
        case .mark(let mark): logs.contains(mark.log)
        case .fork(let proof): logs.contains(proof.log)
        case .policy, .witnesses, .succeed: true
        case nil: false
        }
    }
}
