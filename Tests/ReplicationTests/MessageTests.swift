import Crypto
import Encoding
import Ledger
import Replication
import TestSupport
import Testing
import TransparencyLog

/// Messages of every kind and form, with values that follow from a seed.
private func samples(seed: UInt64) -> [Message] {
    var generator = SeededGenerator(seed: seed)
    func digest() -> Digest { Digest(generator.bytes(32), at: 0) }
    func number() -> UInt64 { generator.next() >> UInt64.random(in: 0..<64, using: &generator) }
    func entry() -> Entry {
        Entry(
            header: generator.bytes(30),
            leaf: generator.bytes(Entry.leafCount),
            parts: [nil, Part(salt: digest(), bytes: generator.bytes(5))]
        )
    }
    let hello = Hello(
        ledger: digest(),
        log: digest(),
        instance: number(),
        wall: number(),
        frontier: digest(),
        view: .zero,
        foldVersion: number(),
        yourSize: number(),
        yourRoot: digest()
    )
    let districts = ["", "3301", "330105"].map { DistrictDigest(code: $0, digest: digest()) }
    let heads = (0..<3).map { count in
        Head(log: digest(), size: number(), root: digest(), note: generator.bytes(count * 20))
    }
    let pull = Pull(
        log: digest(),
        first: 3,
        count: 200,
        target: 203,
        targetRoot: digest(),
        root: digest()
    )
    var bare = pull
    bare.root = nil
    let entries = [entry(), Entry(header: [], leaf: generator.bytes(128), parts: [])]
    return [
        .hello(hello),
        .bye(.stalled),
        .summary(Summary(isAnswer: true, districts: districts)),
        .summary(Summary(isAnswer: false, districts: [])),
        .heads(Heads(kind: .more, heads: heads)),
        .heads(Heads(kind: .last, heads: [])),
        .heads(Heads(kind: .news, heads: [heads[0]])),
        .pull(pull),
        .pull(bare),
        .package(
            Package(log: digest(), first: number(), entries: entries, proof: [digest(), digest()])
        ),
        .package(Package(log: digest(), first: number(), entries: [entry()], proof: [])),
        .gone(Gone(log: digest(), first: number(), reason: .notHeld)),
        .gone(
            Gone(
                log: digest(),
                first: number(),
                reason: .diverged(root: digest(), proof: [digest()])
            )
        ),
        .push(Push(log: digest(), first: number(), entries: entries, note: generator.bytes(60))),
        .ping(number()),
        .pong(number()),
        .announce([Announcement(log: digest(), size: number(), root: digest())]),
        .graft([digest(), digest()]),
        .prune,
    ]
}

/// Messages of a given size.
private enum Sized {
    static let leaf = [UInt8](repeating: 0, count: Entry.leafCount)

    static func heads(_ count: Int, note: Int = 0) -> Message {
        let note = [UInt8](repeating: 0, count: note)
        let head = Head(log: .zero, size: 1, root: .zero, note: note)
        return .heads(Heads(kind: .news, heads: [Head](repeating: head, count: count)))
    }

    static func entries(_ count: Int) -> [Entry] {
        [Entry](repeating: Entry(header: [], leaf: leaf, parts: []), count: count)
    }

    static func entry(header: Int = 0, parts: Int = 0, part: Int = 0) -> [Entry] {
        let content = Part(salt: .zero, bytes: [UInt8](repeating: 0, count: part))
        return [
            Entry(
                header: [UInt8](repeating: 0, count: header),
                leaf: leaf,
                parts: [Part?](repeating: content, count: parts)
            )
        ]
    }

    static func package(_ entries: [Entry], proof: Int = 0) -> Message {
        let proof = [Digest](repeating: .zero, count: proof)
        return .package(Package(log: .zero, first: 0, entries: entries, proof: proof))
    }

    static func push(_ count: Int) -> Message {
        .push(Push(log: .zero, first: 0, entries: entries(count), note: []))
    }

    static func summary(_ count: Int) -> Message {
        let rows = (0..<count).map { number in
            DistrictDigest(code: String(1_000_000 + number), digest: .zero)
        }
        return .summary(Summary(isAnswer: false, districts: rows))
    }

    static func pull(_ count: Int) -> Message {
        .pull(Pull(log: .zero, first: 0, count: count, target: 1_000, targetRoot: .zero, root: nil))
    }
}

@Suite struct MessageTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everyMessageReadsBackAsItWasWritten(seed: UInt64) throws {
        for message in samples(seed: seed) {
            let frame = message.encoded
            let read = try Message(decoding: frame)
            #expect(read == message)
            #expect(read.encoded == frame)
        }
    }

    @Test func aFrameThatEndsEarlyOrLateIsRefused() throws {
        for message in samples(seed: 1) {
            let frame = message.encoded
            for count in 0..<frame.count {
                #expect(throws: MessageError.self) { try Message(decoding: Array(frame[..<count])) }
            }
            #expect(throws: MessageError.malformed("encoding")) {
                try Message(decoding: frame + [0])
            }
        }
    }

    // Whatever one bit makes of a frame, it is refused or is the one encoding of what is read.
    @Test func aChangedBitNeverGivesASecondEncoding() {
        for message in samples(seed: 2) {
            let frame = message.encoded
            for bit in 0..<frame.count * 8 {
                var changed = frame
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                guard let read = try? Message(decoding: changed) else { continue }
                // Unknown reasons to say goodbye are all read as one.
                if case .bye = read { continue }
                #expect(read.encoded == changed)
                #expect(read != message)
            }
        }
    }

    @Test(arguments: [
        "80", "8100", "820bf6", "820918ff18", "8209f6", "82 09 20", "a0", "f6", "8200",
        "8302f580", "830400", "83040380", "8209fb0000000000000000", "9f0901ff", "c08209 01",
    ])
    func otherCBORIsRefused(text: String) throws {
        let frame = try #require(unhex(text.filter { $0 != " " }))
        #expect(throws: MessageError.self) { try Message(decoding: frame) }
    }

    @Test func aHelloOfAnotherVersionIsToldByItsVersion() {
        #expect(throws: MessageError.version(2)) {
            try Message(decoding: [0x84, 0x01, 0x02, 0xa0, 0xf6])
        }
    }

    @Test func whatGoesBeyondALimitIsRefused() {
        typealias Pair = (within: Message, beyond: Message)
        func around(_ limit: Int, _ message: (Int) -> Message) -> Pair {
            (message(limit), message(limit + 1))
        }
        let pairs = [
            around(Limits.heads) { Sized.heads($0) },
            around(Limits.noteBytes) { Sized.heads(1, note: $0) },
            around(Limits.packageEntries) { Sized.package(Sized.entries($0)) },
            around(Limits.proofHashes) { Sized.package(Sized.entries(1), proof: $0) },
            around(Limits.liveEntries, Sized.push),
            around(Limits.districts, Sized.summary),
            around(Limits.packageEntries, Sized.pull),
            around(Header.bytesMax) { Sized.package(Sized.entry(header: $0)) },
            around(Header.partsMax) { Sized.package(Sized.entry(parts: $0)) },
            around(Part.entryBytesMax) { Sized.package(Sized.entry(parts: 1, part: $0)) },
        ]
        for (within, beyond) in pairs {
            #expect(throws: Never.self) { try Message(decoding: within.encoded) }
            #expect {
                try Message(decoding: beyond.encoded)
            } throws: { error in
                if case .limit? = error as? MessageError { true } else { false }
            }
        }
    }

    @Test func whatContradictsItselfIsRefused() {
        let hash = Digest.zero
        let two = [
            DistrictDigest(code: "3302", digest: hash), DistrictDigest(code: "3301", digest: hash),
        ]
        let short = Entry(header: [], leaf: [1, 2], parts: [])
        let wrong: [Message] = [
            .summary(Summary(isAnswer: false, districts: two)),
            .summary(Summary(isAnswer: false, districts: [two[0], two[0]])),
            .pull(Pull(log: hash, first: 0, count: 0, target: 9, targetRoot: .zero, root: nil)),
            .pull(Pull(log: hash, first: 9, count: 1, target: 9, targetRoot: .zero, root: nil)),
            .pull(Pull(log: hash, first: 5, count: 5, target: 9, targetRoot: .zero, root: nil)),
            .pull(Pull(log: hash, first: .max, count: 5, target: 9, targetRoot: .zero, root: nil)),
            .package(Package(log: hash, first: 0, entries: [], proof: [])),
            .package(Package(log: hash, first: 0, entries: [short], proof: [])),
            .push(Push(log: hash, first: 0, entries: [], note: [])),
        ]
        for message in wrong {
            #expect(throws: MessageError.self) { try Message(decoding: message.encoded) }
        }
    }

    @Test func aHelloFitsTheBudgetOfEqualFrontiers() {
        let hello = Hello(
            ledger: .zero,
            log: .zero,
            instance: .max,
            wall: .max,
            frontier: .zero,
            view: .zero,
            foldVersion: .max,
            yourSize: .max,
            yourRoot: .zero
        )
        #expect(Message.hello(hello).encoded.count <= 300)
    }

    @Test func aFullPackageFitsAFrame() {
        let leaf = [UInt8](repeating: 0, count: Entry.leafCount)
        let count = Limits.packageEntries
        // As many entries and parts as may be, and as many bytes as storage may then give.
        let parts = Header.partsMax
        let bytes = Limits.packageBytes / count - leaf.count
        let content = [UInt8](repeating: 0, count: bytes / parts)
        let part = Part(salt: .zero, bytes: content)
        let entry = Entry(
            header: [UInt8](repeating: 0, count: bytes % parts),
            leaf: leaf,
            parts: [Part?](repeating: part, count: parts)
        )
        let package = Package(
            log: .zero,
            first: .max,
            entries: [Entry](repeating: entry, count: count),
            proof: [Digest](repeating: .zero, count: Limits.proofHashes)
        )
        #expect(Message.package(package).encoded.count <= Limits.frameBytes)
    }
}

@Suite struct FrontierTests {
    @Test func theOrderOfLogsAndEmptyLogsDoNotCount() {
        let one = LogPosition(log: sha256([1]), size: 4, root: sha256([4]))
        let two = LogPosition(log: sha256([2]), size: 9, root: sha256([9]))
        let empty = LogPosition(log: sha256([3]), size: 0, root: TreeHasher.emptyRoot)
        #expect(frontierDigest([one, two]) == frontierDigest([two, empty, one]))
        #expect(frontierDigest([one]) != frontierDigest([one, two]))
        let other = LogPosition(log: one.log, size: 5, root: one.root)
        #expect(frontierDigest([one]) != frontierDigest([other]))
    }

    // SHA-256 of "linli/frontier/v1" and a zero byte, and with one log of 32 bytes 0x01, size 2
    // and root of 32 bytes 0x03; computed with Python's hashlib.
    @Test func theDigestIsThatOfTheSpecification() throws {
        let log = try #require(Bytes32([UInt8](repeating: 1, count: 32)))
        let root = try #require(Bytes32([UInt8](repeating: 3, count: 32)))
        #expect(
            frontierDigest([]).description
                == "a61fe19bc7dfb31b9e8bd90d9cf79ebaa91d75d4e1f0b120cf593e1f63db4c66"
        )
        let digest = frontierDigest([LogPosition(log: log, size: 2, root: root)])
        #expect(
            digest.description == "8db0976cfc04d9b71578694042b112d535e33d6b0cd39ceac0565831f9f8c18a"
        )
    }
}
