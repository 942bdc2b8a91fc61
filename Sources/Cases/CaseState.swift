internal import Ledger

/// What stands in the registers after an entry: each write that no later one has replaced.
///
/// Every register keeps all its concurrent writes. A write is named by the entry that made it;
/// its value is read from there. Sorted by register, then entry, so that two states are joined in
/// one pass.
struct CaseState {
    struct Write: Hashable {
        let register: UInt64
        let entry: Int
    }

    private(set) var writes: [Write] = []

    /// The entries whose writes stand in a register, rising.
    func entries(in register: UInt64) -> [Int] {
        writes.lazy.filter { $0.register == register }.map(\.entry)
    }

    /// The state after an entry that empties some registers and writes others, given rising.
    func applying(entry: Int, written: [UInt64], cleared: [UInt64]) -> CaseState {
        guard !written.isEmpty || !cleared.isEmpty else { return self }
        var result = CaseState()
        result.writes.reserveCapacity(writes.count + written.count)
        var next = written[...]
        for write in writes {
            while let register = next.first, register <= write.register {
                result.writes.append(Write(register: register, entry: entry))
                next.removeFirst()
            }
            if written.contains(write.register) || cleared.contains(write.register) { continue }
            result.writes.append(write)
        }
        result.writes += next.map { Write(register: $0, entry: entry) }
        return result
    }

    /// What two histories come to: a write stays if both have it, or if the other side never knew
    /// it and so can not have replaced it.
    func joined(
        _ other: CaseState,
        knownHere: (Int) -> Bool,
        knownThere: (Int) -> Bool
    ) -> CaseState {
        var result = CaseState()
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
