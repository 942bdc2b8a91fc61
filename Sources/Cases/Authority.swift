internal import Crypto
internal import Encoding
package import Ledger

/// What a roster says about the authors of entries, as the fold asks for it.
package struct Authority {
    /// Whether the author of an entry has a right in one of these places.
    package let verdict: (PlacedEntry, [Scope], Right) -> RightVerdict
    /// Whom an entry names or proves as the person who acted; nil if it does neither.
    package let person: (PlacedEntry) -> String?

    /// Takes both.
    package init(
        verdict: @escaping (PlacedEntry, [Scope], Right) -> RightVerdict,
        person: @escaping (PlacedEntry) -> String? = { $0.header.actor }
    ) {
        self.verdict = verdict
        self.person = person
    }

    /// The rights that a roster gives.
    package init(_ roster: Roster) {
        self.init { entry, scopes, right in
            roster.verdict(
                author: entry.author,
                log: entry.log,
                sequence: entry.sequence,
                right: right,
                scopes: scopes
            )
        } person: { entry in
            // A service key proves an office; which of its people acted is what the entry claims.
            let number = roster.actor(of: entry.author, in: entry.log)?.number
            return (number ?? entry.header.actor).map { "\(entry.log) \($0)" }
        }
    }
}
