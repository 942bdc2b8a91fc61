/// What can be seen of a node at one moment, without judgement.
///
/// Whoever gathers it leaves out what it could not see and says so in ``untold``.
package struct HealthFacts: Sendable {
    /// When it was seen, milliseconds since 1970.
    package var now: UInt64
    /// Files and disk.
    package var machine = Machine()
    /// The process that runs the node.
    package var daemon = Daemon.running
    /// The node's own log and its right to write it.
    package var own = Own()
    /// Others, and what came from them.
    package var network = Network()
    /// What is held and shown.
    package var work = Work()
    /// What could not be looked at, and why.
    package var untold: [Untold] = []

    /// A healthy node, as far as is known.
    package init(now: UInt64) { self.now = now }

    /// Something that could not be looked at.
    package struct Untold: Hashable, Sendable {
        /// What.
        package let what: String
        /// Why.
        package let reason: String

        /// Pairs both.
        package init(_ what: String, _ reason: String) {
            self.what = what
            self.reason = reason
        }
    }

    /// Files and disk.
    package struct Machine: Sendable {
        /// Bytes that the node's user can still write.
        package var freeBytes: UInt64?
        /// Bytes of the file system.
        package var totalBytes: UInt64 = 0
        /// Whether nothing can be written in the home.
        package var isReadOnly = false
        /// Secrets that others may read or write, with their mode.
        package var looseFiles: [(path: String, mode: UInt32)] = []
        /// Secrets that are not there.
        package var missingFiles: [String] = []
        /// Bytes by which the path of the home's socket is too long.
        package var excessPathBytes = 0
        /// What the database's own check found.
        package var databaseProblems: [String] = []
        /// Bytes of the write-ahead log.
        package var walBytes: UInt64 = 0
    }

    /// The process that runs the node.
    package enum Daemon: Hashable, Sendable {
        /// It answers.
        case running
        /// None listens at the home's socket.
        case absent
        /// One listens and does not answer.
        case silent(String)
    }

    /// The node's own log and its right to write it.
    package struct Own: Sendable {
        /// How the database stands to what was ever signed.
        package enum Fence: Hashable, Sendable {
            /// As it should.
            case good
            /// The file is not there.
            case missing
            /// The file can not be used.
            case unreadable(String)
            /// The database holds less.
            case behind(held: UInt64, fence: UInt64)
            /// The database holds another history.
            case beside(size: UInt64)
        }

        /// How the database stands to what was ever signed.
        package var fence = Fence.good
        /// Why writing was stopped, if it was, and since when.
        package var stopped: (reason: String, since: UInt64?)?
        /// Whether the entry that enrols the node is held.
        package var isEnrolled = true
        /// The entries of the own log that still count, if the node's right was ended.
        package var endedAt: UInt64?
        /// Whether policy wants persons' keys here.
        package var wantsPerson = false
        /// Persons of this node whose right has not ended.
        package var staff = 0
        /// Where the configuration says to listen.
        package var listen: String?
        /// Where the roster says that the node listens.
        package var rosterEndpoint: String?
    }

    /// Others, and what came from them.
    package struct Network: Sendable {
        /// Nodes of the roster whose right has not ended, this one among them.
        package var nodes = 1
        /// Nodes not heard of lately, and when they were last.
        package var missing: [(name: String, since: UInt64?)] = []
        /// Connected peers, and by how many milliseconds their clocks are ahead.
        package var skews: [(name: String, milliseconds: Int64)] = []
        /// Endpoints that can not be reached, how often it was tried, and what happened last.
        package var unreachable: [(endpoint: String, attempts: Int, error: String)] = []
        /// Reasons of what was refused within a day, how often in all, and when last.
        package var refusals: [(reason: String, count: UInt64, last: UInt64)] = []
        /// Nodes that this one enrolled and of whose logs nothing is held.
        package var unopened: [String] = []
    }

    /// What is held and shown.
    package struct Work: Sendable {
        /// A log with several histories.
        package struct Fork: Sendable {
            /// The node's name.
            package let name: String
            /// Up to where they are the same; nil while no entry says it.
            package let common: UInt64?
            /// Entries beyond that nobody has decided about.
            package let contested: Int

            /// Takes all three.
            package init(name: String, common: UInt64?, contested: Int) {
                self.name = name
                self.common = common
                self.contested = contested
            }
        }

        /// Entries whose authors' signatures were not checked.
        package var unchecked: UInt64 = 0
        /// Logs of others of which more is held than their keys vouch for here.
        package var unvouched: [(name: String, entries: UInt64)] = []
        /// Parts that should be held and that nobody gave yet.
        package var missingParts: UInt64 = 0
        /// Subjects whose view is older than their entries.
        package var stale: UInt64 = 0
        /// Logs that are known to have several histories.
        package var forks: [Fork] = []
        /// Conflicts that this place has to settle, and when that was due, if it is past.
        package var lateConflicts: [(number: String, due: UInt64)] = []
        /// Offers that this place has to answer, and when that was due, if it is past.
        package var lateOffers: [(number: String, due: UInt64)] = []
        /// Cases with entries that wait for others that are not held.
        package var waiting: [String] = []
        /// Cases with entries of a newer version than this program judges.
        package var newer: [String] = []
        /// Cases that are merged into one that has not agreed, or in a ring.
        package var strayMergings: [String] = []
    }
}
