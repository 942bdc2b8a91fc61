package import Crypto
internal import Encoding
internal import TransparencyLog

/// Which witnesses are to cosign the logs of an area.
///
/// Decides nothing about rights or effects: it says whose cosignatures vouch for a log.
///
/// - Source: `Protocol/roster.md` sections 4 and 5, `Protocol/witness.md`.
package struct WitnessPolicy: Hashable, Sendable {
    /// Who cosigns.
    package enum Witness: Hashable, Sendable {
        /// A node of the ledger, by its log; with whichever witness key the roster grants it.
        case node(Digest)
        /// Somebody outside, under this name.
        case outside(name: String, key: PublicKey)
    }

    /// Fewest witnesses of a policy that names any: of four, one may lie or be away.
    package static let witnessesMin = 4
    /// Most witnesses.
    package static let witnessesMax = 7
    /// Most policies that one takes the place of.
    package static let replacedMax = 16
    /// Most bytes of the name of an outside witness.
    package static let nameMax = 128

    /// Hash of the entry.
    package let entry: Digest
    /// Where it stands.
    package let place: Place
    /// Key hash of its author.
    package let author: Digest
    /// The logs of which nodes it is about.
    package let area: Scope
    /// None, or ``witnessesMin`` to ``witnessesMax``, no two equal.
    package let witnesses: [Witness]
    /// Policies that its author knew and that it takes the place of.
    package let replaced: [Digest]
    /// Level of the office that wrote it.
    package internal(set) var level: Level = .auditor
}

/// The witnesses of one log.
package struct LogWitnesses: Hashable, Sendable {
    /// One of them, with the keys under which it may cosign; none if its right has ended.
    package struct Member: Hashable, Sendable {
        /// Its log; nil for somebody outside.
        package let log: Digest?
        /// What people call it.
        package let name: String
        /// Its witness keys; several while a node changes them.
        package let keys: [PublicKey]
    }

    /// In the order of the policy, without the log's own node.
    package let members: [Member]

    /// How many of them have to cosign: more than two thirds.
    package var quorum: Int { members.count * 2 / 3 + 1 }

    /// How many of them may lie without harm: fewer than a third.
    package var faulty: Int { (members.count - 1) / 3 }

    /// Whether so many of them are among the holders of these keys.
    package func vouches(_ keys: [Digest]) -> Bool {
        members.count { member in member.keys.contains { keys.contains($0.hash) } } >= quorum
    }

    /// A policy for tools of others, which have one quorum for all logs: the union of these
    /// witnesses, by all of their keys, and the smallest quorum.
    package static func policy(logs: [PublicKey], _ all: [LogWitnesses]) -> String {
        var named: [(name: String, key: PublicKey)] = []
        for key in all.flatMap(\.members).flatMap(\.keys)
        where !named.contains(where: { $0.key == key }) {
            named.append(("w-\(key.hash.short)", key))
        }
        let quorum = all.map(\.quorum).min() ?? 0
        return SigsumPolicy.text(logs: logs, witnesses: named, quorum: min(quorum, named.count))
    }

    /// Whose key this is.
    package func member(key hash: Digest) -> (member: Member, key: PublicKey)? {
        for member in members {
            if let key = member.keys.first(where: { $0.hash == hash }) { return (member, key) }
        }
        return nil
    }
}

extension Roster {
    /// Who is to witness a log; nil for a log that the roster does not name, or for none.
    ///
    /// Of the policies in effect over its node's scope, but those that another in effect took the
    /// place of, the one of the narrowest area counts, then that of the higher office, then that
    /// of the smallest hash.
    package func witnesses(of log: Digest) -> LogWitnesses? {
        guard let node = member(log: log) else { return nil }
        let policy = standingWitnessPolicies.filter { $0.area.covers(node.scope) }.min {
            let widths = ($0.area.code.utf8.count, $1.area.code.utf8.count)
            if widths.0 != widths.1 { return widths.0 > widths.1 }
            return ($0.level.rawValue, $0.entry) < ($1.level.rawValue, $1.entry)
        }
        guard let policy else { return nil }
        let members = policy.witnesses.compactMap { witness -> LogWitnesses.Member? in
            switch witness {
            case .node(log): nil
            case .node(let other):
                LogWitnesses.Member(
                    log: other,
                    name: member(log: other)?.name ?? other.short,
                    keys: witnessKeys(of: other)
                )
            case .outside(let name, let key):
                LogWitnesses.Member(log: nil, name: name, keys: [key])
            }
        }
        return members.isEmpty ? nil : LogWitnesses(members: members)
    }

    /// The policies in effect of which none in effect takes the place.
    package var standingWitnessPolicies: [WitnessPolicy] {
        witnessPolicies.filter { policy in
            !witnessPolicies.contains {
                $0.level <= policy.level && $0.area.covers(policy.area)
                    && $0.replaced.contains(policy.entry)
            }
        }
    }

    /// The witness keys of a node whose grants have not ended, the newest grant's last.
    private func witnessKeys(of log: Digest) -> [PublicKey] {
        grants(log: log).filter { !$0.hasEnded }.map(\.keys.witness)
            .reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
    }
}

extension RosterOperation {
    static func witnesses(_ entry: PlacedEntry) -> WitnessPolicy? {
        guard let area = entry.header.scope,
            case .array(let items)? = entry.header[field: Field.witnesses],
            items.isEmpty
                || WitnessPolicy.witnessesMin...WitnessPolicy.witnessesMax ~= items.count,
            case .array(let hashes)? = entry.header[field: Field.replacedPolicies],
            hashes.count <= WitnessPolicy.replacedMax
        else { return nil }
        let witnesses = items.compactMap(witness)
        let replaced = hashes.compactMap(\.bytes32)
        guard witnesses.count == items.count, Set(witnesses.map(\.id)).count == items.count,
            replaced.count == hashes.count
        else { return nil }
        return WitnessPolicy(
            entry: entry.hash,
            place: entry.place,
            author: entry.author,
            area: area,
            witnesses: witnesses,
            replaced: replaced
        )
    }

    private static func witness(_ item: CBORValue) -> WitnessPolicy.Witness? {
        if let log = item.bytes32 { return .node(log) }
        guard case .array(let columns) = item, columns.count == 2,
            case .text(let name) = columns[0], let key = columns[1].bytes32,
            let key = try? PublicKey(key)
        else { return nil }
        return WitnessPolicy.Witness(outside: name, key: key)
    }
}

extension WitnessPolicy.Witness {
    /// Nil for a name that is not of 1 to 128 visible ASCII characters without plus sign: it
    /// stands in the lines under notes and in policies of other tools.
    package init?(outside name: String, key: PublicKey) {
        guard 1...WitnessPolicy.nameMax ~= name.utf8.count,
            name.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "+") })
        else { return nil }
        self = .outside(name: name, key: key)
    }

    /// What may stand in a policy once: a log, or a key.
    fileprivate var id: Digest {
        switch self {
        case .node(let log): log
        case .outside(_, let key): key.bytes
        }
    }

    fileprivate var value: CBORValue {
        switch self {
        case .node(let log): .bytes(log.bytes)
        case .outside(let name, let key): .array([.text(name), .bytes(key.bytes.bytes)])
        }
    }
}

extension EntryDraft {
    /// Who is to witness the logs of an area, instead of what these policies say.
    package static func witnesses(
        roster: SubjectID,
        area: Scope,
        _ witnesses: [WitnessPolicy.Witness],
        replacing replaced: [Digest]
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        return EntryDraft(
            operation: RosterOperation.witnessName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.witnesses, .array(witnesses.map(\.value))),
                CBORPair(Field.replacedPolicies, .array(replaced.map { .bytes($0.bytes) })),
            ],
            scope: area
        )
    }
}
