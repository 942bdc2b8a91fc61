package import Crypto
internal import Encoding
internal import TransparencyLog

/// What a store says of a log beside its entries; to be held against what they come to.
package struct LogClaim: Hashable, Sendable {
    /// Number of entries.
    package let size: Int64
    /// Root over them; should be 32 bytes.
    package let root: [UInt8]
    /// Roots of the perfect subtrees, the largest first.
    package let peaks: [UInt8]
    /// Newest checkpoint; empty for none.
    package let note: [UInt8]
    /// Entries from the first whose authors' signatures are said to have been checked.
    package let checked: Int64

    /// Takes all fields.
    package init(size: Int64, root: [UInt8], peaks: [UInt8], note: [UInt8], checked: Int64) {
        self.size = size
        self.root = root
        self.peaks = peaks
        self.note = note
        self.checked = checked
    }

    /// The size that the note names, which nobody has vouched for before it is verified.
    package var notedSize: UInt64? {
        (try? Note(note)).flatMap { Checkpoint(text: $0.text) }?.size
    }
}

extension LogAuditor {
    /// Holds the claim against the entries that were taken, after the last one.
    ///
    /// The auditor was made with ``LogClaim/notedSize`` among the wanted sizes.
    ///
    /// - Parameters:
    ///   - claim: what is stored.
    ///   - key: the log's key, from the roster; nil if no grant names it.
    ///   - isOwn: whether it is the store's own log, which signs its checkpoints when asked.
    ///   - findings: added to.
    /// - Returns: the size up to which the log's key vouches for the entries; nil for none.
    package func check(
        _ claim: LogClaim,
        key: PublicKey?,
        isOwn: Bool,
        findings: inout FindingList
    ) -> UInt64? {
        func wrong(_ kind: Finding.Kind, _ text: String, _ gravity: Finding.Gravity = .error) {
            let doubt = kind == .root && gravity == .error ? firstBroken : nil
            findings.add(Finding(kind, text, log: log, sequence: doubt, gravity: gravity))
        }
        if claim.size != Int64(clamping: range.size) {
            wrong(.log, "size is \(claim.size), want the \(range.size) entries held")
        }
        if claim.root != root.bytes {
            wrong(.root, "stored root is \(hex(claim.root.prefix(4))), entries give \(root.short)")
        }
        if claim.peaks != range.peaks.flatMap(\.bytes) {
            wrong(.log, "peaks of the tree are not those of the \(range.size) entries held")
        }
        if !(0...max(0, claim.size)).contains(claim.checked) {
            wrong(.log, "\(claim.checked) signatures are said to be checked, of \(claim.size)")
        } else if claim.checked < claim.size {
            let text = "signatures from entry \(claim.checked) on were not checked before"
            wrong(.log, text, .note)
        }
        if absentParts > 0 {
            wrong(.missing, "\(absentParts) parts that headers name are not held", .note)
        }
        guard !claim.note.isEmpty else {
            if !isOwn, range.size > 0 {
                wrong(.checkpoint, "nothing signed vouches for the \(range.size) entries", .note)
            }
            return nil
        }
        guard let key else {
            wrong(.checkpoint, "the log's key is not known, no grant names it")
            return nil
        }
        return check(note: claim.note, key: key) { kind, text in wrong(kind, text) }
    }

    private func check(
        note: [UInt8],
        key: PublicKey,
        wrong: (Finding.Kind, String) -> Void
    ) -> UInt64? {
        let checkpoint: Checkpoint
        do {
            checkpoint = try SignedCheckpoint.verify(note, logKey: key).checkpoint
        } catch {
            wrong(.checkpoint, error.description)
            return nil
        }
        guard checkpoint.size <= range.size else {
            wrong(.checkpoint, "checkpoint is of size \(checkpoint.size), held are \(range.size)")
            return nil
        }
        guard let got = roots[checkpoint.size], got == checkpoint.root else {
            let got = roots[checkpoint.size]?.short ?? "none"
            wrong(
                .root,
                "entries give root \(got) at size \(checkpoint.size), the checkpoint"
                    + " \(checkpoint.root.short)"
            )
            return nil
        }
        return checkpoint.size
    }
}
