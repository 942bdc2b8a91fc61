import Cases

extension HealthJudge {
    static func network(_ facts: HealthFacts) -> [HealthFinding] {
        silence(facts) + clocks(facts.network) + reach(facts.network)
            + refusals(facts.network) + unopened(facts.network)
    }

    private static func silence(_ facts: HealthFacts) -> [HealthFinding] {
        let network = facts.network
        let isAlone = network.missing.count > 1 && network.missing.count == network.nodes - 1
        if isAlone {
            return [
                HealthFinding(
                    .nobodyHeard,
                    Label(
                        "15 分钟内没有听到任何其他节点 (\(network.missing.count) 个)",
                        "none of the \(network.missing.count) other nodes was heard of in 15 minutes"
                    ),
                    since: network.missing.compactMap(\.since).max(),
                    next: Label(
                        "检查网络与守护进程: linli peers; 没有网络时 linli bundle write FILE",
                        "look at network and daemon: linli peers; without a network: linli bundle"
                            + " write FILE"
                    )
                )
            ]
        }
        let next = Label(
            "查看对方的电源、网络、linli status; 清单缺其之后的记录",
            "look there: power, network, linli status; lists lack what it wrote since"
        )
        return limited(network.missing) { name, since in
            HealthFinding(
                .nodeSilent,
                since == nil
                    ? Label("从未听到 \(name)", "\(name) was never heard of")
                    : Label("15 分钟没有听到 \(name)", "\(name) was not heard of in 15 minutes"),
                since: since,
                next: next
            )
        } rest: { count in
            HealthFinding(
                .nodeSilent,
                Label("另有 \(count) 个节点没有听到", "\(count) more nodes were not heard of"),
                next: Label("linli status --json", "linli status --json")
            )
        }
    }

    /// If most peers differ to the same side, this machine's clock is the wrong one.
    private static func clocks(_ network: HealthFacts.Network) -> [HealthFinding] {
        let off = network.skews.filter { $0.milliseconds.magnitude > skewMost }
        guard !off.isEmpty else { return [] }
        let ahead = off.filter { $0.milliseconds > 0 }.count
        let side = max(ahead, off.count - ahead)
        guard side < 2 || side * 2 <= network.skews.count else {
            let sorted = off.map(\.milliseconds).sorted()
            let seconds = sorted[sorted.count / 2] / 1000
            return [
                HealthFinding(
                    .ownClock,
                    Label(
                        "本机时钟与多数节点相差 \(seconds) 秒",
                        "this machine's clock is \(seconds) s behind those of most peers"
                    ),
                    next: Label(
                        "timedatectl set-ntp true; 已写入的时间用 linli case amend 更正",
                        "timedatectl set-ntp true; correct what was written with linli case amend"
                    )
                )
            ]
        }
        return off.map { name, milliseconds in
            HealthFinding(
                .peerClock,
                Label(
                    "\(name) 的时钟快 \(milliseconds / 1000) 秒",
                    "the clock of \(name) is \(milliseconds / 1000) s ahead"
                ),
                next: Label("在不准的一方: timedatectl", "at the wrong one: timedatectl")
            )
        }
    }

    private static func reach(_ network: HealthFacts.Network) -> [HealthFinding] {
        let far = network.unreachable.filter { $0.attempts >= attemptsMost }
        return limited(far) { endpoint, attempts, error in
            HealthFinding(
                .peerUnreachable,
                Label(
                    "连接 \(endpoint) 失败 \(attempts) 次: \(error)",
                    "\(endpoint) was tried \(attempts) times: \(error)"
                ),
                next: Label(
                    "linli peers; 若对方总是关闭连接: 在上级 linli roster",
                    "linli peers; if it closes each time: linli roster at the office above"
                )
            )
        } rest: { count in
            HealthFinding(
                .peerUnreachable,
                Label("另有 \(count) 个地址连接不上", "\(count) more endpoints can not be reached"),
                next: Label("linli peers", "linli peers")
            )
        }
    }

    private static func refusals(_ network: HealthFacts.Network) -> [HealthFinding] {
        limited(network.refusals.sorted { $0.count > $1.count }) { reason, count, last in
            HealthFinding(
                .refused,
                Label(
                    "一天内仍有拒绝, 共 \(count) 次: \(reason)",
                    "refused within a day, \(count) times in all: \(reason)"
                ),
                since: last,
                next: Label("linli refused", "linli refused")
            )
        } rest: { count in
            HealthFinding(
                .refused,
                Label("另有 \(count) 种拒绝原因", "\(count) more reasons of refusals"),
                next: Label("linli refused", "linli refused")
            )
        }
    }

    private static func unopened(_ network: HealthFacts.Network) -> [HealthFinding] {
        limited(network.unopened) { name in
            HealthFinding(
                .neverOpened,
                Label(
                    "\(name) 已入网, 但从未开始写日志",
                    "\(name) was enrolled and nothing of its log was ever seen"
                ),
                next: Label(
                    "请对方 linli join 邀请函并启动; 不再需要则 linli end \(name)",
                    "have it linli join its invitation and start; if it is not wanted, linli end"
                        + " \(name)"
                )
            )
        } rest: { count in
            HealthFinding(
                .neverOpened,
                Label("另有 \(count) 个节点从未开始写日志", "\(count) more nodes never began a log"),
                next: Label("linli status", "linli status")
            )
        }
    }

    /// One finding for each of the first ``kindMost`` items, and one for how many more there are.
    static func limited<Item>(
        _ items: [Item],
        _ finding: (Item) -> HealthFinding,
        rest: (Int) -> HealthFinding
    ) -> [HealthFinding] {
        let shown = items.prefix(kindMost).map(finding)
        return items.count > kindMost ? shown + [rest(items.count - kindMost)] : shown
    }
}
