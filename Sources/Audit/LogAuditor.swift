package import Crypto
internal import Encoding
internal import Ledger
package import TransparencyLog

/// Takes the entries of one log in order and computes again all that follows from their bytes.
///
/// Checks each entry's hash against its leaf, its parts against its header, its header against its
/// place, and builds the tree. Signatures of authors need keys that only the roster gives, and are
/// most of the work: they are checked apart, on as many threads as the caller has. One auditor
/// serves one thread at a time.
package struct LogAuditor {
    /// The log.
    package let log: Digest
    /// The tree over the entries so far; its size is the sequence of the next one.
    package private(set) var range = CompactRange()
    /// Roots at those of the wanted sizes that were reached.
    package private(set) var roots: [UInt64: Digest] = [:]
    /// The first entry whose bytes do not belong together.
    package private(set) var firstBroken: UInt64?
    /// Parts that headers name and that are not held.
    package private(set) var absentParts: UInt64 = 0

    private let ledger: Digest
    private let wantedSizes: Set<UInt64>
    private let hasher = SHA256Hasher()
    private let treeHasher = TreeHasher()

    /// Starts before the first entry of `log`.
    ///
    /// - Parameters:
    ///   - ledger: hash of the founding entry.
    ///   - log: hash of the log key.
    ///   - range: what the log has before, if it is a further history of it.
    ///   - sizes: at which sizes the root is wanted, such as that of a checkpoint.
    package init(
        ledger: Digest,
        log: Digest,
        from range: CompactRange = CompactRange(),
        rootsAt sizes: Set<UInt64> = []
    ) {
        self.ledger = ledger
        self.log = log
        self.range = range
        wantedSizes = sizes
        if sizes.contains(0) { roots[0] = TreeHasher.emptyRoot }
    }

    /// The root over the entries so far.
    package var root: Digest { range.root(hasher: treeHasher) }

    /// Checks the next entry and appends its leaf to the tree.
    ///
    /// - Parameters:
    ///   - stored: the bytes as they were found.
    ///   - findings: added to.
    ///   - completed: told each subtree that is full now, as ``CompactRange`` does.
    /// - Returns: the entry, with what is known of it now.
    package mutating func add(
        _ stored: StoredEntry,
        findings: inout FindingList,
        completed: (_ level: Int, _ index: UInt64, _ root: Digest) -> Void = { _, _, _ in }
    ) -> AuditedEntry {
        let sequence = range.size
        let audited = check(stored, at: sequence, &findings)
        absentParts += UInt64(audited.entry.parts.count { $0 == nil })
        if !audited.isWhole, firstBroken == nil { firstBroken = sequence }
        range.append(treeHasher.leafHash(stored.leaf), hasher: treeHasher, completed: completed)
        if wantedSizes.contains(range.size) { roots[range.size] = root }
        return audited
    }

    private func check(
        _ stored: StoredEntry,
        at sequence: UInt64,
        _ findings: inout FindingList
    ) -> AuditedEntry {
        var isWhole = true
        func broken(_ text: String) {
            isWhole = false
            findings.add(Finding(.entry, text, log: log, sequence: sequence))
        }
        let hash = hasher.hash(stored.header)
        var header = Result { () throws(HeaderError) in try Header(decoding: stored.header) }
        let commitments = (try? header.get().parts) ?? []
        var parts = [Part?](repeating: nil, count: commitments.count)
        for part in stored.parts {
            guard commitments.indices.contains(part.index) else {
                broken("part \(part.index) is stored, the header names \(commitments.count)")
                continue
            }
            guard let salt = Bytes32(part.salt) else {
                broken("salt of part \(part.index) has \(part.salt.count) bytes, want 32")
                continue
            }
            parts[part.index] = Part(salt: salt, bytes: part.bytes)
        }
        let entry = Entry(header: stored.header, leaf: stored.leaf, parts: parts)
        do { _ = try entry.check(hasher) } catch { broken(error.description) }
        if isWhole, let read = try? header.get() {
            do {
                try read.check(hash: hash, ledger: ledger, log: log, sequence: sequence)
            } catch { header = .failure(error) }
        }
        if isWhole, case .failure(let error) = header {
            let text = "has no effect: \(error)"
            findings.add(
                Finding(.header, text, log: log, sequence: sequence, gravity: .note)
            )
        }
        if let read = try? header.get(), RosterOperation.isRoster(read.operation),
            parts.contains(nil)
        {
            let text = "part of a roster entry is not held, and such can not be redacted"
            findings.add(Finding(.missing, text, log: log, sequence: sequence))
        }
        return AuditedEntry(entry: entry, hash: hash, header: header, isWhole: isWhole)
    }
}
