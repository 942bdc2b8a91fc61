import Crypto
import Encoding
import Ledger
import Replica
import Replication

// Parts: which are to be held, and which are.
extension SimulatedStore {
    /// Places of everything that an entry is about, by the headers held.
    func places(of header: Header) -> [Scope] {
        header.subjects.filter { $0 != rosterSubject }.flatMap { subject in
            entries(about: subject).flatMap { $0.header?.places ?? [] }
        }
    }

    /// Whether a node with these scopes stores the parts of an entry.
    func isWanted(_ entry: HeldEntry, by scopes: PartScopes, own: Digest? = nil) -> Bool {
        // One whose header names another place is about nothing, and has no parts.
        guard let header = entry.header else { return false }
        return scopes.isEverything || entry.place.log == own
            || scopes.want(header, places: places(of: header))
    }

    /// What became of an entry's part.
    func state(_ entry: HeldEntry, part index: Int) -> PartState {
        if destroyed.contains(entry.hash) { return .redacted }
        if entry.entry.parts[index] != nil { return .present }
        return isWanted(entry, by: scopes, own: identity.log) ? .missing : .notHeld
    }

    /// Takes away what came along and lies outside, and remembers what is not there.
    mutating func decideParts(of fresh: [HeldEntry]) {
        for entry in fresh where !entry.entry.parts.isEmpty {
            var held = entry
            if !isWanted(entry, by: scopes, own: identity.log) {
                let parts = [Part?](repeating: nil, count: entry.entry.parts.count)
                held = replace(entry, parts: parts)
            }
            if held.entry.parts.contains(nil), held.header != nil { lacking.append(held) }
        }
    }

    @discardableResult
    mutating func replace(_ entry: HeldEntry, parts: [Part?]) -> HeldEntry {
        guard parts != entry.entry.parts else { return entry }
        let other = HeldEntry(
            Entry(header: entry.entry.header, leaf: entry.entry.leaf, parts: parts),
            hash: entry.hash,
            place: entry.place,
            header: entry.header
        )
        for key in logs.keys { logs[key]?.replace(entry, by: other) }
        for key in branches.keys { branches[key]?.replace(entry, by: other) }
        for subject in entry.header?.subjects ?? [] {
            let list = bySubject[subject] ?? []
            bySubject[subject] = list.map { $0 === entry ? other : $0 }
            stale.insert(subject)
        }
        return other
    }

    /// Parts that should be held and are not, in the order of their places.
    var missingParts: [WantedPart] {
        lacking.flatMap { entry in
            (entry.header?.parts ?? []).enumerated().filter {
                state(entry, part: $0.offset).isSought
            }
            .map { index, commitment in
                WantedPart(
                    id: PartID(
                        log: entry.place.log,
                        sequence: entry.place.sequence,
                        part: index
                    ),
                    commitment: commitment
                )
            }
        }.sorted { left, right in
            (left.id.log, left.id.sequence, left.id.part, left.commitment)
                < (right.id.log, right.id.sequence, right.id.part, right.commitment)
        }
    }

    func missingParts(after last: WantedPart?) -> [WantedPart] {
        let all = missingParts
        let start = last.flatMap { last in all.firstIndex(of: last).map { $0 + 1 } } ?? 0
        // What was last may be held by now; the round then begins anew.
        return Array(all.dropFirst(start).prefix(Limits.soughtParts))
    }

    private func entry(of name: WantedPart) -> HeldEntry? {
        histories(of: name.id.log).lazy.compactMap { log -> HeldEntry? in
            guard name.id.sequence < log.size else { return nil }
            let entry = log.entries[Int(name.id.sequence)]
            guard let parts = entry.header?.parts, name.id.part < parts.count,
                parts[name.id.part] == name.commitment
            else { return nil }
            return entry
        }.first
    }

    func part(_ name: WantedPart) -> Part? {
        entry(of: name).flatMap { $0.entry.parts[name.id.part] }
    }

    func parts(_ names: [WantedPart]) -> [Part?] {
        var bytes = 0
        return names.map(part).prefix { part in
            let count = part?.bytes.count ?? 0
            defer { bytes += count }
            return bytes == 0 || bytes + count <= Limits.packageBytes
        }
    }

    mutating func keepParts(_ found: [FoundPart]) {
        for one in found {
            guard let held = entry(of: one.name), state(held, part: one.name.id.part).isSought
            else { continue }
            var parts = held.entry.parts
            parts[one.name.id.part] = one.part
            lacking.removeAll { $0 === held }
            let other = replace(held, parts: parts)
            if other.entry.parts.contains(nil) { lacking.append(other) }
        }
    }

    func trimmed(_ entries: [Entry], for scopes: PartScopes) -> [Entry] {
        guard !scopes.isEverything else { return entries }
        return entries.map { entry in
            guard !entry.parts.isEmpty, let header = try? Header(decoding: entry.header),
                !scopes.want(header, places: places(of: header))
            else { return entry }
            return Entry(
                header: entry.header,
                leaf: entry.leaf,
                parts: entry.parts.map { _ in nil }
            )
        }
    }
}
