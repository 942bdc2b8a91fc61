import Cases
import Crypto
import Encoding
import Ledger
import Replica
import TransparencyLog

/// Nothing outside the rights takes effect.
///
/// Reads grants and ends from the bytes of the entries and settles them by the three sentences of
/// the specification that matter here: city over district over street, an end by the office above
/// or the holder, and what lies beyond a cut does not count.
struct RightsChecker {
    private struct Right {
        let hash: Digest
        let log: Digest
        let author: PublicKey
        let scope: Scope
        let level: UInt64
        let parent: Digest?
        var limit: UInt64 = .max
    }

    private var rights: [Right] = []
    /// Up to where the histories of a log that are held are the same.
    private var common: [Digest: UInt64] = [:]

    /// The first entry that has effect at a core node and should not.
    static func breach(_ world: World) -> String? {
        guard let node = world.nodes.first(where: { $0.isCore && $0.isHonest }) else { return nil }
        let store = node.disk.store
        let checker = RightsChecker(store, world.city)
        for subject in store.subjects {
            let entries = store.entries(about: subject)
            var scopes: [Scope] = []
            for entry in entries {
                if let scope = entry.header?.scope { scopes.append(scope) }
                if let scope = entry.header?.to { scopes.append(scope) }
            }
            for judged in store.folded(subject).history where judged.verdict.isInEffect {
                guard let entry = entries.first(where: { $0.hash == judged.entry.hash }),
                    checker.allows(entry, scopes)
                else {
                    return "\(judged.entry.log.short)#\(judged.entry.sequence) has effect:"
                        + " \(judged.entry.header.operation)"
                }
            }
        }
        for grant in store.roster.grants {
            guard let right = checker.rights.first(where: { $0.hash == grant.hash }) else {
                return "grant \(grant.hash.short) has effect"
            }
            let limit = grant.cuts.map { $0[grant.log] ?? 0 } ?? .max
            guard limit == right.limit else {
                return "grant \(grant.hash.short) counts to \(limit), should to \(right.limit)"
            }
        }
        return nil
    }

    /// A core node that goes on with a node whose rights have all ended, as it could know.
    static func guest(_ world: World) -> String? {
        for node in world.nodes where node.isCore {
            // By what it holds itself: an end can stand in a log that nobody has whole any more.
            let checker = RightsChecker(node.disk.store, world.city)
            for session in node.process?.machine.status.sessions ?? [] where session.hasCompared {
                let held = checker.rights.filter { $0.log == session.peer }
                guard !held.isEmpty, held.allSatisfy({ $0.limit != .max }) else { continue }
                return "node \(node.index) goes on with \(session.peer?.short ?? "-")"
            }
        }
        return nil
    }

    private init(_ store: SimulatedStore, _ city: City) {
        let entries = store.entries(about: city.subject)
        let founder = city.offices[0]
        rights = [
            Right(
                hash: city.ledger,
                log: founder.id,
                author: founder.service.publicKey,
                scope: founder.scope,
                level: 1,
                parent: nil
            )
        ]
        for log in store.logs.keys.sorted() {
            common[log] = ForkChecker.common(log, [store])
        }
        // Districts first, so that their own grants find them.
        for level in [2, 3, 4, 5] as [UInt64] {
            for entry in entries {
                guard let right = grant(entry, level: level) else { continue }
                rights.append(right)
            }
        }
        for entry in entries { end(entry) }
    }

    private func isSigned(_ entry: HeldEntry, _ key: PublicKey) -> Bool {
        guard let leaf = Leaf(entry.entry.leaf), leaf.keyHash == key.hash else { return false }
        return leaf.verifies(message: entry.hash, key: key)
    }

    private func authors(_ entry: HeldEntry) -> [Right] {
        rights.filter {
            $0.log == entry.place.log && isSigned(entry, $0.author)
                && entry.place.sequence < min($0.limit, common[$0.log] ?? .max)
        }
    }

    private func grant(_ entry: HeldEntry, level: UInt64) -> Right? {
        guard let header = entry.header, header.operation == "grant.node", header.version == 1,
            header[field: 0] == .unsigned(level), let scope = header.scope,
            case .bytes(let log)? = header[field: 1], case .bytes(let service)? = header[field: 2],
            log.count == 32, service.count == 32,
            let author = try? PublicKey(Bytes32(service, at: 0)),
            let parent = authors(entry).filter({
                $0.level < level && $0.level <= 2 && $0.scope.covers(scope)
            }).min(by: { $0.hash < $1.hash })
        else { return nil }
        return Right(
            hash: entry.hash,
            log: sha256(log),
            author: author,
            scope: scope,
            level: level,
            parent: parent.hash
        )
    }

    private mutating func end(_ entry: HeldEntry) {
        guard let header = entry.header, header.operation == "grant.end", header.version == 1,
            case .array(let hashes)? = header[field: 0], case .array(let rows)? = header[field: 10]
        else { return }
        var cuts: [Digest: UInt64] = [:]
        for row in rows {
            guard case .array(let values) = row, values.count == 3,
                case .bytes(let log) = values[0], case .unsigned(let size) = values[1]
            else { return }
            cuts[Bytes32(log, at: 0)] = size
        }
        let enders = authors(entry)
        for case .bytes(let bytes) in hashes {
            guard let index = rights.firstIndex(where: { $0.hash.bytes == bytes }) else { continue }
            let right = rights[index]
            let above = lineage(right)
            let may = enders.contains { ender in
                ender.hash == right.hash
                    || ender.level < right.level && ender.scope.covers(right.scope)
                        && (ender.level == 1 || above.contains(ender.log))
            }
            guard may else { continue }
            rights[index].limit = min(right.limit, cuts[right.log] ?? 0)
        }
    }

    private func lineage(_ right: Right) -> Set<Digest> {
        var logs: Set<Digest> = []
        var next = right.parent
        while let parent = rights.first(where: { $0.hash == next }) {
            logs.insert(parent.log)
            next = parent.parent
        }
        return logs
    }

    private func allows(_ entry: HeldEntry, _ scopes: [Scope]) -> Bool {
        authors(entry).contains { right in scopes.contains { right.scope.covers($0) } }
    }
}
