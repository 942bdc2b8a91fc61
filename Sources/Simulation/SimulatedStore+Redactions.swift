import Cases
import Crypto
import Ledger

// Redactions: which are due here, and the destroying.
extension SimulatedStore {
    /// Entries whose parts have to go and are still held, in the order of their hashes.
    func dueEntries(now: UInt64) -> [HeldEntry] {
        var due: [HeldEntry] = []
        for subject in approved.sorted() {
            let entries = entries(about: subject)
            let checked = Set(entries.filter(isChecked).map(\.hash))
            let named = (folded(subject).view?.redactions ?? []).filter {
                $0.isDue(now: now, isChecked: checked.contains)
            }.flatMap(\.named)
            let wanted = Set(named).subtracting(destroyed)
            due += entries.filter { wanted.contains($0.hash) }
        }
        return due.sorted { $0.hash < $1.hash }
    }

    private func isChecked(_ entry: HeldEntry) -> Bool {
        let sequence = entry.place.sequence
        return histories(of: entry.place.log).contains { log in
            sequence < log.checked && log.entries[Int(sequence)] === entry
        }
    }

    /// Destroys all parts of entries, bytes and salts, for good.
    mutating func destroy(_ entries: [HeldEntry]) {
        for entry in entries {
            destroyed.insert(entry.hash)
            lacking.removeAll { $0 === entry }
            let held = replace(entry, parts: entry.entry.parts.map { _ in nil })
            if held.entry.parts.contains(nil), held.header != nil { lacking.append(held) }
        }
    }
}
