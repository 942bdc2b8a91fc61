import Foundation
import TestSupport

/// Network namespaces with a bridge between them: a network that can be cut.
///
/// Names carry this process's number. What an earlier run left that was killed is removed at the
/// next start; what this one made goes with the last reference to it.
final class NetworkLab: Sendable {
    /// The program `ip`; nil if it is not there.
    static let tool = find("ip")
    /// Why there can be none; nil if there can.
    static let hindrance: String? = {
        guard geteuid() == 0 else { return "not root" }
        guard tool != nil else { return "no program ip" }
        let name = "\(prefix)probe"
        defer { try? ip("netns", "del", name) }
        do {
            try ip("netns", "add", name)
            try ip("-n", name, "link", "add", "p0", "type", "veth", "peer", "name", "p1")
            try ip("-n", name, "link", "add", "b0", "type", "bridge")
        } catch {
            return "\(error)"
        }
        return nil
    }()

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private static let family = "linli-net-"
    private static var prefix: String { "\(family)\(getpid())-" }

    private let count: Int
    private var hub: String { Self.prefix + "hub" }

    /// So many namespaces, all connected.
    init(_ count: Int) throws {
        self.count = count
        Self.removeLeftovers()
        try Self.ip("netns", "add", hub)
        for bridge in ["br0", "br1"] {
            try Self.ip("-n", hub, "link", "add", bridge, "type", "bridge")
            try Self.ip("-n", hub, "link", "set", bridge, "up")
        }
        for number in 0..<count {
            let name = namespace(number)
            try Self.ip("netns", "add", name)
            try Self.ip(
                "link",
                "add",
                "v0",
                "netns",
                name,
                "type",
                "veth",
                "peer",
                "name",
                port(number),
                "netns",
                hub
            )
            try Self.ip("-n", name, "addr", "add", "\(address(number))/24", "dev", "v0")
            for device in ["lo", "v0"] { try Self.ip("-n", name, "link", "set", device, "up") }
            try Self.ip("-n", hub, "link", "set", port(number), "master", "br0", "up")
        }
    }

    deinit { Self.remove { $0.hasPrefix(Self.prefix) } }

    func namespace(_ number: Int) -> String { "\(Self.prefix)\(number)" }

    func address(_ number: Int) -> String { "10.77.0.\(number + 1)" }

    /// Those of one side reach the others no more.
    func divide(_ side: [Int]) throws {
        for number in side {
            try Self.ip("-n", hub, "link", "set", port(number), "master", "br1")
        }
    }

    /// Everybody reaches everybody again.
    func heal() throws {
        for number in 0..<count {
            try Self.ip("-n", hub, "link", "set", port(number), "master", "br0", "up")
        }
    }

    /// Pulls a node's plug, or puts it in again.
    func plug(_ number: Int, _ isIn: Bool) throws {
        try Self.ip("-n", hub, "link", "set", port(number), isIn ? "up" : "down")
    }

    /// Delays and loses what all send.
    ///
    /// - Throws: ``Failed`` where the kernel has no `netem`.
    func disturb(delay: String, jitter: String, loss: String) throws {
        guard let tc = Self.find("tc") else { throw Failed(description: "no program tc") }
        for number in 0..<count {
            try Self.run(
                tc,
                [
                    "-n", namespace(number), "qdisc", "replace", "dev", "v0", "root", "netem",
                    "delay", delay, jitter, "loss", loss,
                ]
            )
        }
    }

    private func port(_ number: Int) -> String { "h\(number)" }

    private static func ip(_ words: String...) throws {
        guard let tool else { throw Failed(description: "no program ip") }
        try run(tool, words)
    }

    private static func removeLeftovers() {
        remove { name in
            guard name.hasPrefix(family), !name.hasPrefix(prefix) else { return false }
            let process = name.dropFirst(family.count).prefix { $0.isNumber }
            return Int32(process).map { kill($0, 0) != 0 } ?? false
        }
    }

    private static func remove(_ isOurs: (String) -> Bool) {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")
        for name in (names ?? []).sorted() where isOurs(name) { try? ip("netns", "del", name) }
    }

    private static func find(_ program: String) -> String? {
        ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"].map { $0 + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(_ program: String, _ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: said, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let command = URL(filePath: program).lastPathComponent
            throw Failed(description: "\(command) \(words.joined(separator: " ")): \(text)")
        }
    }
}
