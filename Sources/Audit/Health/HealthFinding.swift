package import Cases

/// Something that is wrong with a node, and the next step.
package struct HealthFinding: Hashable, Sendable {
    /// How bad it is.
    package enum Gravity: String, CaseIterable, Sendable {
        /// Records are in danger, or nothing is recorded or told any more.
        case alarm
        /// It has to be seen to.
        case warning
    }

    /// What is wrong; the raw value is the row of the table in `Nodes/README.md`.
    package enum Code: String, CaseIterable, Sendable {
        case stopped = "stopped"
        case fenceMissing = "fence-missing"
        case fenceUnreadable = "fence-unreadable"
        case fenceBehind = "fence-behind"
        case fenceBeside = "fence-beside"
        case databaseDamaged = "database-damaged"
        case diskFull = "disk-full"
        case readOnly = "read-only"
        case looseMode = "loose-mode"
        case keyMissing = "key-missing"
        case rightEnded = "right-ended"
        case ownClock = "own-clock"
        case forked = "forked"
        case forkContested = "fork-contested"
        case daemonAbsent = "daemon-absent"
        case daemonSilent = "daemon-silent"
        case pathTooLong = "path-too-long"
        case walLarge = "wal-large"
        case notEnrolled = "not-enrolled"
        case personWanted = "person-wanted"
        case endpointDiffers = "endpoint-differs"
        case nobodyHeard = "nobody-heard"
        case nodeSilent = "node-silent"
        case peerClock = "peer-clock"
        case peerUnreachable = "peer-unreachable"
        case refused = "refused"
        case neverOpened = "never-opened"
        case unchecked = "unchecked"
        case unvouched = "unvouched"
        /// Contents of entries that nobody gave yet.
        case partsMissing = "parts-missing"
        case viewStale = "view-stale"
        case conflictLate = "conflict-late"
        case offerLate = "offer-late"
        case waiting = "waiting"
        case newerVersion = "newer-version"
        case strayMerging = "stray-merging"

        /// How bad it is.
        package var gravity: Gravity {
            switch self {
            case .stopped, .fenceMissing, .fenceUnreadable, .fenceBehind, .fenceBeside,
                .databaseDamaged, .diskFull, .readOnly, .looseMode, .keyMissing, .rightEnded,
                .ownClock, .forked:
                .alarm
            default: .warning
            }
        }
    }

    /// What is wrong.
    package let code: Code
    /// For a person, with what it concerns.
    package let what: Label
    /// Since when, milliseconds since 1970, if that is known.
    package let since: UInt64?
    /// The next step.
    package let next: Label

    /// How bad it is.
    package var gravity: Gravity { code.gravity }

    init(_ code: Code, _ what: Label, since: UInt64? = nil, next: Label) {
        self.code = code
        self.what = what
        self.since = since
        self.next = next
    }
}
