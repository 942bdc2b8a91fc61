internal import Encoding

/// A text with lines of signature below it, of which none is checked yet.
///
/// - Source: C2SP `signed-note` v1.0.0.
package struct Note: Hashable, Sendable {
    /// Most bytes of a whole note.
    package static let bytesMax = 65_536

    /// Most signature lines.
    package static let signaturesMax = 100

    /// The signed bytes.
    ///
    /// UTF-8 that ends in a newline and has no other control character below U+0020; it may
    /// contain blank lines.
    package let text: [UInt8]

    /// The lines below, in their order; at least one.
    package let signatures: [NoteSignature]

    /// The text, a blank line, and the signature lines, each after an em dash and a space.
    package let bytes: [UInt8]

    /// Puts signatures under a text.
    ///
    /// - Throws: ``NoteError`` for a text that no note can hold, for no signature or over 100, or
    ///   over 64 KiB in all.
    package init(text: [UInt8], signatures: [NoteSignature]) throws(NoteError) {
        guard text.last == newline, Self.isText(text) else { throw .notText }
        guard !signatures.isEmpty else { throw .noSignatures }
        guard signatures.count <= Self.signaturesMax else {
            throw .tooManySignatures(signatures.count)
        }
        let bytes = signatures.reduce(into: text + [newline]) { $0 += $1.line }
        guard bytes.count <= Self.bytesMax else { throw .tooLarge(bytes.count) }
        self.text = text
        self.signatures = signatures
        self.bytes = bytes
    }

    /// Reads a note; its ``bytes`` are then exactly these.
    ///
    /// - Throws: ``NoteError`` for anything that is not a note within the limits. Base 64 that is
    ///   not in its only form is refused too, which signed-note leaves open.
    package init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge(bytes.count) }
        guard bytes.last == newline, Self.isText(bytes) else { throw .notText }
        // The last blank line is the one that divides; no signature line is blank.
        guard
            let split = bytes.indices.dropLast().last(where: {
                bytes[$0] == newline && bytes[$0 + 1] == newline
            })
        else { throw .noSignatures }
        let lines = bytes[(split + 2)...].dropLast()
            .split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= Self.signaturesMax else { throw .tooManySignatures(lines.count) }
        var signatures: [NoteSignature] = []
        for (number, line) in lines.enumerated() {
            guard let signature = NoteSignature(line: line) else {
                throw .notSignature(line: number + 1)
            }
            signatures.append(signature)
        }
        try self.init(text: Array(bytes[...split]), signatures: signatures)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || $0 == newline }
            && String(validating: bytes, as: UTF8.self) != nil
    }
}

/// One signature line of a note, whose signature may be of any kind.
package struct NoteSignature: Hashable, Sendable {
    /// The name of the key that signed: not empty, without Unicode space and plus sign.
    package let name: String

    /// The key's id, see ``VerifierKey/keyID``.
    package let keyID: UInt32

    /// What follows the id: for Ed25519 the signature; at least one byte.
    package let payload: [UInt8]

    /// Makes a line; nil for a name or payload that no line can hold.
    package init?(name: String, keyID: UInt32, payload: [UInt8]) {
        guard VerifierKey.isName(name), !payload.isEmpty else { return nil }
        self.name = name
        self.keyID = keyID
        self.payload = payload
    }

    private static let prefix = Array("\u{2014} ".utf8)

    /// Reads a line without its newline.
    fileprivate init?(line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.prefix) else { return nil }
        let parts = line.dropFirst(Self.prefix.count)
            .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2,
            let name = String(validating: parts[0], as: UTF8.self),
            let encoded = String(validating: parts[1], as: UTF8.self),
            let payload = unbase64(encoded), payload.count > 4
        else { return nil }
        let keyID = payload[..<4].reduce(0) { $0 << 8 | UInt32($1) }
        self.init(name: name, keyID: keyID, payload: Array(payload[4...]))
    }

    fileprivate var line: [UInt8] {
        let payload = bigEndianBytes(UInt64(keyID))[4...] + payload
        return Self.prefix + Array("\(name) \(base64(Array(payload)))\n".utf8)
    }
}

/// Why bytes are no signed note.
package enum NoteError: Error, Hashable, Sendable {
    /// The note has this many bytes, more than ``Note/bytesMax``.
    case tooLarge(Int)
    /// The text is not UTF-8, has control characters, or does not end in a newline.
    case notText
    /// No blank line with signature lines after it.
    case noSignatures
    /// This many signature lines, more than ``Note/signaturesMax``.
    case tooManySignatures(Int)
    /// A line below the blank one, counted from 1, is none of a signature.
    case notSignature(line: Int)
}

extension NoteError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let count): "note has \(count) bytes, want at most \(Note.bytesMax)"
        case .notText: "note is not UTF-8 text that ends in a newline"
        case .noSignatures: "note has no signature lines after a blank line"
        case .tooManySignatures(let count):
            "note has \(count) signature lines, want at most \(Note.signaturesMax)"
        case .notSignature(let line): "signature line \(line) of the note is malformed"
        }
    }
}

private let newline = UInt8(ascii: "\n")
