import Crypto
import Encoding
import Ledger
import Testing

struct SealingTests {
    private let street: SealKey
    private let district: SealKey
    private let ledger = sha256([1])
    private let log = sha256([2])
    private let clear = Array("赵钱孙;13812345678".utf8)

    init() throws {
        street = try SealKey(seed: sha256([10]))
        district = try SealKey(seed: sha256([11]))
    }

    private func place(_ part: Int = 0, at sequence: UInt64 = 0) -> SealPlace {
        SealPlace(ledger: ledger, id: PartID(log: log, sequence: sequence, part: part))
    }

    private func draft(to recipients: [Bytes32]) -> EntryDraft {
        var draft = EntryDraft(
            operation: "case.report",
            subject: .opened,
            fields: [
                CBORPair(0, .array([.unsigned(36), .unsigned(43)])), CBORPair(34, .bool(true)),
            ],
            parts: [CBORValue.map([CBORPair(36, .text("漏水"))]).encoded],
            scope: Scope("330105013")
        )
        draft.sealed = SealDraft(clear: clear, fields: [43], recipients: recipients)
        return draft
    }

    private func written(_ draft: EntryDraft, at sequence: UInt64 = 0) throws -> PlacedEntry {
        let context = EntryContext(
            ledger: ledger,
            place: Place(log: log, sequence: sequence),
            time: 0,
            after: []
        )
        let salts = (0..<draft.saltCount).map { sha256([9, UInt8($0)]) }
        return try draft.unsigned(in: context, salts: salts).placed(author: log)
    }

    private func opened(_ entry: PlacedEntry, _ more: [PlacedEntry] = [], by key: SealKey)
        -> Unsealer.Outcome
    {
        Unsealer(ledger: ledger, keys: [key]).open(entry, among: [entry] + more)
    }

    private func isOpened(_ outcome: Unsealer.Outcome) -> Bool {
        guard case .opened(let found, _) = outcome else { return false }
        return found == clear
    }

    @Test func recipientsReadItAndOthersLearnWhoCan() throws {
        let recipients = [street.publicKey, district.publicKey]
        let entry = try written(draft(to: recipients))
        #expect(entry.header.seal == SealField(part: 1, wraps: 2, fields: [43]))
        #expect(entry.parts.count == 3)
        #expect(isOpened(opened(entry, by: street)) && isOpened(opened(entry, by: district)))
        let other = try SealKey(seed: sha256([12]))
        #expect(opened(entry, by: other) == .elsewhere(recipients.sorted()))
        var bare = entry
        bare.parts[1] = nil
        #expect(opened(bare, by: street) == .absent)
        bare = entry
        bare.parts[2] = nil
        #expect(opened(bare, by: street) == .elsewhere([]))
        for part in [[], [0xff], CBORValue.map([]).encoded, entry.parts[2] ?? []] {
            bare = entry
            bare.parts[1] = part
            #expect(opened(bare, by: street) == .damaged)
        }
    }

    @Test func oneNodeAloneOrTooManyAreRefused() throws {
        for count in [0, 1, KeyWraps.recipientsMax + 1] {
            let keys = try (0..<count).map { try SealKey(seed: sha256([3, UInt8($0)])).publicKey }
            #expect(throws: EntryDraftError.recipients(count)) { try written(draft(to: keys)) }
        }
        // The same key twice is one node.
        #expect(throws: EntryDraftError.recipients(1)) {
            try written(draft(to: [street.publicKey, street.publicKey]))
        }
    }

    @Test func aPartMovedToAnotherPlaceDoesNotOpen() throws {
        let entry = try written(draft(to: [street.publicKey, district.publicKey]))
        let moved = PlacedEntry(
            log: log,
            sequence: 1,
            hash: entry.hash,
            author: log,
            header: entry.header,
            parts: entry.parts
        )
        #expect(opened(moved, by: street) == .damaged)
    }

    /// AES-GCM opens one ciphertext under two keys, to a writer's choosing: the commitment in the
    /// part lets only one text through.
    @Test func aKeyThatOpensToAnotherTextIsNoKey() throws {
        let first = try SealedPart(
            sealing: clear,
            key: sha256([5]),
            salt: sha256([6]),
            place: place()
        )
        let second = try SealedPart(
            sealing: Array("别的".utf8),
            key: sha256([7]),
            salt: sha256([6]),
            place: place()
        )
        // Stands for a ciphertext that opens under both keys: it has the other's commitment.
        let mixed = try #require(
            SealedPart(
                decoding: CBORValue.array([
                    .unsigned(1), .bytes(first.commitment.bytes), .bytes(second.ciphertext),
                ]).encoded
            )
        )
        #expect(second.opened(with: sha256([7]), place: place()) != nil)
        #expect(mixed.opened(with: sha256([7]), place: place()) == nil)
        #expect(first.opened(with: sha256([5]), place: place()) == clear)
    }

    @Test func lengthsShowByBlocksOnly() throws {
        let counts = try [0, 1, 24, 25, 88].map { count in
            try SealedPart(
                sealing: [UInt8](repeating: 1, count: count),
                key: sha256([5]),
                salt: sha256([6]),
                place: place()
            ).ciphertext.count
        }
        #expect(counts == [80, 80, 80, 144, 144])
    }

    @Test func wrapsOfALaterEntryOpenItToo() throws {
        let entry = try written(draft(to: [street.publicKey, district.publicKey]))
        let other = try SealKey(seed: sha256([12]))
        guard case .opened(_, let key) = opened(entry, by: street) else {
            Issue.record("the street can not open it")
            return
        }
        func share(_ key: Bytes32, of part: SealPlace, part index: Int = 0) throws -> PlacedEntry {
            let wraps = try KeyWraps(
                of: key,
                place: part,
                to: [other.publicKey],
                random: [sha256([8])]
            )
            return try written(
                EntryDraft(
                    operation: "case.share",
                    subject: .existing(entry.header.subjects[0]),
                    fields: [WrapField.pair([WrapField(part: index, entry: entry.hash)])],
                    parts: [wraps.encoded]
                ),
                at: 1
            )
        }
        let good = try share(key, of: place(1))
        #expect(isOpened(opened(entry, [good], by: other)))
        // Wraps for another place, of another key, and of a part that is not there.
        let bad = try [
            share(key, of: place(1, at: 3)), share(sha256([1]), of: place(1)),
            share(key, of: place(1), part: 1),
        ]
        #expect(!isOpened(opened(entry, bad, by: other)))
        // One that opens is found behind those that do not.
        #expect(isOpened(opened(entry, bad + [good], by: other)))
        #expect(good.header.wraps == [WrapField(part: 0, entry: entry.hash)])
        #expect(bad[2].header.wraps.isEmpty)
    }

    @Test(arguments: [
        CBORValue.null, .array([]), .array([.unsigned(1), .unsigned(1), .array([])]),
        .array([.unsigned(1), .unsigned(3), .array([])]),
        .array([.unsigned(1), .unsigned(2), .array([.unsigned(44), .unsigned(43)])]),
        .array([.unsigned(1), .unsigned(2), .array([.text("party")])]),
    ]) func aFieldOfAnotherFormSaysNothing(value: CBORValue) {
        var header = Header(
            ledger: ledger,
            log: log,
            sequence: 0,
            time: 0,
            subjects: [SubjectID(openedIn: log, at: 0)],
            operation: "case.report"
        )
        header.parts = [sha256([0]), sha256([1]), sha256([2])]
        header.fields = [CBORPair(SealField.key, value), CBORPair(WrapField.key, value)]
        #expect(header.seal == nil && header.wraps.isEmpty)
    }
}
