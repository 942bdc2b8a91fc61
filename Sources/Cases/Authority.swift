internal import Crypto
internal import Encoding
package import Ledger

/// What a roster says about the authors of entries, as the fold asks for it.
package struct Authority {
    /// Whether the author of an entry has a right in one of these places.
    package let verdict: (PlacedEntry, [Scope], Right) -> RightVerdict
    /// Whether any right of the author of an entry stands at its place.
    let standing: (PlacedEntry) -> RightVerdict
    /// Whom an entry names or proves as the person who acted; nil if it does neither.
    package let person: (PlacedEntry) -> String?

    /// Takes all three.
    package init(
        verdict: @escaping (PlacedEntry, [Scope], Right) -> RightVerdict,
        standing: @escaping (PlacedEntry) -> RightVerdict = { _ in .allowed },
        person: @escaping (PlacedEntry) -> String? = { $0.header.actor }
    ) {
        self.verdict = verdict
        self.standing = standing
        self.person = person
    }

    /// The rights that a roster gives.
    package init(_ roster: Roster) {
        self.init { entry, scopes, right in
            roster.verdict(
                author: entry.author,
                entry: entry.hash,
                log: entry.log,
                sequence: entry.sequence,
                right: right,
                scopes: scopes
            )
        } standing: { entry in
            roster.standing(
                author: entry.author,
                entry: entry.hash,
                log: entry.log,
                sequence: entry.sequence
            )
        } person: { entry in
            // A service key proves an office; which of its people acted is what the entry claims.
            let number = roster.actor(of: entry.author, in: entry.log)?.number
            return (number ?? entry.header.actor).map { "\(entry.log) \($0)" }
        }
    }
}
