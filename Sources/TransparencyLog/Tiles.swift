package import Crypto
internal import Encoding

/// Where a node of the tree is stored: tiles hold up to 256 nodes of every eighth level.
///
/// Tile `index` of tile level `level` holds the nodes of tree level `8 * level` from
/// `256 * index`, in order. What lies between is computed from the tile below it.
///
/// - Source: C2SP `tlog-tiles`.
package struct TileIndex: Hashable, Sendable {
    /// Tree levels that one tile spans.
    package static let height = 8

    /// Hashes in a full tile.
    package static let width = 256

    /// Tile level: an eighth of the level of the nodes it holds.
    package let level: Int

    /// Place among the tiles of its level.
    package let index: UInt64

    /// Names a tile.
    package init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The tile that a completed subtree is stored in, and where in it; nil for a level that is
    /// not stored.
    package static func stored(level: Int, index: UInt64) -> (tile: TileIndex, offset: Int)? {
        guard level.isMultiple(of: height) else { return nil }
        let (tile, offsets) = covering(level: level, index: index)
        return (tile, offsets.lowerBound)
    }

    /// The tile that a node is computed from, and which of its hashes the node covers: a power of
    /// two of them, at most 128.
    package static func covering(
        level: Int,
        index: UInt64
    ) -> (tile: TileIndex, offsets: Range<Int>) {
        let above = level % height
        let perTile = UInt64(width >> above)
        let tile = TileIndex(level: level / height, index: index / perTile)
        let start = Int(index % perTile) << above
        return (tile, start..<start + (1 << above))
    }
}

extension TileIndex {
    /// Where the tile lies in a directory or below an address; `entries` for the bundle of the
    /// leaves that tile level 0 is over.
    ///
    /// - Parameters:
    ///   - count: its hashes; fewer than ``width`` for the last one of a level.
    ///   - isEntries: whether the bundle is meant.
    /// - Returns: `tile/L/N` or `tile/L/N.p/W`, N in groups of three digits.
    package func path(count: Int, isEntries: Bool = false) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1_000)
            let group = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            groups.insert(groups.isEmpty ? group : "x" + group, at: 0)
            rest /= 1_000
        } while rest > 0
        let name = "tile/\(isEntries ? "entries" : String(level))/" + groups.joined(separator: "/")
        return count < Self.width ? "\(name).p/\(count)" : name
    }
}

/// Gives stored tiles.
package protocol TileReader {
    /// The hashes of one tile: 256, or fewer in the last tile of a level.
    ///
    /// Tiles of level 0 hold the hashes of 256 leaves; a store may compute them from the leaves.
    func tile(level: Int, index: UInt64) throws -> [Digest]
}

/// A tile is shorter than the tree that is said to be stored in it.
package struct TileError: Error, Hashable, Sendable {
    /// The tile that was read.
    package let tile: TileIndex

    /// Hashes that it has.
    package let count: Int

    /// Hashes that it should have at least.
    package let want: Int
}

extension TileError: CustomStringConvertible {
    package var description: String {
        "tile \(tile.index) of level \(tile.level) has \(count) hashes, want \(want) or more"
    }
}

/// Computes the nodes of a tree from its tiles.
///
/// Keeps each tile that it read, of which a proof needs at most two a tile level: make one for
/// each proof or batch of proofs, and a new one when the tree has grown.
package final class TileSource<Reader: TileReader>: NodeSource {
    private let reader: Reader
    private let hasher = TreeHasher()
    private var tiles: [TileIndex: [Digest]] = [:]

    /// Reads from `reader`.
    package init(_ reader: Reader) {
        self.reader = reader
    }

    package func node(level: Int, index: UInt64) throws -> Digest {
        let (position, offsets) = TileIndex.covering(level: level, index: index)
        let tile = try tile(position)
        guard tile.count >= offsets.upperBound else {
            throw TileError(tile: position, count: tile.count, want: offsets.upperBound)
        }
        var hashes = Array(tile[offsets])
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                hasher.nodeHash(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }

    private func tile(_ position: TileIndex) throws -> [Digest] {
        if let tile = tiles[position] { return tile }
        let tile = try reader.tile(level: position.level, index: position.index)
        tiles[position] = tile
        return tile
    }
}
