package import Crypto

/// What a person at an office does, and so what that person may sign.
///
/// The number stands in entries.
///
/// - Source: `Protocol/roster.md` section 2.
package enum Role: UInt64, CaseIterable, Sendable {
    case resident = 1
    case gridOfficer = 2
    case windowClerk = 3
    case dispatcher = 4
    case departmentOfficer = 5
    case mediator = 6
    case facilitator = 7
    case streetLead = 8
    case districtAdmin = 9
    case auditor = 10
}

/// What an operation asks of whoever signs it.
package struct Right: Hashable, Sendable {
    /// One of these roles.
    package let roles: Set<Role>
    /// Whether it has to be signed by a person's own key once the ledger's policy says so.
    package let isPersonal: Bool

    /// Pairs both.
    package init(roles: Set<Role>, isPersonal: Bool) {
        self.roles = roles
        self.isPersonal = isPersonal
    }
}

extension Roster {
    /// Whether `author` could write an operation that needs `right` about subjects in `scopes` at
    /// this place.
    package func verdict(
        author: Digest,
        log: Digest,
        sequence: UInt64,
        right: Right,
        scopes: [Scope]
    ) -> RightVerdict {
        verdict(
            author: author,
            log: log,
            sequence: sequence,
            operation: right.roles == [.auditor] ? RosterOperation.openName : "case",
            scopes: scopes
        )
    }
}
