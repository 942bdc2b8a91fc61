import Crypto
import Encoding
import Ledger
import LedgerFixtures

/// Vectors of `roster.md` for persons, policies, marks and successions: sets of entries, who is in
/// effect, and what becomes of entries at places.
enum AuthorityVectors {
    static func all() throws -> [VectorFile] {
        try [staff(), delegation(), rotation(), policy(), witnesses()] + ends() + marks() + forks()
            + successions() + requests()
    }

    /// Somebody who writes, for a question about a verdict.
    enum Writer {
        case node(String)
        case person(String, at: String)
    }

    struct Question {
        let writer: Writer
        let sequence: UInt64
        let roles: [Role]
        let isPersonal: Bool
        let scope: String
        var entry: Digest?
    }

    static func ask(
        _ writer: Writer,
        at sequence: UInt64,
        _ roles: [Role] = [.mediator],
        isPersonal: Bool = false,
        of scope: String = "330105013",
        entry: String? = nil
    ) -> Question {
        Question(
            writer: writer,
            sequence: sequence,
            roles: roles,
            isPersonal: isPersonal,
            scope: scope,
            entry: entry.map { sha256(Array($0.utf8)) }
        )
    }

    static func file(
        _ name: String,
        _ what: String,
        _ world: RosterWorld,
        _ questions: [Question]
    ) throws -> VectorFile {
        var file = VectorFile("roster/authority_\(name)", what: what, expect: "good")
            .with("ledger", world.ledger)
        for written in world.written {
            let parts = written.entry.parts.compactMap { $0 }
                .map { "\(hex($0.salt.bytes))/\(hex($0.bytes))" }
            let columns = [hex(written.entry.header), hex(written.entry.leaf)] + parts
            file = file.with("entry", columns.joined(separator: " "))
        }
        let roster = Roster(ledger: world.ledger, entries: world.written.map(\.placed))
        file = effects(roster).reduce(file) { $0.with("effect", $1) }
        for question in questions {
            let (author, node) =
                switch question.writer {
                case .node(let node):
                    (try CheckpointVectors.key(node + "/service").publicKey.hash, node)
                case .person(let number, let node):
                    (try RosterWorld.person(number).publicKey.hash, node)
                }
            let columns =
                [
                    "\(author)", "\(try RosterWorld.keys(node).log.hash)", "\(question.sequence)",
                    question.roles.map { "\($0.rawValue)" }.joined(separator: ","),
                    question.isPersonal ? "personal" : "any", question.scope,
                ] + (question.entry.map { ["\($0)"] } ?? [])
            file = file.with("verdict", answered(columns, by: roster).joined(separator: " "))
        }
        return file
    }

    /// A set made from a seed, with a verdict on every author at many places of every log.
    static func random(_ seed: UInt64) throws -> VectorFile {
        let world = try RandomAuthority(seed: seed)
        let roster = world.paper.roster
        var file = VectorFile("roster/authority_random_\(seed)", what: "random", expect: "good")
            .with("ledger", world.paper.ledger)
        for entry in world.paper.entries {
            // Who reads a set has checked its signatures; successions prove themselves.
            guard
                !entry.isForged
                    || entry.header.operation == RosterOperation.succeedName,
                let sent = world.paper.logs[entry.log]?[Int(entry.sequence)]
            else { continue }
            let parts = sent.parts.compactMap { $0 }
                .map { "\(hex($0.salt.bytes))/\(hex($0.bytes))" }
            let columns = [hex(sent.header), hex(sent.leaf)] + parts
            file = file.with("entry", columns.joined(separator: " "))
        }
        file = effects(roster).reduce(file) { $0.with("effect", $1) }
        let keys =
            world.offices.map(\.service.publicKey.hash)
            + world.people.map(\.key.publicKey.hash)
        for key in keys {
            for log in Set(world.offices.map(\.id)).sorted() {
                for sequence in stride(from: 0, to: 24, by: 3) {
                    let columns = [
                        "\(key)", "\(log)", "\(sequence)", "6,8,10",
                        sequence % 2 == 0 ? "any" : "personal", "330105013",
                    ]
                    let line = answered(columns, by: roster).joined(separator: " ")
                    file = file.with("verdict", line)
                }
            }
        }
        return file
    }

    /// What is in effect, one line each, sorted.
    static func effects(_ roster: Roster) -> [String] {
        func line(_ hash: Digest, _ parent: Digest?, _ cuts: [Digest: UInt64]?) -> String {
            let end = cuts.map { cuts in
                " ended" + cuts.map { " \($0.key)=\($0.value)" }.sorted().joined()
            }
            return "\(hash) under \(parent.map(\.description) ?? "-")" + (end ?? "")
        }
        return
            (roster.grants.map { line($0.hash, $0.parent, $0.cuts) }
            + roster.staff.map { line($0.hash, $0.parent, $0.cuts) + " rank \($0.rank)" }
            + roster.policies.map { "\($0.entry) policy" }
            + roster.witnessPolicies.map { "\($0.entry) witnesses" }
            + roster.forks.values.map { "\($0.log) forked \($0.size) \($0.root)" }).sorted()
    }

    /// A question with its answer behind it, which can end with an entry's hash.
    static func answered(_ columns: [String], by roster: Roster) -> [String] {
        guard columns.count >= 6, let author = Digest(hex: columns[0]),
            let log = Digest(hex: columns[1]), let sequence = UInt64(columns[2]),
            let scope = Scope(columns[5])
        else { return [] }
        let entry = columns.count > 6 ? Digest(hex: columns[6]) : nil
        let roles = columns[3].split(separator: ",")
            .compactMap { UInt64($0).flatMap { Role(rawValue: $0) } }
        let verdict = roster.verdict(
            author: author,
            entry: entry,
            log: log,
            sequence: sequence,
            right: Right(roles: Set(roles), isPersonal: columns[4] == "personal"),
            scopes: [scope]
        )
        let word =
            switch verdict {
            case .allowed: "allowed"
            case .noGrant: "no-grant"
            case .outsideScope: "outside-scope"
            case .notPermitted: "not-permitted"
            case .notPersonal: "not-personal"
            case .contested: "contested"
            case .ratified(let entries):
                "ratified=" + entries.map(\.description).joined(separator: ",")
            case .refused: "refused"
            }
        return Array(columns.prefix(6)) + (entry.map { ["\($0)"] } ?? []) + [word]
    }

    /// City, one district, one street with a lead and a mediator.
    static func usual() throws -> RosterWorld {
        var world = try RosterWorld()
        try world.grant("district", .district, "330105", by: "city")
        try world.open("district")
        try world.grant("street", .street, "330105013", by: "district")
        try world.open("street")
        try world.staff("1", [.streetLead], "330105013", at: "street")
        try world.staff("12", [.mediator], "330105013001", at: "street", by: "1")
        return world
    }

    private static func staff() throws -> VectorFile {
        let mediator = Writer.person("12", at: "street")
        return try file(
            "staff",
            "a street with a lead and a mediator",
            usual(),
            [
                ask(mediator, at: 9, of: "330105013001"), ask(mediator, at: 9),
                ask(mediator, at: 9, [.dispatcher], of: "330105013001"),
                ask(.person("12", at: "district"), at: 9, of: "330105013001"),
                ask(.node("street"), at: 9, [.dispatcher, .auditor]),
                ask(.node("street"), at: 9, [.districtAdmin, .auditor]),
                ask(.person("13", at: "street"), at: 9),
            ]
        )
    }

    private static func delegation() throws -> VectorFile {
        var world = try usual()
        try world.staff("2", [.streetLead], "330105013", at: "street", by: "1")
        try world.staff("3", [.districtAdmin], "330105013", at: "street", by: "1")
        try world.staff("4", [.mediator], "330105014", at: "street", by: "1")
        try world.staff("5", [.mediator], "330105013001", at: "street", by: "12")
        try world.staff("6", [.windowClerk, .mediator], "330105013", at: "street", by: "2")
        try world.staff("7", [.districtAdmin], "330105", at: "district")
        return try file(
            "delegation",
            "a lead enrols within its role and scope, a mediator nobody",
            world,
            [
                ask(.person("2", at: "street"), at: 9, [.streetLead]),
                ask(.person("3", at: "street"), at: 9, [.districtAdmin]),
                ask(.person("6", at: "street"), at: 9, [.windowClerk]),
            ]
        )
    }

    private static func rotation() throws -> VectorFile {
        var world = try usual()
        try world.grant("fresh", .street, "330105013", by: "district", logOf: "street")
        try world.end("old", ["street"], cuts: [("street", 5)], by: "district")
        return try file(
            "rotation",
            "a street's keys are changed, its people stay",
            world,
            [
                ask(.node("street"), at: 4), ask(.node("street"), at: 5),
                ask(.person("12", at: "street"), at: 5, of: "330105013001"),
            ]
        )
    }

    private static func policy() throws -> VectorFile {
        var world = try usual()
        try world.policy("policy", "330105", cuts: [("street", 7)], by: "district")
        try world.policy("smaller", "330105013", cuts: [("street", 5)], by: "city")
        try world.policy("vain", "330105013", cuts: [], by: "street")
        try world.grant("late", .street, "330105014", by: "district")
        return try file(
            "policy",
            "a district and the city want persons' keys; a later grant lacks one",
            world,
            [
                ask(.node("street"), at: 4, isPersonal: true),
                ask(.node("street"), at: 5, isPersonal: true), ask(.node("street"), at: 5),
                ask(.person("12", at: "street"), at: 9, isPersonal: true, of: "330105013001"),
                ask(.node("district"), at: 1, isPersonal: true),
                ask(.node("district"), at: 2, isPersonal: true),
                ask(.node("city"), at: 9, isPersonal: true),
            ]
        )
    }

    private static func ends() throws -> [VectorFile] {
        let mediator = Writer.person("12", at: "street")
        var world = try usual()
        try world.end("end", ["12"], size: 4, by: "1", at: "street")
        try world.end("vain", ["1"], size: 0, by: "12", at: "street")
        let byLead = try file(
            "ended_by_lead",
            "a lead ends a mediator, who can end nobody",
            world,
            [
                ask(mediator, at: 3, of: "330105013001"),
                ask(mediator, at: 4, of: "330105013001"),
            ]
        )
        world = try usual()
        try world.end("end", ["1"], cuts: [("street", 3)], by: "street")
        try world.end("back", ["1"], size: 0, by: "1", at: "street")
        try world.staff("13", [.mediator], "330105013", at: "street", by: "1")
        let stolen = try file(
            "stolen",
            "an ended lead's key takes nothing back and enrols nobody",
            world,
            [
                ask(.person("1", at: "street"), at: 2, [.streetLead]),
                ask(.person("1", at: "street"), at: 3, [.streetLead]),
            ]
        )
        world = try usual()
        try world.end("end", ["street"], cuts: [("street", 2)], by: "district")
        let node = try file(
            "ended_node",
            "the end of a node binds its people",
            world,
            [
                ask(.person("1", at: "street"), at: 1, [.streetLead]),
                ask(.person("1", at: "street"), at: 2, [.streetLead]), ask(mediator, at: 1),
            ]
        )
        return [byLead, stolen, node]
    }

    private static func marks() throws -> [VectorFile] {
        func questions() -> [Question] {
            (2...6).map { ask(.node("street"), at: $0) }
        }
        var world = try usual()
        try world.grant("rival", .district, "330106", by: "city")
        try world.end("end", ["street"], cuts: [("street", 3)], by: "district")
        try world.mark("first", isRatification: true, 3..<6, of: "street", by: "district")
        try world.mark("second", isRatification: true, 4..<5, of: "street", by: "city")
        try world.mark("vain", isRatification: true, 6..<9, of: "street", by: "rival")
        let ratified = try file(
            "ratified",
            "a district and the city ratify, another district does not",
            world,
            questions()
        )
        try world.mark("no", isRatification: false, 4..<6, of: "street", by: "district")
        let refused = try file(
            "refused",
            "a refusal is final but for a higher office",
            world,
            questions()
        )
        return [ratified, refused]
    }

    private static func successions() throws -> [VectorFile] {
        var world = try usual()
        let heir = Succession(
            ledger: world.ledger,
            scope: Scope("3301") ?? .anywhere,
            keys: try RosterWorld.keys("heir"),
            ended: [world.ledger],
            cuts: [try RosterWorld.position("city", 2)]
        )
        try world.succeed("forged", heir, signer: "thief", in: "street")
        let forged = try file("succession_forged", "the signature is a thief's", world, [])
        try world.succeed("heir", heir, in: "street")
        try world.succeed("again", heir, in: "district")
        try world.grant("late", .district, "330106", by: "city")
        try world.grant("new", .district, "330107", by: "heir")
        try world.end("end", ["district"], cuts: [("district", 2)], by: "heir")
        try world.mark("mark", isRatification: true, 2..<3, of: "city", by: "heir")
        let good = try file(
            "succession",
            "recovery keys end the founder's right and put a node in its place",
            world,
            [
                ask(.node("city"), at: 1), ask(.node("city"), at: 2), ask(.node("city"), at: 3),
                ask(.node("heir"), at: 5), ask(.node("district"), at: 2),
            ]
        )
        return [forged, good]
    }

    private static func requests() throws -> [VectorFile] {
        let key = try RosterWorld.person("12")
        let request = StaffRequest(number: "12", key: key.publicKey)
        let good = try request.signed(by: key)
        let other = StaffRequest(number: "12", key: try RosterWorld.person("13").publicKey)
        let named = StaffRequest(number: "张三", key: key.publicKey)
        func file(_ name: String, _ what: String, _ text: String) -> VectorFile {
            let expect = name.hasPrefix("good") ? "good" : "bad"
            return VectorFile("roster/person_\(name)", what: what, expect: expect)
                .with("text", Array(text.utf8))
        }
        return [
            file("good", "a person's request", good).with("number", "12")
                .with("key", key.publicKey.bytes).with("fingerprint", request.fingerprint),
            file("bad_foreign_key", "asks with another's key", try other.signed(by: key)),
            file("bad_name", "a name for a number", try named.signed(by: key)),
        ]
    }
}
