internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage
internal import Transport

/// `found` and `init`: make a home.
enum Founding {
    static func found(_ call: Invocation) async throws -> ExitCode {
        let configuration = try configuration(call, level: .city)
        guard configuration.scope.utf8.count == 4 else {
            throw CommandError(.usage, "--scope is \(configuration.scope), want a city's 4 digits")
        }
        let home = try make(call, configuration)
        let recovery = try SigningKey(seed: SystemSource.random32())
        let file = home.path + "/recovery.key"
        try KeyFile.create(file, recovery.pem())
        let keys = Recovery(keys: [recovery.publicKey], threshold: 1)
        let keeper = try Keeper.found(home, recovery: keys)
        let fingerprint = textFingerprint(of: keeper.identity.ledger.bytes)
        guard !call.isJSON else {
            call.output.line(
                JSON.object([
                    .init(key: "ledger", value: .text(keeper.identity.ledger.description)),
                    .init(key: "log", value: .text(keeper.identity.log.description)),
                    .init(key: "fingerprint", value: .text(fingerprint)),
                    .init(key: "recoveryKey", value: .text(file)),
                ]).line
            )
            return .good
        }
        call.output.line(
            call.output.text("台账已创建: ", "ledger founded: ") + "\(keeper.identity.ledger)"
        )
        call.output.line(call.output.text("指纹: ", "fingerprint: ") + fingerprint)
        call.output.remark(
            call.output.text(
                "请立即把 \(file) 移到离线介质: 只有它能在本节点失效后恢复台账的最高权限。",
                "move \(file) to an offline medium now: it alone can restore the founder's rights."
            )
        )
        return .good
    }

    static func initialize(_ call: Invocation) async throws -> ExitCode {
        let text = try call.required("level")
        guard let level = Level(name: text) else {
            throw CommandError(
                .usage,
                "--level is \"\(text)\", want city, district, street, department or auditor"
            )
        }
        let configuration = try configuration(call, level: level)
        // One that takes the founder's place answers for all of its city.
        guard level != .city || configuration.scope.utf8.count == 4 else {
            throw CommandError(.usage, "--scope is \(configuration.scope), want a city's 4 digits")
        }
        let home = try make(call, configuration)
        let request = try writeRequest(of: home, level: level)
        guard !call.isJSON else {
            call.output.line(
                JSON.object([
                    .init(key: "request", value: .text(home.requestPath)),
                    .init(key: "log", value: .text(request.keys.log.hash.description)),
                    .init(key: "fingerprint", value: .text(request.fingerprint)),
                ]).line
            )
            return .good
        }
        call.output.line(call.output.text("申请: ", "request: ") + home.requestPath)
        call.output.line(call.output.text("指纹: ", "fingerprint: ") + request.fingerprint)
        return .good
    }

    /// Writes the request by which a home's keys are enrolled.
    static func writeRequest(of home: Home, level: Level) throws -> EnrolmentRequest {
        let request = EnrolmentRequest(
            name: home.configuration.name,
            level: level,
            scope: try home.scope(),
            endpoint: home.configuration.listen,
            keys: try home.publicKeys()
        )
        let armored = try request.signed(
            log: home.signingKey(.log),
            service: home.signingKey(.service),
            witness: home.signingKey(.witness),
            tls: home.signingKey(.tls)
        )
        let letter = """
            Linli 入网申请 / enrolment request
            \(Letter(request).text)

            \(armored)
            """
        try write(letter, to: home.requestPath)
        return request
    }

    /// Writes a text that anyone may read, whole or not at all.
    static func write(_ text: String, to path: String) throws(CommandError) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandError(.unknown, "can not write \(path): \(error.localizedDescription)")
        }
    }

    /// Checks that a file can be written, before anything that can not be undone.
    static func checkWritable(_ path: String) throws(CommandError) {
        let manager = FileManager.default
        guard let attributes = try? manager.attributesOfItem(atPath: path) else {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            guard manager.isWritableFile(atPath: folder) else {
                throw CommandError(
                    .unknown,
                    "can not write \(path): \(folder) can not be written to; nothing was done",
                    hint: "name a file in a directory that exists"
                )
            }
            return
        }
        let isDirectory = attributes[.type] as? FileAttributeType == .typeDirectory
        guard !isDirectory, manager.isWritableFile(atPath: path) else {
            throw CommandError(.unknown, "can not write \(path); nothing was done")
        }
    }

    private static func configuration(
        _ call: Invocation,
        level: Level
    ) throws -> HomeConfiguration {
        let name = try call.required("name")
        guard 1...RosterOperation.nameMax ~= name.utf8.count else {
            throw CommandError(
                .usage,
                "--name has \(name.utf8.count) bytes, want 1 to \(RosterOperation.nameMax)"
            )
        }
        guard EnrolmentRequest.isPlain(name) else {
            throw CommandError(.usage, "--name has control characters, want plain text")
        }
        try FreeText.check(name, flag: "name", call)
        let code = try call.required("scope")
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--scope is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        let listen = call["listen"]
        if let listen { _ = try endpoint(listen, flag: "listen") }
        return HomeConfiguration(name: name, level: level, scope: scope, listen: listen)
    }

    static func endpoint(_ text: String, flag: String) throws(CommandError) -> Endpoint {
        guard let endpoint = Endpoint(text), endpoint.port > 0,
            text.utf8.count <= RosterOperation.endpointMax
        else {
            throw CommandError(.usage, "--\(flag) is \"\(text)\", want host:port")
        }
        return endpoint
    }

    private static func make(
        _ call: Invocation,
        _ configuration: HomeConfiguration
    ) throws -> Home {
        let passphrase = call.has("protect") ? try Passphrase.chosen(call) : nil
        return try Home(
            creating: call.arguments[0],
            configuration: configuration,
            passphrase: passphrase,
            random: SystemSource.random32
        )
    }
}
