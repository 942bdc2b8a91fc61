import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct EvidenceTests {
    /// Where the specification's verifier is.
    private static let verifier = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Protocol/evidence.py").standardized.path

    private struct Scene {
        let town: Town
        let city: Site
        let street: Site
        let number: String
        let evidence: String
        let ledger: String
        /// The entry that opens the case.
        let opening: String
        /// The newest about it, which no other knew.
        let last: String
    }

    /// A case with entries of two nodes, proven by the city with all texts.
    private func scene(_ flags: [String] = ["--disclose", "all"]) async throws -> Scene {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        try await good(street, "sync")
        let report = try await street.run(
            "case",
            "report",
            "--scope",
            "330105013",
            "--summary",
            "夜市音响扰民",
            "--json"
        )
        let number = try #require(report["number"] as? String, "\(report.errors)")
        try await good(street, "case", "register", number, "--category", "0299")
        try await good(street, "case", "note", number, "--text", "已联系摊主")
        try await good(street, "sync")
        let note = try await city.run("case", "note", number, "--text", "请街道跟进", "--json")
        try await good(street, "sync")
        #expect(await daemon.stop() == 0)
        let evidence = town.path("evidence")
        let made = try await Linli.run(
            ["prove", number, "-o", evidence, "--home", city.path] + flags,
            in: town.directory
        )
        #expect(made.code == 0, "\(made.errors)")
        let ledger = try #require(try await city.run("status", "--json")["ledger"] as? String)
        return Scene(
            town: town,
            city: city,
            street: street,
            number: number,
            evidence: evidence,
            ledger: ledger,
            opening: try #require(report["hash"] as? String),
            last: try #require(note["hash"] as? String)
        )
    }

    private func good(_ site: Site, _ words: String...) async throws {
        let outcome = try await Linli.run(words + ["--home", site.path], in: site.town.directory)
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    }

    private func check(_ scene: Scene, _ flags: String...) async throws -> Linli.Outcome {
        try await Linli.run(["check", scene.evidence] + flags, in: scene.town.directory)
    }

    private func shell(_ script: String, in directory: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: directory)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func entries(_ scene: Scene) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scene.evidence + "/entries").sorted()
    }

    @Test func aStrangerChecksACaseWithoutTheProgramsHome() async throws {
        let scene = try await scene()
        let answer = try await check(scene, "--ledger", scene.ledger, "--json")
        #expect(answer.code == 0, "\(answer.output) \(answer.errors)")
        #expect(answer["namedIncluded"] as? Bool == true)
        #expect(answer["stage"] as? String == "registered")
        #expect(answer["entries"] as? Int == 4 && answer["number"] as? String == scene.number)
        let policy = scene.evidence + "/policy"
        #expect(try await check(scene, "--policy", policy).code == 0)
        let page = try String(contentsOfFile: scene.evidence + "/statement.html", encoding: .utf8)
        #expect(page.contains("夜市音响扰民") && page.contains(scene.number))
        #expect(try shell("/usr/bin/python3 \(Self.verifier) .", in: scene.evidence) == 0)

        // Another ledger, and a policy that trusts another log.
        #expect(try await check(scene, "--ledger", String(repeating: "0", count: 64)).code == 1)
        let other = scene.town.path("policy")
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        try Data("log \(key)\nquorum none\n".utf8).write(to: URL(filePath: other))
        #expect(try await check(scene, "--policy", other).code == 1)
        let python = "/usr/bin/python3 \(Self.verifier) . --policy"
        #expect(try shell("\(python) policy", in: scene.evidence) == 0)
        #expect(try shell("\(python) '\(other)'", in: scene.evidence) == 1)
        // What can not be read is not called bad.
        #expect(try await check(scene, "--policy", scene.town.path("none")).code == 2)
        #expect(try shell("\(python) ../none", in: scene.evidence) == 2)
        #expect(try shell("cp -r . ../copy && rm ../copy/manifest", in: scene.evidence) == 0)
        let copy = scene.town.path("copy")
        #expect(try await Linli.run(["check", copy], in: scene.town.directory).code == 2)
        #expect(try shell("/usr/bin/python3 \(Self.verifier) .", in: copy) == 2)
        // Nothing is written over.
        let again = try await scene.city.run("prove", scene.number, "-o", scene.evidence)
        #expect(again.code == 1 && again.errors.contains("not an empty directory"))
    }

    /// What `README.txt` in the evidence says to do with `openssl` and `sigsum-verify`.
    @Test func otherToolsAcceptWhatTheReadmeSays() async throws {
        let scene = try await scene()
        for entry in try entries(scene) {
            let key = "$(sed -n 's/^leaf=\\([0-9a-f]*\\).*/\\1/p' entries/\(entry)/proof)"
            let openssl = """
                K=\(key)
                { printf 'sigsum.org/v1/tree-leaf\\0'; head -c 32 entries/\(entry)/leaf; } > ../signed
                tail -c +33 entries/\(entry)/leaf | head -c 64 > ../signature
                openssl pkeyutl -verify -pubin -inkey keys/$K.pem -rawin -in ../signed \
                -sigfile ../signature && test "$(openssl dgst -sha256 -binary entries/\(entry)/header |
                openssl dgst -sha256 -r | cut -c1-64)" = \
                "$(head -c 32 entries/\(entry)/leaf | od -An -v -tx1 | tr -d ' \\n')"
                """
            #expect(try shell(openssl, in: scene.evidence) == 0, "\(entry)")
            guard let tool = ForeignTools.sigsumVerify else { continue }
            let verify = """
                K=\(key)
                \(tool) -k keys/$K.pub -p policy entries/\(entry)/proof < entries/\(entry)/
                """
            #expect(try shell(verify + "header", in: scene.evidence) == 0, "\(entry)")
            #expect(try shell(verify + "leaf", in: scene.evidence) != 0, "\(entry)")
        }
        if ForeignTools.sigsumVerify == nil { print("skipped: sigsum-verify is not installed") }
    }

    @Test func whatWasChangedDoesNotPass() async throws {
        let scene = try await scene()
        let all = try entries(scene)
        let parts = all.filter {
            FileManager.default.fileExists(atPath: scene.evidence + "/entries/\($0)/part-0")
        }
        let (entry, other) = (try #require(parts.first), try #require(parts.last))
        let opening = scene.opening
        let changes: [(name: String, script: String)] = [
            ("header", "printf x >> entries/\(entry)/header"),
            ("part", "printf x >> entries/\(entry)/part-0"),
            ("salt", "cp entries/\(other)/salt-0 entries/\(entry)/salt-0"),
            ("leaf", "cp entries/\(other)/leaf entries/\(entry)/leaf"),
            ("proof", "cp entries/\(other)/proof entries/\(entry)/proof"),
            (
                "root",
                "sed -i 's/^root_hash=./root_hash=f/;s/^size=.*/size=9/' entries/\(entry)/proof"
            ),
            ("signature", "sed -i 's/^signature=..../signature=0000/' entries/\(entry)/proof"),
            ("missing", "rm -r entries/\(entry)"),
            ("hidden", "rm entries/\(entry)/part-0 entries/\(entry)/salt-0"),
            ("claimed", "sed -i 's/\\(\(entry).*\\) d/\\1 r/' manifest"),
            ("left out", "rm -r entries/\(opening); sed -i '/\(opening)/d' manifest"),
            ("link", "mv entries/\(entry)/header ../h; ln -s ../../../h entries/\(entry)/header"),
            ("large", "head -c 2000000 /dev/zero > entries/\(entry)/header"),
            ("cut", "head -c 100 manifest > ../m; cp ../m manifest"),
            ("stranger", "mkdir entries/\(String(repeating: "a", count: 64))"),
            ("pipe", "rm entries/\(entry)/leaf; mkfifo entries/\(entry)/leaf"),
            ("linked", "rm -rf ../e; mv entries ../e; ln -s ../e entries"),
            (
                "linked entry",
                "rm -rf ../e; mv entries/\(entry) ../e; ln -s ../../e entries/\(entry)"
            ),
            ("undeclared", "touch entries/\(entry)/part-9"),
            ("further", "touch entries/\(entry)/note"),
            ("beside", "touch more"),
            ("whole", "sed -i s/^whole=yes/whole=maybe/ manifest"),
            ("upper case", "sed -i '/^frontier=/s/[a-f]/\\U&/g;s/^FRONTIER/frontier/' manifest"),
            ("plus", "sed -i s/^fold=/fold=+/ manifest"),
            ("seventeen", "sed -i 's/^\\(entry=\(entry) .*\\)$/\\1rrrrrrrrrrrrrrrr/' manifest"),
            ("log's opening", leftOut("log.open", "header", but: scene.ledger)),
            ("grant", leftOut("grant.node", "header")),
        ]
        for change in changes {
            let script = "rm -rf ../copy && cp -r . ../copy && cd ../copy && { \(change.script); }"
            #expect(try shell(script, in: scene.evidence) == 0, "\(change.name)")
            let copy = scene.town.path("copy")
            let answer = try await Linli.run(["check", copy], in: scene.town.directory)
            #expect(answer.code == 1, "\(change.name): \(answer.output) \(answer.errors)")
            let code = try shell("timeout 10 /usr/bin/python3 \(Self.verifier) .", in: copy)
            #expect(code == 1, "\(change.name): evidence.py ends with \(code)")
        }
    }

    /// Takes the first entry out of which a file has a text, as if it had never been.
    private func leftOut(_ text: String, _ file: String, but other: String = "-") -> String {
        "E=$(grep -la '\(text)' entries/*/\(file) | grep -v '\(other)' | head -n 1 | cut -d/ -f2);"
            + " test -n \"$E\" && rm -r entries/$E && sed -i \"/$E/d\" manifest"
    }

    /// Whoever makes evidence can leave out what no other entry names; nothing may say otherwise.
    @Test func nothingClaimsThatNoEntryWasLeftOut() async throws {
        let scene = try await scene()
        let copy = scene.town.path("copy")
        let last = "rm -r entries/\(scene.last) && sed -i /\(scene.last)/d manifest"
        for change in [last, leftOut("case.register", "header")] {
            let script = "rm -rf ../copy && cp -r . ../copy && cd ../copy && \(change)"
            #expect(try shell(script, in: scene.evidence) == 0)
            let answer = try await Linli.run(["check", copy, "--json"], in: scene.town.directory)
            #expect(answer.code == 0 && answer["entries"] as? Int == 3, "\(answer.output)")
            #expect(answer["complete"] == nil && answer["namedIncluded"] as? Bool == true)
            let text = try await Linli.run(["check", copy], in: scene.town.directory)
            let said = text.output + text.errors
            #expect(said.contains("left out") || said.contains("无从得知"), "\(said)")
        }
        let page = try String(contentsOfFile: scene.evidence + "/statement.html", encoding: .utf8)
        #expect(page.contains("left out") || page.contains("无从得知"))
    }

    @Test func whatIsRedactedIsProvenWithoutItsText() async throws {
        let scene = try await scene()
        try await good(
            scene.street,
            "case",
            "redact",
            scene.number,
            "--entry",
            scene.opening,
            "--ground",
            "47-3"
        )
        let path = scene.town.path("redacted")
        let made = try await scene.street.run(
            "prove",
            scene.number,
            "-o",
            path,
            "--disclose",
            "all",
            "--json"
        )
        #expect(made.code == 0 && made["entries"] as? Int == 5, "\(made.errors)")
        let manifest = try String(contentsOfFile: path + "/manifest", encoding: .utf8)
        let lines = manifest.split(separator: "\n")
        let line = try #require(lines.first { $0.contains(scene.opening) })
        #expect(line.hasSuffix(" r") || line.hasSuffix("rr"), "\(line)")
        #expect(try shell("! grep -ra 夜市音响 .", in: path) == 0)
        #expect(try await Linli.run(["check", path], in: scene.town.directory).code == 0)
        #expect(try shell("/usr/bin/python3 \(Self.verifier) .", in: path) == 0)
        // That it was redacted can not be left out.
        let claim = "sed -i 's/\\(\(scene.opening) subject \\).*/\\1d/' manifest"
        #expect(try shell(claim, in: path) == 0)
        #expect(try await Linli.run(["check", path], in: scene.town.directory).code == 1)
    }

    @Test func whatIsNotDisclosedIsNotThere() async throws {
        let scene = try await scene([])
        let text = Data("夜市音响".utf8)
        let files = try FileManager.default.subpathsOfDirectory(atPath: scene.evidence)
        for file in files {
            let data = try? Data(contentsOf: URL(filePath: scene.evidence + "/" + file))
            #expect(data?.range(of: text) == nil, "\(file)")
        }
        #expect(try await check(scene).code == 0)
        // One entry alone: what it names is not there, and that is said.
        let entry = scene.opening
        let one = scene.town.path("one")
        let made = try await scene.city.run(
            "prove",
            scene.number,
            "--entry",
            entry,
            "--disclose",
            entry,
            "-o",
            one,
            "--json"
        )
        #expect(made.code == 0 && made["complete"] == nil, "\(made.errors)")
        let answer = try await Linli.run(["check", one, "--json"], in: scene.town.directory)
        #expect(answer.code == 0 && answer["entries"] as? Int == 1, "\(answer.output)")
        #expect(try shell("/usr/bin/python3 \(Self.verifier) .", in: one) == 0)
        // The entry alone names itself.
        let same = scene.town.path("same")
        let digits = String(entry.prefix(12))
        let short = try await scene.city.run("prove", digits, "-o", same)
        #expect(short.code == 0, "\(short.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: same + "/entries")
        #expect(names.contains(entry) && !names.contains(scene.last))
        #expect(try await scene.city.run("prove", "00000000", "-o", one + "2").code == 1)
    }
}
