package import Crypto
internal import Encoding
internal import Ledger
package import TransparencyLog

/// One frame of a bundle: the packages of a session in a file.
///
/// Heads and packages are the very messages of a session; what a session says by asking and
/// answering in turn, the other frames say.
///
/// - Source: `Protocol/bundle.md`.
package enum BundleFrame: Hashable, Sendable {
    /// The first frame.
    case header(BundleHeader)
    /// Heads of logs; more follow unless it is the last frame of them.
    case heads([Head], isLast: Bool)
    /// The packages of a log come next.
    case start(BundleStart)
    /// Entries, with the proof to the log's note among the heads.
    case package(Package)
    /// Two notes of one log that no tree can join.
    case evidence(BundleEvidence)
    /// The last frame.
    case end(BundleEnd)
}

/// What a bundle is of; nothing follows from it but whether it is read.
package struct BundleHeader: Hashable, Sendable {
    /// Stands in the first bytes of every bundle.
    package static let label = "linli/bundle"
    /// The version that is written and read here.
    package static let currentVersion: UInt64 = 1

    /// The ledger.
    package var ledger: Digest
    /// The writer's own log.
    package var log: Digest
    /// The writer's clock, milliseconds since 1970.
    package var time: UInt64
    /// Digest of what the writer holds.
    package var frontier: Digest

    /// Takes all fields.
    package init(ledger: Digest, log: Digest, time: UInt64, frontier: Digest) {
        self.ledger = ledger
        self.log = log
        self.time = time
        self.frontier = frontier
    }
}

/// From where on a bundle has a log, and the tree before that.
package struct BundleStart: Hashable, Sendable {
    /// The log.
    package var log: Digest
    /// The tree over the entries before the first that comes.
    package var range: CompactRange

    /// Pairs both.
    package init(log: Digest, range: CompactRange) {
        self.log = log
        self.range = range
    }
}

/// Two signed notes of one log with what shows that no tree can join them.
package struct BundleEvidence: Hashable, Sendable {
    /// One of the two histories.
    package struct Branch: Hashable, Sendable {
        /// A signed note of it.
        package var note: [UInt8]
        /// Its root at the size at which the histories differ.
        package var root: Digest
        /// From there to the note; empty if that is its size.
        package var proof: [Digest]

        /// Takes all three.
        package init(note: [UInt8], root: Digest, proof: [Digest]) {
            self.note = note
            self.root = root
            self.proof = proof
        }

        fileprivate func proven(at size: UInt64, logKey: PublicKey) -> SignedCheckpoint? {
            guard let signed = try? SignedCheckpoint.verify(note, logKey: logKey),
                (try? verifyConsistency(
                    from: size,
                    root: root,
                    to: signed.checkpoint.size,
                    root: signed.checkpoint.root,
                    proof: proof
                )) != nil
            else { return nil }
            return signed
        }
    }

    /// The log.
    package var log: Digest
    /// Number of entries at which the roots differ.
    package var size: UInt64
    /// One branch.
    package var left: Branch
    /// The other.
    package var right: Branch

    /// Takes all fields.
    package init(log: Digest, size: UInt64, left: Branch, right: Branch) {
        self.log = log
        self.size = size
        self.left = left
        self.right = right
    }

    /// Both checkpoints if they were signed by the log's key and can not be joined; nil if that is
    /// not shown.
    package func proven(logKey: PublicKey) -> (left: SignedCheckpoint, right: SignedCheckpoint)? {
        guard left.root != right.root, let one = left.proven(at: size, logKey: logKey),
            let other = right.proven(at: size, logKey: logKey)
        else { return nil }
        return (one, other)
    }
}

/// What came before the end of a bundle, so that one that was cut off or damaged is found.
package struct BundleEnd: Hashable, Sendable {
    /// Frames before this one.
    package var frames: UInt64
    /// Entries in all packages.
    package var entries: UInt64
    /// SHA-256 over every byte before this frame, lengths included.
    package var hash: Digest

    /// Takes all fields.
    package init(frames: UInt64, entries: UInt64, hash: Digest) {
        self.frames = frames
        self.entries = entries
        self.hash = hash
    }
}

/// Entries from a file with what a session would know of them.
package struct PackageOffer: Hashable, Sendable {
    /// The entries, with the proof to `note`.
    package var package: Package
    /// The tree before them, as the file has it.
    package var before: CompactRange
    /// The signed checkpoint that they lead to.
    package var note: [UInt8]

    /// Takes all fields.
    package init(package: Package, before: CompactRange, note: [UInt8]) {
        self.package = package
        self.before = before
        self.note = note
    }
}

/// Why a frame of a bundle is not used.
package enum BundleError: Error, Hashable, Sendable {
    /// The file does not begin as a bundle does.
    case notABundle
    /// A later version of the format.
    case version(UInt64)
    /// The frame is not of its form.
    case malformed(String)
    /// The frame stands where none of its kind may.
    case outOfTurn(String)
    /// The frame goes beyond a limit.
    case limit(String)
    /// What came before the end is not what was written.
    case damaged
}

extension BundleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notABundle: "not a bundle"
        case .version(let version):
            "bundle of version \(version), want \(BundleHeader.currentVersion)"
        case .malformed(let what): "malformed \(what)"
        case .outOfTurn(let what): "\(what) out of turn"
        case .limit(let what): "limit: \(what)"
        case .damaged: "counts or SHA-256 are not those of what came before the end"
        }
    }
}
