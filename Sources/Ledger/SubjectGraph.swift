package import Crypto

/// The entries about one subject and which of them knew which.
///
/// An entry knows the entries that it names in `after`, every earlier entry of its own log on the
/// subject, and what those knew. The graph is a function of the set of entries: duplicates and
/// order of the input do not matter.
///
/// Cost: O(n · logs) time and memory, and n log n to order what is concurrent.
///
/// - Source: `Protocol/entry.md` section 5.
package struct SubjectGraph: Sendable {
    /// Each entry once, in display order: what an entry knew stands before it, and of what is
    /// concurrent the smaller (time, hash) first.
    package let entries: [PlacedEntry]
    /// For each entry the newest it knew, rising; no parent knows another parent.
    package let parents: [[Int]]
    /// Whether everything the entry knew is here; if not, it waits.
    package let isComplete: [Bool]
    /// Whether another entry claims the same place in the same log.
    package let isForked: [Bool]

    // For entry i and log l, known[i * logCount + l] is how many entries of the log it knows,
    // itself included; entries of one log are counted in the order of their places. What a log's
    // histories have each for itself counts as a log of its own.
    private let known: [Int32]
    private let logCount: Int
    private let logIndex: [Int]
    private let place: [Int32]

    /// Builds the graph.
    ///
    /// - Parameters:
    ///   - entries: the entries about the subject, in any order.
    ///   - isHeldElsewhere: whether a hash named in `after` is that of an entry which is held but
    ///     is not about this subject; such a one is passed over.
    package init(
        _ entries: [PlacedEntry],
        isHeldElsewhere: (Digest) -> Bool = { _ in false }
    ) {
        let links = Links(entries, isHeldElsewhere: isHeldElsewhere)
        let order = links.order()
        var position = [Int](repeating: 0, count: order.count)
        for (index, old) in order.enumerated() { position[old] = index }
        self.entries = order.map { links.entries[$0] }
        isForked = order.map { links.isForked[$0] }
        logIndex = order.map { links.logIndex[$0] }
        place = order.map { links.place[$0] }
        logCount = links.logCount

        var known = [Int32](repeating: 0, count: order.count * links.logCount)
        var isComplete: [Bool] = []
        var parents: [[Int]] = []
        isComplete.reserveCapacity(order.count)
        parents.reserveCapacity(order.count)
        for (index, old) in order.enumerated() {
            let named = links.parents[old].map { position[$0] }
            // A parent behind its child is part of a circle, which no honest author can close.
            let before = named.filter { $0 < index }.sorted()
            isComplete.append(
                !links.missesParent[old] && before.count == named.count
                    && before.allSatisfy { isComplete[$0] }
            )
            let row = index * links.logCount
            for parent in before {
                for log in 0..<links.logCount {
                    known[row + log] = max(known[row + log], known[parent * links.logCount + log])
                }
            }
            known[row + links.logIndex[old]] = links.place[old] + 1
            parents.append(
                before.filter { parent in
                    !before.contains { other in
                        other != parent
                            && known[other * links.logCount + links.logIndex[order[parent]]]
                                > links.place[order[parent]]
                    }
                }
            )
        }
        self.known = known
        self.isComplete = isComplete
        self.parents = parents
    }

    /// Whether entry `index` is, or knew, entry `other`.
    package func knows(_ index: Int, _ other: Int) -> Bool {
        known[index * logCount + logIndex[other]] > place[other]
    }

    /// The entries among those that satisfy `isIncluded` that no other of them knew, rising.
    ///
    /// - Precondition: what an included entry knew is included.
    package func heads(where isIncluded: (Int) -> Bool) -> [Int] {
        var isHead = entries.indices.map(isIncluded)
        for index in entries.indices where isIncluded(index) {
            for parent in parents[index] { isHead[parent] = false }
        }
        return entries.indices.filter { isHead[$0] }
    }

    /// Log and hash of the entries that no other knew and whose past is complete.
    package var heads: [(log: Digest, hash: Digest)] {
        heads { isComplete[$0] }.map { (entries[$0].log, entries[$0].hash) }
    }

    /// What a new entry of `log` names in `after`: the heads in other logs, rising.
    ///
    /// May be more than ``Header/afterMax``; then a merge entry is written first.
    package func after(writingIn log: Digest) -> [Digest] {
        heads.filter { $0.log != log }.map(\.hash).sorted()
    }
}

/// The entries as they came, each once, with whom each names.
private struct Links {
    var entries: [PlacedEntry] = []
    var parents: [[Int]]
    var missesParent: [Bool]
    var isForked: [Bool]
    var logIndex: [Int]
    var place: [Int32]
    var logCount = 0

    init(_ given: [PlacedEntry], isHeldElsewhere: (Digest) -> Bool) {
        var index: [Digest: Int] = [:]
        for entry in given {
            guard let known = index[entry.hash] else {
                index[entry.hash] = entries.count
                entries.append(entry)
                continue
            }
            // Two histories can have one entry at one place; which one came first must not show.
            if entry.path.lexicographicallyPrecedes(entries[known].path) { entries[known] = entry }
        }
        let count = entries.count
        parents = [[Int]](repeating: [], count: count)
        missesParent = [Bool](repeating: false, count: count)
        isForked = [Bool](repeating: false, count: count)
        logIndex = [Int](repeating: 0, count: count)
        place = [Int32](repeating: 0, count: count)
        linkLogs()
        for (child, entry) in entries.enumerated() {
            for hash in entry.header.after {
                if let parent = index[hash] {
                    if !parents[child].contains(parent) { parents[child].append(parent) }
                } else if !isHeldElsewhere(hash) {
                    missesParent[child] = true
                }
            }
        }
    }

    /// One history of a log from where others left it.
    private struct Stretch: Hashable {
        let log: Digest
        let path: [Digest]
    }

    /// Makes each entry name the one before it in its log.
    ///
    /// Of two that claim one place, which both have no effect, the one with the larger hash
    /// counts as the later.
    private mutating func linkLogs() {
        let sorted = entries.indices.sorted { left, right in
            let (first, second) = (entries[left], entries[right])
            if first.log != second.log { return first.log < second.log }
            if first.path != second.path {
                return first.path.lexicographicallyPrecedes(second.path)
            }
            if first.sequence != second.sequence { return first.sequence < second.sequence }
            return first.hash < second.hash
        }
        var previous: Int?
        // Hardly ever is a log forked, and this is done for every entry that is folded.
        let hasPaths = entries.contains { !$0.path.isEmpty }
        var lasts: [Stretch: Int] = [:]
        for entry in sorted {
            defer {
                if hasPaths {
                    lasts[Stretch(log: entries[entry].log, path: entries[entry].path)] = entry
                }
            }
            if let previous, entries[previous].log == entries[entry].log,
                entries[previous].path == entries[entry].path
            {
                parents[entry] = [previous]
                logIndex[entry] = logCount - 1
                place[entry] = place[previous] + 1
                if entries[previous].sequence == entries[entry].sequence {
                    isForked[previous] = true
                    isForked[entry] = true
                }
            } else {
                logIndex[entry] = logCount
                logCount += 1
                // The shorter paths come first, so what stands before the parting is known.
                for count in (0..<entries[entry].path.count).reversed() {
                    let path = Array(entries[entry].path.prefix(count))
                    guard let last = lasts[Stretch(log: entries[entry].log, path: path)] else {
                        continue
                    }
                    parents[entry] = [last]
                    break
                }
            }
            previous = entry
        }
    }

    /// Parents first, then by (time, hash); what stands in or behind a circle comes last.
    func order() -> [Int] {
        var children = [[Int]](repeating: [], count: entries.count)
        var waitsFor = parents.map(\.count)
        for (child, parents) in parents.enumerated() {
            for parent in parents { children[parent].append(child) }
        }
        func isLater(_ left: Int, _ right: Int) -> Bool {
            (entries[right].header.time, entries[right].hash)
                < (entries[left].header.time, entries[left].hash)
        }
        // Latest first, so that the next one is taken from the end.
        var ready = entries.indices.filter { waitsFor[$0] == 0 }.sorted(by: isLater)
        var order: [Int] = []
        order.reserveCapacity(entries.count)
        while let next = ready.popLast() {
            order.append(next)
            for child in children[next] {
                waitsFor[child] -= 1
                guard waitsFor[child] == 0 else { continue }
                var low = 0
                var high = ready.count
                while low < high {
                    let middle = (low + high) / 2
                    if isLater(ready[middle], child) { low = middle + 1 } else { high = middle }
                }
                ready.insert(child, at: low)
            }
        }
        guard order.count < entries.count else { return order }
        let left = entries.indices.filter { waitsFor[$0] > 0 }
        return order + left.sorted { isLater($1, $0) }
    }
}
