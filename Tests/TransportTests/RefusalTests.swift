import Crypto
import TestSupport
import Testing

@testable import Transport

/// Everything that is no proper peer is refused with one event, and harms nobody else.
@Suite struct RefusalTests {
    private static func impatient() -> TransportLimits {
        var limits = TransportLimits()
        limits.handshakeSeconds = 0.4
        return limits
    }

    /// The one event for what `act` does; fails if another connection notices anything.
    private func refusal(
        _ limits: TransportLimits = TransportLimits(),
        _ act: @escaping @Sendable (Server) async throws -> Void
    ) async throws -> TransportError {
        let server = try Server(identity(1), limits: limits)
        let bystander = try await Bystander(at: server)
        try await bounded { try await act(server) }
        let reason = try await server.refusal()
        try await bystander.check()
        // One event was all, and newcomers are still welcome.
        let next = try await Bystander(at: server)
        try await next.check()
        await next.close()
        await bystander.close()
        return reason
    }

    @Test func theOpenSSLProgramIsAcceptedWhenItDoesEverythingRight() async throws {
        let openssl = try OpenSSLCommand()
        try await openssl.makeCertificate("good", algorithm: ["ed25519"])
        let server = try Server(identity(1))
        try await openssl.connect(
            to: server,
            ["-alpn", "linli/1", "-cert", "good.pem", "-key", "good.key"]
        )
        guard case .accepted = try await server.events.next() else {
            Issue.record("a good client was refused")
            return
        }
    }

    @Test(arguments: [
        (["-tls1_2", "-alpn", "linli/1"], "unsupported protocol"),
        (["-alpn", "linli/1"], "peer did not return a certificate"),
        (["-cert", "good.pem", "-key", "good.key"], "no application protocol"),
        (["-alpn", "h2", "-cert", "good.pem", "-key", "good.key"], "no application protocol"),
        (
            ["-alpn", "linli/11", "-cert", "good.pem", "-key", "good.key"],
            "no application protocol"
        ),
        (
            ["-alpn", "linli/1", "-cert", "issued.pem", "-key", "issued.key"],
            "certificate verify failed"
        ),
        (
            [
                "-alpn", "linli/1", "-cert", "issued.pem", "-key", "issued.key",
                "-cert_chain", "good.pem",
            ],
            "certificate verify failed"
        ),
        (
            [
                "-alpn", "linli/1", "-cert", "good.pem", "-key", "good.key",
                "-cert_chain", "issued.pem",
            ],
            "certificate verify failed"
        ),
    ])
    func aForeignClientIsRefused(options: [String], reason: String) async throws {
        let openssl = try OpenSSLCommand()
        try await openssl.makeCertificate("good", algorithm: ["ed25519"])
        try await openssl.makeCertificate("issued", issuer: "good")
        let got = try await refusal { try await openssl.connect(to: $0, options) }
        #expect(got == .tls(reason))
    }

    /// We ask for Ed25519 only, so a client that has none shows none.
    @Test(arguments: [
        ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
        ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ["ed448"],
    ])
    func aCertificateOfAnotherTypeIsRefused(algorithm: [String]) async throws {
        let openssl = try OpenSSLCommand()
        try await openssl.makeCertificate("other", algorithm: algorithm)
        let got = try await refusal { server in
            try await openssl.connect(
                to: server,
                ["-alpn", "linli/1", "-cert", "other.pem", "-key", "other.key"]
            )
        }
        #expect(got == .tls("peer did not return a certificate"))
    }

    @Test func aServerWithAnotherKeyIsRefusedAndNotToldWhoCalled() async throws {
        let server = try Server(identity(1))
        let other = try identity(9).publicKey
        let error = try await failure {
            _ = try await Connection.connect(
                to: server.listener.endpoint,
                identity: identity(2)
            ) { $0 == other }
        }
        #expect(try error == .keyRefused(identity(1).publicKey))
        #expect(try await server.refusal() == .truncated)
    }

    @Test func aKeyThatIsNotAdmittedIsRefusedAndSeesACleanEnd() async throws {
        let admitted = try identity(3).publicKey
        let server = try Server(identity(1)) { $0 == admitted }
        let bystander = try await Bystander(at: server)
        let connection = try await Connection.connect(
            to: server.listener.endpoint,
            identity: identity(2)
        ) { _ in true }
        #expect(try await bounded { try await connection.receive() } == nil)
        await connection.close()
        #expect(try await server.refusal() == .keyRefused(identity(2).publicKey))
        try await bystander.check()
        await bystander.close()
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "hello, who is there?"])
    func bytesThatAreNoTLSAreRefused(text: String) async throws {
        let got = try await refusal { server in
            let socket = try await stranger(server)
            try await write(Array(text.utf8), to: socket)
            _ = try? await someBytes(of: socket)
        }
        guard case .tls = got else {
            Issue.record("refused as \(got)")
            return
        }
    }

    @Test func randomBytesAreRefused() async throws {
        for seed in 0..<20 as Range<UInt64> {
            let server = try Server(identity(1), limits: Self.impatient())
            var generator = SeededGenerator(seed: seed)
            let socket = try await stranger(server)
            try await write(generator.bytes(2000), to: socket)
            let reason = try await server.refusal()
            #expect(reason != .closed, "seed \(seed)")
            socket.close()
        }
    }

    @Test func aHelloThatDoesNotEndIsCutOffAtTheBound() async throws {
        // Records of one endless ClientHello: its 128 KiB never come together.
        let record: [UInt8] = [0x16, 3, 1, 0x10, 0] + [1, 1, 0xff, 0xf0]
        let rest: [UInt8] = [0x16, 3, 1, 0x10, 0]
        let filling = [UInt8](repeating: 0, count: 0x1000)
        let bytes = record + filling[4...] + rest + filling + rest + filling + rest + filling
        let got = try await refusal { server in
            let socket = try await stranger(server)
            try await write(bytes, to: socket)
            _ = try? await someBytes(of: socket)
        }
        #expect(got == .unproven(bytes: 16 << 10))
    }

    @Test func aClientThatSaysNothingIsGivenUp() async throws {
        let got = try await refusal(Self.impatient()) { server in
            let bytes = try await someBytes(of: stranger(server))
            #expect(bytes == [])
        }
        #expect(got == .timedOut(.handshake))
    }

    @Test func aClientThatLeavesAtOnceIsOneEvent() async throws {
        let got = try await refusal { try await stranger($0).close() }
        #expect(got == .truncated)
    }

    @Test func aClientThatTricklesIsGivenUpAtTheSameTime() async throws {
        let engine = try TLSEngine(identity(2).context, .client)
        _ = try engine.handshake()
        var hello: [UInt8] = []
        engine.takeOutput(into: &hello)
        let trickle = hello
        let got = try await refusal(Self.impatient()) { server in
            let socket = try await stranger(server)
            for byte in trickle {
                guard (try? await write([byte], to: socket)) != nil else { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("all of the trickle was taken")
        }
        #expect(got == .timedOut(.handshake))
    }

    @Test func stoppingEndsHandshakesUnderWayAndConnectionsGoOn() async throws {
        let server = try Server(identity(1))
        let bystander = try await Bystander(at: server)
        let socket = try await stranger(server)
        try await write([0x16], to: socket)
        let second = try await Bystander(at: server)  // so the stranger's turn has come
        server.listener.stop()
        #expect(try await server.refusal() == .closed)
        #expect(try await someBytes(of: socket) == [])
        try await bystander.check()
        try await second.check()
        let error = try await failure { _ = try await stranger(server) }
        guard case .system(call: "connect", _) = error else {
            Issue.record("connected to a stopped listener: \(String(describing: error))")
            return
        }
        await second.close()
        await bystander.close()
    }
}
