import Crypto
import Encoding
import Ledger

/// Vectors of `roster.md`: sets of entries with who is in effect, requests, invitations.
enum RosterVectors {
    static func all() throws -> [VectorFile] { try sets() + requests() + invitations() }

    /// Grants in effect with their parents and, if they have ended, their cuts.
    private typealias Effect = (grant: String, under: String, cuts: [(String, UInt64)]?)

    private static func file(
        _ name: String,
        _ what: String,
        _ world: RosterWorld,
        _ effects: [Effect]
    ) throws -> VectorFile {
        var file = VectorFile("roster/set_\(name)", what: what, expect: "good")
            .with("ledger", world.ledger)
        for written in world.written {
            let parts = written.entry.parts.compactMap { $0 }
                .map { "\(hex($0.salt.bytes))/\(hex($0.bytes))" }
            let columns = [hex(written.entry.header), hex(written.entry.leaf)] + parts
            file = file.with("entry", columns.joined(separator: " "))
        }
        var lines: [String] = []
        for effect in effects {
            let parent = effect.under.isEmpty ? "-" : "\(world.hash(effect.under))"
            var line = "\(world.hash(effect.grant)) under \(parent)"
            if let cuts = effect.cuts {
                let texts = try cuts.map { node, size in
                    "\(try RosterWorld.keys(node).log.hash)=\(size)"
                }
                line += " ended" + texts.sorted().map { " " + $0 }.joined()
            }
            lines.append(line)
        }
        return lines.sorted().reduce(file) { $0.with("effect", $1) }
    }

    private static let city: Effect = ("city", "", nil)

    /// City, one district, one street, each with its log opened.
    private static func usual() throws -> RosterWorld {
        var world = try RosterWorld()
        try world.grant("district", .district, "330105", by: "city")
        try world.open("district")
        try world.grant("street", .street, "330105013", by: "district")
        try world.open("street")
        return world
    }

    private static func sets() throws -> [VectorFile] {
        let district: Effect = ("district", "city", nil)
        let street: Effect = ("street", "district", nil)
        var files = [
            try file("founding", "the founding entry alone", try RosterWorld(), [city]),
            try file("usual", "city, district, street", try usual(), [city, district, street]),
        ]
        var world = try usual()
        try world.grant("far", .street, "330106001", by: "district")
        files.append(
            try file(
                "outside_scope",
                "a district enrols in another",
                world,
                [city, district, street]
            )
        )
        world = try usual()
        try world.grant("second", .street, "330105013", by: "street")
        try world.grant("rival", .district, "330105", by: "district")
        files.append(
            try file(
                "level",
                "a street enrols, a district enrols a district",
                world,
                [city, district, street]
            )
        )
        world = try usual()
        try world.grant("nobody", .street, "330105014", by: "stranger")
        files.append(
            try file(
                "stranger",
                "a grant by a key without a grant",
                world,
                [city, district, street]
            )
        )
        return try files + ends() + combinations()
    }

    private static func ends() throws -> [VectorFile] {
        let district: Effect = ("district", "city", nil)
        let street: Effect = ("street", "district", nil)
        var files: [VectorFile] = []
        var world = try usual()
        try world.end("end", ["street"], cuts: [("street", 1)], by: "district")
        files.append(
            try file(
                "ended_by_superior",
                "a district ends a street's grant",
                world,
                [city, district, ("street", "district", [("street", 1)])]
            )
        )
        world = try usual()
        try world.end("end", ["street"], cuts: [("street", 2)], by: "street")
        files.append(
            try file(
                "ended_by_holder",
                "a street ends its own grant",
                world,
                [city, district, ("street", "district", [("street", 2)])]
            )
        )
        world = try usual()
        try world.grant("peer", .district, "330106", by: "city")
        try world.end("end", ["street"], cuts: [], by: "peer")
        try world.end("upward", ["district"], cuts: [], by: "street")
        files.append(
            try file(
                "ended_by_others",
                "another district and one below end nothing",
                world,
                [city, district, street, ("peer", "city", nil)]
            )
        )
        world = try usual()
        try world.end("end", ["street"], cuts: [], by: "city")
        files.append(
            try file(
                "ended_without_cut",
                "no log is named: cut at zero",
                world,
                [city, district, ("street", "district", [])]
            )
        )
        return files
    }

    private static func combinations() throws -> [VectorFile] {
        let street: Effect = ("street", "district", nil)
        var files: [VectorFile] = []
        var world = try usual()
        let logs: [(String, UInt64)] = [("street", 5), ("district", 3)]
        try world.end("first", ["street"], cuts: logs, by: "district")
        try world.end("second", ["street"], cuts: [("street", 2)], by: "city")
        files.append(
            try file(
                "two_ends",
                "two ends combine by minimum",
                world,
                [city, ("district", "city", nil), ("street", "district", [("street", 2)])]
            )
        )
        // The district's log has log.open, the grant of the street, and then another grant.
        world = try usual()
        try world.grant("late", .street, "330105014", by: "district")
        try world.end("end", ["district"], cuts: [("district", 2)], by: "city")
        files.append(
            try file(
                "beyond_the_cut",
                "a grant beyond its author's cut",
                world,
                [city, ("district", "city", [("district", 2)]), street]
            )
        )
        // The district's end of the street's grant stands beyond the district's own cut.
        world = try usual()
        try world.end("vain", ["street"], cuts: [], by: "district")
        try world.end("end", ["district"], cuts: [("district", 2)], by: "city")
        files.append(
            try file(
                "end_beyond_the_cut",
                "an end beyond its author's cut",
                world,
                [city, ("district", "city", [("district", 2)]), street]
            )
        )
        // A new grant is a new right: an end names grants by hash, so it lives on.
        world = try usual()
        try world.end("end", ["street"], cuts: [("street", 1)], by: "district")
        try world.grant("again", .street, "330105013", by: "district", keysOf: "street")
        files.append(
            try file(
                "granted_again",
                "the same keys get a new grant",
                world,
                [
                    city, ("district", "city", nil), ("street", "district", [("street", 1)]),
                    ("again", "district", nil),
                ]
            )
        )
        return files
    }

    private static func request(_ keys: NodeKeys) throws -> String {
        let request = EnrolmentRequest(
            name: "天水街道",
            level: .street,
            scope: Scope("330105013") ?? .anywhere,
            endpoint: "node.example:7301",
            keys: keys
        )
        return try request.signed(
            log: CheckpointVectors.key("street/log"),
            service: CheckpointVectors.key("street/service"),
            witness: CheckpointVectors.key("street/witness"),
            tls: CheckpointVectors.key("street/tls")
        )
    }

    private static func requests() throws -> [VectorFile] {
        let keys = try RosterWorld.keys("street")
        let other = try RosterWorld.keys("other")
        let good = try request(keys)
        func file(_ name: String, _ what: String, _ text: String) -> VectorFile {
            VectorFile(
                "roster/request_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("text", Array(text.utf8))
        }
        let read = try EnrolmentRequest(armored: good)
        let foreign = NodeKeys(
            log: other.log,
            service: keys.service,
            witness: keys.witness,
            seal: keys.seal,
            tls: keys.tls,
            successor: keys.successor
        )
        let twice = NodeKeys(
            log: keys.log,
            service: keys.service,
            witness: keys.witness,
            seal: keys.log.bytes,
            tls: keys.tls,
            successor: keys.successor
        )
        let lines = good.split(separator: "\n")
        return [
            file("good", "a street's request", good).with("name", "天水街道").with("level", "3")
                .with("scope", "330105013").with("endpoint", "node.example:7301")
                .with("log", keys.log.bytes).with("service", keys.service.bytes)
                .with("witness", keys.witness.bytes).with("seal", keys.seal)
                .with("tls", keys.tls.bytes).with("successor", keys.successor)
                .with("fingerprint", read.fingerprint),
            file(
                "good_mailed",
                "with text around it, spaces and CR LF",
                "你好\r\n" + lines.map { "  \($0) \r\n" }.joined() + "再见\r\n"
            ),
            file("bad_foreign_key", "asks with another node's log key", try request(foreign)),
            file("bad_key_twice", "seal key is the log key", try request(twice)),
            file(
                "bad_no_end",
                "the last line is missing",
                lines.dropLast().joined(separator: "\n") + "\n"
            ),
            file(
                "bad_other_block",
                "a block of another kind",
                String(good.split(separator: "REQUEST").joined(separator: "INVITATION"))
            ),
        ]
    }

    private static func invitations() throws -> [VectorFile] {
        let inviter = try RosterWorld.keys("district").tls
        let founding = try RosterWorld().written[0].entry
        func invitation(_ endpoint: String?) throws -> Invitation {
            try Invitation(
                founding: founding,
                enrolment: sha256([3]),
                log: sha256([4]),
                inviter: inviter,
                endpoint: endpoint
            )
        }
        func file(_ name: String, _ what: String, _ text: String) -> VectorFile {
            VectorFile(
                "roster/invitation_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("text", Array(text.utf8))
        }
        func good(_ name: String, _ what: String, _ invitation: Invitation) -> VectorFile {
            file(name, what, invitation.armored).with("ledger", invitation.ledger)
                .with("founder", invitation.founder).with("enrolment", invitation.enrolment)
                .with("log", invitation.log).with("inviter", inviter.bytes)
                .with("endpoint", invitation.endpoint ?? "")
                .with("fingerprint", invitation.fingerprint)
        }
        let part = founding.parts[0] ?? Part(salt: .zero, bytes: [])
        var items: [CBORValue] = [founding.header, founding.leaf].map { .bytes($0) }
        items += [part.salt.bytes, part.bytes, sha256([3]).bytes, sha256([4]).bytes].map {
            .bytes($0)
        }
        items += [.bytes(inviter.bytes.bytes), .null]
        func changed(_ index: Int, _ change: (inout [UInt8]) -> Void) -> String {
            var items = items
            if case .bytes(var bytes) = items[index] {
                change(&bytes)
                items[index] = .bytes(bytes)
            }
            return Armor.wrap(CBORValue.array(items).encoded, label: "INVITATION")
        }
        return [
            good("good", "from a node that listens", try invitation("node.example:7301")),
            good("good_dialling", "from a node that only dials", try invitation(nil)),
            file(
                "bad_header",
                "the founding entry's header is changed",
                changed(0) { $0[70] ^= 1 }
            ),
            file("bad_signature", "the founding entry is not signed", changed(1) { $0[40] ^= 1 }),
            file("bad_part", "the founding entry's part is changed", changed(3) { $0[3] ^= 1 }),
            file(
                "bad_small_order",
                "inviter's key is of small order",
                changed(6) { $0 = [UInt8](repeating: 0, count: 32) }
            ),
            file(
                "bad_seven_items",
                "an item is missing",
                Armor.wrap(CBORValue.array(items.dropLast()).encoded, label: "INVITATION")
            ),
        ]
    }
}
