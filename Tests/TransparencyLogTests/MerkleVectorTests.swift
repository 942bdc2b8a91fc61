import Crypto
import Encoding
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// The proofs, good and broken, of transparency-dev/merkle `testdata/`.
///
/// A hash that has not 32 bytes can not even be put to us: such a proof counts as refused.
@Suite(.enabled(if: SharedVectors.has("merkle"), "skipped: ../shared/vectors is absent"))
struct MerkleVectorTests {
    private struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: Data
        let leafHash: Data
        let proof: [Data]?
        let wantErr: Bool

        var isAccepted: Bool {
            guard let root = Bytes32(Array(root)), let leafHash = Bytes32(Array(leafHash)),
                let proof = digests(proof)
            else { return false }
            return succeeds {
                try verifyInclusion(
                    leafHash: leafHash,
                    index: leafIdx,
                    size: treeSize,
                    proof: proof,
                    root: root
                )
            }
        }
    }

    private struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data
        let root2: Data
        let proof: [Data]?
        let wantErr: Bool

        var isAccepted: Bool {
            guard let root1 = Bytes32(Array(root1)), let root2 = Bytes32(Array(root2)),
                let proof = digests(proof)
            else { return false }
            return succeeds {
                try verifyConsistency(
                    from: size1,
                    root: root1,
                    to: size2,
                    root: root2,
                    proof: proof
                )
            }
        }
    }

    @Test func inclusionProofsAreJudgedAsElsewhere() throws {
        let files = SharedVectors.jsonFiles(below: "merkle/inclusion")
        #expect(files.count == 98)
        for file in files {
            let vector = try JSONDecoder().decode(Inclusion.self, from: SharedVectors.data(file))
            #expect(vector.isAccepted == !vector.wantErr, "\(file)")
        }
    }

    @Test func consistencyProofsAreJudgedAsElsewhere() throws {
        // Equal roots of 16 bytes, which code that compares before it measures accepts.
        let shortRoots = "merkle/consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"
        let files = SharedVectors.jsonFiles(below: "merkle/consistency")
        #expect(files.count == 98)
        for file in files {
            let vector = try JSONDecoder().decode(
                Consistency.self,
                from: SharedVectors.data(file)
            )
            let want = !vector.wantErr && file != shortRoots
            #expect(vector.isAccepted == want, "\(file)")
        }
    }
}

private func digests(_ proof: [Data]?) -> [Digest]? {
    let digests = (proof ?? []).compactMap { Bytes32(Array($0)) }
    return digests.count == proof?.count ?? 0 ? digests : nil
}

private func succeeds(_ verify: () throws -> Void) -> Bool {
    do {
        try verify()
        return true
    } catch {
        return false
    }
}
