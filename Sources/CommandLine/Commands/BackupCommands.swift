internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    /// Copies of a home that outlive its machine.
    static let backupCommands: [Command] = [
        Command(
            "backup",
            ["FILE"],
            flags: [
                .passphrase,
                Command.Flag(
                    "no-key",
                    Label("不含封存密钥", "without the seal key, which opens sealed parts")
                ),
            ],
            group: .node,
            Label(
                "备份数据库 (可与守护进程并行); 不含签名密钥",
                "the database in one file, beside a running daemon; never the keys that sign"
            ),
            run: BackupCommands.backup
        ),
        Command(
            "restore",
            ["FILE"],
            flags: [
                .passphrase,
                Command.Flag("no-key", Label("不取出封存密钥", "leave the seal key in the file")),
                Command.Flag(
                    "protect",
                    Label("以备份的口令加密新密钥", "put the new keys under the backup's passphrase")
                ),
            ],
            group: .node,
            Label(
                "由备份建新目录 (--home) 与新密钥, 待上级重新入网",
                "a new home (--home) with fresh keys from a backup, to be enrolled again"
            ),
            run: BackupCommands.restore
        ),
        Command(
            "drill restore",
            ["[FILE]"],
            flags: [.passphrase],
            group: .node,
            Label(
                "演练: 在副本上恢复并核验备份, 用后即删",
                "restores a backup, or a fresh one, aside, verifies it, and leaves nothing behind"
            ),
            run: BackupCommands.drill
        ),
    ]
}

/// `backup`, `restore` and `drill restore`.
enum BackupCommands {
    static func backup(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let passphrase = call.has("no-key") ? nil : try Passphrase.choose(call)
        guard passphrase != nil || call.has("no-key") else {
            throw CommandError(
                .usage,
                "the seal key is carried under a passphrase only",
                hint: "--passphrase-fd N, or --no-key to leave it out"
            )
        }
        say(try home.backUp(to: call.arguments[0], passphrase: passphrase), call)
        return .good
    }

    static func restore(_ call: Invocation) async throws -> ExitCode {
        guard let path = call["home"] else {
            throw CommandError(.usage, "--home is missing: the directory of the new home")
        }
        let file = call.arguments[0]
        guard !call.has("protect") || !call.has("no-key") else {
            throw CommandError(.usage, "--protect wants the passphrase that --no-key leaves out")
        }
        let (home, backup) = try Home.restore(
            file,
            to: path,
            passphrase: call.has("no-key")
                ? nil
                : {
                    try Passphrase.read(
                        call,
                        call.output.text("\(file) 的口令: ", "passphrase of \(file): ")
                    )
                },
            isProtected: call.has("protect")
        )
        guard try !call.has("protect") || home.isProtected else {
            throw CommandError(
                .bad,
                "\(file) carries no key, so there is no passphrase to protect with",
                hint: "the home was made; linli keys protect"
            )
        }
        guard let level = Level(name: home.configuration.level) else {
            throw HomeError.configuration(path: file, reason: "it has no level")
        }
        let request = try Founding.writeRequest(of: home, level: level)
        say(backup, call)
        call.output.remark(
            call.output.text(
                "可查询, 不可写入。请上级入网 \(home.requestPath), 指纹 \(request.fingerprint); 再 linli join",
                "it can be asked, and must not write yet: have \(home.requestPath) enrolled, fingerprint"
                    + " \(request.fingerprint), then linli join"
            )
        )
        return .good
    }

    static func drill(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let folder = try ScratchFolder(in: home.scratchDirectory, for: .drill)
        defer { withExtendedLifetime(folder) {} }
        var file = folder.path + "/fresh"
        if let given = call.arguments.first {
            file = given
        } else {
            _ = try home.backUp(to: file, passphrase: nil)
        }
        let passphrase: (() throws -> [UInt8])? =
            call["passphrase-fd"] == nil ? nil : { try Passphrase.read(call, "") }
        let (restored, backup) = try Home.restore(
            file,
            to: folder.path + "/home",
            passphrase: passphrase
        )
        let store = try call.openStore()
        let ledger = try Store(path: restored.databasePath, mode: .readOnly).identity?.ledger
        guard ledger == store.identity?.ledger else {
            throw CommandError(
                .bad,
                "the backup is of ledger \(ledger?.short ?? "none"), this home of"
                    + " \(store.identity?.ledger.short ?? "none")",
                hint: "a home is made again from a backup of its own only"
            )
        }
        let held = store.log(backup.log)?.size ?? 0
        say(backup, call, more: ["behind": .count(held > backup.size ? held - backup.size : 0)])
        if backup.sealKey != nil, passphrase == nil, call.arguments.first != nil {
            call.output.remark(
                call.output.text(
                    "未核对封存密钥的口令 (--passphrase-fd)",
                    "the passphrase of the seal keys was not tried: --passphrase-fd"
                )
            )
        }
        let days =
            (SystemSource.wallMilliseconds() - min(backup.time, SystemSource.wallMilliseconds()))
            / 86_400_000
        call.output.remark(
            call.output.text(
                "可以恢复 (\(days) 天前的备份); 此后又写了 \(held > backup.size ? held - backup.size : 0) 条",
                "it can be restored, is \(days) days old; \(held > backup.size ? held - backup.size : 0) entries of its log"
                    + " were written since"
            )
        )
        return .good
    }

    private static func say(_ backup: Backup, _ call: Invocation, more: JSON = [:]) {
        let output = call.output
        guard !call.isJSON else {
            let json: JSON = [
                "time": .count(backup.time), "log": .text(backup.log.description),
                "size": .count(backup.size), "frontier": .text(backup.frontier.description),
                "view": .text(backup.view.description), "sealKey": .bool(backup.sealKey != nil),
            ]
            return output.line(json.adding(all: more).line)
        }
        let time = output.time(backup.time)
        output.line(
            output.text(
                "备份 \(time): 本节点 \(backup.size) 条, 前沿 \(backup.frontier.short), 视图 \(backup.view.short)",
                "backup of \(time): \(backup.size) own entries, frontier \(backup.frontier.short), view"
                    + " \(backup.view.short)"
            )
        )
    }
}
