internal import Foundation

/// A directory for what can be made again; removed with this value, or left behind by a process
/// that is killed.
final class ScratchFolder {
    /// Where it is.
    let path: String

    /// Makes one for its owner only.
    ///
    /// - Throws: ``ScratchFolderError``.
    init(in directory: String, for purpose: String) throws(ScratchFolderError) {
        path = directory + "/\(purpose)-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch { throw ScratchFolderError(directory: directory) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// No scratch directory can be made.
struct ScratchFolderError: Error, CustomStringConvertible {
    let directory: String

    var description: String { "no directory can be made in \(directory)" }
}
