internal import Foundation

/// A directory for what can be made again; removed with this value, or left behind by a process
/// that is killed, to be removed by ``removeStale(in:)``.
package final class ScratchFolder {
    /// What one is for.
    package enum Purpose: String, CaseIterable, Sendable {
        case verify
        case asOf = "as-of"
        case search
        case drill
    }

    /// Where it is.
    package let path: String

    /// Makes one for its owner only.
    ///
    /// - Throws: ``ScratchFolderError``.
    package init(in directory: String, for purpose: Purpose) throws(ScratchFolderError) {
        let random = String(UInt32.random(in: 0 ... .max), radix: 36)
        path = directory + "/\(purpose.rawValue)-\(getpid())-\(random)"
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch { throw ScratchFolderError(directory: directory) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Removes what killed processes left: copies of the database among it, in which may stand what
    /// was redacted since.
    package static func removeStale(in directory: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names {
            let words = name.split(separator: "-")
            guard Purpose.allCases.contains(where: { name.hasPrefix($0.rawValue + "-") }),
                words.count >= 3, let process = pid_t(words[words.count - 2]), process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: directory + "/" + name)
        }
    }
}

/// No scratch directory can be made.
package struct ScratchFolderError: Error, CustomStringConvertible {
    let directory: String

    package var description: String { "no directory can be made in \(directory)" }
}
