internal import Encoding
package import Ledger

extension GridVersion {
    /// The version that a subject draws; nil for another subject, one that was ended, and one
    /// whose rows are not held or make no version.
    package init?(_ view: SubjectView) {
        guard view.stage == .inForce, case .array(let rows)? = view[.grids],
            let validFrom = view.number(.validFrom)
        else { return nil }
        let name = view.text(.name) ?? view.text(.codeTable) ?? LedgerTime.date(validFrom)
        guard
            let version = try? GridVersion(
                id: name,
                validFrom: validFrom,
                grids: rows.compactMap { Grid($0) }
            )
        else { return nil }
        self = version
    }

    private init(_ other: GridVersion, id: String) {
        self.id = id
        validFrom = other.validFrom
        grids = other.grids
    }

    fileprivate func named(_ id: String) -> GridVersion { GridVersion(self, id: id) }
}

/// What entries say of a street's grids: the table, and what contradicts it.
package struct DrawnGrids: Hashable, Sendable {
    /// The versions that count.
    package let table: GridTable
    /// Versions that begin with one that counts, by subject: somebody has to end one of the two.
    package let besides: [SubjectID]
    /// The subject of each version that counts, by its name.
    package let subjects: [String: SubjectID]

    /// Reads the versions off subjects, in any order.
    ///
    /// Of those that begin together the one that was opened last counts; of those with one name
    /// the later ones get the first digits of their subject's id behind it.
    package init(street: Scope, _ views: [SubjectView]) {
        let drawn = views.filter { $0.scope == street }
            .compactMap { view in GridVersion(view).map { (view: view, version: $0) } }
            .sorted { left, right in
                (left.version.validFrom, right.view.openedAt, right.view.id)
                    < (right.version.validFrom, left.view.openedAt, left.view.id)
            }
        var versions: [GridVersion] = []
        var besides: [SubjectID] = []
        var subjects: [String: SubjectID] = [:]
        for (view, version) in drawn {
            guard versions.last?.validFrom != version.validFrom else {
                besides.append(view.id)
                continue
            }
            let id = view.id.description.prefix(8)
            let name = subjects[version.id] == nil ? version.id : "\(version.id)-\(id)"
            versions.append(version.named(name))
            subjects[name] = view.id
        }
        // Instants and names are each there once, and no street has so many versions.
        let kept = versions.suffix(GridTable.mostVersions)
        table =
            (try? GridTable(street: street, versions: Array(kept)))
            ?? GridTable(street: street)
        self.besides = besides
        self.subjects = subjects
    }
}
