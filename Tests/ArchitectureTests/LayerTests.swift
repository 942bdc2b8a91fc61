import Foundation
import Testing

/// The layers, lowest first: what stands in one row may import the rows above it and nothing of
/// its own row or below.
///
/// `C…` modules are for those that own handles of theirs; Foundation and its like start where
/// files, clocks and sockets do.
private let layers: [[String]] = [
    ["Encoding"],
    ["Crypto"],
    ["TransparencyLog"],
    ["Ledger"],
    ["Cases", "Replication"],
    ["Replica", "Audit"],
    ["Storage", "Transport", "Simulation"],
    ["NodeRuntime"],
    ["CommandLine"],
    ["linli", "linli-sim", "linli-bench"],
]

/// The first row whose targets may have clocks, files, sockets and randomness of their own.
private let firstWithIO = 6

private let handles: [String: String] = [
    "Crypto": "COpenSSL", "Transport": "COpenSSL", "Storage": "CSQLite",
    "linli-bench": "COpenSSL",
]

private let systemModules: Set<String> = ["Foundation", "Dispatch", "Glibc", "Synchronization"]

/// What the sans-IO levels may not even name.
private let bannedBelowIO = [
    "await ", "async ", "Task {", "Date(", "SystemRandomNumberGenerator", " print(",
    "UUID(", "DispatchQueue", "URL(", "FileManager",
]

private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

private struct SourceFile {
    let target: String
    let name: String
    let lines: [Substring]
}

private func sources() throws -> [SourceFile] {
    let folder = root.appending(path: "Sources")
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        .filter { $0.hasSuffix(".swift") }
        .map { path in
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            return SourceFile(
                target: String(path.prefix { $0 != "/" }),
                name: path,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
}

@Test func everyTargetStandsInTheTable() throws {
    let folder = root.appending(path: "Sources")
    let targets = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { !["COpenSSL", "CSQLite"].contains($0) && !$0.hasPrefix(".") }
    #expect(targets.count >= 14)
    for target in targets {
        #expect(layers.joined().contains(target), "\(target) has no layer")
    }
}

@Test func targetsImportOnlyWhatLiesBelowThem() throws {
    let files = try sources()
    #expect(files.count > 100)
    for file in files {
        guard let level = layers.firstIndex(where: { $0.contains(file.target) }) else { continue }
        var allowed = Set(layers[..<level].joined())
        if level >= firstWithIO { allowed.formUnion(systemModules) }
        if let handle = handles[file.target] { allowed.insert(handle) }
        for line in file.lines {
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                index == 0 || ["package", "internal", "public"].contains(words[0])
            else { continue }
            let module = String(words[index + 1])
            #expect(allowed.contains(module), "\(file.name) imports \(module)")
        }
    }
}

@Test func levelsBelowStorageHaveNoClockFileSocketOrRandomness() throws {
    for file in try sources() {
        guard let level = layers.firstIndex(where: { $0.contains(file.target) }),
            level < firstWithIO
        else { continue }
        for line in file.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
            for word in bannedBelowIO {
                #expect(!line.contains(word), "\(file.name): \(word)")
            }
            if line.contains(".random(in:") || line.contains(".shuffled(") {
                #expect(line.contains("using:"), "\(file.name): \(line)")
            }
        }
    }
}

@Test func onlyOwnersOfHandlesAndSystemCallsAreUnsafe() throws {
    let allowed: Set = [
        "Crypto", "Storage", "Transport", "NodeRuntime", "CommandLine", "linli", "linli-bench",
    ]
    for file in try sources() where !allowed.contains(file.target) {
        for line in file.lines where !line.contains("//") {
            #expect(!line.contains("unsafe "), "\(file.name): \(line)")
        }
    }
}

/// Each is a claim that the compiler can not check; its reason stands beside it in the source.
@Test func uncheckedSendabilityStandsOnThisList() throws {
    let known: Set = [
        "Crypto/KeyHandle.swift", "Crypto/SHA256.swift", "Transport/Listener.swift",
        "Transport/Locked.swift", "Transport/Readiness.swift", "Transport/TransportIdentity.swift",
    ]
    for file in try sources() where !known.contains(file.name) {
        for line in file.lines {
            #expect(
                !line.contains("@unchecked Sendable") && !line.contains("nonisolated(unsafe)"),
                "\(file.name): \(line)"
            )
        }
    }
}

@Test func filesStayShortEnoughToRead() throws {
    for file in try sources() {
        #expect(file.lines.count <= 401, "\(file.name) has \(file.lines.count) lines")
    }
}

@Test func nothingIsLeftOpen() throws {
    for file in try sources() {
        for line in file.lines {
            for word in ["TODO", "FIXME", "fatalError(", "try!"] {
                #expect(!line.contains(word), "\(file.name): \(line)")
            }
        }
    }
}
