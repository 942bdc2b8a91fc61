package import Crypto
internal import Encoding
internal import Ledger
internal import Replication

extension Store {
    /// Bits of a subject's id that choose its bucket.
    private static let bucketBits = 12

    static func bucket(of subject: SubjectID) -> Int64 {
        Int64(subject.bytes[0]) << 4 | Int64(subject.bytes[1] >> 4)
    }

    /// Digest over the logs held: equal on two nodes exactly when they hold the same entries.
    package var frontier: Digest {
        frontierDigest(trees.map { LogPosition(log: $0.log, size: $0.size, root: $0.root) })
    }

    /// Digest over the view: equal on two nodes when every case has the same merged state.
    ///
    /// SHA-256 over the digests of 4,096 buckets, each over subject and digest of its cases in
    /// order of subject. Buckets that did not change since are not read again.
    ///
    /// - Source: `Protocol/case.md` section 8.
    package func viewDigest() throws -> Digest {
        try database.snapshot {
            var message = Array("linli/view/v1\0".utf8)
            for digest in try bucketDigests().digests { digest.append(to: &message) }
            return hasher.hash(message)
        }
    }

    /// Keeps the digests of buckets that changed, so that the next reading is quick.
    package func keepBucketDigests() throws {
        try database.transaction {
            let (digests, fresh) = try bucketDigests()
            for bucket in fresh {
                try database.run(
                    "INSERT OR REPLACE INTO view_bucket (bucket, digest) VALUES (?, ?)",
                    [.integer(bucket), .digest(digests[Int(bucket)])]
                )
            }
        }
    }

    /// All buckets in order, and which of them had to be computed.
    private func bucketDigests() throws -> (digests: [Digest], fresh: [Int64]) {
        var known: [Int64: Digest] = [:]
        try database.scan("SELECT bucket, digest FROM view_bucket") { row in
            known[row.integer(0)] = try row.digest(1)
            return true
        }
        let count = 1 << Self.bucketBits
        // After a large change one pass over all cases beats thousands of small ones.
        let all = known.count < count / 2 ? try computedBuckets() : nil
        let empty = sha256([])
        var fresh: [Int64] = []
        let digests = try (0..<Int64(count)).map { bucket in
            if let digest = known[bucket] { return digest }
            fresh.append(bucket)
            if let all { return all[bucket] ?? empty }
            return try computedBucket(bucket)
        }
        return (digests, fresh)
    }

    private static let bucketQuery = """
        SELECT s.id, v.digest FROM subject s
        JOIN (SELECT subject, digest FROM case_view UNION ALL SELECT subject, digest FROM record_view)
            v ON v.subject = s.number
        """

    /// Bounds of the ids in a bucket, both included.
    static func idRange(ofBucket bucket: Int64) -> [SQLValue] {
        [
            .blob([UInt8(bucket >> 4), UInt8(bucket & 0xf) << 4]),
            .blob(
                [UInt8(bucket >> 4), UInt8(bucket & 0xf) << 4 | 0xf]
                    + [UInt8](repeating: 0xff, count: SubjectID.count)
            ),
        ]
    }

    /// The digest of each bucket of the view, in order.
    func viewBuckets() throws -> [Digest] {
        try database.snapshot { try bucketDigests().digests }
    }

    /// Subjects in a bucket that have a view, with its digest.
    func viewed(bucket: Int64) throws -> [(id: SubjectID, digest: Digest)] {
        try database.rows(
            Self.bucketQuery + " WHERE s.id BETWEEN ? AND ? ORDER BY s.id",
            Self.idRange(ofBucket: bucket)
        ) { row in
            guard let id = SubjectID(row.blob(0)) else {
                throw StoreError.damaged("a subject's id is not of 16 bytes")
            }
            return (id, try row.digest(1))
        }
    }

    private func computedBucket(_ bucket: Int64) throws -> Digest {
        var message: [UInt8] = []
        try database.scan(
            Self.bucketQuery + " WHERE s.id BETWEEN ? AND ? ORDER BY s.id",
            Self.idRange(ofBucket: bucket)
        ) { row in
            message += row.blob(0) + row.blob(1)
            return true
        }
        return hasher.hash(message)
    }

    private func computedBuckets() throws -> [Int64: Digest] {
        var buckets: [Int64: Digest] = [:]
        var current: Int64 = 0
        var message: [UInt8] = []
        try database.scan(Self.bucketQuery + " ORDER BY s.id") { row in
            let id = row.blob(0)
            guard let subject = SubjectID(id) else {
                throw StoreError.damaged("a subject's id is not of 16 bytes")
            }
            let bucket = Self.bucket(of: subject)
            if bucket != current, !message.isEmpty {
                buckets[current] = hasher.hash(message)
                message = []
            }
            current = bucket
            message += id + row.blob(1)
            return true
        }
        if !message.isEmpty { buckets[current] = hasher.hash(message) }
        return buckets
    }
}
