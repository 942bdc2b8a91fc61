internal import Cases
internal import Crypto
internal import Foundation
internal import NodeRuntime

extension Command.Flag {
    /// Flags of every command that writes entries: who signs them.
    static let signing = [
        Command.Flag(
            "as",
            "FILE",
            Label("以本人密钥签署(密钥文件)", "sign with a person's key, from this file")
        ),
        passphrase,
    ]

    /// Where a passphrase comes from, if not from the terminal.
    static let passphrase = Command.Flag(
        "passphrase-fd",
        "N",
        Label("从此文件描述符读取口令", "read the passphrase from this file descriptor")
    )
}

extension Command.Flag {
    /// Where the passphrase of the node's own keys comes from, if they have one.
    static let homePassphrase = Command.Flag(
        "home-passphrase-fd",
        "N",
        Label("从此文件描述符读取节点密钥的口令", "read the passphrase of the node's keys from this descriptor")
    )
}

extension Invocation {
    /// The key of the person who signs, by `--as`; nil for the node's service key.
    ///
    /// The passphrase is asked on the terminal, without echo, or read from a descriptor.
    ///
    /// - Throws: ``CommandError``, `HomeError`.
    func author() throws -> SigningKey? {
        guard let path = self["as"] else {
            guard self["passphrase-fd"] == nil else {
                throw CommandError(.usage, "--passphrase-fd is given without --as")
            }
            return nil
        }
        return try key(path)
    }

    /// A person's or recovery key from a file.
    ///
    /// - Throws: ``CommandError``, `HomeError`.
    func key(_ path: String) throws -> SigningKey {
        try KeyFile.signingKey(path) {
            try Passphrase.read(self, output.text("\(path) 的口令: ", "passphrase of \(path): "))
        }
    }
}

/// Passphrases, from a descriptor or from the terminal, never from arguments.
enum Passphrase {
    /// Most bytes; OpenSSL reads no more of one.
    static let bytesMax = 1_000

    /// Reads the passphrase of a key that is there.
    ///
    /// - Throws: ``CommandError``.
    static func read(_ call: Invocation, _ prompt: String) throws -> [UInt8] {
        if let given = try fromDescriptor(call) { return given }
        guard let given = try fromTerminal(prompt) else {
            throw CommandError(
                .usage,
                "the key file wants a passphrase, and there is no terminal to ask on",
                hint: "--passphrase-fd N, as in: 3< passphrase.txt --passphrase-fd 3"
            )
        }
        return given
    }

    /// Reads the passphrase of a home's keys, for the first of them that is encrypted: what systemd
    /// hands over, else from `--home-passphrase-fd`, else from the terminal.
    static func ofHome(
        _ values: [String: [String]],
        _ output: Output
    ) throws(HomeError) -> [UInt8] {
        if let text = values[Command.Flag.homePassphrase.name]?.last {
            guard let descriptor = Int32(text), descriptor >= 0, let line = readLine(descriptor),
                !line.isEmpty
            else {
                throw .noPassphrase("no passphrase can be read from --home-passphrase-fd \(text)")
            }
            return line
        }
        if let given = try KeyPassphrase.fromCredential() { return given }
        let prompt = output.text("节点密钥的口令: ", "passphrase of the node's keys: ")
        do {
            guard let given = try fromTerminal(prompt) else { throw HomeError.wantsPassphrase }
            return given
        } catch let error as HomeError {
            throw error
        } catch {
            throw .noPassphrase("no passphrase was entered")
        }
    }

    /// Reads the passphrase of keys that are being made, which they have to have.
    ///
    /// - Throws: ``CommandError``.
    static func chosen(_ call: Invocation) throws -> [UInt8] {
        guard let given = try choose(call) else {
            throw CommandError(
                .usage,
                "a passphrase is wanted and none was given",
                hint: "--passphrase-fd N, as in: 3< passphrase.txt --passphrase-fd 3"
            )
        }
        return given
    }

    /// Reads the passphrase of a key that is being made; nil if it is to have none.
    ///
    /// - Throws: ``CommandError``.
    static func choose(_ call: Invocation) throws -> [UInt8]? {
        if let given = try fromDescriptor(call) {
            guard !given.isEmpty else {
                throw CommandError(.usage, "the passphrase is empty")
            }
            return given
        }
        let output = call.output
        guard
            let first = try fromTerminal(
                output.text("新口令(留空则不加密): ", "new passphrase (empty for none): ")
            )
        else { return nil }
        guard !first.isEmpty else { return nil }
        let second = try fromTerminal(output.text("再次输入: ", "the same again: "))
        guard first == second else {
            throw CommandError(.bad, "the two passphrases differ", hint: "nothing was written")
        }
        return first
    }

    private static func fromDescriptor(_ call: Invocation) throws -> [UInt8]? {
        guard let text = call["passphrase-fd"] else { return nil }
        guard let descriptor = Int32(text), descriptor >= 0 else {
            throw CommandError(
                .usage,
                "--passphrase-fd is \"\(text)\", want the number of an open descriptor"
            )
        }
        guard let line = readLine(descriptor) else {
            throw CommandError(
                .unknown,
                "no passphrase can be read from descriptor \(descriptor)",
                hint: "want one line of at most \(bytesMax) bytes"
            )
        }
        return line
    }

    /// Asks on the controlling terminal, without echo; nil if there is none.
    private static func fromTerminal(_ prompt: String) throws(CommandError) -> [UInt8]? {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var former = termios()
        guard unsafe tcgetattr(descriptor, &former) == 0 else { return nil }
        var silent = former
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(descriptor, TCSAFLUSH, &silent)
        defer {
            unsafe tcsetattr(descriptor, TCSAFLUSH, &former)
            write("\n", to: descriptor)
        }
        write(prompt, to: descriptor)
        guard let line = readLine(descriptor) else {
            throw CommandError(.bad, "no passphrase was entered", hint: "nothing was written")
        }
        return line
    }

    /// Bytes up to the end of a line or of what there is; nil if they are too many, or there is
    /// nothing.
    private static func readLine(_ descriptor: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        while line.count <= bytesMax {
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return line.isEmpty ? nil : line }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
        return nil
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        }
    }
}
