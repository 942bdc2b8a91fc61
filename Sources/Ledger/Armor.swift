internal import Crypto
internal import Encoding

/// Binary content between two marked lines of a text that a person can mail.
///
/// Lines before and after are for people and are not read.
package enum Armor {
    /// Most bytes of an armored text.
    package static let textBytesMax = 64 * 1024

    /// The content of `bytes` under `label`, in base 64, 64 characters a line.
    package static func wrap(_ bytes: [UInt8], label: String) -> String {
        let text = Array(base64(bytes).utf8)
        let lines = stride(from: 0, to: text.count, by: 64).map { start in
            String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self)
        }
        return (["-----BEGIN LINLI \(label)-----"] + lines + ["-----END LINLI \(label)-----", ""])
            .joined(separator: "\n")
    }

    /// The content of the first block under `label`; nil if there is none or it is damaged.
    ///
    /// Spaces around lines and carriage returns are passed over, since mail programs add them.
    package static func unwrap(_ text: String, label: String) -> [UInt8]? {
        guard text.utf8.count <= textBytesMax else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(
                line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            )
        }
        guard let first = lines.firstIndex(of: "-----BEGIN LINLI \(label)-----"),
            let last = lines[first...].firstIndex(of: "-----END LINLI \(label)-----")
        else { return nil }
        return unbase64(lines[(first + 1)..<last].joined())
    }
}

/// Twelve groups of four digits by which two people compare what they hold, over the telephone.
///
/// - Source: `Protocol/roster.md` section 8; about 159 bits.
package func textFingerprint(of content: [UInt8]) -> String {
    let label = Array("linli/fingerprint/v1\0".utf8)
    let bytes = (0..<2).flatMap { block in sha256(label + [UInt8(block)] + content).bytes }
    return (0..<12).map { group in
        let number = bytes[group * 5..<group * 5 + 5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let digits = String(number % 10_000)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }.joined(separator: " ")
}
