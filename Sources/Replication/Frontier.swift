package import Crypto
internal import Encoding
package import Ledger

/// Digest of a frontier: SHA-256 of a label and, for each history of a log that is not empty, log,
/// size and root, sorted by these.
///
/// Two nodes compute the same digest exactly when they hold the same entries. The order of
/// `positions` does not matter.
///
/// - Source: `Protocol/replication.md` section 2.
package func frontierDigest(_ positions: [LogPosition]) -> Digest {
    var message = Array("linli/frontier/v1\0".utf8)
    message.reserveCapacity(message.count + 72 * positions.count)
    for position in positions.sorted(by: {
        ($0.log, $0.size, $0.root) < ($1.log, $1.size, $1.root)
    }) where position.size > 0 {
        position.log.append(to: &message)
        message.append(contentsOf: bigEndianBytes(position.size))
        position.root.append(to: &message)
    }
    return sha256(message)
}
