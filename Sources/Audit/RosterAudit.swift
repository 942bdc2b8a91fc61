package import Crypto
internal import Encoding
package import Ledger
internal import TransparencyLog

/// The roster computed again from the founding entry downward, counting only what is signed.
///
/// An entry counts if the key that the roster so far names for its author signed it, so that a
/// forged grant never brings in the key under which further forgeries would be good.
package struct RosterAudit: Sendable {
    /// A roster entry with its leaf.
    package struct Candidate: Sendable {
        /// The entry; marks of earlier checks are not looked at.
        package let placed: PlacedEntry
        /// Its 128 bytes in the tree.
        package let leaf: [UInt8]

        /// Pairs both.
        package init(_ placed: PlacedEntry, leaf: [UInt8]) {
            self.placed = placed
            self.leaf = leaf
        }
    }

    /// Who may do what.
    package let roster: Roster
    private let counted: [PlacedEntry]

    /// Evaluates the entries, given in any order.
    package init(ledger: Digest, entries: [Candidate]) {
        var rest = entries.filter { !$0.placed.isFounding(of: ledger) }
        var counted = entries.filter { $0.placed.isFounding(of: ledger) }.map(\.placed)
        var roster = Roster(ledger: ledger, entries: counted)
        counted = entries.filter { candidate in
            candidate.placed.isFounding(of: ledger) && candidate.isSigned(in: roster) == true
        }.map(\.placed)
        var before = -1
        while counted.count > before {
            before = counted.count
            roster = Roster(ledger: ledger, entries: counted)
            rest.removeAll { candidate in
                guard let isSigned = candidate.isSigned(in: roster) else { return false }
                if isSigned { counted.append(candidate.placed) }
                return true
            }
        }
        self.roster = roster
        self.counted = counted
    }

    /// Notes about the roster entries that have no effect, and every cut that names another
    /// history than is held.
    ///
    /// - Parameters:
    ///   - findings: added to.
    ///   - roots: those of the histories of a log at a size; none where it is not held so far.
    package func check(
        findings: inout FindingList,
        roots: (_ log: Digest, _ size: UInt64) throws -> [Digest]
    ) rethrows {
        for entry in counted {
            func note(_ text: String) {
                findings.add(
                    Finding(
                        .right,
                        "has no effect: \(text)",
                        log: entry.log,
                        sequence: entry.sequence,
                        gravity: .note
                    )
                )
            }
            guard let operation = RosterOperation(entry, ledger: roster.ledger) else {
                note("it is not of the form of its operation")
                continue
            }
            if let reason = reason(operation, at: entry.hash) { note(reason) }
            try checkPositions(of: entry, findings: &findings, roots: roots)
        }
    }

    /// Why an operation has no effect; nil if it has.
    private func reason(_ operation: RosterOperation, at entry: Digest) -> String? {
        if case .open(let enrolment) = operation {
            let isOwn = counted.first { $0.hash == entry }?.log == roster.grant(enrolment)?.log
            return isOwn ? nil : "it names no grant in effect for its log"
        }
        guard !roster.isInEffect(operation, at: entry) else { return nil }
        return switch operation {
        case .found, .open: nil
        case .grant, .staff: "its author had no right to this grant"
        case .end: "its author had no right to end a grant that it names"
        case .policy, .witnesses: "its author had no right to this policy"
        case .mark: "it is about nothing beyond the end of a right below its author's"
        case .succeed: "too few recovery keys signed it"
        case .fork: "what it shows is no fork"
        }
    }

    private func checkPositions(
        of entry: PlacedEntry,
        findings: inout FindingList,
        roots: (Digest, UInt64) throws -> [Digest]
    ) rethrows {
        for cut in RosterOperation.positions(entry, ledger: roster.ledger) {
            let held = try roots(cut.log, cut.size)
            guard !held.contains(cut.root) else { continue }
            let want = "root \(cut.root.short) at size \(cut.size) of log \(cut.log.short)"
            findings.add(
                Finding(
                    .cut,
                    held.first.map { "a cut names \(want), the entries give \($0.short)" }
                        ?? "a cut names \(want), which is not held so far",
                    log: entry.log,
                    sequence: entry.sequence,
                    gravity: held.isEmpty ? .note : .error
                )
            )
        }
    }
}

extension RosterAudit.Candidate {
    /// Whether the author signed it; nil while the roster does not name the author.
    fileprivate func isSigned(in roster: Roster) -> Bool? {
        // What recovery keys signed counts by their signatures, whoever carries it.
        if case .succeed(let carried)? = RosterOperation(placed, ledger: roster.ledger),
            let recovery = roster.recovery
        {
            return carried.isSigned(by: recovery)
        }
        if case .fork(let proof)? = RosterOperation(placed, ledger: roster.ledger),
            proof.proven() != nil
        {
            return true
        }
        guard let key = roster.authorKey(placed.author) else { return nil }
        return Leaf(leaf)?.verifies(message: placed.hash, key: key) ?? false
    }
}

extension PlacedEntry {
    fileprivate func isFounding(of ledger: Digest) -> Bool {
        hash == ledger && header.ledger == .zero
    }
}
