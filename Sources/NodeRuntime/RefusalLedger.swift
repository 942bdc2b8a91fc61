internal import Storage

/// What was refused since it was last written down, repetitions counted together.
struct RefusalLedger {
    /// Most different refusals between two writings; further ones are counted together.
    static let kindsMax = 1_000
    private static let others = Key(
        peer: "others",
        reason: "more than \(kindsMax) different refusals at once; the node's log has them"
    )

    private struct Key: Hashable {
        let peer: String
        let reason: String
    }

    private var refusals: [Key: (first: UInt64, last: UInt64, count: UInt64)] = [:]
    private var order: [Key] = []

    var isEmpty: Bool { order.isEmpty }

    /// Adds one refusal at this moment.
    mutating func add(peer: String, reason: String) {
        var key = Key(peer: peer, reason: reason)
        if refusals[key] == nil, order.count >= Self.kindsMax { key = Self.others }
        let now = SystemSource.wallMilliseconds()
        if let known = refusals[key] {
            refusals[key] = (known.first, now, known.count + 1)
        } else {
            refusals[key] = (now, now, 1)
            order.append(key)
        }
    }

    /// Gives what there is, in the order in which it first came, and starts anew.
    mutating func take() -> [Refusal] {
        defer { self = RefusalLedger() }
        return order.compactMap { key in
            refusals[key].map { times in
                Refusal(
                    peer: key.peer,
                    reason: key.reason,
                    firstAt: times.first,
                    lastAt: times.last,
                    attempts: times.count
                )
            }
        }
    }
}
