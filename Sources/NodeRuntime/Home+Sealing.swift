package import Crypto
internal import Foundation

extension Home {
    /// The node's seal key, and those that it had before, by which older parts are opened.
    ///
    /// - Throws: ``HomeError``.
    package func sealKeys() throws(HomeError) -> [SealKey] {
        let former = path + "/keys/former"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: former)) ?? []
        let kept = names.filter { $0.hasPrefix("seal-") }.sorted().map { "\(former)/\($0)" }
        var keys: [SealKey] = []
        for file in [keyPath(.seal)] + kept { keys.append(try KeyFile.sealKey(file)) }
        return keys
    }
}
