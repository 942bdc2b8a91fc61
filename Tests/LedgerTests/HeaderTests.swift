import Crypto
import Encoding
import Ledger
import LedgerFixtures
import TestSupport
import Testing

private func header(_ change: (inout Header) -> Void = { _ in }) -> Header {
    var header = Header(
        ledger: sha256([1]),
        log: sha256([2]),
        sequence: 1000,
        time: 1_795_428_000_000,
        subjects: [SubjectID(openedIn: sha256([2]), at: 1000)],
        operation: "case.report"
    )
    header.after = [sha256([3]), sha256([4])].sorted()
    header.parts = [sha256([5])]
    header.fields = [CBORPair(1, .unsigned(7)), CBORPair(9, .array([.text("里"), .null]))]
    header.scope = Scope("330105013")
    change(&header)
    return header
}

@Test func aHeaderIsReadAsItWasWritten() throws {
    let variants = [
        header(), header { $0.scope = nil }, header { $0.to = Scope("3301") },
        header { $0.actor = "330105-07" }, header { $0.fields = [] },
        header { ($0.sequence, $0.time) = (.max, .max) },
        header { $0.subjects = (0..<4).map { SubjectID(openedIn: .zero, at: $0) } },
        header { $0.after = (0..<256).map { sha256([UInt8($0)]) }.sorted() },
    ]
    for header in variants { #expect(try Header(decoding: header.encoded) == header) }
}

/// Two readers that disagree on one header would fold different views.
@Test func whatIsReadHasOneEncoding() throws {
    let bytes = header { $0.actor = "330105-07" }.encoded
    for index in bytes.indices {
        for bit in 0..<8 as Range<UInt8> {
            var changed = bytes
            changed[index] ^= 1 << bit
            guard let read = try? Header(decoding: changed) else { continue }
            // Of a newer version the further keys are not kept; all else is.
            guard read.isUnderstood else { continue }
            #expect(read.encoded == changed)
        }
    }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
        var changed = bytes
        let start = Int.random(in: 0..<changed.count, using: &generator)
        let end = min(changed.count, start + Int.random(in: 0..<9, using: &generator))
        let count = Int.random(in: 0..<9, using: &generator)
        changed.replaceSubrange(start..<end, with: generator.bytes(count))
        guard let read = try? Header(decoding: changed), read.isUnderstood else { continue }
        #expect(read.encoded == changed)
    }
}

@Test func aHeaderThatEndsEarlyOrGoesOnIsRefused() {
    let bytes = header().encoded
    for count in bytes.indices {
        #expect(throws: HeaderError.self) { try Header(decoding: Array(bytes[..<count])) }
    }
    #expect(throws: HeaderError.self) { try Header(decoding: bytes + [0]) }
    #expect(throws: HeaderError.tooLong(Header.bytesMax + 1)) {
        try Header(decoding: [UInt8](repeating: 0, count: Header.bytesMax + 1))
    }
}

@Test func headersBeyondTheirLimitsAreRefused() {
    let same = SubjectID(openedIn: .zero, at: 0)
    let bad: [(Header, String)] = [
        (header { $0.version = 0 }, "version 0"),
        (header { $0.subjects = [] }, "no subject"),
        (header { $0.subjects = [same, same] }, "one subject twice"),
        (header { $0.subjects = (0..<5).map { SubjectID(openedIn: .zero, at: $0) } }, "five"),
        (header { $0.after.reverse() }, "after falling"),
        (header { $0.after = [.zero, .zero] }, "after twice"),
        (header { $0.after = (0..<257).map { sha256(bigEndian($0)) }.sorted() }, "after 257"),
        (header { $0.parts = Array(repeating: .zero, count: 17) }, "17 parts"),
        (header { $0.fields = (0..<65).map { CBORPair($0, .null) } }, "65 fields"),
        (header { $0.actor = "" }, "an empty actor"),
        (header { $0.actor = String(repeating: "1", count: 65) }, "a long actor"),
        (header { $0.operation = "a." + String(repeating: "b", count: 63) }, "a long operation"),
    ]
    for (header, what) in bad {
        #expect(throws: HeaderError.self, "\(what)") { try Header(decoding: header.encoded) }
    }
}

@Test(arguments: [
    "report", "case.", ".report", "case..x", "Case.report", "case report", "case.réport", "", ".",
])
func operationNamesAreLowercaseGroups(name: String) {
    let bytes = header { $0.operation = name }.encoded
    #expect(throws: HeaderError.self) { try Header(decoding: bytes) }
}

@Test(arguments: ["33", "33010", "3301050", "33010501300", "3301a5", "３３０１", "330105013001x"])
func scopesAreCodesOfFourLengths(code: String) {
    #expect(Scope(code) == nil)
}

@Test func aNewerHeaderIsRoutedByItsFirstTenKeys() throws {
    let newer = header { $0.version = 2 }
    var bytes = newer.encoded
    // One more key, of a kind this version has no name for.
    bytes[0] += 1
    bytes += [0x18, 0x63, 0x82, 0x01, 0xf6]
    let read = try Header(decoding: bytes)
    #expect(!read.isUnderstood)
    #expect(read.subjects == newer.subjects && read.fields == newer.fields)
    bytes[2] = 1
    #expect(throws: HeaderError.key(99)) { try Header(decoding: bytes) }
}

@Test func anEntryThatContradictsItsPlaceIsMisplaced() throws {
    let header = header()
    let hash = sha256(header.encoded)
    func check(_ ledger: Digest, _ log: Digest, _ sequence: UInt64) throws {
        try header.check(hash: hash, ledger: ledger, log: log, sequence: sequence)
    }
    try check(header.ledger, header.log, 1000)
    #expect(throws: HeaderError.misplaced(key: 1)) { try check(.zero, header.log, 1000) }
    #expect(throws: HeaderError.misplaced(key: 2)) { try check(header.ledger, .zero, 1000) }
    #expect(throws: HeaderError.misplaced(key: 3)) { try check(header.ledger, header.log, 1) }
    var founding = header
    founding.ledger = .zero
    let name = sha256(founding.encoded)
    try founding.check(hash: name, ledger: name, log: header.log, sequence: 1000)
    #expect(throws: HeaderError.misplaced(key: 1)) {
        try founding.check(hash: name, ledger: hash, log: header.log, sequence: 1000)
    }
}

@Test func anEntryIsHeldAgainstLeafAndCommitments() throws {
    let city = try Office(1, .city, "3301")
    let entry = try PaperLedger(city: city).founding
    let hasher = SHA256Hasher()
    #expect(try entry.check(hasher).get().ledger == .zero)
    var without = entry
    without.parts = [nil]
    _ = try without.check(hasher).get()
    var changed = entry
    let part = try #require(entry.parts[0])
    changed.parts = [Part(salt: sha256([1]), bytes: part.bytes)]
    #expect(throws: EntryError.commitment(part: 0)) { try changed.check(hasher) }
    changed.parts = [Part(salt: part.salt, bytes: part.bytes + [0])]
    #expect(throws: EntryError.commitment(part: 0)) { try changed.check(hasher) }
    changed.parts = []
    #expect(throws: EntryError.partCount(got: 0, want: 1)) { try changed.check(hasher) }
    let other = Entry(header: entry.header + [0], leaf: entry.leaf, parts: entry.parts)
    #expect(throws: EntryError.checksum) { try other.check(hasher) }
    let long = [UInt8](repeating: 0, count: Part.entryBytesMax)
    changed.parts = [Part(salt: part.salt, bytes: long)]
    #expect(throws: EntryError.self) { try changed.check(hasher) }
}

@Test func aDraftThatOthersCouldNotReadIsNotSealed() throws {
    let city = try Office(1, .city, "3301")
    var paper = try PaperLedger(city: city)
    let subject = EntryDraft.Subject.existing(paper.subject)
    let wide = (0..<40).map { CBORPair($0, .bytes([UInt8](repeating: 0, count: 500))) }
    let big = [UInt8](repeating: 0, count: Part.entryBytesMax)
    for draft in [
        EntryDraft(operation: "nonsense", subject: subject, fields: []),
        EntryDraft(operation: "case.note", subject: subject, fields: wide),
        EntryDraft(operation: "case.note", subject: subject, fields: [], parts: [big]),
        EntryDraft(
            operation: "case.note",
            subject: subject,
            fields: [CBORPair(2, .null), CBORPair(1, .null)]
        ),
    ] {
        #expect(throws: EntryDraftError.self) { try paper.write(draft, by: city) }
    }
}

private func bigEndian(_ number: Int) -> [UInt8] { bigEndianBytes(UInt64(number)) }
