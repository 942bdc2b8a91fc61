package import Cases
internal import Encoding
package import Ledger

/// What the view says became of codes: the successions in force, as one table.
///
/// A succession counts only if the place it was recorded for holds every code that it names: who
/// answers for one district can not file another's cases elsewhere.
///
/// - Source: `Protocol/place.md` section 4.
package struct PlaceDirectory: Sendable {
    /// The rows that count.
    package let succession: CodeSuccession
    /// Subjects whose rows do not count: they contradict one that does, which was recorded first,
    /// or name codes beyond their place.
    package let passedOver: [SubjectID]
    /// The newest version of the code table that the rows name; nil without rows.
    package let table: String?

    /// Reads the rows of records in any order.
    init(_ records: [(id: SubjectID, row: RecordRow)]) {
        let inForce = records.filter { $0.row.stage == Stage.inForce.rawValue }
            .sorted { ($0.row.openedAt, $0.id) < ($1.row.openedAt, $1.id) }
        var passedOver: [SubjectID] = []
        var rows: [Key: SuccessionRow] = [:]
        for (id, record) in inForce {
            guard let row = SuccessionRow(record) else {
                passedOver.append(id)
                continue
            }
            let key = Key(row)
            if let known = rows[key] {
                if known.new != row.new { passedOver.append(id) }
            } else {
                rows[key] = row
            }
        }
        succession = (try? CodeSuccession(Array(rows.values))) ?? .none
        self.passedOver = passedOver.sorted()
        table = rows.values.map(\.table).max()
    }

    private struct Key: Hashable {
        let old: Scope
        let table: String
        let effective: UInt64?

        init(_ row: SuccessionRow) {
            old = row.old
            table = row.table
            effective = row.effective
        }
    }

    /// Where a code is filed by the newest table: under the one that succeeded it, else as given.
    ///
    /// `given` is the version that the code was given in: what that version still had was not
    /// retired by then.
    package func current(_ code: Scope, given: String?) -> Scope {
        let found = succession.resolve(code, given: given).codes
        return found.count == 1 ? found.first ?? code : code
    }
}

/// A code as cases hold it: with the version of the table that it was given in.
package struct GivenCode: Hashable, Comparable, Sendable {
    /// The code.
    package let code: Scope
    /// The version; nil where nobody told.
    package let table: String?

    /// Pairs both.
    package init(code: Scope, table: String?) {
        self.code = code
        self.table = table
    }

    package static func < (left: GivenCode, right: GivenCode) -> Bool {
        (left.code, left.table ?? "") < (right.code, right.table ?? "")
    }
}

extension SuccessionRow {
    /// The row that a record holds; nil if its codes can not be or its place does not hold them.
    fileprivate init?(_ record: RecordRow) {
        guard let old = record.code.flatMap(Scope.init), let scope = Scope(record.scope) else {
            return nil
        }
        let new = (record.parent ?? "").split(separator: " ").map { Scope(String($0)) }
        let codes = new.compactMap { $0 }
        guard codes.count == new.count, ([old] + codes).allSatisfy(scope.covers) else { return nil }
        // Zero says that the source has no date.
        let effective = record.validFrom.flatMap { $0 == 0 ? nil : $0 }
        guard
            let row = try? SuccessionRow(
                old: old,
                new: codes,
                effective: effective,
                basis: record.number,
                table: record.codeTable ?? ""
            )
        else { return nil }
        self = row
    }
}

extension CodeSuccession {
    /// No code was ever succeeded.
    package static let none: CodeSuccession = {
        guard let none = try? CodeSuccession([]) else {
            preconditionFailure("no row contradicts another among none")
        }
        return none
    }()
}
