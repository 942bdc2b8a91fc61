import Crypto
import Encoding
import Replica
import Testing
import TransparencyLog

@Suite struct OwnLogGuardTests {
    /// A log of which the root at each size is the hash of that size.
    private func root(_ size: UInt64, held: UInt64) -> Digest? {
        size <= held ? sha256([UInt8(size)]) : nil
    }

    private func verdict(
        held: UInt64,
        mark: OwnLogGuard.Mark?,
        stopped: OwnLogGuard.Stopped? = nil
    ) -> OwnLogGuard.Verdict {
        OwnLogGuard.verdict(held: held, mark: mark, stopped: stopped) { root($0, held: held) }
    }

    private func mark(_ size: UInt64, other: Bool = false) -> OwnLogGuard.Mark {
        OwnLogGuard.Mark(size: size, root: other ? .zero : sha256([UInt8(size)]))
    }

    @Test func aLogAtOrBeyondItsFenceIsWritten() {
        #expect(verdict(held: 5, mark: mark(5)) == .free)
        #expect(verdict(held: 9, mark: mark(5)) == .free)
    }

    @Test func aLogBehindOrBesideItsFenceIsNot() {
        #expect(verdict(held: 4, mark: mark(5)) == .behindFence(held: 4, fence: 5))
        #expect(verdict(held: 5, mark: mark(5, other: true)) == .besideFence(size: 5))
    }

    @Test func anEmptyFenceGoesWithAFirstEntryOnly() {
        #expect(verdict(held: 1, mark: nil) == .free)
        #expect(verdict(held: 2, mark: nil) == .fenceDamaged)
    }

    @Test func whatAPeerProvedHoldsUntilTheLogIsTakenBack() {
        let proof = OwnLogGuard.Stopped.until(mark(7))
        #expect(verdict(held: 5, mark: mark(5), stopped: proof) == .stopped)
        #expect(verdict(held: 8, mark: mark(5), stopped: proof) == .free)
        let other = OwnLogGuard.Stopped.until(mark(7, other: true))
        #expect(verdict(held: 8, mark: mark(5), stopped: other) == .stopped)
        #expect(verdict(held: 8, mark: mark(5), stopped: .forGood) == .stopped)
    }

    @Test func theLineInTheFileIsReadAsItWasWritten() throws {
        let stopped = OwnLogGuard.Stopped.until(mark(7))
        #expect(OwnLogGuard.Stopped(stopped.line) == stopped)
        for line in [nil, "", "7", "7 zz", "x \(Digest.zero)", "7 \(Digest.zero) 1"] {
            #expect(OwnLogGuard.Stopped(line) == .forGood)
        }
        #expect(OwnLogGuard.Stopped.forGood.line == nil)
    }

    @Test func nothingIsSignedThatIsNotFenced() throws {
        struct Full: Error {}
        var steps: [String] = []
        let key = try SigningKey(seed: sha256([1]))
        let sign = {
            steps.append("sign")
            return try SignedCheckpoint.sign(size: 0, root: TreeHasher.emptyRoot, with: key)
        }
        _ = try WriteOrder.write {
            steps.append("commit")
        } raise: { _ in
            steps.append("raise")
        } sign: { _ in
            try sign()
        }
        #expect(steps == ["commit", "raise", "sign"])
        steps = []
        #expect(throws: Full.self) {
            try WriteOrder.write {
            } raise: { _ in
                throw Full()
            } sign: { _ in
                try sign()
            }
        }
        #expect(steps.isEmpty)
    }
}
