import Crypto
import Encoding
import Ledger

/// Vectors of `entry.md`: headers, places, subject ids, parts.
enum EntryVectors {
    static var all: [VectorFile] {
        goodHeaders() + badHeaders() + places() + subjects() + parts()
    }

    static let ledger = sha256(Array("ledger".utf8))
    static let log = sha256(Array("log".utf8))
    static let subject = SubjectID(openedIn: log, at: 7)

    static var minimal: Header {
        Header(
            ledger: ledger,
            log: log,
            sequence: 7,
            time: 1_795_413_600_000,
            subjects: [subject],
            operation: "case.note"
        )
    }

    static var full: Header {
        var header = minimal
        header.subjects = (7..<11).map { SubjectID(openedIn: log, at: $0) }
        header.after = (0..<3).map { sha256([$0]) }.sorted()
        header.parts = (0..<16).map { sha256([$0]) }
        header.fields = [
            CBORPair(0, .array([.unsigned(36)])), CBORPair(34, .bool(true)),
            CBORPair(64, .text("hz-1-3-10")),
        ]
        header.scope = Scope("330105013")
        header.to = Scope("330105")
        header.actor = "330105013-07"
        return header
    }

    private static func goodHeaders() -> [VectorFile] {
        var newer = pairs(minimal)
        newer[0] = CBORPair(0, .unsigned(2))
        newer += [CBORPair(10, .unsigned(5)), CBORPair(20, .text("?"))]
        return [
            header("good_minimal", "the ten keys that each header has", minimal.encoded),
            header("good_full", "every key of version 1, at its largest count", full.encoded),
            header(
                "good_newer",
                "version 2: keys 0 to 9 are read, what follows is passed over",
                CBORValue.map(newer).encoded
            ),
        ]
    }

    private static func header(_ name: String, _ what: String, _ bytes: [UInt8]) -> VectorFile {
        VectorFile(
            "entry/header_\(name)",
            what: what,
            expect: name.hasPrefix("good") ? "good" : "bad"
        )
        .with("header", bytes).with("hash", sha256(bytes))
    }

    private static func pairs(_ header: Header) -> [CBORPair] {
        guard case .map(let pairs)? = try? CBORValue(decoding: header.encoded) else { return [] }
        return pairs
    }

    private static func replacing(_ key: UInt64, _ value: CBORValue?) -> [UInt8] {
        var result = pairs(minimal).filter { $0.key != key }
        if let value { result.append(CBORPair(key, value)) }
        return CBORValue.map(result.sorted { $0.key < $1.key }).encoded
    }

    private static func badHeaders() -> [VectorFile] {
        let id = CBORValue.bytes(subject.bytes)
        let hashes = (0..<257).map { sha256(bigEndianBytes(UInt64($0))) }.sorted()
        func list(_ hashes: [Digest]) -> CBORValue { .array(hashes.map { .bytes($0.bytes) }) }
        let cases: [(String, String, UInt64, CBORValue?)] = [
            ("version_zero", "version 0", 0, .unsigned(0)),
            ("version_text", "version is a text", 0, .text("1")),
            ("ledger_31", "ledger of 31 bytes", 1, .bytes(Array(ledger.bytes.dropLast()))),
            ("log_33", "log of 33 bytes", 2, .bytes(log.bytes + [0])),
            ("sequence_negative", "sequence is negative", 3, .negative(0)),
            ("time_null", "time is null", 4, .null),
            ("subjects_none", "no subject", 5, .array([])),
            (
                "subjects_five", "five subjects", 5,
                .array(
                    (0..<5).map { number in
                        .bytes(SubjectID(openedIn: log, at: number).bytes)
                    }
                )
            ),
            ("subjects_twice", "a subject twice", 5, .array([id, id])),
            (
                "subject_15", "subject of 15 bytes", 5,
                .array([.bytes(Array(subject.bytes.dropLast()))])
            ),
            ("operation_one_group", "operation without a full stop", 6, .text("note")),
            ("operation_empty_group", "operation with an empty group", 6, .text("case..note")),
            ("operation_capital", "operation with a capital", 6, .text("case.Note")),
            (
                "operation_65", "operation of 65 bytes", 6,
                .text("case." + String(repeating: "a", count: 60))
            ),
            ("after_falling", "hashes in after fall", 7, list([hashes[1], hashes[0]])),
            ("after_twice", "a hash twice in after", 7, list([hashes[0], hashes[0]])),
            ("after_257", "257 hashes in after", 7, list(hashes)),
            ("parts_17", "17 commitments", 8, list(Array(hashes.prefix(17)))),
            (
                "part_31", "a commitment of 31 bytes", 8,
                .array([.bytes(Array(log.bytes.dropLast()))])
            ),
            ("fields_array", "fields are an array", 9, .array([])),
            ("fields_65", "65 fields", 9, .map((0..<65).map { CBORPair($0, .null) })),
            ("scope_5", "scope of five digits", 10, .text("33010")),
            ("scope_letter", "scope with a letter", 10, .text("33010a")),
            ("to_empty", "receiving scope without digits", 11, .text("")),
            ("actor_empty", "actor without a sign", 12, .text("")),
            ("actor_65", "actor of 65 bytes", 12, .text(String(repeating: "1", count: 65))),
            ("key_13", "a key that version 1 does not know", 13, .null),
        ]
        let missing = (0..<10 as Range<UInt64>).map { key in
            header("bad_missing_\(key)", "key \(key) is missing", replacing(key, nil))
        }
        return missing
            + cases.map { header("bad_\($0)", $1, replacing($2, $3)) } + badForms()
    }

    private static func badForms() -> [VectorFile] {
        let bytes = minimal.encoded
        var swapped = pairs(minimal)
        swapped.swapAt(3, 4)
        // The version as 18 01, where 01 is the only form.
        let long = [bytes[0], bytes[1], 0x18, 0x01] + bytes[3...]
        let filler = [UInt8](repeating: 0, count: Header.bytesMax)
        return [
            header("bad_array", "an array", CBORValue.array([]).encoded),
            header("bad_key_order", "keys 3 and 4 swapped", CBORValue.map(swapped).encoded),
            header("bad_long_version", "version not in its shortest form", long),
            header("bad_trailing", "a byte after the map", bytes + [0]),
            header("bad_truncated", "the last byte is missing", Array(bytes.dropLast())),
            header(
                "bad_length",
                "more than 16 KiB",
                replacing(9, .map([CBORPair(0, .bytes(filler))]))
            ),
        ]
    }

    private static func places() -> [VectorFile] {
        var founding = minimal
        founding.ledger = .zero
        let other = sha256(Array("other".utf8))
        let cases: [(String, String, Header, Digest, Digest, UInt64)] = [
            ("good", "stands where it says", minimal, ledger, log, 7),
            (
                "good_founding", "names no ledger: its own hash is the ledger",
                founding, sha256(founding.encoded), log, 7
            ),
            ("bad_ledger", "names another ledger", minimal, other, log, 7),
            ("bad_founding", "names no ledger and founded none", founding, ledger, log, 7),
            ("bad_log", "names another log", minimal, ledger, other, 7),
            ("bad_sequence", "names another place", minimal, ledger, log, 8),
        ]
        return cases.map { name, what, header, ledger, log, sequence in
            VectorFile(
                "entry/place_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("header", header.encoded).with("ledger", ledger).with("log", log)
            .with("sequence", "\(sequence)")
        }
    }

    private static func subjects() -> [VectorFile] {
        [0, 1, 255, 65_536, .max].map { (sequence: UInt64) in
            VectorFile("entry/subject_\(sequence)", what: "id of a subject", expect: "good")
                .with("log", log).with("sequence", "\(sequence)")
                .with("id", SubjectID(openedIn: log, at: sequence).bytes)
        }
    }

    private static func parts() -> [VectorFile] {
        let salt = sha256(Array("salt".utf8))
        func part(_ name: String, _ what: String, _ bytes: [UInt8], _ wanted: Digest? = nil)
            -> VectorFile
        {
            let commitment = wanted ?? Part(salt: salt, bytes: bytes).commitment(SHA256Hasher())
            return VectorFile(
                "entry/part_\(name)",
                what: what,
                expect: wanted == nil ? "good" : "bad"
            )
            .with("salt", salt).with("bytes", bytes).with("commitment", commitment)
        }
        let text = CBORValue.map([CBORPair(36, .text("楼上漏水"))]).encoded
        let other = Part(salt: sha256([1]), bytes: text).commitment(SHA256Hasher())
        return [
            part("good_empty", "no bytes", []), part("good_text", "a part of case.report", text),
            part("bad_salt", "committed with another salt", text, other),
            part(
                "bad_bytes",
                "committed to other bytes",
                text + [0],
                Part(salt: salt, bytes: text).commitment(SHA256Hasher())
            ),
            part("bad_plain", "SHA-256 without label, salt and length", text, sha256(text)),
        ]
    }
}
