import Crypto
import Encoding
import Testing
import TransparencyLog

@Suite struct CompactRangeTests {
    private let hasher = TreeHasher()

    // The reference leaves of Certificate Transparency and the roots over the first n of them.
    @Test func rootsAreThoseOfTheReferenceTree() throws {
        let leaves = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        var range = CompactRange()
        #expect(range.root(hasher: hasher).description == roots[0])
        for (leaf, root) in zip(leaves, roots.dropFirst()) {
            range.append(hasher.leafHash(try #require(unhex(leaf))), hasher: hasher)
            #expect(range.root(hasher: hasher).description == root)
        }
    }

    @Test func aStoredRangeNeedsOnePeakForEachBitOfItsSize() {
        for size in UInt64(0)...64 {
            for count in 0...7 {
                let range = CompactRange(
                    size: size,
                    peaks: [Digest](repeating: .zero, count: count)
                )
                #expect((range != nil) == (count == size.nonzeroBitCount))
            }
        }
    }

    @Test func aFullTreeTakesNoMore() async {
        await #expect(processExitsWith: .failure) {
            let peaks = [Digest](repeating: .zero, count: 64)
            var range = CompactRange(size: .max, peaks: peaks) ?? CompactRange()
            if range.size == .max { range.append(.zero, hasher: TreeHasher()) }
        }
    }

    @Test func aRangeReadFromATreeIsTheOneThatWasGrown() throws {
        let tree = MemoryTree(leafCount: 64)
        var grown = CompactRange()
        for size in UInt64(0)...64 {
            #expect(try CompactRange(size: size, source: tree) == grown)
            #expect(CompactRange(size: size, peaks: grown.peaks) == grown)
            #expect(grown.root(hasher: hasher) == tree.naiveRoot(0..<Int(size)))
            if size < 64 { grown.append(tree.leafHashes[Int(size)], hasher: hasher) }
        }
    }

    @Test func eachPerfectSubtreeIsToldOnceWhenItIsFull() {
        let tree = MemoryTree(leafCount: 64)
        var range = CompactRange()
        var told = 0
        for size in 0..<64 {
            range.append(tree.leafHashes[size], hasher: hasher) { level, index, root in
                let start = Int(index) << level
                let end = start + 1 << level
                #expect(end == size + 1)
                #expect(root == tree.naiveRoot(start..<end))
                told += 1
            }
        }
        #expect(told == 64 + 32 + 16 + 8 + 4 + 2 + 1)
    }
}
