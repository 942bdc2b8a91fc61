import Foundation

/// Programs that others wrote; tests that need one say that they skip where it is not there.
enum ForeignTools {
    /// Debian's `sigsum-go`, where it is installed or was put for this.
    static let sigsumVerify = [
        ProcessInfo.processInfo.environment["SIGSUM_VERIFY"], "/usr/bin/sigsum-verify",
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../.build/foreign/root/usr/bin/sigsum-verify").standardized.path,
    ].compactMap(\.self).first(where: FileManager.default.isExecutableFile)
}
