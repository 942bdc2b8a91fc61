package import Crypto

/// A log up to a size: how much of it is held, or still accepted under a right that ended.
package struct LogPosition: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// Number of entries.
    package let size: UInt64
    /// Root over them, so that it names one history.
    package let root: Digest

    /// Takes all fields.
    package init(log: Digest, size: UInt64, root: Digest) {
        self.log = log
        self.size = size
        self.root = root
    }
}
