package import Crypto
internal import Encoding

extension Header {
    /// The only encoding of this header; its SHA-256 is the entry hash.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 512)
        writer.map(10 + (scope == nil ? 0 : 1) + (to == nil ? 0 : 1) + (actor == nil ? 0 : 1))
        writer.unsigned(0)
        writer.unsigned(version)
        writer.unsigned(1)
        writer.bytes(ledger)
        writer.unsigned(2)
        writer.bytes(log)
        writer.unsigned(3)
        writer.unsigned(sequence)
        writer.unsigned(4)
        writer.unsigned(time)
        writer.unsigned(5)
        writer.array(subjects.count)
        for subject in subjects { writer.bytes(subject.bytes) }
        writer.unsigned(6)
        writer.text(operation)
        writer.unsigned(7)
        writer.array(after.count)
        for hash in after { writer.bytes(hash) }
        writer.unsigned(8)
        writer.array(parts.count)
        for commitment in parts { writer.bytes(commitment) }
        writer.unsigned(9)
        writer.value(.map(fields))
        for (key, text) in [(10 as UInt64, scope?.code), (11, to?.code), (12, actor)] {
            guard let text else { continue }
            writer.unsigned(key)
            writer.text(text)
        }
        return writer.bytes
    }

    /// Reads a header and refuses everything but its only encoding.
    ///
    /// A version above the current one may have further keys, which are checked and passed over.
    package init(decoding bytes: [UInt8]) throws(HeaderError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong(bytes.count) }
        do {
            self = try Self.read(bytes)
        } catch let error as CBORError {
            throw .encoding(error)
        } catch let error as HeaderError {
            throw error
        } catch {
            throw .key(0)
        }
    }

    /// Checks that the entry with this hash stands where its header says.
    ///
    /// Only the founding entry names no ledger: its own hash is the ledger's name.
    package func check(
        hash: Digest,
        ledger: Digest,
        log: Digest,
        sequence: UInt64
    ) throws(HeaderError) {
        let isFounding = self.ledger == .zero && hash == ledger
        guard self.ledger == ledger || isFounding else { throw .misplaced(key: 1) }
        guard self.log == log else { throw .misplaced(key: 2) }
        guard self.sequence == sequence else { throw .misplaced(key: 3) }
    }

    private static func read(_ bytes: [UInt8]) throws -> Header {
        var reader = CBORReader(bytes)
        let count = try reader.map(max: fieldsMax)
        guard count >= 10 else { throw HeaderError.key(UInt64(count)) }
        func expect(_ wanted: UInt64) throws {
            guard try reader.unsigned() == wanted else { throw HeaderError.key(wanted) }
        }
        try expect(0)
        let version = try reader.unsigned()
        guard version >= currentVersion else { throw HeaderError.key(0) }
        try expect(1)
        let ledger = try reader.bytes32()
        try expect(2)
        let log = try reader.bytes32()
        try expect(3)
        let sequence = try reader.unsigned()
        try expect(4)
        let time = try reader.unsigned()
        try expect(5)
        let subjects = try readSubjects(&reader)
        try expect(6)
        let operation = try reader.text(max: operationMax)
        guard isOperationName(operation) else { throw HeaderError.key(6) }
        var header = Header(
            ledger: ledger,
            log: log,
            sequence: sequence,
            time: time,
            subjects: subjects,
            operation: operation
        )
        header.version = version
        try expect(7)
        header.after = try readHashes(&reader, max: afterMax)
        for (left, right) in zip(header.after, header.after.dropFirst()) where left >= right {
            throw HeaderError.key(7)
        }
        try expect(8)
        header.parts = try readHashes(&reader, max: partsMax)
        try expect(9)
        guard case .map(let fields) = try reader.value(), fields.count <= fieldsMax else {
            throw HeaderError.key(9)
        }
        header.fields = fields
        try header.readFurther(&reader, count: count - 10)
        try reader.finish()
        return header
    }

    private mutating func readFurther(_ reader: inout CBORReader, count: Int) throws {
        var last: UInt64 = 9
        for _ in 0..<count {
            last = try reader.key(after: last)
            guard isUnderstood else {
                _ = try reader.value()
                continue
            }
            switch last {
            case 10: scope = try Self.readScope(&reader, key: last)
            case 11: to = try Self.readScope(&reader, key: last)
            case 12:
                let text = try reader.text(max: Self.actorMax)
                guard !text.isEmpty else { throw HeaderError.key(last) }
                actor = text
            default: throw HeaderError.key(last)
            }
        }
    }

    private static func readScope(_ reader: inout CBORReader, key: UInt64) throws -> Scope {
        guard let scope = Scope(try reader.text(max: 12)) else { throw HeaderError.key(key) }
        return scope
    }

    private static func readSubjects(_ reader: inout CBORReader) throws -> [SubjectID] {
        var subjects: [SubjectID] = []
        for _ in 0..<(try reader.array(max: subjectsMax)) {
            guard let subject = SubjectID(try reader.bytes(max: SubjectID.count)),
                !subjects.contains(subject)
            else { throw HeaderError.key(5) }
            subjects.append(subject)
        }
        guard !subjects.isEmpty else { throw HeaderError.key(5) }
        return subjects
    }

    private static func readHashes(_ reader: inout CBORReader, max: Int) throws -> [Digest] {
        var hashes: [Digest] = []
        for _ in 0..<(try reader.array(max: max)) { hashes.append(try reader.bytes32()) }
        return hashes
    }

    /// Two or more groups of lowercase letters, digits and hyphens, joined by full stops.
    private static func isOperationName(_ name: String) -> Bool {
        let groups = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return groups.count >= 2
            && groups.allSatisfy { group in
                !group.isEmpty
                    && group.allSatisfy { character in
                        switch character {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }
}
