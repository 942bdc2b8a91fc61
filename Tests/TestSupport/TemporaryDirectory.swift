internal import Foundation

/// A fresh directory that goes away with the last reference to it.
package final class TemporaryDirectory: Sendable {
    /// Its path; short, since sockets of the system allow about a hundred bytes.
    package let path: String

    /// Makes it, open to nobody else.
    package init() throws {
        path = NSTemporaryDirectory() + "linli-" + UUID().uuidString.prefix(13)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }
}
