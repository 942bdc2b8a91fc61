import Cases

extension HealthJudge {
    static func machine(_ machine: HealthFacts.Machine) -> [HealthFinding] {
        disk(machine) + files(machine) + database(machine)
    }

    private static func disk(_ machine: HealthFacts.Machine) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if machine.isReadOnly {
            findings.append(
                HealthFinding(
                    .readOnly,
                    Label("节点目录不能写入", "nothing can be written in the home"),
                    next: Label(
                        "查看挂载方式与目录属主: findmnt -T HOME; ls -ld HOME",
                        "see how it is mounted and who owns it: findmnt -T HOME; ls -ld HOME"
                    )
                )
            )
        }
        if let free = machine.freeBytes,
            free < min(freeBytesLeast, machine.totalBytes / 100 * freePercentLeast)
        {
            findings.append(
                HealthFinding(
                    .diskFull,
                    Label("磁盘只剩 \(free >> 20) MiB", "only \(free >> 20) MiB of the disk are free"),
                    next: Label(
                        "腾出空间; 写入会自行恢复: df -h HOME",
                        "free space, writing then goes on by itself: df -h HOME"
                    )
                )
            )
        }
        return findings
    }

    private static func files(_ machine: HealthFacts.Machine) -> [HealthFinding] {
        var findings = machine.looseFiles.map { path, mode in
            let digits = "0" + String(mode, radix: 8)
            return HealthFinding(
                .looseMode,
                Label("\(path) 的权限是 \(digits), 应为 0600", "\(path) has mode \(digits), want 0600"),
                next: Label(
                    "查明谁读过; 若无人, chmod 600 \(path), 否则按密钥失窃处理",
                    "find out who read it; if nobody, chmod 600 \(path), else as for a stolen key"
                )
            )
        }
        findings += machine.missingFiles.map { path in
            HealthFinding(
                .keyMissing,
                Label("\(path) 不见了", "\(path) is gone"),
                next: Label("恢复整个目录的备份", "restore a copy of the whole home")
            )
        }
        if machine.excessPathBytes > 0 {
            let count = machine.excessPathBytes
            findings.append(
                HealthFinding(
                    .pathTooLong,
                    Label(
                        "目录路径长出 \(count) 字节, 守护进程不能启动",
                        "the home's path is \(count) bytes too long, the daemon can not start"
                    ),
                    next: Label(
                        "停止后把目录移到较短的路径, 如 /var/lib/linli/NAME",
                        "stop it and move the home to a shorter path, such as /var/lib/linli/NAME"
                    )
                )
            )
        }
        return findings
    }

    private static func database(_ machine: HealthFacts.Machine) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if let first = machine.databaseProblems.first {
            let count = machine.databaseProblems.count
            findings.append(
                HealthFinding(
                    .databaseDamaged,
                    Label(
                        "数据库损坏 (\(count) 处): \(first)",
                        "the database is damaged (\(count)): \(first)"
                    ),
                    next: Label(
                        "linli verify; 停止服务, 保留目录供核查, 恢复备份",
                        "linli verify; stop the service, keep the home for the auditor, restore a copy"
                    )
                )
            )
        }
        if machine.walBytes > walBytesMost {
            let size = machine.walBytes >> 20
            findings.append(
                HealthFinding(
                    .walLarge,
                    Label("ledger.db-wal 有 \(size) MiB", "ledger.db-wal has \(size) MiB"),
                    next: Label(
                        "结束长时间打开数据库的进程, 再重启服务: fuser HOME/ledger.db",
                        "end what holds the database open, then restart the service: fuser"
                            + " HOME/ledger.db"
                    )
                )
            )
        }
        return findings
    }

    static func daemon(_ facts: HealthFacts) -> [HealthFinding] {
        switch facts.daemon {
        case .running: return []
        case .absent:
            return [
                HealthFinding(
                    .daemonAbsent,
                    Label("守护进程没有运行", "the daemon is not running"),
                    next: Label("systemctl start linli@NAME", "systemctl start linli@NAME")
                )
            ]
        case .silent(let reason):
            return [
                HealthFinding(
                    .daemonSilent,
                    Label("守护进程没有回答: \(reason)", "the daemon does not answer: \(reason)"),
                    next: Label(
                        "journalctl --unit linli@NAME; systemctl restart linli@NAME",
                        "journalctl --unit linli@NAME; systemctl restart linli@NAME"
                    )
                )
            ]
        }
    }
}
