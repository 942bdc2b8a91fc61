package import Crypto
internal import Encoding

/// Where a further history of a log leaves one that is held.
package struct BranchPlace: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// The history that it leaves: the log, or another branch by its key.
    package let parent: Digest
    /// How many entries it has in common with that.
    package let base: UInt64
    /// Root over these.
    package let root: Digest
    /// Hash of its first leaf beyond them.
    package let leaf: Digest

    /// Takes all fields.
    package init(log: Digest, parent: Digest, base: UInt64, root: Digest, leaf: Digest) {
        self.log = log
        self.parent = parent
        self.base = base
        self.root = root
        self.leaf = leaf
    }

    /// A name of the history, beside those of logs; local.
    package var key: Digest {
        var message = Array("linli/branch/v1\0".utf8)
        log.append(to: &message)
        message.append(contentsOf: bigEndianBytes(base))
        root.append(to: &message)
        leaf.append(to: &message)
        return sha256(message)
    }
}

/// The histories of one log that are held, and in which of them an entry stands.
///
/// Which one a node met first does not show in a path: two nodes that hold the same histories
/// give the same.
package struct Histories: Sendable {
    /// A branch with the leaf in whose stead its own stands.
    package struct Member: Hashable, Sendable {
        /// Where it leaves its parent.
        package let place: BranchPlace
        /// Hash of the parent's leaf there.
        package let sibling: Digest

        /// Pairs both.
        package init(_ place: BranchPlace, sibling: Digest) {
            self.place = place
            self.sibling = sibling
        }
    }

    private let log: Digest
    private var members: [Digest: Member] = [:]

    /// Takes the branches in any order; each one's parent is among them, or the log.
    package init(log: Digest, _ members: [Member]) {
        self.log = log
        for member in members { self.members[member.place.key] = member }
    }

    /// At each place up to `sequence` where histories part: by which leaf that one goes on in which
    /// the entry stands.
    ///
    /// Empty for what all have in common.
    package func path(_ key: Digest, to sequence: UInt64) -> [Digest] {
        var steps: [UInt64: Digest] = [:]
        var tree = key
        var end = UInt64.max
        while true {
            let own = members[tree]
            let start = own?.place.base ?? 0
            for member in members.values where member.place.parent == tree {
                let base = member.place.base
                if base >= start, base < end, base <= sequence { steps[base] = member.sibling }
            }
            guard let own else { break }
            if start <= sequence { steps[start] = own.place.leaf }
            (tree, end) = (own.place.parent, start)
        }
        return steps.sorted { $0.key < $1.key }.map(\.value)
    }
}
