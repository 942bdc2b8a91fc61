package import Ledger

/// What became of the codes of divisions, as a pure function over a sorted table.
///
/// A ledger stores the code as it was given, with the version of its table, and resolves it when
/// it is asked: history is never rewritten, and a succession moves no rights. Nothing is guessed:
/// where a code was split, all parts are given.
///
/// - Source: `Protocol/place.md` section 4.
package struct CodeSuccession: Hashable, Sendable {
    /// Of which time the result is wanted.
    package enum Time: Hashable, Sendable {
        /// Of the newest row.
        case newest
        /// Of an instant.
        case instant(UInt64)
        /// Of a version of the code table, and all before it.
        case table(String)
    }

    /// What was found for a code.
    package enum Outcome: String, Sendable {
        /// It stands for itself: it was never succeeded, or a row says that it stays.
        case current
        /// One code took its place.
        case succeeded
        /// Several codes took its place; which part is meant, the code does not say.
        case split
        /// It has no row of its own, and one code took the place of what it lay in: a coarser one.
        case coarser
        /// What it lay in was split, and no row of its own says to which part it went: it stays as
        /// given, or as far as its way is known.
        case unresolved
        /// Its way goes round, or is longer or wider than any succession is: it stays as given.
        case cyclic
    }

    /// The successors of a code, and how they were found.
    package struct Resolution: Hashable, Sendable {
        /// What was found.
        package let outcome: Outcome
        /// What to file under, sorted: one code, or all parts of a split.
        package let codes: [Scope]
        /// Codes among which the right one lies if it is ``Outcome/unresolved``, or that the way of
        /// a ``Outcome/cyclic`` one goes round through; sorted, not for filing.
        package let candidates: [Scope]
        /// The rows that were followed, in the order of the table.
        package let rows: [SuccessionRow]
    }

    /// The most rows of a table.
    package static let mostRows = 100_000
    /// The most rows that one code is followed through, one after another.
    package static let longestWay = 16
    /// The most codes that one resolves to.
    package static let mostCodes = 256

    /// All rows: by old code, then by table and instant.
    package let rows: [SuccessionRow]

    /// Takes rows in any order.
    ///
    /// - Throws: ``SuccessionError`` if two rows contradict each other or there are too many.
    package init(_ rows: [SuccessionRow]) throws(SuccessionError) {
        guard rows.count <= Self.mostRows else { throw .tooManyRows(rows.count) }
        self.rows = rows.sorted(by: SuccessionRow.precedes)
        for (left, right) in zip(self.rows, self.rows.dropFirst())
        where !SuccessionRow.precedes(left, right) {
            throw .repeated(left.old)
        }
    }

    /// What became of `code` up to `time`.
    ///
    /// `given` is the version of the table that the code was taken from: rows of that version and
    /// before it are passed over, since a code that the table still or again had was not retired
    /// by them. Without it, the first row of a code counts.
    ///
    /// A code of 12 digits that ends in `000` and has no row of its own is looked up without these
    /// digits, which are padding; one of 9 digits likewise.
    package func resolve(
        _ code: Scope,
        at time: Time = .newest,
        given: String? = nil
    ) -> Resolution {
        var search = SuccessionSearch(table: self, time: time, given: given)
        search.follow(code)
        return search.resolution(of: code)
    }

    /// The rows of a code, earliest first.
    package func rows(of code: Scope) -> ArraySlice<SuccessionRow> {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].old < code { low = middle + 1 } else { high = middle }
        }
        let start = low
        while low < rows.count, rows[low].old == code { low += 1 }
        return rows[start..<low]
    }
}
