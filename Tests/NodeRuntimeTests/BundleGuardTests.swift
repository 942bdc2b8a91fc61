import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import NodeRuntime
import Replication
import Storage
import TestSupport
import Testing
import TransparencyLog

/// What a bundle says of the reader's own log, and of logs with two histories.
@Suite struct BundleGuardTests {
    @Test func aRestoredCopyTakesItsOwnLogBackFromABundleAndStops() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(2)
        try await bench.read(try await bench.bundle(city), into: street)
        let copy = try bench.copy(street, "copy")
        try await bench.write(300, at: street)
        try await bench.read(try await bench.bundle(street), into: city)
        let file = try await bench.bundle(city)

        let result = try await bench.read(file, into: copy)
        #expect(result.isGood && result.taken == 300)
        #expect(try bench.picture(copy) == bench.picture(city))
        // It held all again before the next process began, so that one may write.
        #expect(try await Running.keeper(copy).stopReason == nil)
        #expect(try bench.store(copy).forkedLogs().isEmpty)
    }

    @Test func aNodeWhoseLogABundleContradictsStopsAndKeepsTheProof() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(2)
        try await bench.read(try await bench.bundle(city), into: street)
        let copy = try bench.copy(street, "copy")
        try await bench.write(3, at: street)
        try await bench.write(5, at: copy)
        let log = try #require(try bench.store(street).identity?.log)
        let size = try #require(try bench.store(street).log(log)?.size)

        let file = try await bench.bundle(copy)
        let result = try await bench.read(file, into: street)
        #expect(result.forked == [log] && result.taken == 0)
        #expect(try bench.store(street).log(log)?.size == size)
        #expect(try bench.store(street).forkedLogs().map(\.log) == [log])
        #expect(try await Running.keeper(street).stopReason != nil)
    }

    /// The third party goes on with every other log, and hands the proof on.
    @Test func aForkInABundleIsEvidenceAndStopsNobodysReading() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(2)
        let other = try bench.town.joined("other", .street, "330105014", by: city)
        try await bench.read(try await bench.bundle(city), into: street)
        let copy = try bench.copy(street, "copy")
        try await bench.write(3, at: street)
        try await bench.write(5, at: copy)
        let log = try #require(try bench.store(street).identity?.log)
        try await bench.read(try await bench.bundle(street), into: city)
        try await bench.write(4, at: city)
        let result = try await bench.read(try await bench.bundle(copy), into: city)
        #expect(result.forked == [log])
        #expect(try bench.store(city).forkedLogs().map(\.log) == [log])
        #expect(try await Running.keeper(city).stopReason == nil)

        // From the city's bundle another home has one branch and the proof that there are two.
        let passedOn = try await bench.bundle(city)
        let read = try await bench.read(passedOn, into: other)
        #expect(read.isWhole && read.evidence == 1)
        #expect(try bench.store(other).forkedLogs().map(\.log) == [log])
        #expect(try bench.store(other).entryCount == bench.store(city).entryCount + 1)
        // Again: the same proof, once.
        try await bench.read(passedOn, into: other)
        #expect(try bench.store(other).forkedLogs().map(\.proofs) == [1])
    }

    /// Notes that no log key signed, or that a tree joins, prove nothing.
    @Test func evidenceThatProvesNothingIsNotKept() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(3)
        let log = try #require(try bench.store(city).identity?.log)
        let key = try city.signingKey(.log)
        let forger = try SigningKey(seed: sha256([9]))
        func note(_ size: UInt64, _ root: Digest, _ key: SigningKey) throws -> [UInt8] {
            let signed = try SignedCheckpoint.sign(size: size, root: root, with: key)
            return signed.note.bytes
        }
        let store = try bench.store(city)
        let (two, five) = (try store.root(of: log, size: 2), try store.root(of: log, size: 5))
        let proof = try store.consistency(of: log, from: 2, to: 5)
        let small = try note(2, #require(two), key)
        let large = try note(5, #require(five), key)
        typealias Branch = BundleEvidence.Branch
        func lie(_ size: UInt64, _ left: Branch, _ right: Branch) -> BundleEvidence {
            BundleEvidence(log: log, size: size, left: left, right: right)
        }
        let held = Branch(note: large, root: try #require(five), proof: [])
        let joined = Branch(note: large, root: try #require(two), proof: proof)
        let beginning = Branch(note: small, root: try #require(two), proof: [])
        let forged = Branch(
            note: try note(5, sha256([1]), forger),
            root: sha256([1]),
            proof: []
        )
        let invented = Branch(note: large, root: sha256([2]), proof: proof)
        let lies = [
            lie(5, forged, held), lie(2, beginning, joined), lie(2, beginning, invented),
            lie(5, held, held), lie(0, beginning, held), lie(5, beginning, held),
        ]
        let frames = try BundleBench.frames(try await bench.bundle(city))
            .map { try BundleFrame(decoding: Array($0[4...])) }
        var assembler = BundleAssembler()
        var bytes = frames.dropLast().flatMap { assembler.append($0) }
        for lie in lies { bytes += assembler.append(.evidence(lie)) }
        let result = try await bench.read(try bench.file(bytes + assembler.finish()), into: street)
        #expect(result.isWhole && result.evidence == 0 && result.taken == 5)
        #expect(try bench.store(street).forkedLogs().isEmpty)
    }
}
