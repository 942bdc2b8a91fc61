internal import Dispatch
internal import Synchronization

extension Array where Element: Sendable {
    /// What `body` makes of each element, in order; computed on all cores, `count` at a time.
    ///
    /// With no more than `count` elements nothing is handed to another thread.
    func onAllCores<Value: Sendable>(
        atOnce count: Int,
        _ body: @Sendable (Element) -> Value
    ) -> [Value] {
        guard self.count > count else { return map(body) }
        let results = Mutex<[Int: [Value]]>([:])
        DispatchQueue.concurrentPerform(iterations: (self.count + count - 1) / count) { block in
            let values = self[block * count..<Swift.min((block + 1) * count, self.count)].map(body)
            results.withLock { $0[block] = values }
        }
        return results.withLock { found in
            found.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }
}
