import Crypto
import Encoding
import Ledger
import TestSupport
import Testing

private let subject = SubjectID(openedIn: .zero, at: 0)

private func entry(
    log: UInt8,
    _ sequence: UInt64,
    time: UInt64 = 0,
    after: [Digest] = []
) -> PlacedEntry {
    var header = Header(
        ledger: .zero,
        log: sha256([log]),
        sequence: sequence,
        time: time,
        subjects: [subject],
        operation: "case.note"
    )
    header.after = after.sorted()
    return PlacedEntry(
        log: header.log,
        sequence: sequence,
        hash: sha256(header.encoded),
        author: .zero,
        header: header,
        parts: []
    )
}

@Test func anEntryKnowsItsOwnLogAndWhatItNames() {
    let first = entry(log: 0, 1)
    let other = entry(log: 1, 4, after: [first.hash])
    let second = entry(log: 0, 2)
    let last = entry(log: 0, 3, after: [other.hash])
    let graph = SubjectGraph([last, second, other, first, first])
    #expect(graph.entries.count == 4)
    #expect(graph.heads.map(\.hash) == [last.hash])
    #expect(graph.isComplete == [true, true, true, true])
    let position = Dictionary(
        uniqueKeysWithValues: graph.entries.enumerated().map { ($1.hash, $0) }
    )
    func knows(_ left: PlacedEntry, _ right: PlacedEntry) -> Bool {
        guard let left = position[left.hash], let right = position[right.hash] else { return false }
        return graph.knows(left, right)
    }
    #expect(knows(last, first) && knows(last, second) && knows(last, other))
    #expect(knows(other, first) && !knows(other, second) && !knows(second, other))
}

@Test func anEntryThatNamesAnUnknownOneWaitsAndSoDoWhoKnewIt() {
    let missing = entry(log: 2, 9)
    let first = entry(log: 0, 1)
    let waiting = entry(log: 1, 1, after: [missing.hash])
    let behind = entry(log: 1, 2)
    let complete = entry(log: 0, 2)
    let graph = SubjectGraph([behind, waiting, complete, first])
    let held = zip(graph.entries, graph.isComplete).filter(\.1).map(\.0.hash)
    #expect(held == [first.hash, complete.hash])
    #expect(graph.heads.map(\.hash) == [complete.hash])
    #expect(graph.after(writingIn: sha256([3])) == [complete.hash])
    #expect(graph.after(writingIn: complete.log).isEmpty)
    let all = SubjectGraph([behind, waiting, complete, first, missing])
    #expect(all.isComplete.allSatisfy { $0 })
    let elsewhere = SubjectGraph([behind, waiting]) { $0 == missing.hash }
    #expect(elsewhere.isComplete.allSatisfy { $0 })
}

@Test func aCircleWaitsInsteadOfHangingTheGraph() {
    // The author of log 0 made its later entry first, so that another could name it.
    let later = entry(log: 0, 5)
    let other = entry(log: 1, 1, after: [later.hash])
    let earlier = entry(log: 0, 4, after: [other.hash])
    let free = entry(log: 2, 1, time: 9)
    let graph = SubjectGraph([later, other, earlier, free])
    #expect(graph.entries.first?.hash == free.hash)
    #expect(graph.isComplete.first == true)
    #expect(graph.heads.map(\.hash) == [free.hash])
}

@Test func twoEntriesAtOnePlaceAreMarked() {
    let graph = SubjectGraph([entry(log: 0, 1), entry(log: 0, 1, time: 5), entry(log: 0, 2)])
    #expect(graph.isForked.filter { $0 }.count == 2)
    #expect(graph.isForked.last == false)
}

@Test(arguments: 0..<100 as Range<UInt64>)
func parentsHeadsAndKnowledgeAgreeWithAPlainSearch(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var entries: [PlacedEntry] = []
    var next: [UInt64] = [0, 0, 0, 0]
    for _ in 0..<Int.random(in: 1...40, using: &generator) {
        let log = Int.random(in: 0..<4, using: &generator)
        let named = entries.filter { _ in Int.random(in: 0..<8, using: &generator) == 0 }
        let time = UInt64.random(in: 0..<50, using: &generator)
        entries.append(entry(log: UInt8(log), next[log], time: time, after: named.map(\.hash)))
        next[log] += 1
    }
    let graph = SubjectGraph(entries.shuffled(using: &generator))
    // Ancestors by plain search, for each entry in the order of the graph.
    var ancestors: [Set<Int>] = []
    for (index, entry) in graph.entries.enumerated() {
        var set: Set<Int> = [index]
        for (other, earlier) in graph.entries.enumerated() {
            let isNamed = entry.header.after.contains(earlier.hash)
            guard isNamed || earlier.log == entry.log && earlier.sequence < entry.sequence else {
                continue
            }
            #expect(other < index)
            if other < index { set.formUnion(ancestors[other]) }
        }
        ancestors.append(set)
        for other in graph.entries.indices {
            #expect(graph.knows(index, other) == set.contains(other))
        }
        var rebuilt: Set<Int> = [index]
        for parent in graph.parents[index] { rebuilt.formUnion(ancestors[parent]) }
        #expect(rebuilt == set)
        for parent in graph.parents[index] {
            #expect(!graph.parents[index].contains { $0 != parent && graph.knows($0, parent) })
        }
    }
    let heads = graph.entries.indices.filter { index in
        !ancestors.enumerated().contains { $0.offset != index && $0.element.contains(index) }
    }
    #expect(graph.heads.map(\.hash) == heads.map { graph.entries[$0].hash })
}
