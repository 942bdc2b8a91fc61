import Crypto
import Encoding
import Ledger
import Replica
import Replication

extension MemoryStore {
    /// Parts that entries name and that are not held, by log and place, after one of them.
    func missingParts(after last: WantedPart?) -> [WantedPart] {
        let all = logs.keys.sorted().flatMap { log in
            (logs[log]?.entries ?? []).enumerated().flatMap { sequence, entry in
                entry.parts.indices.filter { entry.parts[$0] == nil }.compactMap { part in
                    name(log, UInt64(sequence), part)
                }
            }
        }
        let start = last.flatMap { last in all.firstIndex { isBefore(last, $0) } }
        return Array(
            (last == nil ? all[...] : start.map { all[$0...] } ?? [])
                .prefix(Limits.soughtParts)
        )
    }

    private func isBefore(_ left: WantedPart, _ right: WantedPart) -> Bool {
        (left.id.log, left.id.sequence, left.id.part)
            < (right.id.log, right.id.sequence, right.id.part)
    }

    /// Names a part of an entry that is held.
    func name(_ log: Digest, _ sequence: UInt64, _ part: Int = 0) -> WantedPart? {
        guard let entry = logs[log]?.entries[Int(sequence)],
            let header = try? Header(decoding: entry.header), part < header.parts.count
        else { return nil }
        return WantedPart(
            id: PartID(log: log, sequence: sequence, part: part),
            commitment: header.parts[part]
        )
    }

    func part(_ wanted: WantedPart) -> Part? {
        guard name(wanted.id.log, wanted.id.sequence, wanted.id.part) == wanted else { return nil }
        return logs[wanted.id.log]?.entries[Int(wanted.id.sequence)].parts[wanted.id.part]
    }

    func proofs(_ prove: Prove) -> [Digest?] {
        prove.parts.map { wanted in
            part(wanted)?.proof(nonce: prove.nonce, holder: ownLog, SHA256Hasher())
        }
    }

    func keep(_ found: [FoundPart]) {
        for one in found {
            logs[one.name.id.log]?.entries[Int(one.name.id.sequence)].parts[one.name.id.part] =
                one.part
        }
    }
}
