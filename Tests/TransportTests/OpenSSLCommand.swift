import Foundation
import Transport

/// The `openssl` program as a client nobody here wrote, with files of its own.
final class OpenSSLCommand: Sendable {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "linli-transport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Makes `name.key` and the self-signed `name.pem`; `algorithm` as `openssl genpkey` has it.
    func makeCertificate(_ name: String, algorithm: [String]) async throws {
        try await run(["genpkey", "-out", "\(name).key", "-algorithm"] + algorithm)
        try await run([
            "req", "-x509", "-key", "\(name).key", "-out", "\(name).pem", "-subj", "/CN=\(name)",
        ])
    }

    /// Makes the Ed25519 `name.key` and `name.pem`, signed by `issuer`.
    func makeCertificate(_ name: String, issuer: String) async throws {
        try await run(["genpkey", "-out", "\(name).key", "-algorithm", "ed25519"])
        try await run([
            "req", "-new", "-key", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)",
        ])
        try await run([
            "x509", "-req", "-in", "\(name).csr", "-out", "\(name).pem",
            "-CA", "\(issuer).pem", "-CAkey", "\(issuer).key",
        ])
    }

    /// Connects to `server` and leaves as soon as it can; what comes of it does not matter here.
    func connect(to server: Server, _ options: [String]) async throws {
        _ = try? await run(
            ["s_client", "-connect", server.listener.endpoint.description] + options
        )
    }

    private func run(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw FixtureError.openssl(arguments.joined(separator: " ")) }
    }
}
