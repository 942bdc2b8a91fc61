package import Cases
package import Crypto

/// One thing that an auditor found on a visit.
package struct AuditFinding: Hashable, Sendable {
    /// What it is; the raw value stands in machine output and does not change.
    package enum Code: String, CaseIterable, Sendable {
        /// A log that was seen before is not there.
        case logGone = "log-gone"
        /// A log has fewer entries than its key vouched for.
        case logShorter = "log-shorter"
        /// A log's first entries are not those that were seen.
        case logRewritten = "log-rewritten"
        /// A log's key signed two histories.
        case forked
        /// An author signed two entries for one place.
        case equivocation
        /// A node was not heard of for longer than allowed.
        case stale
        /// A node of the roster was never heard of.
        case neverHeard = "never-heard"
        /// No checkpoint vouches for a log.
        case unvouched
        /// An entry came after a visit and says that it was written before.
        case late
        /// An entry says that it was written before what it knew.
        case clock
        /// What `linli verify` finds.
        case verify
        /// There is no room to remember a log.
        case full
    }

    /// How much it weighs.
    package enum Gravity: String, Sendable {
        /// The verdict is bad.
        case alarm
        /// Somebody has to look at it; it may be innocent.
        case warning
        /// Lawful and worth knowing.
        case note
    }

    /// What it is.
    package let code: Code
    /// How much it weighs.
    package let gravity: Gravity
    /// The log, if it is about one.
    package let log: Digest?
    /// The entry's index in it, if it is about one.
    package let sequence: UInt64?
    /// Since when, milliseconds since 1970; nil if that is not known.
    package let since: UInt64?
    /// Got and wanted; no case content.
    package let text: Label
    /// What to do.
    package let next: Label

    /// Takes all fields.
    package init(
        _ code: Code,
        _ gravity: Gravity,
        log: Digest? = nil,
        sequence: UInt64? = nil,
        since: UInt64? = nil,
        _ text: Label,
        next: Label
    ) {
        self.code = code
        self.gravity = gravity
        self.log = log
        self.sequence = sequence
        self.since = since
        self.text = text
        self.next = next
    }
}

/// Findings in the order in which they came, so many of each gravity kept and the rest counted.
package struct AuditFindings: Sendable {
    /// Most that are kept of each gravity.
    package static let keptMax = 1_000

    private var lists: [AuditFinding.Gravity: [AuditFinding]] = [:]
    private var counts: [AuditFinding.Gravity: Int] = [:]

    /// Starts without any.
    package init() {}

    /// Counts a finding, and keeps it while there is room.
    package mutating func add(_ finding: AuditFinding) {
        counts[finding.gravity, default: 0] += 1
        if lists[finding.gravity, default: []].count < Self.keptMax {
            lists[finding.gravity, default: []].append(finding)
        }
    }

    /// What was kept: alarms, warnings, notes.
    package var kept: [AuditFinding] {
        [.alarm, .warning, .note].flatMap { lists[$0] ?? [] }
    }

    /// How many there were.
    package func count(_ gravity: AuditFinding.Gravity) -> Int { counts[gravity] ?? 0 }
}
