import Foundation
import Storage
import TestSupport
import Testing

/// What people do at a home with keys of their own.
extension Site {
    /// A person's key file, encrypted under the passphrase if one is given, enrolled at a site.
    func person(
        _ number: String,
        _ roles: String,
        passphrase: String? = nil,
        by superior: String? = nil
    ) async throws -> String {
        let file = town.path("\(name)-\(number)-\(UUID().uuidString.prefix(4)).pem")
        let secret = passphrase == nil ? [] : ["--passphrase-fd", "0"]
        let made = try await Linli.run(
            ["staff", "key", file, "--number", number] + secret,
            input: passphrase.map { $0 + "\n" },
            in: town.directory
        )
        try #require(made.code == 0, "\(made.errors)")
        let by = superior.map { ["--as", $0] } ?? []
        let added = try await Linli.run(
            ["staff", "add", file + ".request", "--roles", roles, "--home", path] + by,
            in: town.directory
        )
        try #require(added.code == 0, "\(added.errors)")
        return file
    }

    func report(as file: String, passphrase: String? = nil) async throws
        -> Linli.Outcome
    {
        let secret = passphrase == nil ? [] : ["--passphrase-fd", "0"]
        return try await Linli.run(
            ["--as", file, "case", "report", "--summary", "楼道堆物", "--home", path, "--json"]
                + secret,
            input: passphrase.map { $0 + "\n" },
            in: town.directory
        )
    }

    func writers(of outcome: Linli.Outcome) async throws -> [String] {
        let id = try #require(outcome["id"] as? String)
        let history = try await run("history", id, "--json").output
        return try history.split(separator: "\n").filter { $0.contains("verdict") }.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let row = try #require(object as? [String: Any])
            let verdict = row["verdict"] as? String ?? "-"
            return "\(row["staff"] as? String ?? "-") \(row["actor"] as? String ?? "-") \(verdict)"
        }
    }

    func size() throws -> UInt64 {
        let store = try Store(path: path + "/ledger.db", mode: .readOnly)
        return store.identity.flatMap { store.log($0.log)?.size } ?? 0
    }
}
