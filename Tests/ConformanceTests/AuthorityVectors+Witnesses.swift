import Crypto
import Encoding
import Ledger

// Policies of witnesses, and who witnesses a log by them.
extension AuthorityVectors {
    static func witnesses() throws -> VectorFile {
        var world = try usual()
        let four = ["city", "district", "street", "other"]
        try world.witnesses("first", "3301", four + ["outside"], by: "city")
        try world.witnesses("second", "3301", four, by: "city", replacing: ["first"])
        try world.witnesses("narrow", "330105013", four, by: "district", replacing: ["second"])
        try world.witnesses("vain", "330105", four, by: "street", replacing: ["second"])
        var file = try file(
            "witnesses",
            "the city names witnesses twice, a district more narrowly, a street in vain",
            world,
            []
        )
        let roster = Roster(ledger: world.ledger, entries: world.written.map(\.placed))
        for node in ["city", "district", "street"] {
            let log = try RosterWorld.keys(node).log.hash
            file = file.with("witness", witnessed(log, by: roster))
        }
        return file
    }

    /// A log with the scope of its node, the quorum, and who witnesses it.
    static func witnessed(_ log: Digest, by roster: Roster) -> String {
        let witnesses = roster.witnesses(of: log)
        let members = (witnesses?.members ?? []).map { member in
            member.log?.description ?? "\(member.name)=\(member.keys[0].bytes)"
        }
        let scope = roster.member(log: log)?.scope.code ?? "-"
        return (["\(log)", scope, "\(witnesses?.quorum ?? 0)"] + members).joined(separator: " ")
    }
}
