internal import Crypto
internal import Foundation
internal import Storage

extension Home {
    /// Whether there is a database, of whatever content; an empty file is none.
    package var hasDatabase: Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: databasePath)
        return (attributes?[.size] as? UInt64 ?? 0) > 0
    }

    /// Why a home holds nothing of its own log.
    ///
    /// - Returns: ``KeeperError/behindFence(held:fence:)`` for a home that has signed before: its
    ///   database was lost, and joining is no way out. Else ``HomeError/notJoined(_:)``.
    package func absence() -> any Error {
        if isRestored { return KeeperError.restored }
        if let log = try? logKey().hash,
            let mark = try? Fence(reading: fencePath, log: log).mark
        {
            return KeeperError.behindFence(held: 0, fence: mark.size)
        }
        return HomeError.notJoined(path)
    }
}
