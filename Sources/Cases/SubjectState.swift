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
        /// The entry whose value it is: the same, but for one that was ratified later.
        let source: Int
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
        var removed: [Removal] = []

        var isNothing: Bool {
            written.isEmpty && cleared.isEmpty && added.isEmpty && removed.isEmpty
        }
    }

    /// What an entry wrote to a register.
    struct Removal: Hashable {
        let register: UInt64
        let source: Int

        init(register: UInt64, source: Int) {
            self.register = register
            self.source = source
        }

        fileprivate init(_ write: Write) {
            self.init(register: write.register, source: write.source)
        }
    }

    private(set) var writes: [Write] = []

    /// The entries whose values stand in a register, in the order in which they took effect.
    func entries(in register: UInt64) -> [Int] {
        writes.lazy.filter { $0.register == register }.map(\.source)
    }

    /// The entries whose values stand in a field's register, in the same order.
    func entries(in field: CaseField) -> [Int] { entries(in: field.rawValue) }

    /// The entries with which what stands in a field's register took effect, in the same order.
    func writers(of field: CaseField) -> [Int] {
        writes.lazy.filter { $0.register == field.rawValue }.map(\.entry)
    }

    /// The state after an entry, or after what `source` says takes effect with it.
    func applying(entry: Int, source: Int? = nil, _ change: Change) -> SubjectState {
        guard !change.isNothing else { return self }
        func written(_ register: UInt64) -> Write {
            Write(register: register, entry: entry, source: source ?? entry)
        }
        var result = SubjectState()
        result.writes.reserveCapacity(writes.count + change.written.count)
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
        (left.register, left.entry, left.source) < (right.register, right.entry, right.source)
    }
}
