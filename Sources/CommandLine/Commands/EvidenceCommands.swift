internal import Audit
internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage
internal import TransparencyLog

extension Program {
    /// Evidence for outsiders, and its check.
    static let evidenceCommands: [Command] = [
        Command(
            "prove",
            ["CASE|ENTRY"],
            flags: [
                Command.Flag(
                    "output",
                    "DIR",
                    Label("写入的新目录 (-o)", "required; the new directory (-o)")
                ),
                Command.Flag(
                    "entry",
                    "DIGITS",
                    isRepeated: true,
                    Label("只证明此条目 (可重复)", "only this entry; can be given several times")
                ),
                Command.Flag(
                    "disclose",
                    "all|none|DIGITS",
                    isRepeated: true,
                    Label(
                        "披露哪些条目的文字, 默认不披露 (可重复)",
                        "whose texts are given: of all entries, none (if left out), or these"
                    )
                ),
            ],
            group: .audit,
            Label(
                "一个案件的证据, 供法院等无需本程序即可核验",
                "evidence of a case in files that others check without this program"
            ),
            run: EvidenceCommands.prove
        ),
        Command(
            "check",
            ["DIR"],
            flags: [
                Command.Flag(
                    "policy",
                    "FILE",
                    Label(
                        "信任哪些日志与见证 (Sigsum 格式)",
                        "which logs and witnesses are trusted, as Sigsum policy"
                    )
                ),
                Command.Flag(
                    "ledger",
                    "HASH",
                    Label("台账的创立条目, 从他处得知", "the founding entry of the ledger, from elsewhere")
                ),
            ],
            group: .audit,
            Label(
                "离线核验证据, 无需节点目录与网络",
                "checks evidence offline, without a home or a network"
            ),
            run: EvidenceCommands.check
        ),
    ]
}

/// `prove` and `check`.
enum EvidenceCommands {
    static func prove(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        guard let directory = call["output"] else {
            throw CommandError(.usage, "-o DIR is missing: where the evidence is to be written")
        }
        // Signed before the database is opened, so that what it vouches for is there to be read.
        let checkpoint = try HomeWriter(home).checkpoint()
        let store = try call.openStore()
        let basis = try Basis(store)
        guard !basis.isProvisional else {
            throw CommandError(
                .unknown,
                "the view is provisional: some signatures are not checked yet",
                hint: "wait for the daemon to check them, or linli sync"
            )
        }
        let (subject, entry) = try proven(call.arguments[0], store)
        let history = try store.folded(subject).history.map(\.entry)
        var only = try call.all("entry").map { try named($0, history, "entry") }
        if let entry { only.append(entry) }
        let evidence = try EvidenceGathering(
            store,
            ownCheckpoint: checkpoint,
            subject: subject,
            only: only.isEmpty ? nil : Set(only),
            disclosure: try disclosure(call, history),
            now: basis.now
        )
        // What would not pass is not handed out.
        let report = EvidenceAudit.check(
            evidence.manifest,
            evidence.entries,
            policy: try SigsumPolicy(text: evidence.policy)
        )
        guard report.isGood else {
            throw CommandError(
                .bad,
                "the evidence does not hold: \(report.findings.kept.first?.description ?? "")",
                hint: "linli verify names what is wrong here; linli sync brings what is missing"
            )
        }
        try writeEvidence(evidence, pages: pages(evidence, report, call), to: directory)
        say(evidence.manifest, report, call)
        return .good
    }

    /// What is to be proven: a case, or one entry by at least eight digits of its hash.
    private static func proven(
        _ name: String,
        _ store: Store
    ) throws -> (subject: SubjectID, entry: Digest?) {
        do { return (try store.subject(called: name), nil) } catch {
            let isHash = name.utf8.count >= 8 && name.allSatisfy { $0.isASCII && $0.isHexDigit }
            guard isHash, (error as? CommandError)?.code == .bad else { throw error }
            let found = try store.entries(hashed: name.lowercased())
            guard let entry = found.first else { throw error }
            guard found.count == 1, entry.header.subjects.count == 1 else {
                throw CommandError(
                    .bad,
                    "\"\(name)\" names \(found.count) entries, the first about"
                        + " \(entry.header.subjects.count) subjects, want one about one",
                    hint: "linli prove CASE --entry DIGITS"
                )
            }
            return (entry.header.subjects[0], entry.hash)
        }
    }

    private static func named(
        _ text: String,
        _ history: [PlacedEntry],
        _ flag: String
    ) throws(CommandError) -> Digest {
        let found = history.filter {
            text.utf8.count >= 4 && $0.hash.description.hasPrefix(text.lowercased())
        }
        guard let entry = found.first, found.count == 1 else {
            throw CommandError(
                .bad,
                "--\(flag) \"\(text)\" names \(found.count) entries, want one",
                hint: "linli history shows the first digits of each"
            )
        }
        return entry.hash
    }

    private static func disclosure(
        _ call: Invocation,
        _ history: [PlacedEntry]
    ) throws -> EvidenceGathering.Disclosure {
        let words = call.all("disclose")
        if words.isEmpty || words == ["none"] { return .none }
        if words == ["all"] { return .all }
        return .entries(Set(try words.map { try named($0, history, "disclose") }))
    }

    private static func pages(
        _ evidence: EvidenceGathering,
        _ report: EvidenceReport,
        _ call: Invocation
    ) -> [(name: String, text: String)] {
        let document = EvidenceDocument(
            manifest: evidence.manifest,
            report: report,
            output: call.output
        ).document
        return [
            ("statement.html", HTMLWriter(document).text), ("README.txt", EvidenceReadme.text),
        ]
    }

    static func check(_ call: Invocation) async throws -> ExitCode {
        let directory = call.arguments[0]
        guard FileManager.default.fileExists(atPath: directory) else {
            throw CommandError(.unknown, "there is no \(directory)")
        }
        let policy = try call["policy"].map { try readPolicy($0) }
        let (manifest, entries) = try readEvidence(directory)
        let report = EvidenceAudit.check(manifest, entries, policy: policy)
        if let text = call["ledger"] {
            guard let ledger = Digest(hex: text) else {
                throw CommandError(.usage, "--ledger is \"\(text.prefix(80))\", want 64 digits")
            }
            guard ledger == manifest.ledger else {
                throw CommandError(
                    .bad,
                    "the evidence is of ledger \(manifest.ledger), not of \(ledger)"
                )
            }
        }
        say(manifest, report, call, isTrusted: policy != nil || call["ledger"] != nil)
        return report.isGood ? .good : .bad
    }

    private static func say(
        _ manifest: EvidenceManifest,
        _ report: EvidenceReport,
        _ call: Invocation,
        isTrusted: Bool = true
    ) {
        let output = call.output
        let about = manifest.items.count { $0.isAboutSubject }
        guard !call.isJSON else {
            let json: JSON = [
                "verdict": .text(report.isGood ? "good" : "bad"),
                "ledger": .text(report.ledger.description),
                "subject": .text(hex(report.subject.bytes)),
                "number": .optional(report.folded?.view?.number),
                "stage": .optional(report.folded?.view?.stage.rawValue),
                "frontier": .text(manifest.frontier.description),
                "now": .count(manifest.now), "entries": .count(UInt64(about)),
                "proven": .count(UInt64(report.proven.count)),
                "namedIncluded": .bool(report.unknown.isEmpty),
                "unknown": .array(report.unknown.map { .text($0.description) }),
                "findings": .array(report.findings.kept.map { .text($0.description) }),
            ]
            return output.line(json.line)
        }
        for finding in report.findings.kept {
            output.line(Output.printable(finding.description))
        }
        if report.isGood, let history = report.folded?.history {
            for judged in history {
                let header = judged.entry.header
                let operation = CaseOperation.named(header.operation)
                output.line(
                    Output.printable(
                        [
                            output.time(header.time),
                            report.roster.member(log: judged.entry.log)?.name ?? "",
                            operation.map { output.text($0.label) } ?? header.operation,
                            output.verdict(judged.verdict), judged.entry.hash.short,
                        ].joined(separator: "  ")
                    )
                )
            }
        }
        let verdict =
            report.isGood
            ? output.text("核验通过", "good")
            : output.text("核验不通过", "BAD") + ": \(report.findings.errorCount)"
        output.line(
            "\(output.strong(verdict)): "
                + output.text(
                    "\(about) 条, 连同名册 \(manifest.items.count) 条; 截至 \(output.time(manifest.now))",
                    "\(about) entries, \(manifest.items.count) with the roster's; as of"
                        + " \(output.time(manifest.now))"
                )
        )
        output.remark(output.text(report.extent))
        if !isTrusted {
            output.remark(
                output.text(
                    "所信的只有创立条目 \(report.ledger): 请与他处所得核对 (--ledger)",
                    "all rests on founding entry \(report.ledger): compare it with one from elsewhere"
                        + " (--ledger)"
                )
            )
        }
    }
}
