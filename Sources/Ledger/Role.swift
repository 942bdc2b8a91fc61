/// What a person, or the service key of an office, may do.
///
/// The number stands in entries and never changes its meaning.
///
/// - Source: `Protocol/roster.md` section 3.
package enum Role: UInt64, CaseIterable, Sendable {
    /// Reports and evaluates.
    case resident = 1
    /// Looks after a grid.
    case gridOfficer = 2
    /// Takes up what people bring.
    case windowClerk = 3
    /// Sends cases to those who handle them.
    case dispatcher = 4
    /// Handles cases for a department.
    case departmentOfficer = 5
    /// Mediates.
    case mediator = 6
    /// Leads the sessions of a council.
    case facilitator = 7
    /// Answers for a street's centre.
    case streetLead = 8
    /// Answers for a district, or for the city.
    case districtAdmin = 9
    /// Reads and verifies.
    case auditor = 10

    /// The word on the command line and in machine output.
    package var word: String {
        switch self {
        case .resident: "resident"
        case .gridOfficer: "grid-officer"
        case .windowClerk: "window-clerk"
        case .dispatcher: "dispatcher"
        case .departmentOfficer: "department-officer"
        case .mediator: "mediator"
        case .facilitator: "facilitator"
        case .streetLead: "street-lead"
        case .districtAdmin: "district-admin"
        case .auditor: "auditor"
        }
    }

    /// What people call it, in Chinese.
    package var chinese: String {
        switch self {
        case .resident: "居民"
        case .gridOfficer: "网格员"
        case .windowClerk: "窗口人员"
        case .dispatcher: "指挥员"
        case .departmentOfficer: "部门人员"
        case .mediator: "调解员"
        case .facilitator: "促动师"
        case .streetLead: "街道负责人"
        case .districtAdmin: "区级管理员"
        case .auditor: "审计员"
        }
    }

    /// What people call it, in English.
    package var english: String {
        word.split(separator: "-").joined(separator: " ")
    }

    /// Reads the word; nil for another.
    package init?(word: String) {
        guard let role = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = role
    }

    /// Whether a member of staff with this role enrols others.
    package var isAdministering: Bool { self == .streetLead || self == .districtAdmin }
}

extension Role: Comparable {
    package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

extension Level {
    /// What the service key of such an office may do, and at most its staff.
    package var roles: Set<Role> {
        switch self {
        case .city, .district: Set(Role.allCases).subtracting([.auditor])
        case .street: Set(Role.allCases.filter { $0 <= .streetLead })
        case .department: Set(Role.allCases.filter { $0 <= .facilitator })
        case .auditor: [.auditor]
        }
    }
}

/// What an operation asks of its author.
package struct Right: Hashable, Sendable {
    /// Any of these roles will do.
    package let roles: Set<Role>
    /// Whether a person must sign once the ledger's policy says so.
    package let isPersonal: Bool

    let roleSet: RoleSet

    /// Pairs both.
    package init(roles: Set<Role>, isPersonal: Bool) {
        self.roles = roles
        self.isPersonal = isPersonal
        roleSet = RoleSet(roles)
    }

    /// What everyone who writes about cases may do.
    package static let ordinary = Right(
        roles: Set(Role.allCases).subtracting([.auditor]),
        isPersonal: false
    )
}
