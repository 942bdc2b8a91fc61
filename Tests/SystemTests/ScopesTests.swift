import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing

/// Nodes that store the contents of some places only.
///
/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct ScopesTests {
    private let secret = "只在北街的话"

    private func scopes(of site: Site) async throws -> String {
        try await site.run("scopes", "--json").output
    }

    /// Whether any file of a home has these bytes.
    private func isOnDisk(_ text: String, at site: Site) throws -> Bool {
        let names = try FileManager.default.contentsOfDirectory(atPath: site.path)
        let wanted = Data(text.utf8)
        return names.contains { name in
            FileManager.default.contents(atPath: site.path + "/" + name)?.range(of: wanted) != nil
        }
    }

    @Test func whatLiesOutsideIsNotStoredAndComesWhenItIsWanted() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let north = try await town.join("north", "street", "330105013", by: city)
        let south = try await town.join("south", "street", "330105014", by: city)
        var daemons: [Daemon] = []
        for site in [city, district, north, south] { daemons.append(try await site.start()) }
        #expect(await eventually { agree([city, district, north, south], entries: 7) })
        let only = try await south.run("scopes", "--only", "330105014", "--json")
        #expect(only.code == 0, "\(only.errors)")

        let said = try await north.run("case", "report", "--channel", "03", "--summary", secret)
        #expect(said.code == 0, "\(said.errors)")
        let own = try await south.run("case", "report", "--channel", "03", "--summary", "南街")
        #expect(own.code == 0, "\(own.errors)")
        #expect(await eventually { (try? south.status())?.entries == 9 })
        #expect(await eventually { agree([city, district, north], entries: 9) })
        #expect(try south.status().frontier == city.status().frontier)
        #expect(try south.status().view != city.status().view)
        #expect(try !isOnDisk(secret, at: south))
        let list = try await south.run("cases", "--lang", "zh")
        #expect(list.output.contains("未存于本节点") && list.output.contains("南街"))
        #expect(list.errors.contains("未存于本节点"))
        let verdict = try await south.run("verify")
        #expect(verdict.code == 0, "\(verdict.output)\(verdict.errors)")

        // Everything, now, and without a word of the past missing.
        let all = try await south.run("scopes", "--all", "--json")
        #expect(all.code == 0, "\(all.errors)")
        #expect(await eventually { agree([city, district, north, south], entries: 9) })
        #expect(try await south.run("cases").output.contains(secret))

        // Three others hold it, and prove it: it may go, and leaves nothing behind.
        _ = try await south.run("search", "北街")
        let drop = try await south.run("scopes", "--only", "330105014", "--json")
        #expect(drop.code == 0, "\(drop.errors)")
        #expect(drop.output.contains("\"dropped\":1"))
        #expect(try !isOnDisk(secret, at: south))
        #expect(try await scopes(of: south).contains("\"notHeld\":1"))

        // With one other node there is nobody to prove enough.
        for daemon in daemons[1...2] { #expect(await daemon.stop() == 0) }
        #expect(await eventually { (try? city.status())?.peers.count { $0.isConnected } == 1 })
        let refused = try await city.run("scopes", "--only", "330105014")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("not proven"))
        #expect(try isOnDisk(secret, at: city))
        for daemon in [daemons[0], daemons[3]] { #expect(await daemon.stop() == 0) }
        let again = try await south.run("verify")
        #expect(again.code == 0, "\(again.output)\(again.errors)")
    }

    @Test func aBundleBringsWhatIsMissing() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemons = [try await city.start(), try await street.start()]
        #expect(await eventually { agree([city, street], entries: 3) })
        #expect(try await street.run("scopes", "--only", "330105013").code == 0)
        let said = try await city.run(
            "case",
            "report",
            "--scope",
            "330105014",
            "--channel",
            "03",
            "--summary",
            secret
        )
        #expect(said.code == 0, "\(said.errors)")
        #expect(await eventually { (try? street.status())?.entries == 4 })
        for daemon in daemons { #expect(await daemon.stop() == 0) }
        // Nobody is there to be asked.
        let all = try await street.run("scopes", "--all", "--timeout", "1")
        #expect(all.code == 0, "\(all.errors)")
        #expect(try await scopes(of: street).contains("\"missing\":1"))
        let file = town.path("stick")
        #expect(try await city.run("bundle", "write", file).code == 0)
        let read = try await street.run("bundle", "read", file)
        #expect(read.code == 0, "\(read.errors)")
        #expect(try await scopes(of: street).contains("\"missing\":0"))
        #expect(try await street.run("cases").output.contains(secret))
        #expect(try await street.run("verify").code == 0)
    }

    @Test func wrongInputChangesNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        for words in [["--only", "33"], ["--drop", "330105"], ["--all", "--only", "330105"]] {
            let answer = try await Linli.run(
                ["scopes", "--home", city.path] + words,
                in: town.directory
            )
            #expect(answer.code == 64, "\(answer.errors)")
        }
        #expect(try await city.run("scopes", "--lang", "en").output.contains("stores everything"))
    }
}
