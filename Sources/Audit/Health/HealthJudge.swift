internal import Cases

/// Judges what was seen of a node: facts in, findings out, alarms first.
///
/// The thresholds stand here and nowhere else.
package enum HealthJudge {
    /// Free bytes below which the disk counts as almost full.
    package static let freeBytesLeast: UInt64 = 512 << 20
    /// Share of the disk, in percent, below which it counts as almost full, if that is less.
    package static let freePercentLeast: UInt64 = 5
    /// Bytes beyond which the write-ahead log should have been taken up.
    package static let walBytesMost: UInt64 = 512 << 20
    /// Milliseconds by which a clock may differ.
    package static let skewMost: UInt64 = 60_000
    /// Failed attempts after which an endpoint counts as out of reach.
    package static let attemptsMost = 5
    /// Most findings of one kind; the rest is counted in one more.
    package static let kindMost = 10

    /// Everything that is wrong, alarms first.
    package static func findings(_ facts: HealthFacts) -> [HealthFinding] {
        let all =
            own(facts) + machine(facts.machine) + daemon(facts) + network(facts)
            + work(facts.work)
        return all.filter { $0.gravity == .alarm } + all.filter { $0.gravity == .warning }
    }

    private static func own(_ facts: HealthFacts) -> [HealthFinding] {
        fence(facts.own) + writing(facts.own) + rights(facts.own)
    }

    private static func writing(_ own: HealthFacts.Own) -> [HealthFinding] {
        guard let (reason, since) = own.stopped else { return [] }
        return [
            HealthFinding(
                .stopped,
                Label("本节点停止写入: \(reason)", "this node does not write: \(reason)"),
                since: since,
                next: Label(
                    "保留节点目录原样, 联系上级; 其他副本确已清除后才删除 HOME/stopped 并重启",
                    "keep the home as it is and ask the office above; remove HOME/stopped and restart"
                        + " only when no other copy of the node is left"
                )
            )
        ]
    }

    private static func fence(_ own: HealthFacts.Own) -> [HealthFinding] {
        let sync = Label(
            "linli sync --peer HOST:PORT 或 linli bundle read FILE: 取回自己的日志",
            "linli sync --peer HOST:PORT, or linli bundle read FILE: takes the own log back"
        )
        switch own.fence {
        case .good: return []
        case .missing:
            return [
                HealthFinding(
                    .fenceMissing,
                    Label("围栏文件 fence 不见了", "the file fence is gone"),
                    next: Label(
                        "不要自己造一个: 恢复整个目录的备份, 或请上级 linli end 本节点",
                        "do not make one up: restore a copy of the whole home, or have the office"
                            + " above run linli end for this node"
                    )
                )
            ]
        case .unreadable(let reason):
            return [
                HealthFinding(
                    .fenceUnreadable,
                    Label("围栏文件不能用: \(reason)", "the fence can not be used: \(reason)"),
                    next: Label("检查磁盘; 恢复整个目录的备份", "check the disk; restore a copy of the home")
                )
            ]
        case .behind(let held, let fence):
            return [
                HealthFinding(
                    .fenceBehind,
                    Label(
                        "数据库只有自己的 \(held) 条, 曾签过 \(fence) 条: 数据库是旧的",
                        "the database holds \(held) own entries and \(fence) were once signed:"
                            + " it is an older one"
                    ),
                    next: sync
                )
            ]
        case .beside(let size):
            return [
                HealthFinding(
                    .fenceBeside,
                    Label(
                        "数据库的前 \(size) 条不是曾签过的那些",
                        "the first \(size) own entries are not those that were once signed"
                    ),
                    next: Label(
                        "不要再用此目录写入; 上级 linli end 本节点, 再建新目录",
                        "write nothing more with this home; the office above runs linli end, then"
                            + " make a new home"
                    )
                )
            ]
        }
    }

    private static func rights(_ own: HealthFacts.Own) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if let size = own.endedAt {
            findings.append(
                HealthFinding(
                    .rightEnded,
                    Label(
                        "本节点的权限已终止, 只有前 \(size) 条有效",
                        "this node's right has ended, only its first \(size) entries count"
                    ),
                    next: Label(
                        "linli roster; 问上级; 之后写的由上级 linli ratify",
                        "linli roster; ask the office above, which can linli ratify what came later"
                    )
                )
            )
        }
        if !own.isEnrolled {
            findings.append(
                HealthFinding(
                    .notEnrolled,
                    Label(
                        "本节点尚未看到自己的入网条目",
                        "the entry that enrols this node is not held yet"
                    ),
                    next: Label(
                        "linli sync --peer HOST:PORT 或 linli bundle read FILE",
                        "linli sync --peer HOST:PORT, or linli bundle read FILE"
                    )
                )
            )
        }
        if own.wantsPerson, own.staff == 0 {
            findings.append(
                HealthFinding(
                    .personWanted,
                    Label(
                        "签名规则要求个人签名, 本节点没有个人密钥",
                        "policy wants persons to sign, and no person of this node has a key"
                    ),
                    next: Label(
                        "linli staff key FILE --number N, 再 linli staff add FILE.request",
                        "linli staff key FILE --number N, then linli staff add FILE.request"
                    )
                )
            )
        }
        if let listed = own.rosterEndpoint, listed != own.listen {
            let here = own.listen ?? "-"
            findings.append(
                HealthFinding(
                    .endpointDiffers,
                    Label(
                        "名册中的地址是 \(listed), 配置是 \(here)",
                        "the roster says that this node listens at \(listed), its configuration"
                            + " \(here)"
                    ),
                    next: Label(
                        "改 config.json 的 listen, 或 linli rotate 后由上级 linli enrol 新地址",
                        "change listen in config.json, or linli rotate and have the office above"
                            + " linli enrol the new one"
                    )
                )
            )
        }
        return findings
    }
}
