import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import TestSupport
import Testing
import TransparencyLog

@testable import Storage

/// A tree by its definition, with roots of perfect subtrees remembered.
private final class PlainTree {
    private let leaves: [Digest]
    private var known: [Range<Int>: Digest] = [:]

    init(_ leaves: [Digest]) { self.leaves = leaves }

    /// MTH of RFC 6962 section 2.1.
    func root(_ range: Range<Int>) -> Digest {
        switch range.count {
        case 0: return sha256([])
        case 1: return leaves[range.lowerBound]
        default:
            if let known = known[range] { return known }
            let middle = Self.middle(range)
            let root = sha256(
                [1] + root(range.lowerBound..<middle).bytes + root(middle..<range.upperBound).bytes
            )
            known[range] = root
            return root
        }
    }

    /// SUBPROOF of RFC 6962 section 2.1.2.
    func proof(_ old: Int, in range: Range<Int>, isKnown: Bool) -> [Digest] {
        guard old < range.upperBound else { return isKnown ? [] : [root(range)] }
        let middle = Self.middle(range)
        return old <= middle
            ? proof(old, in: range.lowerBound..<middle, isKnown: isKnown)
                + [root(middle..<range.upperBound)]
            : proof(old, in: middle..<range.upperBound, isKnown: false)
                + [root(range.lowerBound..<middle)]
    }

    private static func middle(_ range: Range<Int>) -> Int {
        var count = 1
        while 2 * count < range.count { count *= 2 }
        return range.lowerBound + count
    }
}

/// Fills a log with entries that can not be read, which cost no signature and no fold.
private final class Filler {
    let desk: Desk
    let log = sha256([42])
    private(set) var leaves: [Digest] = []
    private let hasher = TreeHasher()

    init() throws { desk = try Desk.founding(Office(1, .city, "3301")) }

    func grow(to size: Int, by width: Int) throws {
        while leaves.count < size {
            let count = min(width, size - leaves.count)
            var range = desk.store.state(of: log).range
            var nodes: [(level: Int, index: UInt64, hash: Digest)] = []
            var incoming: [IncomingEntry] = []
            for number in leaves.count..<leaves.count + count {
                let leaf =
                    bigEndianBytes(UInt64(number))
                    + [UInt8](repeating: 0, count: Entry.leafCount - 8)
                let hash = hasher.leafHash(leaf)
                leaves.append(hash)
                range.append(hash, hasher: hasher) { level, index, hash in
                    guard level > 0, TileIndex.stored(level: level, index: index) != nil else {
                        return
                    }
                    nodes.append((level, index, hash))
                }
                incoming.append(
                    IncomingEntry(
                        entry: Entry(header: [], leaf: leaf, parts: []),
                        hash: .zero,
                        header: .failure(.key(0)),
                        isForged: false
                    )
                )
            }
            try commit(incoming, range, nodes)
        }
    }

    private func commit(
        _ incoming: [IncomingEntry],
        _ range: CompactRange,
        _ nodes: [(level: Int, index: UInt64, hash: Digest)]
    ) throws {
        let store = desk.store
        var touched = Touched()
        try store.database.transaction {
            var state = store.state(of: log)
            try store.insert(
                incoming,
                into: &state,
                range: range,
                nodes: nodes,
                touched: &touched
            )
            store.adopt(state)
        }
    }

    /// Compares roots and proofs between these sizes with the definition.
    func check(_ sizes: [Int], _ tree: PlainTree) throws {
        for old in sizes where old <= leaves.count {
            let root = try desk.store.root(of: log, size: UInt64(old))
            #expect(root == tree.root(0..<old), "\(old)")
            for size in sizes where size >= old && size <= leaves.count && old > 0 {
                let proof = try desk.store.consistency(
                    of: log,
                    from: UInt64(old),
                    to: UInt64(size)
                )
                #expect(
                    proof == tree.proof(old, in: 0..<size, isKnown: true),
                    "\(old) to \(size)"
                )
            }
        }
    }
}

@Test func rootsAndProofsAreThoseOfTheDefinitionAcrossTiles() throws {
    let filler = try Filler()
    // Packages that end before, at and after the edges of tiles.
    for width in [255, 1, 1, 254, 1, 2, 130] {
        try filler.grow(to: filler.leaves.count + width, by: width)
    }
    #expect(filler.leaves.count == 644)
    let tree = PlainTree(filler.leaves)
    let sizes = [1, 2, 3, 127, 128, 255, 256, 257, 258, 300, 511, 512, 513, 640, 643, 644]
    try filler.check(sizes, tree)
    try filler.desk.reopen()
    try filler.check(sizes, tree)
    #expect(try filler.desk.store.root(of: filler.log, size: 645) == nil)
    #expect(throws: StoreError.self) {
        try filler.desk.store.consistency(of: filler.log, from: 1, to: 645)
    }
}

@Test func rootsAndProofsHoldAcrossAThirdLevelOfTiles() throws {
    let filler = try Filler()
    try filler.grow(to: 65_536 + 300, by: 8192)
    let tree = PlainTree(filler.leaves)
    try filler.check([1, 256, 65_535, 65_536, 65_537, 65_792, 65_836], tree)
}

@Test func aTileThatLostAHashIsNamedAndNotBuiltUpon() throws {
    let filler = try Filler()
    try filler.grow(to: 600, by: 600)
    let before = try filler.desk.picture()
    try filler.desk.store.database.execute("UPDATE tile SET hashes = substr(hashes, 1, 32)")
    #expect(throws: StoreError.self) { try filler.grow(to: 800, by: 200) }
    #expect(throws: TileError.self) {
        try filler.desk.store.consistency(of: filler.log, from: 513, to: 600)
    }
    try filler.desk.reopen()
    #expect(try filler.desk.picture() == before)
}
