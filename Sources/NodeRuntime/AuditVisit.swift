package import Audit
internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
package import Storage
package import TransparencyLog

/// What an auditor finds at a home, held against what it remembers of earlier visits.
///
/// - Source: `Protocol/audit.md` section 4.
package struct AuditVisit {
    /// What is wrong, and what is worth knowing.
    package private(set) var findings = AuditFindings()
    /// Contradictions that log keys signed, rising by log.
    package private(set) var forks: [ForkFile] = []
    /// What is to be remembered: never less than before, and nothing that contradicts it.
    package private(set) var memory: AuditMemory
    /// Logs that are held.
    package private(set) var logCount = 0
    /// Logs that were not seen before.
    package private(set) var newCount = 0
    /// Entries that came since the last visit.
    package private(set) var grownBy: UInt64 = 0
    /// The time up to which all nodes of the roster were heard of, milliseconds since 1970; nil if
    /// one never was.
    package private(set) var completeAsOf: UInt64?

    private let store: Store
    private let own: SignedCheckpoint?
    private let before: AuditMemory
    private let now: UInt64

    /// Looks at all logs.
    ///
    /// - Parameters:
    ///   - store: of the home, opened after `own` was signed.
    ///   - own: of the home's log; nil if it could not be signed.
    ///   - memory: of earlier visits.
    ///   - now: milliseconds since 1970.
    ///   - maxAge: how long ago each node may have been heard of; nil for any time.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package init(
        _ store: Store,
        own: SignedCheckpoint?,
        memory: AuditMemory,
        now: UInt64,
        maxAge: UInt64?
    ) throws {
        self.store = store
        self.own = own
        self.memory = memory
        self.now = now
        before = memory
        for row in memory.rows where store.log(row.seen.log) == nil {
            add(
                .logGone,
                .alarm,
                row.seen.log,
                since: row.at,
                Label(
                    "曾见 \(row.seen.checkpoint.size) 条, 现在一条也没有",
                    "\(row.seen.checkpoint.size) entries were seen, none is held"
                ),
                next: Self.fetch
            )
        }
        for state in store.logs { try look(at: state) }
        try lookAtForks()
        try lookAtTimes(maxAge)
    }

    /// Takes what a verification of the home found.
    package mutating func add(_ report: VerifyReport) {
        for finding in report.findings {
            add(
                .verify,
                finding.gravity == .error ? .alarm : .note,
                finding.log,
                at: finding.sequence,
                Label(finding.text, finding.text),
                next: Label("linli verify; 与其他节点比对", "linli verify; compare with another home")
            )
        }
    }

    private mutating func add(
        _ code: AuditFinding.Code,
        _ gravity: AuditFinding.Gravity,
        _ log: Digest?,
        at sequence: UInt64? = nil,
        since: UInt64? = nil,
        _ text: Label,
        next: Label
    ) {
        findings.add(
            AuditFinding(
                code,
                gravity,
                log: log,
                sequence: sequence,
                since: since,
                text,
                next: next
            )
        )
    }

    private static let fetch = Label(
        "linli sync; 若仍缺, 向其他节点查证",
        "linli sync; if it stays away, ask other nodes"
    )
    private static let prove = Label(
        "保留分叉证据, 报上级管理员",
        "keep the proof of the fork and tell the office above"
    )

    // MARK: Logs

    private mutating func look(at state: LogState) throws {
        logCount += 1
        guard let key = store.roster.grants(log: state.id).first?.keys.log else { return }
        let signed = checkpoint(of: state, key)
        if let row = before[state.id] {
            try hold(state, signed, against: row)
        } else if let signed {
            newCount += 1
            remember(signed)
        }
        if signed == nil, state.size > 0 {
            add(
                .unvouched,
                .warning,
                state.id,
                Label(
                    "所存 \(state.size) 条没有签名的检查点",
                    "no signed checkpoint vouches for the \(state.size) entries held"
                ),
                next: Self.fetch
            )
        }
        try lookAtEntries(of: state)
    }

    /// The newest checkpoint of a log that the entries held bear out.
    private func checkpoint(of state: LogState, _ key: PublicKey) -> SignedCheckpoint? {
        let signed =
            if let own, own.logKey == key { own } else {
                try? SignedCheckpoint.verify(state.note, logKey: key)
            }
        guard let signed,
            (try? store.root(of: state.id, size: signed.checkpoint.size)) == signed.checkpoint.root
        else { return nil }
        return signed
    }

    private mutating func remember(_ signed: SignedCheckpoint) {
        guard !memory.remember(SeenCheckpoint(signed), at: now) else { return }
        add(
            .full,
            .warning,
            signed.logKey.hash,
            Label(
                "状态文件已满 (\(AuditMemory.logsMax) 本日志)",
                "the state file is full (\(AuditMemory.logsMax) logs)"
            ),
            next: Label("另用一个状态文件", "use another state file")
        )
    }

    private mutating func hold(
        _ state: LogState,
        _ signed: SignedCheckpoint?,
        against row: AuditMemory.Row
    ) throws {
        let seen = row.seen.checkpoint
        guard let root = try store.root(of: state.id, size: seen.size) else {
            return add(
                .logShorter,
                .alarm,
                state.id,
                at: state.size,
                since: row.at,
                Label(
                    "曾见 \(seen.size) 条, 现存 \(state.size) 条",
                    "\(seen.size) entries were seen, \(state.size) are held"
                ),
                next: Self.fetch
            )
        }
        guard root == seen.root else {
            if let signed, seen.size <= signed.checkpoint.size {
                let path = try store.consistency(
                    of: state.id,
                    from: seen.size,
                    to: signed.checkpoint.size
                )
                let held = ForkFile.Branch(root: root, head: SeenCheckpoint(signed), path: path)
                let proof = ForkFile(
                    size: seen.size,
                    ForkFile.Branch(root: seen.root, head: row.seen),
                    held
                )
                if let proof { forks.append(proof) }
            }
            return add(
                .logRewritten,
                .alarm,
                state.id,
                since: row.at,
                Label(
                    "前 \(seen.size) 条的根是 \(root.short), 曾见 \(seen.root.short)",
                    "the first \(seen.size) entries have root \(root.short), seen was"
                        + " \(seen.root.short)"
                ),
                next: Self.prove
            )
        }
        if let signed, signed.checkpoint.size > seen.size {
            grownBy += signed.checkpoint.size - seen.size
            remember(signed)
        }
    }

    // MARK: Forks

    private mutating func lookAtForks() throws {
        for fork in try store.forkedLogs() {
            let sizes = fork.histories.map(String.init).joined(separator: ", ")
            let isSettled = fork.common != nil && fork.contested == 0
            add(
                .forked,
                isSettled ? .note : .alarm,
                fork.log,
                at: fork.common,
                Label(
                    "其密钥签过两段历史 (现存条数 \(sizes))",
                    "its key signed two histories (sizes held: \(sizes))"
                ),
                next: Self.prove
            )
            for branch in store.branches(of: fork.log) {
                try lookForEquivocation(in: branch, isSettled ? .note : .alarm)
            }
        }
    }

    /// Authors that signed an entry at the same place of two histories.
    private mutating func lookForEquivocation(
        in branch: LogState,
        _ gravity: AuditFinding.Gravity
    ) throws {
        guard let main = store.log(branch.log) else { return }
        var named: Set<Digest> = []
        var sequence = branch.base
        while sequence < min(branch.size, main.size) {
            let end = min(sequence + Self.batchMax, branch.size, main.size)
            let others = try store.entries(of: branch.id, sequence..<end)
            let entries = try store.entries(of: main.id, sequence..<end)
            guard !others.isEmpty, others.count == entries.count else { return }
            for (index, (entry, other)) in zip(entries, others).enumerated()
            where entry.author == other.author && entry.header != other.header {
                guard named.insert(entry.author).inserted else { continue }
                add(
                    .equivocation,
                    gravity,
                    branch.log,
                    at: sequence + UInt64(index),
                    Label(
                        "密钥 \(entry.author.short) 在同一位置签了两条",
                        "key \(entry.author.short) signed two entries for one place"
                    ),
                    next: Self.prove
                )
            }
            sequence += UInt64(others.count)
        }
    }

    // MARK: Times

    private static let batchMax: UInt64 = 1_024
    /// How far clocks of honest nodes may differ, milliseconds.
    private static let tolerance: UInt64 = 10 * 60_000

    /// Entries whose times can not be right, as far as their log and the last visit show it.
    private mutating func lookAtEntries(of state: LogState) throws {
        let row = before[state.id]
        var latest: UInt64 = 0
        var (clocks, lates) = (0, 0)
        var (clock, late): (UInt64?, UInt64?) = (nil, nil)
        var sequence: UInt64 = 0
        while sequence < state.size {
            let end = min(sequence + Self.batchMax, state.size)
            let entries = try store.entries(of: state.id, sequence..<end, byteMax: 8 << 20)
            guard !entries.isEmpty else { break }
            for entry in entries {
                if let time = (try? Header(decoding: entry.header))?.time {
                    if latest > Self.tolerance, time < latest - Self.tolerance {
                        clocks += 1
                        clock = clock ?? sequence
                    }
                    if let row, sequence >= row.seen.checkpoint.size,
                        row.at > Self.tolerance, time < row.at - Self.tolerance
                    {
                        lates += 1
                        late = late ?? sequence
                    }
                    latest = max(latest, time)
                }
                sequence += 1
            }
        }
        if clocks > 0 {
            add(
                .clock,
                .warning,
                state.id,
                at: clock,
                Label(
                    "\(clocks) 条自称早于同一日志中在前的条目",
                    "\(clocks) entries say that they are older than what stands before them"
                ),
                next: Label("询问该节点的时钟", "ask about that node's clock")
            )
        }
        if lates > 0, let row {
            add(
                .late,
                .warning,
                state.id,
                at: late,
                since: row.at,
                Label(
                    "\(lates) 条在上次审计之后出现, 却自称写于其前",
                    "\(lates) entries came after the last visit and say that they were written"
                        + " before it"
                ),
                next: Label(
                    "若该节点当时在线, 即为倒填日期",
                    "if that node was connected then, they are back-dated"
                )
            )
        }
    }

    private mutating func lookAtTimes(_ maxAge: UInt64?) throws {
        let times = try store.heardTimes()
        var oldest = now
        var isHeard = true
        for member in store.roster.members
        where !member.hasEnded && member.log != store.identity?.log {
            let time = times[member.log]
            isHeard = isHeard && time != nil
            oldest = min(oldest, time ?? oldest)
            let isStale = maxAge.map { now - min(now, time ?? 0) > $0 } ?? false
            guard isStale || time == nil else { continue }
            add(
                time == nil ? .neverHeard : .stale,
                isStale ? .alarm : .warning,
                member.log,
                since: time,
                time == nil
                    ? Label("从未有过消息", "was never heard of")
                    : Label("久无消息", "was not heard of for longer than allowed"),
                next: Self.fetch
            )
        }
        completeAsOf = isHeard ? oldest : nil
    }
}
