import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct TranscriptTests {
    /// The city of every transcript: a district with two streets, all running.
    private static let nodes: [(name: String, level: String, code: String, by: String)] = [
        ("gongshu", "district", "330105", "hangzhou"), ("wulin", "street", "330105013", "gongshu"),
        ("tianshui", "street", "330105012", "gongshu"),
    ]

    @Test(arguments: ["street-clerk", "district-admin"])
    func aWorkingDayGoesAsItIsWritten(name: String) async throws {
        let transcript = try Transcript(name)
        let town = try Town()
        let city = try await town.found("hangzhou")
        var sites = ["hangzhou": city]
        var daemons = ["hangzhou": try await city.start()]
        for node in Self.nodes {
            let admin = try #require(sites[node.by])
            let site = try await town.join(node.name, node.level, node.code, by: admin)
            sites[node.name] = site
            daemons[node.name] = try await site.start()
            let all = Array(sites.values)
            #expect(await eventually { agree(all) })
        }
        var words = Placeholders(sites.mapValues(\.path))
        for step in transcript.steps {
            switch step {
            case .wait(let line):
                let running = daemons.keys.compactMap { sites[$0] }
                #expect(await eventually { agree(running) }, "\(name), line \(line)")
            case .stop(let line, let node):
                let daemon = try #require(daemons[node], "line \(line)")
                daemons[node] = nil
                #expect(await daemon.stop() == 0)
            case .start(let line, let node):
                let site = try #require(sites[node], "line \(line)")
                daemons[node] = try await site.start()
            case .command(let line, let command, let expected, let code):
                let outcome = try await Linli.run(
                    command.map { words.filled($0) } + ["--lang", "zh"],
                    in: town.directory
                )
                let lines = (outcome.output + outcome.errors)
                    .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .map(String.init)
                #expect(outcome.code == code, "\(name), line \(line): \(outcome.errors)")
                // What a command that has to succeed prints may be left out.
                let problem = expected.isEmpty ? nil : words.mismatch(expected, lines)
                if let problem {
                    Issue.record("\(name), line \(line): \(problem)")
                }
                guard outcome.code == code, problem == nil else { return }
            }
        }
        for daemon in daemons.values { #expect(await daemon.stop() == 0) }
    }
}
