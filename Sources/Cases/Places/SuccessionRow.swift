package import Ledger

/// What became of one code of the division tables.
package struct SuccessionRow: Hashable, Sendable {
    /// The code that was retired.
    package let old: Scope
    /// The codes that took its place, sorted: several if it was split.
    ///
    /// The old code among them is the part that kept it; alone it says that the code stays while
    /// what it lies in was succeeded.
    package let new: [Scope]
    /// When the succession took effect; nil if the source has no date, which counts as ever since.
    package let effective: UInt64?
    /// Where the row was taken from, for a reader.
    package let basis: String
    /// The version of the code table that first has the new codes; versions are so named that the
    /// order of their bytes is that of time, such as `2021` or `hz-2023`.
    package let table: String

    /// The most codes that one is split into.
    package static let mostSuccessors = 64

    /// Takes the columns of one row; new codes in any order.
    ///
    /// - Throws: ``SuccessionError`` for no new code, too many, or one that is there twice.
    package init(
        old: Scope,
        new: [Scope],
        effective: UInt64? = nil,
        basis: String,
        table: String
    ) throws(SuccessionError) {
        guard !new.isEmpty else { throw .noSuccessor(old) }
        guard new.count <= Self.mostSuccessors else { throw .tooManySuccessors(old) }
        self.new = new.sorted()
        for (left, right) in zip(self.new, self.new.dropFirst()) where left == right {
            throw .successorTwice(old, left)
        }
        self.old = old
        self.effective = effective
        self.basis = basis
        self.table = table
    }

    /// The order of a table: by old code, then by time.
    static func precedes(_ left: SuccessionRow, _ right: SuccessionRow) -> Bool {
        (left.old.code, left.table, left.effective ?? 0)
            < (right.old.code, right.table, right.effective ?? 0)
    }

    /// Whether it may follow another on the way of one code: not from before that, and later if
    /// both are about the same code.
    func mayFollow(_ earlier: SuccessionRow) -> Bool {
        guard old != earlier.old || Self.precedes(earlier, self) else { return false }
        guard table >= earlier.table else { return false }
        guard let effective, let before = earlier.effective else { return true }
        return effective >= before
    }
}

/// Why rows make no succession table.
package enum SuccessionError: Error, Hashable, Sendable {
    /// The row names no new code.
    case noSuccessor(Scope)
    /// The row names more than ``SuccessionRow/mostSuccessors`` new codes.
    case tooManySuccessors(Scope)
    /// The row names a new code twice.
    case successorTwice(Scope, Scope)
    /// Two rows say what became of a code at the same time.
    case repeated(Scope)
    /// There are more than ``CodeSuccession/mostRows`` rows.
    case tooManyRows(Int)
}

extension SuccessionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSuccessor(let old): "\(old) has no successor"
        case .tooManySuccessors(let old):
            "\(old) has more than \(SuccessionRow.mostSuccessors) successors"
        case .successorTwice(let old, let new): "\(old) names \(new) twice"
        case .repeated(let old): "\(old) has two rows of the same time"
        case .tooManyRows(let count):
            "\(count) rows, want at most \(CodeSuccession.mostRows)"
        }
    }
}
