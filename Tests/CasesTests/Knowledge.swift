/// Which log knows which entries about one subject; entries are numbered as they are added.
struct Knowledge {
    /// What each entry knew, itself included.
    private(set) var past: [Bits] = []
    /// What each log knows.
    private(set) var known: [Bits]

    init(logCount: Int) { known = Array(repeating: Bits(), count: logCount) }

    /// Adds an entry that knew some others; its author knows it.
    mutating func add(knowing parents: [Int], log: Int) {
        var bits = Bits()
        for parent in parents { bits.formUnion(past[parent]) }
        bits.insert(past.count)
        past.append(bits)
        known[log].formUnion(bits)
    }

    mutating func learn(from: Int, to: Int) { known[to].formUnion(known[from]) }

    /// The entries that a log knows and that no other of them knew.
    func heads(_ log: Int) -> [Int] {
        let members = known[log].members
        var covered = Bits()
        // Later ones first: what they knew is no head.
        return members.reversed().filter { member in
            if covered.contains(member) { return false }
            covered.formUnion(past[member])
            return true
        }
    }
}

/// A set of small numbers.
struct Bits: Hashable {
    private var words: [UInt64] = []

    mutating func insert(_ member: Int) {
        while words.count <= member / 64 { words.append(0) }
        words[member / 64] |= 1 << UInt64(member % 64)
    }

    func contains(_ member: Int) -> Bool {
        member / 64 < words.count && words[member / 64] & 1 << UInt64(member % 64) != 0
    }

    mutating func formUnion(_ other: Bits) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// Rising.
    var members: [Int] {
        var members: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }
}
