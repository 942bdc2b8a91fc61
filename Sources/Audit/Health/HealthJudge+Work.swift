import Cases

extension HealthJudge {
    static func work(_ work: HealthFacts.Work) -> [HealthFinding] {
        forks(work) + provisional(work) + late(work) + unjudged(work)
    }

    private static func forks(_ work: HealthFacts.Work) -> [HealthFinding] {
        work.forks.compactMap { fork in
            let name = fork.name
            guard let common = fork.common else {
                return HealthFinding(
                    .forked,
                    Label(
                        "\(name) 的日志有两段历史, 证据已保存, 尚无条目写明何处分开",
                        "the log of \(name) has two histories, the evidence is kept, and no entry"
                            + " says yet where they part"
                    ),
                    next: Label(
                        "保持节点相互连接, 其中之一会写入; 不要再用那个目录写入",
                        "keep the nodes connected, one of them writes it; nothing more may be"
                            + " written with that home"
                    )
                )
            }
            guard fork.contested > 0 else { return nil }
            return HealthFinding(
                .forkContested,
                Label(
                    "\(name) 的日志自第 \(common) 条起分叉, 其后 \(fork.contested) 条待处理",
                    "the log of \(name) is forked from entry \(common) on, \(fork.contested)"
                        + " entries beyond wait"
                ),
                next: Label(
                    "上级: linli roster --contested, 再 linli ratify 或 refuse; 该节点另建目录入网",
                    "at an office above: linli roster --contested, then linli ratify or refuse; that"
                        + " node goes on with a new home and log key"
                )
            )
        }
    }

    private static func provisional(_ work: HealthFacts.Work) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if work.unchecked > 0 {
            findings.append(
                HealthFinding(
                    .unchecked,
                    Label(
                        "\(work.unchecked) 个签名未验, 视图不得引用",
                        "\(work.unchecked) signatures are not checked, the view may not be cited"
                    ),
                    next: Label(
                        "等守护进程验完; 没有则启动它, 或 linli sync",
                        "wait for the daemon to check them; if none runs, start it, or linli sync"
                    )
                )
            )
        }
        findings += work.unvouched.map { log in
            HealthFinding(
                .unvouched,
                Label(
                    "\(log.name) 的日志有 \(log.entries) 条没有检查点, 其他节点取不到",
                    "of the log of \(log.name), \(log.entries) entries are held that no checkpoint"
                        + " vouches for: no other node can take them"
                ),
                next: Label(
                    "正在取时等待; 旧备份恢复的目录: 在终止旧日志前把其中的案件重新登记",
                    "wait if it is being pulled; in a home that was restored from an old backup enter"
                        + " its cases again before the old log is ended"
                )
            )
        }
        if work.missingParts > 0 {
            findings.append(
                HealthFinding(
                    .partsMissing,
                    Label(
                        "\(work.missingParts) 份内容应存而未得",
                        "\(work.missingParts) parts of entries should be held and nobody gave them"
                    ),
                    next: Label(
                        "与作者的节点同步: linli sync; 只有作者隐匿时才会一直缺",
                        "linli sync with the node that wrote them; only an author who withholds them"
                            + " leaves it so"
                    )
                )
            )
        }
        if work.stale > 0 {
            findings.append(
                HealthFinding(
                    .viewStale,
                    Label(
                        "\(work.stale) 个案件的视图尚未更新",
                        "the view of \(work.stale) subjects is older than their entries"
                    ),
                    next: Label("重启守护进程; linli verify", "restart the daemon; linli verify")
                )
            )
        }
        return findings
    }

    private static func late(_ work: HealthFacts.Work) -> [HealthFinding] {
        limited(work.lateConflicts.sorted { $0.due < $1.due }) { number, due in
            HealthFinding(
                .conflictLate,
                Label("\(number) 的冲突应由本处裁定, 已超期", "the conflict in \(number) was due here"),
                since: due,
                next: Label(
                    "linli conflicts; linli case settle \(number) …",
                    "linli conflicts; linli case settle \(number) …"
                )
            )
        } rest: { count in
            HealthFinding(
                .conflictLate,
                Label("另有 \(count) 个冲突超期", "\(count) more conflicts are overdue"),
                next: Label("linli conflicts", "linli conflicts")
            )
        }
            + limited(work.lateOffers.sorted { $0.due < $1.due }) { number, due in
                HealthFinding(
                    .offerLate,
                    Label("\(number) 移交本处, 答复已超期", "an answer to the offer of \(number) was due"),
                    since: due,
                    next: Label(
                        "linli case take \(number), 或 linli case return \(number)",
                        "linli case take \(number), or linli case return \(number)"
                    )
                )
            } rest: { count in
                HealthFinding(
                    .offerLate,
                    Label("另有 \(count) 件移交未答复", "\(count) more offers wait for an answer"),
                    next: Label("linli cases --offered-to CODE", "linli cases --offered-to CODE")
                )
            }
    }

    private static func unjudged(_ work: HealthFacts.Work) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if let first = work.waiting.first {
            let count = work.waiting.count
            findings.append(
                HealthFinding(
                    .waiting,
                    Label(
                        "\(count) 个案件有条目在等前面的条目, 如 \(first)",
                        "entries of \(count) subjects wait for others that are not held, such as"
                            + " \(first)"
                    ),
                    next: Label(
                        "linli sync; linli status 看缺谁; 或读入更早的数据包",
                        "linli sync; linli status shows who is missing; or read an earlier bundle"
                    )
                )
            )
        }
        if let first = work.newer.first {
            let count = work.newer.count
            findings.append(
                HealthFinding(
                    .newerVersion,
                    Label(
                        "\(count) 个案件需要新版程序, 如 \(first)",
                        "\(count) subjects need a newer version, such as \(first)"
                    ),
                    next: Label("升级本节点的 linli", "upgrade linli at this node")
                )
            )
        }
        if let first = work.strayMergings.first {
            let count = work.strayMergings.count
            findings.append(
                HealthFinding(
                    .strayMerging,
                    Label(
                        "\(count) 个案件并入了未同意的案件或互成一环, 无人办理, 如 \(first)",
                        "\(count) cases are merged into one that has not agreed, or in a ring, and"
                            + " nobody works on them, such as \(first)"
                    ),
                    next: Label(
                        "linli show \(first); linli case unlink \(first) --link … --reason …",
                        "linli show \(first); linli case unlink \(first) --link … --reason …"
                    )
                )
            )
        }
        return findings
    }
}
