import Cases
import Crypto
import Encoding
import Ledger

/// What was redacted is hidden, goes when it is approved, and never comes back.
///
/// Reads who named what from the fields of the entries that have effect; whether they may have it
/// is looked at by ``RightsChecker``.
struct RedactionChecker {
    /// A redaction about one subject, as the entries have it.
    private struct Asked {
        let entry: Digest
        let named: Set<Digest>
        var isApproved = false
        var isRefused = false
    }

    /// What each node destroyed and did not put back from a backup since.
    private var gone: [Int: [HeldEntry]] = [:]

    /// A node says that it destroyed the parts of entries.
    mutating func destroyed(_ entries: [HeldEntry], at node: SimulatedNode) {
        gone[node.index, default: []] += entries
    }

    /// An operator put a node's database back: it has to destroy again what that holds.
    mutating func restored(_ node: SimulatedNode) { gone[node.index] = nil }

    /// Something that a node destroyed and holds again.
    func returned(_ node: SimulatedNode) -> String? {
        guard node.isHonest, let entries = gone[node.index] else { return nil }
        for entry in entries {
            for log in node.disk.store.histories(of: entry.place.log)
            where entry.place.sequence < log.size {
                let held = log.entries[Int(entry.place.sequence)]
                guard held.hash == entry.hash, held.entry.parts.contains(where: { $0 != nil })
                else { continue }
                return "node \(node.index) holds \(entry.place.log.short)#"
                    + "\(entry.place.sequence) again, which it had destroyed"
            }
        }
        return nil
    }

    /// Bytes or salt that an honest node of the core holds of what has to be destroyed.
    static func kept(_ world: World) -> String? {
        guard world.options.redacts else { return nil }
        for node in world.nodes where node.isCore && node.isHonest {
            let store = node.disk.store
            for subject in store.subjects {
                let entries = store.entries(about: subject)
                guard entries.contains(where: { $0.header?.operation == "case.redact" }) else {
                    continue
                }
                let due = asked(store.folded(subject)).filter(\.isApproved)
                let named = due.reduce(into: Set<Digest>()) { $0.formUnion($1.named) }
                for entry in entries.sorted(by: { $0.hash < $1.hash })
                where named.contains(entry.hash) && entry.entry.parts.contains(where: { $0 != nil })
                {
                    return "node \(node.index) still holds \(entry.place.log.short)#"
                        + "\(entry.place.sequence), which has to be destroyed"
                }
            }
        }
        return nil
    }

    /// A text that a view of an honest node shows though it is redacted.
    static func shown(_ world: World) -> String? {
        guard world.options.redacts else { return nil }
        for node in world.nodes where node.isCore && node.isHonest {
            let store = node.disk.store
            for subject in store.subjects {
                let folded = store.folded(subject)
                let hiding = asked(folded).filter { $0.isApproved || !$0.isRefused }
                let named = hiding.reduce(into: Set<Digest>()) { $0.formUnion($1.named) }
                guard !named.isEmpty, let view = folded.view else { continue }
                let bytes = view.encoded
                for text in texts(of: named, world) where contains(bytes, text) {
                    return "node \(node.index) shows a redacted text of \(subject)"
                }
            }
        }
        return nil
    }

    private static func asked(_ folded: FoldedSubject) -> [Asked] {
        let headers = folded.history.filter(\.verdict.isInEffect).map {
            (hash: $0.entry.hash, log: $0.entry.log, header: $0.entry.header)
        }
        func hashes(_ value: CBORValue?) -> [Digest] {
            switch value {
            case .array(let items)?: items.compactMap(\.bytes32)
            case let value?: [value].compactMap(\.bytes32)
            case nil: []
            }
        }
        return headers.filter { $0.header.operation == "case.redact" }.map { redaction in
            var asked = Asked(
                entry: redaction.hash,
                named: Set(hashes(redaction.header[field: 224]))
            )
            for answer in headers where hashes(answer.header[field: 227]) == [asked.entry] {
                switch answer.header.operation {
                case "case.approve-redaction":
                    asked.isApproved = asked.isApproved || answer.log != redaction.log
                case "case.refuse-redaction": asked.isRefused = true
                default: break
                }
            }
            return asked
        }
    }

    /// What people wrote in entries, as it stands in a view, from whoever still holds it.
    private static func texts(of named: Set<Digest>, _ world: World) -> [[UInt8]] {
        var texts: Set<[UInt8]> = []
        for entry in world.pool.entries(named) {
            for case .map(let pairs)? in entry.entry.parts.compactMap({ part in
                part.map { try? CBORValue(decoding: $0.bytes) }
            }) {
                for case .text(let text) in pairs.map(\.value) where text.hasPrefix("event ") {
                    texts.insert(CBORValue.text(text).encoded)
                }
            }
        }
        return Array(texts)
    }

    private static func contains(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
        guard let first = text.first, bytes.count >= text.count else { return false }
        return (0...bytes.count - text.count).contains { start in
            bytes[start] == first && bytes[start..<start + text.count].elementsEqual(text)
        }
    }
}
