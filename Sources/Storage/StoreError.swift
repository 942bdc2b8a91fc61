package import Encoding

/// Why the store did not do what was asked; it changed nothing.
package enum StoreError: Error, Hashable, Sendable {
    /// What is stored is not what this program wrote.
    case damaged(String)
    /// The database was written by a newer program.
    case tooNew(Int64)
    /// The database was written by an earlier program than any that was released.
    case tooOld(Int64)
    /// The log is not held.
    case unknownLog(Bytes32)
    /// The package does not continue what is held.
    case outOfPlace(log: Bytes32, got: UInt64, want: UInt64)
    /// Parts came in since others proved to hold what was to be destroyed.
    case unproven
    /// More logs, or a longer log, than a position can number.
    case full
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let what): "the database is damaged: \(what)"
        case .tooNew(let version):
            "the database has version \(version), this program knows \(Schema.version)"
        case .tooOld(let version):
            "the database has version \(version), which was never released; want \(Schema.version)"
        case .unknownLog(let log): "log \(log.short) is not held"
        case .outOfPlace(let log, let got, let want):
            "entries for log \(log.short) start at \(got), want \(want)"
        case .unproven: "parts came in meanwhile that nobody proved to hold; nothing was changed"
        case .full: "the database can not number more logs or entries"
        }
    }
}
