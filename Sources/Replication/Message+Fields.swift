import Crypto
import Encoding
import Ledger

extension CBORWriter {
    /// Opens a message with this many fields after the number of its type.
    mutating func open(_ type: MessageType, _ fields: Int) {
        array(1 + fields)
        unsigned(type.rawValue)
    }

    mutating func optional(_ digest: Digest?) {
        if let digest { bytes(digest) } else { null() }
    }

    mutating func hashes(_ hashes: [Digest]) {
        array(hashes.count)
        for hash in hashes { bytes(hash) }
    }

    mutating func entries(_ entries: [Entry]) {
        array(entries.count)
        for entry in entries {
            array(3)
            bytes(entry.header)
            bytes(entry.leaf)
            write(entry.parts)
        }
    }
}

extension CBORReader {
    mutating func hello() throws -> Hello {
        Hello(
            ledger: try bytes32(),
            log: try bytes32(),
            instance: try unsigned(),
            wall: try unsigned(),
            frontier: try bytes32(),
            view: try bytes32(),
            foldVersion: try unsigned(),
            yourSize: try unsigned(),
            yourRoot: try bytes32()
        )
    }

    mutating func summary() throws -> Summary {
        let isAnswer = try bool()
        var districts: [DistrictDigest] = []
        for _ in 0..<(try array(max: Limits.districts)) {
            try expectArray(2)
            let code = try text(max: 12)
            if let last = districts.last, last.code.utf8.lexicographicallyPrecedes(code.utf8) {
            } else if !districts.isEmpty {
                throw MessageError.malformed("district order")
            }
            districts.append(DistrictDigest(code: code, digest: try bytes32()))
        }
        return Summary(isAnswer: isAnswer, districts: districts)
    }

    mutating func heads() throws -> Heads {
        guard let kind = Heads.Kind(rawValue: try unsigned()) else {
            throw MessageError.malformed("kind of heads")
        }
        var heads: [Head] = []
        for _ in 0..<(try array(max: Limits.heads)) {
            try expectArray(4)
            heads.append(
                Head(
                    log: try bytes32(),
                    size: try unsigned(),
                    root: try bytes32(),
                    note: try bytes(max: Limits.noteBytes)
                )
            )
        }
        return Heads(kind: kind, heads: heads)
    }

    mutating func pull() throws -> Pull {
        let log = try bytes32()
        let first = try unsigned()
        let count = try unsigned()
        let target = try unsigned()
        guard 1...UInt64(Limits.packageEntries) ~= count else {
            throw MessageError.limit("count of a pull")
        }
        guard first < target, count <= target - first else {
            throw MessageError.malformed("range of a pull")
        }
        let targetRoot = try bytes32()
        let root = null() ? nil : try bytes32()
        return Pull(
            log: log,
            first: first,
            count: Int(count),
            target: target,
            targetRoot: targetRoot,
            root: root
        )
    }

    mutating func gone() throws -> Gone {
        let log = try bytes32()
        let first = try unsigned()
        let root = null() ? nil : try bytes32()
        let proof = try hashes(max: Limits.proofHashes)
        guard let root else {
            guard proof.isEmpty else { throw MessageError.malformed("proof of nothing") }
            return Gone(log: log, first: first, reason: .notHeld)
        }
        return Gone(log: log, first: first, reason: .diverged(root: root, proof: proof))
    }

    mutating func hashes(max: Int) throws -> [Digest] {
        var hashes: [Digest] = []
        for _ in 0..<(try array(max: max)) { hashes.append(try bytes32()) }
        return hashes
    }

    mutating func entries(max: Int) throws -> [Entry] {
        var entries: [Entry] = []
        let count = try array(max: max)
        guard count > 0 else { throw MessageError.malformed("no entries") }
        for _ in 0..<count {
            try expectArray(3)
            let header = try bytes(max: Header.bytesMax)
            let leaf = try bytes(max: Entry.leafCount)
            guard leaf.count == Entry.leafCount else { throw MessageError.malformed("leaf") }
            let parts = try parts(max: Header.partsMax)
            entries.append(Entry(header: header, leaf: leaf, parts: parts))
        }
        return entries
    }

    private mutating func expectArray(_ count: Int) throws {
        guard try array(max: count) == count else { throw MessageError.malformed("row") }
    }
}
