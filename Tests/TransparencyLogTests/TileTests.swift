import Crypto
import Testing
import TransparencyLog

@Suite struct TileTests {
    /// Tiles as storage would keep them: filled from what each append completed.
    private struct Store: TileReader {
        var tiles: [TileIndex: [Digest]] = [:]
        var isFilledInOrder = true
        var size = UInt64.max

        init(_ leafHashes: some Sequence<Digest>) {
            let hasher = TreeHasher()
            var range = CompactRange()
            for leafHash in leafHashes {
                range.append(leafHash, hasher: hasher) { level, index, root in
                    guard let place = TileIndex.stored(level: level, index: index) else { return }
                    let isNext = tiles[place.tile]?.count ?? 0 == place.offset
                    isFilledInOrder = isFilledInOrder && isNext
                    tiles[place.tile, default: []].append(root)
                }
            }
        }

        /// The store as it was when the tree had `size` leaves.
        func asOf(_ size: Int) -> Store {
            var store = self
            store.size = UInt64(size)
            return store
        }

        func tile(level: Int, index: UInt64) -> [Digest] {
            let nodes = size >> UInt64(8 * level)
            let count = nodes - min(nodes, 256 * index)
            return Array(
                (tiles[TileIndex(level: level, index: index)] ?? []).prefix(Int(clamping: count))
            )
        }
    }

    private static let tree = MemoryTree(leafCount: 65_537)
    private static let store = Store(tree.leafHashes)

    @Test func tilesAreFilledFromTheFirstHashOn() {
        #expect(Self.store.isFilledInOrder)
        #expect(Self.store.tiles.count == 257 + 1 + 1)
    }

    @Test(arguments: [1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537])
    func proofsFromTilesAreThoseFromTheWholeTree(size: Int) throws {
        let source = TileSource(Self.store.asOf(size))
        let count = UInt64(size)
        #expect(
            try CompactRange(size: count, source: source)
                == CompactRange(size: count, source: Self.tree)
        )
        let marks = [0, 1, 127, 128, 254, 255, 256, 257, 511, 512, count / 2, count - 1, count]
        for mark in marks where mark <= count {
            if mark < count {
                #expect(
                    try inclusionProof(index: mark, size: count, source: source)
                        == inclusionProof(index: mark, size: count, source: Self.tree)
                )
            }
            if mark > 0 {
                #expect(
                    try consistencyProof(from: mark, to: count, source: source)
                        == consistencyProof(from: mark, to: count, source: Self.tree)
                )
            }
        }
    }

    @Test func everyNodeOfATreeIsComputedFromItsTiles() throws {
        let source = TileSource(Self.store.asOf(513))
        for level in 0...9 {
            for index in 0..<UInt64(513 >> level) {
                #expect(
                    try source.node(level: level, index: index)
                        == Self.tree.node(level: level, index: index)
                )
            }
        }
    }

    @Test func aNodeBeyondTheTreeIsMissedInItsTile() {
        let source = TileSource(Self.store.asOf(513))
        let lower = #expect(throws: TileError.self) { try source.node(level: 1, index: 256) }
        #expect(lower?.description == "tile 2 of level 0 has 1 hashes, want 2 or more")
        let upper = #expect(throws: TileError.self) { try source.node(level: 10, index: 0) }
        #expect(upper?.description == "tile 0 of level 1 has 2 hashes, want 4 or more")
    }

    @Test func aTileIsReadOnceForAllItsNodes() throws {
        final class Counter: TileReader {
            let store: Store
            var reads = 0

            init(_ store: Store) { self.store = store }

            func tile(level: Int, index: UInt64) -> [Digest] {
                reads += 1
                return store.tile(level: level, index: index)
            }
        }
        let counter = Counter(Self.store.asOf(65_535))
        _ = try inclusionProof(index: 5, size: 65_535, source: TileSource(counter))
        // The leaf's and the last tile of level 0, and the one of level 1.
        #expect(counter.reads == 3)
    }

    // The numbers of a node at each level of a tree that has tiles of three levels.
    @Test(
        arguments: [
            (0, 70_000, 0, 273, 112..<113),
            (7, 546, 0, 273, 0..<128),
            (8, 273, 1, 1, 17..<18),
            (12, 17, 1, 1, 16..<32),
            (16, 1, 2, 0, 1..<2),
            (63, 1, 7, 0, 128..<256),
        ] as [(Int, UInt64, Int, UInt64, Range<Int>)]
    )
    func aNodeComesFromTheTileThatSpansItsLevel(
        level: Int,
        index: UInt64,
        tileLevel: Int,
        tileIndex: UInt64,
        offsets: Range<Int>
    ) {
        let place = TileIndex.covering(level: level, index: index)
        #expect(place.tile == TileIndex(level: tileLevel, index: tileIndex))
        #expect(place.offsets == offsets)
    }
}
