import Crypto
import Encoding
import Ledger
import Replication
import TestSupport
import Testing
import TransparencyLog

@Suite struct BundleFrameTests {
    private static let log = sha256([1])
    private static let entry = Entry(
        header: [0xa0],
        leaf: [UInt8](repeating: 7, count: Entry.leafCount),
        parts: [nil, Part(salt: sha256([2]), bytes: [1, 2])]
    )

    private static let branch = BundleEvidence.Branch(
        note: [1, 2, 3],
        root: sha256([5]),
        proof: [sha256([6]), sha256([7])]
    )

    private static func range(_ count: UInt8) -> CompactRange {
        var range = CompactRange()
        let hasher = TreeHasher()
        for number in 0..<count { range.append(sha256([number]), hasher: hasher) }
        return range
    }

    private static let frames: [BundleFrame] = [
        .header(BundleHeader(ledger: sha256([0]), log: log, time: .max, frontier: sha256([3]))),
        .heads([Head(log: log, size: 9, root: sha256([4]), note: [9])], isLast: true),
        .start(BundleStart(log: log, range: range(7))),
        .package(Package(log: log, first: 7, entries: [entry, entry], proof: [])),
        .evidence(BundleEvidence(log: log, size: 3, left: branch, right: branch)),
    ]

    private static let end = BundleFrame.end(BundleEnd(frames: 5, entries: 2, hash: sha256([8])))

    @Test func framesAreReadAsTheyWereWritten() throws {
        for frame in Self.frames + [Self.end] {
            #expect(try BundleFrame(decoding: frame.encoded) == frame)
        }
    }

    @Test func whatIsNoFrameIsRefused() {
        var generator = SeededGenerator(seed: 3)
        for frame in Self.frames + [Self.end] {
            let bytes = frame.encoded
            for count in 0..<bytes.count {
                #expect(throws: BundleError.self) {
                    try BundleFrame(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: BundleError.self) { try BundleFrame(decoding: bytes + [0]) }
            // Never a crash, and what is taken is written the same way again.
            for _ in 0..<2_000 {
                var changed = bytes
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                changed[place] = UInt8.random(in: 0...255, using: &generator)
                guard let read = try? BundleFrame(decoding: changed) else { continue }
                #expect(read.encoded == changed)
            }
        }
        for message in [Message.ping(1), .bye(.done), .heads(Heads(kind: .news, heads: []))] {
            #expect(throws: BundleError.self) { try BundleFrame(decoding: message.encoded) }
        }
        let large = [UInt8](repeating: 0, count: Limits.frameBytes + 1)
        #expect(throws: BundleError.limit("frame")) { try BundleFrame(decoding: large) }
    }

    @Test func aReaderFollowsTheOrderOfFrames() throws {
        var assembler = BundleAssembler()
        let written = Self.frames.map { Array(assembler.append($0)[4...]) }
        let last = Array(assembler.finish()[4...])
        var reader = BundleReader()
        for frame in written { _ = try reader.read(frame) }
        #expect(!reader.isComplete && reader.entryCount == 2)
        _ = try reader.read(last)
        #expect(reader.isComplete)
        #expect(throws: BundleError.self) { try reader.read(last) }

        // Every frame that is left out is missed at the end at the latest.
        for missing in written.indices {
            var reader = BundleReader()
            var isComplete = true
            for (index, frame) in (written + [last]).enumerated() where index != missing {
                isComplete = ((try? reader.read(frame)) != nil) && isComplete
            }
            #expect(!isComplete && !reader.isComplete, "without frame \(missing)")
        }
    }

    /// What stands behind a malformed frame of one log has lost its place; other logs have not.
    @Test func aBadFrameHarmsItsOwnLogOnly() throws {
        let other = sha256([2])
        let heads = [Self.log, other].map { Head(log: $0, size: 9, root: sha256([4]), note: [9]) }
        let package = Package(log: other, first: 0, entries: [Self.entry], proof: [])
        var reader = BundleReader()
        for frame in [Self.frames[0], .heads(heads, isLast: true), Self.frames[2]] {
            _ = try reader.read(frame.encoded)
        }
        #expect(throws: BundleError.self) { try reader.read([0xff]) }
        #expect(throws: BundleError.self) { try reader.read(Self.frames[3].encoded) }
        let start = BundleFrame.start(BundleStart(log: other, range: CompactRange()))
        _ = try reader.read(start.encoded)
        guard case .offer(let offer) = try reader.read(BundleFrame.package(package).encoded) else {
            Issue.record("no offer")
            return
        }
        #expect(offer.package == package && offer.before == CompactRange() && offer.note == [9])
    }
}
