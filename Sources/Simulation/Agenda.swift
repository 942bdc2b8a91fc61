/// What is to happen, by virtual time and then in the order in which it was planned.
struct Agenda {
    private struct Item {
        let time: UInt64
        let order: UInt64
        let action: () -> Void

        func isBefore(_ other: Item) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    // A binary heap, the soonest first.
    private var items: [Item] = []
    private var lastOrder: UInt64 = 0

    /// Time of the next action; nil if nothing is planned.
    var next: UInt64? { items.first?.time }

    /// How many actions wait.
    var count: Int { items.count }

    /// Plans an action.
    mutating func plan(at time: UInt64, _ action: @escaping () -> Void) {
        lastOrder += 1
        items.append(Item(time: time, order: lastOrder, action: action))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].isBefore(items[parent]) else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the next action out.
    mutating func take() -> (() -> Void)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first.action }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < items.count && items[child].isBefore(items[least]) {
                least = child
            }
            guard least != parent else { return first.action }
            items.swapAt(least, parent)
            parent = least
        }
    }
}
