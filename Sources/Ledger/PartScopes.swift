/// Whose parts a node stores: those of subjects in these places, or of all.
///
/// - Source: `Protocol/replication.md` section 7.
package struct PartScopes: Hashable, Sendable {
    /// Most places that a node names.
    package static let countMax = 64

    /// All parts, which is what a node stores unless it is told otherwise.
    package static let everything = PartScopes(scopes: nil)

    /// Rising, none within another; nil for everything.
    package let scopes: [Scope]?

    private init(scopes: [Scope]?) { self.scopes = scopes }

    /// Takes places in any order; one that lies within another is left out.
    ///
    /// Nil for more than ``countMax``.
    package init?(_ scopes: [Scope]) {
        let widest = Set(scopes).filter { one in
            !scopes.contains { $0 != one && $0.covers(one) }
        }
        guard widest.count <= Self.countMax else { return nil }
        self.scopes = widest.sorted()
    }

    /// Whether nothing is left out.
    package var isEverything: Bool { scopes == nil }

    /// Whether parts of a subject in these places are stored.
    package func cover(_ places: some Sequence<Scope>) -> Bool {
        guard let scopes else { return true }
        return places.contains { place in scopes.contains { $0.covers(place) } }
    }

    /// Whether the parts of an entry are stored by a node with these scopes.
    ///
    /// - Parameters:
    ///   - header: of the entry.
    ///   - places: of all its subjects, by ``Header/places`` of every entry about them.
    /// - Returns: whether they are.
    package func want(_ header: Header, places: some Sequence<Scope>) -> Bool {
        isEverything || header.isForEverybody || cover(places)
    }

    /// Whether everything that `other` covers is covered.
    package func include(_ other: PartScopes) -> Bool {
        guard scopes != nil else { return true }
        guard let others = other.scopes else { return false }
        return others.allSatisfy { cover([$0]) }
    }
}

extension PartScopes: CustomStringConvertible {
    package var description: String {
        scopes.map { $0.map(\.code).joined(separator: ",") } ?? "everything"
    }
}

extension Header {
    /// Places that this entry gives its subjects: where it opens one, and whom it names as
    /// receiver.
    ///
    /// They count whether or not the entry has effect, so that they follow from headers
    /// alone and never shrink.
    package var places: [Scope] { [scope, to].compactMap { $0 } }

    /// Whether every node stores the parts: of the roster, and of policies and places, from which
    /// deadlines and codes follow.
    package var isForEverybody: Bool { mustCarryParts || operation.hasPrefix("place.") }

    /// Whether the entry is not taken without all of its parts: such can not be redacted.
    package var mustCarryParts: Bool {
        RosterOperation.isRoster(operation) || operation.hasPrefix("policy.")
    }
}
