internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

/// `roster`: nodes with their rights and persons, policies, and what is contested.
enum RosterCommand {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let store = try call.openStore()
        if call.has("contested") { return try contested(call, store) }
        let roster = store.roster
        guard !call.isJSON else {
            for member in roster.members { call.output.line(json(member, roster).line) }
            return .good
        }
        let output = call.output
        output.table(
            [
                [
                    output.text("名称", "name"), output.text("层级", "level"),
                    output.text("代码", "code"),
                    output.text("日志", "log"), output.text("地址", "endpoint"),
                    output.text("人员", "staff"),
                    output.text("指纹核对", "confirmed"), output.text("权限", "right"),
                ]
            ]
                + roster.members.map { member in
                    [
                        member.name, member.level.name, member.scope.code, member.log.short,
                        member.endpoint ?? "-", staff(member, roster),
                        member.isConfirmed || member.parent == nil
                            ? output.text("是", "yes") : output.text("否", "no"),
                        right(member, roster, output),
                    ]
                }
        )
        for policy in roster.policies {
            output.line(
                output.text(
                    "\(policy.area): 个人行为须由本人密钥签署 (\(policy.entry.short))",
                    "\(policy.area): personal acts want a person's key (\(policy.entry.short))"
                )
            )
        }
        return .good
    }

    /// Persons in effect, and how many have ended.
    private static func staff(_ member: Grant, _ roster: Roster) -> String {
        let persons = roster.staff.filter { $0.log == member.log }
        let ended = persons.count(where: \.hasEnded)
        return ended == 0 ? "\(persons.count)" : "\(persons.count - ended) (-\(ended))"
    }

    private static func right(_ member: Grant, _ roster: Roster, _ output: Output) -> String {
        if let cuts = member.cuts {
            let size = cuts[member.log] ?? 0
            return output.text("已终止于 \(size)", "ended at \(size)")
        }
        let live = roster.grants(log: member.log).count { !$0.hasEnded }
        return live > 1
            ? output.text("有效, 正在更换密钥", "in effect, changing keys")
            : output.text("有效", "in effect")
    }

    private static func json(_ member: Grant, _ roster: Roster) -> JSON {
        let persons = roster.staff.filter { $0.log == member.log }
        return [
            "name": .text(member.name), "level": .text(member.level.name),
            "scope": .text(member.scope.code), "log": .text(member.log.description),
            "grant": .text(member.hash.description), "endpoint": .optional(member.endpoint),
            "confirmed": .bool(member.isConfirmed || member.parent == nil),
            "ended": .bool(member.hasEnded),
            "size": member.cuts.map { .count($0[member.log] ?? 0) } ?? .null,
            "staff": .number(Int64(persons.count { !$0.hasEnded })),
            "endedStaff": .number(Int64(persons.count(where: \.hasEnded))),
            "grants": .array(
                roster.grants(log: member.log).map { grant in
                    [
                        "grant": .text(grant.hash.description),
                        "service": .text(grant.keys.service.hash.description),
                        "ended": .bool(grant.hasEnded),
                    ]
                }
            ),
        ]
    }

    // MARK: Contested entries

    /// Entries of one author in a row that share a verdict.
    private struct Stretch {
        let log: Digest
        let first: UInt64
        var last: UInt64
        let author: Digest
        let verdict: RightVerdict
        /// Hash of the first, where its log has several histories; which one it stands in.
        let entry: Digest
        let history: Digest
        let isForked: Bool
        var subjects: [SubjectID]

        mutating func add(_ others: [SubjectID]) {
            subjects += others.filter { !subjects.contains($0) }
        }

        /// The first subjects, as `linli history` takes them.
        var about: String {
            subjects.prefix(4).map(\.short).joined(separator: " ")
                + (subjects.count > 4 ? " …" : "")
        }

        var word: String {
            switch verdict {
            case .ratified: "ratified"
            case .refused: "refused"
            default: "contested"
            }
        }
    }

    private static func contested(_ call: Invocation, _ store: Store) throws -> ExitCode {
        var stretches: [Stretch] = []
        for entry in try store.contested() {
            if let last = stretches.last, last.log == entry.log,
                last.last + 1 == entry.sequence, last.author == entry.author,
                last.verdict == entry.verdict, last.history == entry.history
            {
                stretches[stretches.count - 1].last = entry.sequence
                stretches[stretches.count - 1].add(entry.subjects)
            } else {
                stretches.append(
                    Stretch(
                        log: entry.log,
                        first: entry.sequence,
                        last: entry.sequence,
                        author: entry.author,
                        verdict: entry.verdict,
                        entry: entry.hash,
                        history: entry.history,
                        isForked: entry.sequence >= store.roster.forks[entry.log]?.size ?? .max,
                        subjects: entry.subjects
                    )
                )
            }
        }
        let output = call.output
        guard !call.isJSON else {
            for stretch in stretches {
                let json: JSON = [
                    "node": .text(store.nodeName(stretch.log)),
                    "log": .text(stretch.log.description), "from": .count(stretch.first),
                    "to": .count(stretch.last), "author": .text(stretch.author.description),
                    "number": .optional(
                        store.roster.actor(of: stretch.author, in: stretch.log)?.number
                    ),
                    "state": .text(stretch.word), "entry": .text(stretch.entry.description),
                    "forked": .bool(stretch.isForked),
                    "subjects": .array(stretch.subjects.map { .text($0.description) }),
                ]
                output.line(json.line)
            }
            return .good
        }
        output.table(
            stretches.map { stretch in
                [
                    store.authorName(stretch.author, in: stretch.log),
                    "--from \(stretch.first) --to \(stretch.last)"
                        + (stretch.isForked ? " --entry \(stretch.entry.short)" : ""),
                    state(stretch, output), stretch.about,
                ]
            }
        )
        if stretches.contains(where: { $0.verdict == .contested }) {
            output.remark(
                output.text(
                    "内容: linli history ID --values; 由上级处理: linli ratify 或 linli refuse NODE --from N --to M",
                    "what they say: linli history ID --values; for an office above:"
                        + " linli ratify or linli refuse NODE --from N --to M"
                )
            )
        }
        return .good
    }

    private static func state(_ stretch: Stretch, _ output: Output) -> String {
        switch stretch.verdict {
        case .ratified: output.text("已追认", "ratified")
        case .refused: output.text("已驳回", "refused")
        default: output.text("待处理", "contested")
        }
    }
}
