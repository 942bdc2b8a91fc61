internal import Ledger

/// What stands in the registers after an entry: each write that no later one has replaced.
///
/// Every register keeps all its concurrent writes. A write is named by the entry that made it;
/// its value is read from there. Sorted by register, then entry, so that two states are joined in
/// one pass.
struct SubjectState {
    struct Write: Hashable {
        let register: UInt64
        let entry: Int
    }

    /// What an entry does to the registers.
    struct Change {
        /// Registers that it writes; what stood there is replaced.
        var written: [UInt64] = []
        /// Registers that it empties.
        var cleared: [UInt64] = []
        /// Registers to which it adds a write beside those that stand there.
        var added: [UInt64] = []
        /// Single writes that it takes away.
        var removed: [Write] = []

        var isNothing: Bool {
            written.isEmpty && cleared.isEmpty && added.isEmpty && removed.isEmpty
        }
    }

    private(set) var writes: [Write] = []

    /// The entries whose writes stand in a register, rising.
    func entries(in register: UInt64) -> [Int] {
        writes.lazy.filter { $0.register == register }.map(\.entry)
    }

    /// The entries whose writes stand in a field's register, rising.
    func entries(in field: CaseField) -> [Int] { entries(in: field.rawValue) }

    /// The state after an entry.
    func applying(entry: Int, _ change: Change) -> SubjectState {
        guard !change.isNothing else { return self }
        var result = SubjectState()
        result.writes.reserveCapacity(writes.count + change.written.count)
        // An entry comes after all that it knew: within a register its write stands last.
        var next = (change.written + change.added).sorted()[...]
        for write in writes {
            while let register = next.first, register < write.register {
                result.writes.append(Write(register: register, entry: entry))
                next.removeFirst()
            }
            if change.written.contains(write.register) || change.cleared.contains(write.register)
                || change.removed.contains(write)
            {
                continue
            }
            result.writes.append(write)
        }
        result.writes += next.map { Write(register: $0, entry: entry) }
        return result
    }

    /// What two histories come to: a write stays if both have it, or if the other side never knew
    /// it and so can not have replaced it.
    func joined(
        _ other: SubjectState,
        knownHere: (Int) -> Bool,
        knownThere: (Int) -> Bool
    ) -> SubjectState {
        var result = SubjectState()
        result.writes.reserveCapacity(max(writes.count, other.writes.count))
        var (left, right) = (writes[...], other.writes[...])
        while let first = left.first ?? right.first {
            if first == left.first, first == right.first {
                result.writes.append(first)
                left.removeFirst()
                right.removeFirst()
            } else if let mine = left.first, right.first.map({ Self.precedes(mine, $0) }) ?? true {
                if !knownThere(mine.entry) { result.writes.append(mine) }
                left.removeFirst()
            } else if let theirs = right.first {
                if !knownHere(theirs.entry) { result.writes.append(theirs) }
                right.removeFirst()
            }
        }
        return result
    }

    private static func precedes(_ left: Write, _ right: Write) -> Bool {
        (left.register, left.entry) < (right.register, right.entry)
    }
}
