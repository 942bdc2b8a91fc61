import Encoding

/// Vectors of `encoding.md`.
enum EncodingVectors {
    static var all: [VectorFile] { good + bad }

    private static var good: [VectorFile] {
        let numbers: [UInt64] = [
            0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, .max,
        ]
        var nested = CBORValue.null
        for _ in 1..<CBORValue.depthMax { nested = .array([nested]) }
        let map = CBORValue.map([
            CBORPair(0, .bool(false)), CBORPair(23, .null), CBORPair(24, .bytes([0xff])),
            CBORPair(.max, .map([])),
        ])
        return [
            file("good_unsigned", "shortest forms", .array(numbers.map { .unsigned($0) })),
            file("good_negative", "-1 - n", .array(numbers.map { .negative($0) })),
            file("good_bytes", "byte strings", .array([.bytes([]), .bytes([0, 1, 2])])),
            file("good_text", "UTF-8, not normalised", .array([.text(""), .text("邻里e\u{301}")])),
            file("good_map", "unsigned keys, rising", map),
            file("good_simple", "false, true, null", .array([.bool(false), .bool(true), .null])),
            file("good_depth_8", "eight items deep", nested),
            file(
                "good_long_bytes",
                "length of two bytes",
                .bytes([UInt8](repeating: 7, count: 256))
            ),
        ]
    }

    private static func file(_ name: String, _ what: String, _ value: CBORValue) -> VectorFile {
        VectorFile("encoding/\(name)", what: what, expect: "good")
            .with("value", diagnostic(value)).with("cbor", value.encoded)
    }

    private static let bad: [VectorFile] = [
        ("empty", "no item", ""),
        ("truncated_head", "ends inside the argument", "19ff"),
        ("truncated_bytes", "ends inside a byte string", "43aabb"),
        ("truncated_array", "ends inside an array", "8201"),
        ("truncated_length", "asks for more bytes than there are", "5bffffffffffffffff"),
        ("trailing", "a byte after the item", "0000"),
        ("long_zero", "0 in two bytes", "1800"),
        ("long_23", "23 in two bytes", "1817"),
        ("long_255", "255 in three bytes", "1900ff"),
        ("long_65535", "65,535 in five bytes", "1a0000ffff"),
        ("long_32_bits", "4,294,967,295 in nine bytes", "1b00000000ffffffff"),
        ("long_length", "a length in two bytes", "580100"),
        ("long_key", "a map key in two bytes", "a1180000"),
        ("reserved_28", "additional information 28", "1c"),
        ("indefinite_bytes", "byte string of indefinite length", "5f4100ff"),
        ("indefinite_text", "text of indefinite length", "7f6161ff"),
        ("indefinite_array", "array of indefinite length", "9f00ff"),
        ("indefinite_map", "map of indefinite length", "bf0000ff"),
        ("break", "a break alone", "ff"),
        ("tag", "a tag", "c100"),
        ("half", "a float of 16 bits", "f93c00"),
        ("double", "a float of 64 bits", "fb3ff0000000000000"),
        ("undefined", "undefined", "f7"),
        ("simple", "simple value 32", "f820"),
        ("key_order", "map keys fall", "a201000000"),
        ("key_twice", "a map key twice", "a200000001"),
        ("key_text", "a text as map key", "a1616100"),
        ("key_negative", "a negative map key", "a12000"),
        ("key_order_inner", "keys of an inner map fall", "a100a201000000"),
        ("utf8", "text that is not UTF-8", "62c328"),
        ("utf8_surrogate", "a surrogate in text", "63eda080"),
        ("utf8_overlong", "an overlong form in text", "62c080"),
        ("depth_9", "nine items deep", "8181818181818181f6"),
    ].map { name, what, bytes in
        VectorFile("encoding/bad_\(name)", what: what, expect: "bad").with("cbor", bytes)
    }

    /// RFC 8949 diagnostic notation, without spaces.
    static func diagnostic(_ value: CBORValue) -> String {
        switch value {
        case .unsigned(let number): "\(number)"
        // -1 - n of 64 bits does not fit a machine's integer.
        case .negative(.max): "-18446744073709551616"
        case .negative(let number): "-\(number + 1)"
        case .bytes(let bytes): "h'\(hex(bytes))'"
        case .text(let text): "\"\(text)\""
        case .array(let items): "[\(items.map(diagnostic).joined(separator: ","))]"
        case .map(let pairs):
            "{\(pairs.map { "\($0.key):\(diagnostic($0.value))" }.joined(separator: ","))}"
        case .bool(let truth): truth ? "true" : "false"
        case .null: "null"
        }
    }
}
