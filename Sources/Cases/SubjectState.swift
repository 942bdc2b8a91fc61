internal import Ledger

/// What stands in the registers after an entry: each write that no later one has replaced.
///
/// Every register keeps all its concurrent writes. A write is named by the entry that made it;
/// its value is read from there. Sorted by register, then entry, so that two states are joined in
/// one pass.
struct SubjectState {
    struct Write: Hashable {
        let register: UInt64
        /// The entry with which it took effect: who knows that one knows the write.
        let entry: Int
        /// The deed whose value it is; in ``agreements`` the link that is agreed to.
        let deed: Int
    }

    /// A register that no view shows: to which links both sides have agreed.
    static let agreements = UInt64.max

    /// What an entry does to the registers.
    struct Change {
        /// Registers that it writes; what stood there is replaced.
        var written: [UInt64] = []
        /// Registers that it empties.
        var cleared: [UInt64] = []
        /// Registers to which it adds a write beside those that stand there.
        var added: [UInt64] = []
        /// Single writes that it takes away.
        var removed: [Removal] = []
        /// The link to which both sides have agreed by it.
        var agreed: Int?

        var isNothing: Bool {
            written.isEmpty && cleared.isEmpty && added.isEmpty && removed.isEmpty && agreed == nil
        }
    }

    /// What a deed wrote to a register.
    struct Removal: Hashable {
        let register: UInt64
        let deed: Int

        init(register: UInt64, deed: Int) {
            self.register = register
            self.deed = deed
        }

        fileprivate init(_ write: Write) {
            self.init(register: write.register, deed: write.deed)
        }
    }

    private(set) var writes: [Write] = []

    /// The deeds whose values stand in a register, in the order in which they took effect.
    func deeds(in register: UInt64) -> [Int] {
        writes.lazy.filter { $0.register == register }.map(\.deed)
    }

    /// The deeds whose values stand in a field's register, in the same order.
    func deeds(in field: CaseField) -> [Int] { deeds(in: field.rawValue) }

    /// The entries with which what stands in a field's register took effect, in the same order.
    func entries(in field: CaseField) -> [Int] {
        writes.lazy.filter { $0.register == field.rawValue }.map(\.entry)
    }

    /// The state after a deed that takes effect with an entry.
    func applying(entry: Int, deed: Int, _ change: Change) -> SubjectState {
        guard !change.isNothing else { return self }
        func written(_ register: UInt64) -> Write {
            Write(register: register, entry: entry, deed: deed)
        }
        var result = SubjectState()
        result.writes.reserveCapacity(writes.count + change.written.count + 1)
        // An entry comes after all that it knew: within a register its write stands last.
        var next = (change.written + change.added).sorted()[...]
        for write in writes {
            while let register = next.first, register < write.register {
                result.writes.append(written(register))
                next.removeFirst()
            }
            if change.written.contains(write.register) || change.cleared.contains(write.register)
                || change.removed.contains(Removal(write))
            {
                continue
            }
            result.writes.append(write)
        }
        result.writes += next.map(written)
        if let link = change.agreed {
            result.writes.append(Write(register: Self.agreements, entry: entry, deed: link))
        }
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
        (left.register, left.entry, left.deed) < (right.register, right.entry, right.deed)
    }
}
