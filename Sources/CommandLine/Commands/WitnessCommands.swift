internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage
internal import TransparencyLog

extension Program {
    /// Who vouches for logs beside their own keys.
    static let witnessCommands: [Command] = [
        Command(
            "witness name",
            flags: [
                Command.Flag(
                    "node",
                    "NODE",
                    isRepeated: true,
                    Label("见证节点 (可重复)", "a node that witnesses; can be given several times")
                ),
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("适用范围,默认为本节点的", "the area; the node's own if left out")
                ),
                Command.Flag(
                    "outside",
                    "VKEY",
                    isRepeated: true,
                    Label(
                        "台账以外的见证者的公钥 (可重复)",
                        "verifier key of somebody outside; can be given several times"
                    )
                ),
                Command.Flag("none", Label("此范围不设见证", "the area has no witnesses")),
            ] + Command.Flag.signing,
            group: .node,
            Label(
                "指定一个范围内各日志的见证节点 (4 至 7 个)",
                "name the witnesses of the logs of an area, 4 to 7"
            ),
            run: WitnessCommands.name
        ),
        Command(
            "witness list",
            group: .audit,
            Label(
                "每本日志的见证者与已见证到的条目数",
                "the witnesses of each log, and how far a quorum vouches for it"
            ),
            run: WitnessCommands.list
        ),
        Command(
            "witness policy",
            flags: [
                Command.Flag(
                    "log",
                    "NODE",
                    isRepeated: true,
                    Label("哪些日志, 默认本节点", "which logs; this node's if left out")
                )
            ],
            group: .audit,
            Label(
                "以 Sigsum 格式输出信任策略, 供 check --policy 与其他工具使用",
                "logs and witnesses as a Sigsum policy, for check --policy and other tools"
            ),
            run: WitnessCommands.policy
        ),
    ]
}

/// `witness name`, `list` and `policy`.
enum WitnessCommands {
    static func name(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let area = try call.area(of: home)
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject else { throw HomeError.notJoined(home.path) }
        var witnesses: [WitnessPolicy.Witness] = []
        for name in call.all("node") {
            let member = try Enrolling.member(named: name, store.roster)
            guard !member.hasEnded else {
                throw CommandError(.bad, "the right of \(member.name) has ended")
            }
            witnesses.append(.node(member.log))
        }
        witnesses += try call.all("outside").map(outside)
        guard Set(witnesses).count == witnesses.count else {
            throw CommandError(.usage, "a witness is named twice")
        }
        let range = WitnessPolicy.witnessesMin...WitnessPolicy.witnessesMax
        guard call.has("none") ? witnesses.isEmpty : range ~= witnesses.count else {
            throw CommandError(
                .usage,
                call.has("none")
                    ? "--none goes with no witness, got \(witnesses.count)"
                    : "\(witnesses.count) witnesses, want \(range.lowerBound) to"
                        + " \(range.upperBound): of fewer a single one could stop or forge a quorum",
                hint: "a small ledger has none; --none takes witnesses back"
            )
        }
        // What this takes the place of: everything that stands and that its author may replace.
        let replaced = store.roster.standingWitnessPolicies.filter { area.covers($0.area) }
            .map(\.entry).prefix(WitnessPolicy.replacedMax)
        let draft = EntryDraft.witnesses(
            roster: subject,
            area: area,
            witnesses,
            replacing: Array(replaced)
        )
        _ = try HomeWriter(home).append([AppendItem(draft)], as: author)
        Enrolling.report(
            call,
            [
                ("area", area.code), ("witnesses", "\(witnesses.count)"),
                ("replaced", "\(replaced.count)"),
            ]
        )
        return .good
    }

    private static func outside(_ text: String) throws -> WitnessPolicy.Witness {
        let verifier: VerifierKey
        do { verifier = try VerifierKey(text) } catch {
            throw CommandError(.usage, "--outside: \(error)")
        }
        guard verifier.type == .cosignature,
            let witness = WitnessPolicy.Witness(outside: verifier.name, key: verifier.key)
        else {
            throw CommandError(
                .usage,
                "--outside is not the key of a witness: want NAME+ID+KEY of type 4"
            )
        }
        return witness
    }

    static func list(_ call: Invocation) async throws -> ExitCode {
        let store = try call.openStore()
        let output = call.output
        var rows = [
            [
                output.text("节点", "node"), output.text("条目", "entries"),
                output.text("已见证", "vouched"), output.text("时间", "time"),
                output.text("签名", "by"), output.text("见证者", "witnesses"),
            ]
        ]
        for member in store.roster.members {
            let witnesses = store.roster.witnesses(of: member.log)
            let vouched = try store.vouched(member.log)
            let size = store.log(member.log)?.size ?? 0
            let times = vouched?.cosignatures.map(\.time).sorted() ?? []
            let time = witnesses.flatMap { times.dropFirst($0.faulty).first }
            if call.isJSON {
                let json: JSON = [
                    "node": .text(member.name), "log": .text(member.log.description),
                    "size": .count(size),
                    "vouched": vouched.map { .count($0.checkpoint.size) } ?? .null,
                    "time": time.map { .count($0 * 1000) } ?? .null,
                    "quorum": witnesses.map { .number(Int64($0.quorum)) } ?? .null,
                    "witnesses": .array(
                        (witnesses?.members ?? []).map { witness in
                            [
                                "name": .text(witness.name),
                                "log": .optional(witness.log?.description),
                                "keys": .array(witness.keys.map { .text($0.bytes.description) }),
                                "cosigned": .bool(
                                    witness.keys.contains { key in
                                        vouched?.cosignatures.contains {
                                            $0.keyHash == key.hash
                                        } ?? false
                                    }
                                ),
                            ]
                        }
                    ),
                ]
                output.line(json.line)
                continue
            }
            rows.append([
                member.name, "\(size)", vouched.map { "\($0.checkpoint.size)" } ?? "-",
                time.map { output.minute($0 * 1000) } ?? "-",
                witnesses.map { "\(times.count)/\($0.members.count)" } ?? "-",
                witnesses?.members.map(\.name).joined(separator: " ") ?? output.text("无", "none"),
            ])
        }
        if !call.isJSON { output.table(rows) }
        return .good
    }

    static func policy(_ call: Invocation) async throws -> ExitCode {
        let store = try call.openStore()
        var members = try call.all("log").map { try Enrolling.member(named: $0, store.roster) }
        if members.isEmpty {
            guard let identity = store.identity, let own = store.roster.member(log: identity.log)
            else { throw HomeError.notJoined(try call.home().path) }
            members = [own]
        }
        let witnesses = try members.map { member in
            guard let witnesses = store.roster.witnesses(of: member.log) else {
                throw CommandError(
                    .bad,
                    "the log of \(member.name) has no witnesses",
                    hint: "linli witness name"
                )
            }
            return witnesses
        }
        let logs = Array(Set(members.map(\.keys.log))).sorted { $0.hash < $1.hash }
        call.output.line(String(LogWitnesses.policy(logs: logs, witnesses).dropLast()))
        return .good
    }
}
