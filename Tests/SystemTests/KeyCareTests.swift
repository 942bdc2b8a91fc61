import Crypto
import Foundation
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct KeyCareTests {
    private static let secret = "春风又绿江南岸"

    private func run(
        _ words: [String],
        _ town: Town,
        credential folder: String? = nil,
        input: String? = nil
    ) async throws -> Linli.Outcome {
        try await town.run(words, credential: folder, input: input)
    }

    private func isOpen(_ home: String) -> Bool {
        let files = FileManager.default.subpaths(atPath: home) ?? []
        return files.contains { name in
            let data = try? Data(contentsOf: URL(filePath: "\(home)/\(name)"))
            return data?.range(of: Data("BEGIN PRIVATE KEY".utf8)) != nil
        }
    }

    /// No key lies open; commands beside the service need no passphrase; the service has it from
    /// systemd, commands without one from a descriptor.
    @Test func aNodeKeepsItsKeysUnderAPassphrase() async throws {
        let town = try Town()
        let city = try await town.found()
        let path = town.path("street")
        let made = try await run(
            ["init", path, "--name", "street", "--scope", "330105013", "--level", "street"]
                + ["--protect", "--passphrase-fd", "0"],
            town,
            input: Self.secret + "\n"
        )
        #expect(made.code == 0, "\(made.errors)")
        #expect(!isOpen(path))
        let invitation = town.path("invitation")
        #expect(try await city.run("enrol", path + "/request.txt", "-o", invitation).code == 0)
        let join = ["join", invitation, "--home", path, "--peer", city.endpoint]
        let closed = try await run(join, town)
        #expect(closed.code == 64 && closed.errors.contains("--home-passphrase-fd"))
        let wrong = try await run(join + ["--home-passphrase-fd", "0"], town, input: "falsch\n")
        #expect(wrong.code == 1 && wrong.errors.contains("does not open"), "\(wrong.errors)")
        let right = try await run(
            join + ["--home-passphrase-fd", "0"],
            town,
            input: Self.secret + "\n"
        )
        #expect(right.code == 0, "\(right.errors)")

        // The service, as systemd starts it.
        let folder = town.path("credentials")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        try Data((Self.secret + "\n").utf8)
            .write(to: URL(filePath: folder + "/linli-passphrase"))
        let above = try await city.start()
        let program = try #require(Linli.path)
        let service = try ChildProcess(
            "/usr/bin/env",
            ["CREDENTIALS_DIRECTORY=\(folder)", program, "run", "--home", path],
            output: town.path("service")
        )
        let street = Site(town, "street", "")
        #expect(await eventually { (try? street.status())?.node.isRunning == true })
        #expect(await eventually { agree([city, street]) })
        for words in [
            ["case", "report", "--summary", "漏水"], ["status"], ["cases"], ["verify"],
            ["export", town.path("export")], ["doctor"],
        ] {
            let outcome = try await run(words + ["--home", path], town)
            #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        }
        // What is sealed needs the key, and stays closed without it.
        let report = try await run(
            ["case", "report", "--summary", "漏水", "--party-file", "-", "--json", "--home", path],
            town,
            input: "赵钱孙\n"
        )
        let number = try #require(report["number"] as? String, "\(report.errors)")
        let page = try await run(["show", number, "--home", path], town)
        #expect(page.code == 0 && !page.output.contains("赵钱孙"))
        #expect(page.errors.contains("stays closed"))
        let opened = try await run(["show", number, "--home", path], town, credential: folder)
        #expect(opened.output.contains("赵钱孙"), "\(opened.errors)")

        // Changed under the same passphrase.
        let rotated = try await run(["rotate", "--home", path], town, credential: folder)
        #expect(rotated.code == 0 && !isOpen(path), "\(rotated.errors)")
        #expect(try await city.run("enrol", path + "/rotation.txt").code == 0)
        let next = path + "/keys/next"
        #expect(await eventually { !FileManager.default.fileExists(atPath: next) })
        #expect(!isOpen(path))
        let again = try await run(["show", number, "--home", path], town, credential: folder)
        #expect(again.output.contains("赵钱孙"), "by the former key: \(again.errors)")
        let busy = try await run(["keys", "unprotect", "--home", path], town, credential: folder)
        #expect(busy.code == 2 && !isOpen(path), "\(busy.errors)")
        service.signal(SIGTERM)
        await service.ended()
        #expect(service.code == 0)
        #expect(await above.stop() == 0)
        try await changes(path, folder, town)
    }

    /// Another passphrase, none, and one again after a crash in the middle.
    private func changes(_ path: String, _ folder: String, _ town: Town) async throws {
        let other = ["--passphrase-fd", "0", "--home", path]
        let changed = try await run(
            ["keys", "protect"] + other,
            town,
            credential: folder,
            input: "second\n"
        )
        #expect(changed.code == 0, "\(changed.errors)")
        let former = try await run(["keys", "unprotect", "--home", path], town, credential: folder)
        #expect(former.code == 1 && !isOpen(path), "\(former.errors)")
        let open = try await run(
            ["keys", "unprotect", "--home", path, "--home-passphrase-fd", "0"],
            town,
            input: "second\n"
        )
        #expect(open.code == 0 && isOpen(path), "\(open.errors)")
        let whole = try Home(path: path).publicKeys()
        // As a crash after the first of them leaves it.
        let file = path + "/keys/log.pem"
        let log = try SigningKey(pem: KeyFile.read(file))
        let text = try log.pem(passphrase: Array("third".utf8), random: sha256([1]))
        try FileManager.default.removeItem(atPath: file)
        try KeyFile.create(file, text)
        let protected = try await run(["keys", "protect"] + other, town, input: "third\n")
        #expect(protected.code == 0 && !isOpen(path), "\(protected.errors)")
        var home = try Home(path: path)
        home.passphrase = KeyPassphrase(Array("third".utf8))
        #expect(try home.publicKeys() == whole)
        let listed = try await run(["keys", "--home", path, "--json"], town)
        #expect(listed.output.split(separator: "\n").count == 7)
        #expect(!listed.output.contains(#""encrypted":false"#), "\(listed.output)")
        let none = try await run(["keys", "protect", "--home", path], town)
        #expect(none.code == 64, "\(none.errors)")
    }
}

extension Town {
    /// Runs a command with no terminal to ask on, and as a service with a credential if a folder is
    /// given.
    func run(
        _ words: [String],
        credential folder: String? = nil,
        input: String? = nil
    ) async throws -> Linli.Outcome {
        let name = path(UUID().uuidString)
        let file = try input.map { text in
            try Data(text.utf8).write(to: URL(filePath: name + ".in"))
            return name + ".in"
        }
        let program = try #require(Linli.path)
        let process = try ChildProcess(
            "/usr/bin/env",
            (folder.map { ["CREDENTIALS_DIRECTORY=\($0)"] } ?? [])
                + ["setsid", "--wait", program] + words,
            output: name,
            input: file
        )
        await process.ended()
        return Linli.Outcome(
            code: process.code,
            output: try String(contentsOfFile: name, encoding: .utf8),
            errors: try String(contentsOfFile: name + ".err", encoding: .utf8)
        )
    }
}
