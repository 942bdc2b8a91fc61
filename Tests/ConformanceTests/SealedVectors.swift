import Crypto
import Encoding
import Ledger

/// Vectors of `entry.md` section 6: a sealed part with its wraps, opened by one recipient.
enum SealedVectors {
    private static let ledger = sha256(Array("ledger".utf8))
    private static let log = sha256(Array("log".utf8))
    private static let contentKey = sha256(Array("content key".utf8))
    private static let clear = CBORValue.map([
        CBORPair(43, .array([.text("张三;13800000000;;")])), CBORPair(44, .text("窗口")),
    ]).encoded

    private static func secret(_ name: String) -> Bytes32 { sha256(Array("seal \(name)".utf8)) }

    private static func recipient(_ name: String) throws -> Bytes32 {
        try SealKey(seed: secret(name)).publicKey
    }

    private static func place(sequence: UInt64 = 7, part: Int = 1) -> SealPlace {
        SealPlace(ledger: ledger, id: PartID(log: log, sequence: sequence, part: part))
    }

    private static func sealed(
        _ clear: [UInt8] = clear,
        key: Bytes32 = contentKey,
        at place: SealPlace = place()
    ) throws -> SealedPart {
        try SealedPart(
            sealing: clear,
            key: key,
            salt: sha256(Array("salt".utf8)),
            place: place
        )
    }

    private static func wraps(
        of key: Bytes32 = contentKey,
        at place: SealPlace = place()
    ) throws -> [UInt8] {
        let recipients = try [recipient("street"), recipient("district")].sorted()
        return try KeyWraps(
            of: key,
            place: place,
            to: recipients,
            random: recipients.indices.map { sha256(Array("random \($0)".utf8)) }
        ).encoded
    }

    private static func file(
        _ name: String,
        _ what: String,
        sealed: [UInt8],
        wraps: [UInt8],
        key: String = "street",
        clear: [UInt8] = clear
    ) -> VectorFile {
        VectorFile(
            "sealed/opened_\(name)",
            what: what,
            expect: name.hasPrefix("good") ? "good" : "bad"
        )
        .with("ledger", ledger).with("log", log).with("sequence", "7").with("part", "1")
        .with("sealed", sealed).with("wraps", wraps).with("key", secret(key)).with("clear", clear)
    }

    static func all() throws -> [VectorFile] {
        let good = try sealed()
        let bytes = good.encoded
        var flipped = good.ciphertext
        flipped[40] ^= 1
        let uncommitted = CBORValue.array([
            .unsigned(1), .bytes(sha256([]).bytes), .bytes(good.ciphertext),
        ]).encoded
        let long = [UInt8](repeating: 0x61, count: 1000)
        return try [
            file("good_street", "by the first of two recipients", sealed: bytes, wraps: wraps()),
            file(
                "good_district",
                "by the second of two recipients",
                sealed: bytes,
                wraps: wraps(),
                key: "district"
            ),
            file(
                "good_block",
                "clear bytes that fill a block of 64 with their salt and length",
                sealed: sealed([UInt8](repeating: 1, count: 24)).encoded,
                wraps: wraps(),
                clear: [UInt8](repeating: 1, count: 24)
            ),
            file(
                "good_long",
                "a thousand clear bytes",
                sealed: sealed(long).encoded,
                wraps: wraps(),
                clear: long
            ),
            file("bad_key", "no recipient", sealed: bytes, wraps: wraps(), key: "other"),
            file(
                "bad_sequence",
                "sealed for another place in the log",
                sealed: sealed(at: place(sequence: 8)).encoded,
                wraps: wraps()
            ),
            file(
                "bad_part",
                "sealed as another part",
                sealed: sealed(at: place(part: 0)).encoded,
                wraps: wraps()
            ),
            file(
                "bad_wrap_place",
                "wrapped for another place",
                sealed: bytes,
                wraps: wraps(at: place(sequence: 8))
            ),
            file(
                "bad_content_key",
                "wraps of another key",
                sealed: bytes,
                wraps: wraps(of: sha256([1]))
            ),
            file(
                "bad_commitment",
                "opens, but is not what it commits to",
                sealed: uncommitted,
                wraps: wraps()
            ),
            file(
                "bad_ciphertext",
                "one bit of the ciphertext is altered",
                sealed: CBORValue.array([
                    .unsigned(1), .bytes(good.commitment.bytes), .bytes(flipped),
                ]).encoded,
                wraps: wraps()
            ),
            file(
                "bad_padding",
                "a whole block more than it needs",
                sealed: padded().encoded,
                wraps: wraps()
            ),
            file(
                "bad_small_order",
                "the encapsulated key shares nothing with any key",
                sealed: bytes,
                wraps: CBORValue.array([
                    .unsigned(2),
                    .array([
                        .array([
                            .bytes(recipient("street").bytes), .bytes(Bytes32.zero.bytes),
                            .bytes([UInt8](repeating: 0, count: 48)),
                        ])
                    ]),
                ]).encoded
            ),
        ]
    }

    /// A part whose text is longer than it may be, though everything else of it is right.
    private static func padded() throws -> CBORValue {
        let salt = sha256(Array("salt".utf8))
        var text = salt.bytes + bigEndianBytes(UInt64(clear.count)) + clear
        text += [UInt8](repeating: 0, count: 192 - text.count)
        var data = Array("linli/sealed/v1\0".utf8) + ledger.bytes + log.bytes
        data += bigEndianBytes(7) + bigEndianBytes(1)
        let ciphertext = try AES256GCM.seal(
            text,
            key: contentKey,
            nonce: [UInt8](repeating: 0, count: 12),
            data: data
        )
        return .array([
            .unsigned(1), .bytes(try sealed().commitment.bytes), .bytes(ciphertext),
        ])
    }

    /// Whether the product opens what the file holds to what it says.
    static func isGood(_ file: VectorFile) throws -> Bool {
        let id = PartID(
            log: try file.bytes32("log"),
            sequence: try file.number("sequence"),
            part: Int(try file.number("part"))
        )
        var header = Header(
            ledger: try file.bytes32("ledger"),
            log: id.log,
            sequence: id.sequence,
            time: 0,
            subjects: [SubjectID(openedIn: id.log, at: id.sequence)],
            operation: "case.report"
        )
        header.parts = [.zero, .zero, .zero]
        header.fields = [
            CBORPair(
                SealField.key,
                .array([.unsigned(UInt64(id.part)), .unsigned(2), .array([.unsigned(43)])])
            )
        ]
        let entry = PlacedEntry(
            log: id.log,
            sequence: id.sequence,
            hash: .zero,
            author: .zero,
            header: header,
            parts: [nil, try file.bytes("sealed"), try file.bytes("wraps")]
        )
        let key = try SealKey(seed: file.bytes32("key"))
        let unsealer = Unsealer(ledger: try file.bytes32("ledger"), keys: [key])
        guard case .opened(let clear, _) = unsealer.open(entry, among: [entry]) else {
            return false
        }
        return try clear == file.bytes("clear")
    }
}
