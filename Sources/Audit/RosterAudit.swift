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
    ///   - root: the root of a log at a size; nil where the log is not held so far.
    package func check(
        findings: inout FindingList,
        root: (_ log: Digest, _ size: UInt64) throws -> Digest?
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
            switch RosterOperation(entry, ledger: roster.ledger) {
            case nil: note("it is not of the form of its operation")
            case .found: continue
            case .open(let enrolment):
                guard roster.grant(enrolment)?.log != entry.log else { continue }
                note("it names no grant in effect for its log")
            case .grant:
                guard roster.grant(entry.hash) == nil else { continue }
                note("its author had no right to this grant")
            case .end(let end):
                if !end.grants.allSatisfy({ roster.grant($0)?.hasEnded == true }) {
                    note("its author had no right to end a grant that it names")
                }
                try checkCuts(of: entry, findings: &findings, root: root)
            }
        }
    }

    private func checkCuts(
        of entry: PlacedEntry,
        findings: inout FindingList,
        root: (Digest, UInt64) throws -> Digest?
    ) rethrows {
        for cut in entry.cuts {
            let held = try root(cut.log, cut.size)
            guard held != cut.root else { continue }
            let want = "root \(cut.root.short) at size \(cut.size) of log \(cut.log.short)"
            findings.add(
                Finding(
                    .cut,
                    held.map { "a cut names \(want), the entries give \($0.short)" }
                        ?? "a cut names \(want), which is not held so far",
                    log: entry.log,
                    sequence: entry.sequence,
                    gravity: held == nil ? .note : .error
                )
            )
        }
    }
}

extension RosterAudit.Candidate {
    /// Whether the author signed it; nil while the roster does not name the author.
    fileprivate func isSigned(in roster: Roster) -> Bool? {
        guard let key = roster.authorKey(placed.author) else { return nil }
        return Leaf(leaf)?.verifies(message: placed.hash, key: key) ?? false
    }
}

extension PlacedEntry {
    fileprivate func isFounding(of ledger: Digest) -> Bool {
        hash == ledger && header.ledger == .zero
    }

    /// The cuts of an end of grants, which `RosterOperation` has found well formed.
    ///
    /// - Source: `Protocol/roster.md` section 3, key 10 of `grant.end`.
    fileprivate var cuts: [LogPosition] {
        guard case .array(let rows)? = header[field: 10] else { return [] }
        return rows.compactMap { row in
            guard case .array(let columns) = row, columns.count == 3,
                let log = columns[0].bytes32, case .unsigned(let size) = columns[1],
                let root = columns[2].bytes32
            else { return nil }
            return LogPosition(log: log, size: size, root: root)
        }
    }
}
