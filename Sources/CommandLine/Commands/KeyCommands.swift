internal import Cases
internal import Crypto
internal import Foundation
internal import NodeRuntime

extension Program {
    /// Care of the node's keys.
    static let keyCommands: [Command] = [
        Command(
            "keys",
            group: .node,
            Label("本节点的密钥文件, 是否加密", "the files of the node's keys, and whether they are encrypted"),
            run: KeyCommands.list
        ),
        Command(
            "keys protect",
            ["[FILE]"],
            flags: [.passphrase],
            group: .node,
            Label(
                "以口令加密节点的全部密钥, 或一个密钥文件",
                "encrypts all keys of the node under a passphrase, or one file with a key"
            ),
            run: KeyCommands.protect
        ),
        Command(
            "keys unprotect",
            group: .node,
            Label("去除节点密钥的口令", "takes the passphrase off the keys of the node"),
            run: KeyCommands.unprotect
        ),
    ]
}

/// `keys`, `keys protect` and `keys unprotect`.
enum KeyCommands {
    static func list(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let output = call.output
        var rows: [[String]] = []
        for file in home.keyFiles {
            let isEncrypted = SigningKey.isEncrypted(pem: try KeyFile.read(file))
            let name = String(file.dropFirst(home.path.count + 1))
            guard !call.isJSON else {
                output.line(
                    (["file": .text(name), "encrypted": .bool(isEncrypted)] as JSON).line
                )
                continue
            }
            let state =
                isEncrypted
                ? output.text("有口令", "under a passphrase")
                : output.text("无口令", "open to whoever reads the file")
            rows.append([name, state])
        }
        if !call.isJSON { output.table(rows) }
        return .good
    }

    static func protect(_ call: Invocation) async throws -> ExitCode {
        guard let file = call.arguments.first else {
            let home = try call.home()
            try home.protectKeys(try Passphrase.chosen(call))
            say(call, home, "节点密钥已加密", "the node's keys are encrypted")
            return .good
        }
        // A recovery key's or a person's, which has no passphrase yet.
        guard !SigningKey.isEncrypted(pem: try KeyFile.read(file)) else {
            throw CommandError(.bad, "\(file) is encrypted already")
        }
        let none = KeyPassphrase { () throws(HomeError) in throw .wantsPassphrase }
        let text = try KeyFile.reencrypted(file, by: none, under: try Passphrase.chosen(call))
        try KeyFile.replace(file, text)
        call.output.line(call.output.text("已加密: \(file)", "encrypted: \(file)"))
        return .good
    }

    static func unprotect(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        try home.protectKeys(nil)
        say(call, home, "节点密钥不再加密", "the node's keys are encrypted no more")
        return .good
    }

    private static func say(_ call: Invocation, _ home: Home, _ zh: String, _ en: String) {
        let count = home.keyFiles.count
        guard !call.isJSON else {
            return call.output.line((["files": .number(Int64(count))] as JSON).line)
        }
        call.output.line(call.output.text("\(zh) (\(count) 个文件)", "\(en) (\(count) files)"))
    }
}
