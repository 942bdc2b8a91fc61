package import Crypto
internal import Encoding

/// What a roster entry says, once it is well formed.
///
/// - Source: `Protocol/roster.md` sections 4 and 7.
package enum RosterOperation: Hashable, Sendable {
    /// The founding entry: the first grant of the ledger, to the node that wrote it.
    case found(Grant, Recovery)
    /// The first entry of any other log, naming the grant it stands on.
    case open(enrolment: Digest)
    /// A right for a node.
    case grant(Grant)
    /// A right for a person.
    case staff(StaffGrant)
    /// The end of rights.
    case end(GrantEnd)
    /// Personal operations want a person's key from now on.
    case policy(SigningPolicy)
    /// Who witnesses the logs of an area.
    case witnesses(WitnessPolicy)
    /// What becomes of entries beyond the end of a right.
    case mark(RangeMark)
    /// A node in the founder's place, by the recovery keys.
    case succeed(CarriedSuccession)
    /// Two histories of a log.
    case fork(ForkProof)

    /// First entry of a log.
    package static let openName = "log.open"
    /// Enrols a node.
    package static let grantName = "grant.node"
    /// Enrols a person.
    package static let staffName = "grant.staff"
    /// Ends grants.
    package static let endName = "grant.end"
    /// Gives effect to entries beyond an end.
    package static let ratifyName = "grant.ratify"
    /// Denies it for good.
    package static let refuseName = "grant.refuse"
    /// Puts a node in the founder's place.
    package static let succeedName = "grant.succeed"
    /// Wants persons' keys.
    package static let policyName = "policy.signing"
    /// Names witnesses.
    package static let witnessName = "policy.witness"
    /// Shows that a log has two histories.
    package static let forkName = "log.fork"

    private static let names: Set = [
        openName, grantName, staffName, endName, ratifyName, refuseName, succeedName, policyName,
        witnessName, forkName,
    ]

    /// Whether entries of this operation belong to the roster.
    package static func isRoster(_ operation: String) -> Bool { names.contains(operation) }

    /// Keys of the header's own fields.
    enum Field {
        static let enrolment: UInt64 = 0
        static let level: UInt64 = 0
        static let roles: UInt64 = 0
        static let endedGrants: UInt64 = 0
        static let markedLog: UInt64 = 0
        static let succession: UInt64 = 0
        static let witnesses: UInt64 = 0
        static let firstKey: UInt64 = 1
        static let markFirst: UInt64 = 1
        static let recoverySignatures: UInt64 = 1
        static let replacedPolicies: UInt64 = 1
        static let markEnd: UInt64 = 2
        static let markRoot: UInt64 = 3
        static let markHashes: UInt64 = 4
        static let forkFields: UInt64 = 4
        static let recoveryKeys: UInt64 = 7
        static let recoveryThreshold: UInt64 = 8
        static let isConfirmed: UInt64 = 9
        static let cuts: UInt64 = 10
        static let staffKey: UInt64 = 11
        static let staffNumber: UInt64 = 12
    }

    /// Keys of the map in part 0.
    enum Text {
        static let name: UInt64 = 0
        static let endpoint: UInt64 = 1
        static let reason: UInt64 = 2
    }

    /// Most recovery keys, ended grants or cuts in one entry.
    package static let listMax = 256
    /// Most bytes of a node's name.
    package static let nameMax = 256
    /// Most bytes of an endpoint.
    package static let endpointMax = 270

    /// Reads an entry; nil for one that is no roster entry of this ledger or malformed.
    package init?(_ entry: PlacedEntry, ledger: Digest) {
        guard entry.header.isUnderstood,
            let read = Self.read(entry, ledger: ledger)
        else { return nil }
        self = read
    }

    private static func read(_ entry: PlacedEntry, ledger: Digest) -> RosterOperation? {
        switch entry.header.operation {
        case openName: opening(entry, ledger: ledger)
        case grantName: nodeGrant(entry).map(RosterOperation.grant)
        case staffName: staffGrant(entry).map(RosterOperation.staff)
        case endName: end(entry).map(RosterOperation.end)
        case ratifyName: mark(entry, isRatification: true).map(RosterOperation.mark)
        case refuseName: mark(entry, isRatification: false).map(RosterOperation.mark)
        case succeedName: succession(entry, ledger: ledger).map(RosterOperation.succeed)
        case policyName: policy(entry).map(RosterOperation.policy)
        case witnessName: witnesses(entry).map(RosterOperation.witnesses)
        case forkName: fork(entry).map(RosterOperation.fork)
        default: nil
        }
    }
}
