import Crypto
import Encoding
import Testing
import TransparencyLog

/// Every proof of every tree of up to 64 leaves.
@Suite struct ProofTests {
    private let tree = MemoryTree(leafCount: 64)
    private let hasher = TreeHasher()
    private let other = sha256([0xff])
    private let roots: [Digest]

    init() {
        let tree = tree
        roots = (0...64).map { tree.naiveRoot(0..<$0) }
    }

    @Test func everyInclusionProofIsThatOfTheDefinitionAndVerifies() throws {
        for size in UInt64(1)...64 {
            let root = roots[Int(size)]
            for index in 0..<size {
                let proof = try inclusionProof(index: index, size: size, source: tree)
                #expect(proof == tree.naivePath(to: Int(index), in: 0..<Int(size)))
                #expect(accepts(proof, index, size, root))
            }
        }
    }

    @Test func anInclusionProofAlteredInAnyHashIsRefused() throws {
        for size in UInt64(1)...64 {
            let root = roots[Int(size)]
            for index in 0..<size {
                let proof = try inclusionProof(index: index, size: size, source: tree)
                #expect(!variants(of: proof).contains { accepts($0, index, size, root) })
                #expect(!accepts(proof, index, size, other))
                #expect(throws: ProofError.self) {
                    try verifyInclusion(
                        leafHash: other,
                        index: index,
                        size: size,
                        proof: proof,
                        root: root
                    )
                }
            }
        }
    }

    @Test func anInclusionProofHoldsForNoOtherIndex() throws {
        for size in UInt64(1)...24 {
            let root = roots[Int(size)]
            for index in 0..<size {
                let proof = try inclusionProof(index: index, size: size, source: tree)
                for claimed in 0..<size where claimed != index {
                    #expect(throws: ProofError.self) {
                        try verifyInclusion(
                            leafHash: tree.leafHashes[Int(index)],
                            index: claimed,
                            size: size,
                            proof: proof,
                            root: root
                        )
                    }
                }
            }
        }
    }

    @Test func everyConsistencyProofIsThatOfTheDefinitionAndVerifies() throws {
        for size in UInt64(1)...64 {
            for old in 1...size {
                let proof = try consistencyProof(from: old, to: size, source: tree)
                #expect(proof == tree.naiveConsistency(Int(old), in: 0..<Int(size), known: true))
                #expect(joins(proof, old, size))
            }
        }
    }

    @Test func aConsistencyProofAlteredInAnyHashIsRefused() throws {
        for size in UInt64(1)...64 {
            for old in 1...size {
                let proof = try consistencyProof(from: old, to: size, source: tree)
                #expect(!variants(of: proof).contains { joins($0, old, size) })
                #expect(!joins(proof, old, size, oldRoot: other))
                #expect(!joins(proof, old, size, newRoot: other))
            }
        }
    }

    @Test func oneSizeWithTwoRootsIsAFork() {
        #expect(throws: ProofError.forked(size: 3)) {
            try verifyConsistency(from: 3, root: .zero, to: 3, root: other, proof: [])
        }
    }

    @Test(arguments: [(0, 0), (0, 5), (6, 5), (.max, 5)] as [(UInt64, UInt64)])
    func sizesThatProveNothingAreRefused(old: UInt64, new: UInt64) {
        #expect(throws: ProofError.outOfRange(old, of: new)) {
            try consistencyProof(from: old, to: new, source: tree)
        }
        #expect(throws: ProofError.outOfRange(old, of: new)) {
            try verifyConsistency(from: old, root: .zero, to: new, root: .zero, proof: [])
        }
    }

    @Test(arguments: [(0, 0), (5, 5), (.max, 5)] as [(UInt64, UInt64)])
    func aLeafBeyondTheTreeIsRefused(index: UInt64, size: UInt64) {
        #expect(throws: ProofError.outOfRange(index, of: size)) {
            try inclusionProof(index: index, size: size, source: tree)
        }
        #expect(throws: ProofError.outOfRange(index, of: size)) {
            try verifyInclusion(
                leafHash: .zero,
                index: index,
                size: size,
                proof: [],
                root: .zero
            )
        }
    }

    // The arithmetic must hold to the last leaf that a tree can have.
    @Test func theLargestTreesWantAsManyHashesAsTheyHaveLevels() {
        #expect(throws: ProofError.length(0, want: 64)) {
            try verifyInclusion(leafHash: .zero, index: 0, size: .max, proof: [], root: .zero)
        }
        #expect(throws: ProofError.length(0, want: 63)) {
            try verifyInclusion(
                leafHash: .zero,
                index: .max - 1,
                size: .max,
                proof: [],
                root: .zero
            )
        }
        #expect(throws: ProofError.length(0, want: 65)) {
            try verifyConsistency(from: 3, root: .zero, to: .max, root: .zero, proof: [])
        }
    }

    /// The proof with each hash altered, dropped or doubled, and with one more at either end.
    private func variants(of proof: [Digest]) -> [[Digest]] {
        var variants = [proof + [other], [other] + proof]
        for index in proof.indices {
            var altered = proof
            altered[index] = other
            variants.append(altered)
            altered.remove(at: index)
            variants.append(altered)
            altered.insert(contentsOf: [proof[index], proof[index]], at: index)
            variants.append(altered)
        }
        return variants
    }

    private func accepts(
        _ proof: [Digest],
        _ index: UInt64,
        _ size: UInt64,
        _ root: Digest
    ) -> Bool {
        do {
            try verifyInclusion(
                leafHash: tree.leafHashes[Int(index)],
                index: index,
                size: size,
                proof: proof,
                root: root,
                hasher: hasher
            )
            return true
        } catch {
            return false
        }
    }

    private func joins(
        _ proof: [Digest],
        _ old: UInt64,
        _ size: UInt64,
        oldRoot: Digest? = nil,
        newRoot: Digest? = nil
    ) -> Bool {
        do {
            try verifyConsistency(
                from: old,
                root: oldRoot ?? roots[Int(old)],
                to: size,
                root: newRoot ?? roots[Int(size)],
                proof: proof,
                hasher: hasher
            )
            return true
        } catch {
            return false
        }
    }
}
