import Audit
import Crypto
import Encoding
import Ledger
import TestSupport
import Testing
import TransparencyLog

/// A few entries of one log, as an author wrote them.
private struct Written {
    let key: SigningKey
    let ledger = sha256([1])
    var entries: [StoredEntry] = []
    var range = CompactRange()

    init(_ count: UInt64) throws {
        key = try SigningKey(seed: sha256([2]))
        let scope = try #require(Scope("330105013"))
        for sequence in 0..<count {
            let context = EntryContext(
                ledger: ledger,
                place: Place(log: key.publicKey.hash, sequence: sequence),
                time: 1,
                after: []
            )
            let entry = try CaseDrafts.report("\(sequence)", in: scope)
                .sealed(in: context, salts: [sha256([3, UInt8(sequence)])], author: key).entry
            entries.append(
                StoredEntry(
                    header: entry.header,
                    leaf: entry.leaf,
                    parts: entry.parts.enumerated().compactMap { index, part in
                        part.map { .init(index: index, salt: $0.salt.bytes, bytes: $0.bytes) }
                    }
                )
            )
            let hasher = TreeHasher()
            range.append(hasher.leafHash(entry.leaf), hasher: hasher)
        }
    }

    var root: Digest { range.root(hasher: TreeHasher()) }

    var claim: LogClaim {
        get throws {
            let note = try SignedCheckpoint.sign(size: range.size, root: root, with: key).note.bytes
            return LogClaim(
                size: Int64(range.size),
                root: root.bytes,
                peaks: range.peaks.flatMap(\.bytes),
                note: note,
                checked: Int64(range.size)
            )
        }
    }

    /// Findings about these entries, and the size that is vouched for.
    func audit(_ entries: [StoredEntry], _ claim: LogClaim) -> ([Finding], vouched: UInt64?) {
        var findings = FindingList()
        var auditor = LogAuditor(
            ledger: ledger,
            log: key.publicKey.hash,
            rootsAt: Set([claim.notedSize].compactMap { $0 })
        )
        for entry in entries { _ = auditor.add(entry, findings: &findings) }
        let vouched = auditor.check(
            claim,
            key: key.publicKey,
            isOwn: false,
            findings: &findings
        )
        return (findings.kept, vouched)
    }
}

@Suite struct LogAuditorTests {
    @Test func aLogAsItWasWrittenHasNoFindings() throws {
        let written = try Written(11)
        let (findings, vouched) = written.audit(written.entries, try written.claim)
        #expect(findings.isEmpty)
        #expect(vouched == 11)
    }

    @Test func anyFlippedBitOfAnEntryIsFound() throws {
        let written = try Written(5)
        let claim = try written.claim
        var generator = SeededGenerator(seed: 5)
        func flipped(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            return bytes
        }
        for round in 0..<400 {
            var entries = written.entries
            let index = round % 5
            let entry = entries[index]
            let part = entry.parts[0]
            let parts =
                switch round / 5 % 4 {
                case 0: [StoredEntry.Part(index: 0, salt: flipped(part.salt), bytes: part.bytes)]
                case 1: [StoredEntry.Part(index: 0, salt: part.salt, bytes: flipped(part.bytes))]
                default: entry.parts
                }
            entries[index] = StoredEntry(
                header: round / 5 % 4 == 2 ? flipped(entry.header) : entry.header,
                leaf: round / 5 % 4 == 3 ? flipped(entry.leaf) : entry.leaf,
                parts: parts
            )
            let (findings, _) = written.audit(entries, claim)
            #expect(findings.contains { $0.gravity == .error })
            // A leaf's signature is not looked at here; the tree shows that it changed.
            if round / 5 % 4 != 3 { #expect(findings.first?.sequence == UInt64(index)) }
        }
    }

    @Test func entriesThatAreNotOfTheirLengthsDoNotTrap() throws {
        let written = try Written(2)
        let claim = try written.claim
        let entry = written.entries[1]
        for broken in [
            StoredEntry(header: [], leaf: [], parts: []),
            StoredEntry(header: entry.header, leaf: Array(entry.leaf.dropLast()), parts: []),
            StoredEntry(
                header: entry.header,
                leaf: entry.leaf,
                parts: [.init(index: 0, salt: [1], bytes: [])]
            ),
            StoredEntry(
                header: entry.header,
                leaf: entry.leaf,
                parts: entry.parts + [.init(index: 15, salt: entry.parts[0].salt, bytes: [])]
            ),
        ] {
            let (findings, _) = written.audit([written.entries[0], broken], claim)
            #expect(findings.first?.kind == .entry)
            #expect(findings.first?.sequence == 1)
        }
    }

    @Test func swappedMissingAndFurtherEntriesAreFound() throws {
        let written = try Written(4)
        let claim = try written.claim
        let all = written.entries
        for entries in [
            [all[1], all[0], all[2], all[3]], Array(all.dropFirst()), Array(all.dropLast()),
            all + [all[3]],
        ] {
            let (findings, vouched) = written.audit(entries, claim)
            #expect(findings.contains { $0.gravity == .error })
            #expect(vouched == nil || entries.count > all.count)
        }
    }

    @Test func aCheckpointVouchesOnlyForWhatItCovers() throws {
        let written = try Written(3)
        let longer = try Written(5)
        let claim = LogClaim(
            size: 5,
            root: longer.root.bytes,
            peaks: longer.range.peaks.flatMap(\.bytes),
            note: try written.claim.note,
            checked: 5
        )
        let (findings, vouched) = longer.audit(longer.entries, claim)
        #expect(findings.isEmpty)
        #expect(vouched == 3)
    }

    @Test func absentPartsAreCountedAndLawful() throws {
        let written = try Written(3)
        let bare = written.entries.map { StoredEntry(header: $0.header, leaf: $0.leaf, parts: []) }
        let (findings, vouched) = written.audit(bare, try written.claim)
        #expect(findings.map(\.kind) == [.missing])
        #expect(findings.first?.gravity == .note)
        #expect(vouched == 3)
    }

    @Test func findingsAreBoundedAndErrorsGoFirst() {
        var list = FindingList()
        for index in 0..<1_500 {
            list.add(Finding(.entry, "\(index)", gravity: index < 1_400 ? .note : .error))
        }
        #expect(list.kept.count == FindingList.keptMax)
        #expect(list.kept.prefix(100).allSatisfy { $0.gravity == .error })
        #expect(list.errorCount == 100)
        #expect(list.noteCount == 1_400)
    }
}
