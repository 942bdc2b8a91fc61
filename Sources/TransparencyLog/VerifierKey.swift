package import Crypto
internal import Encoding

/// A public key with the name and type under which it signs notes.
///
/// - Source: C2SP `signed-note` v1.0.0, verifier keys.
package struct VerifierKey: Hashable, Sendable {
    /// How a key signs; the raw value is the byte of the format.
    package enum SignatureType: UInt8, Sendable {
        /// Ed25519 over the note's text.
        case ed25519 = 0x01
        /// A witness's Ed25519 over time and checkpoint, C2SP `cosignature/v1`.
        case cosignature = 0x04
    }

    /// The name: not empty, without Unicode space and plus sign.
    package let name: String

    /// How the key signs.
    package let type: SignatureType

    /// The key itself.
    package let key: PublicKey

    /// The first four bytes, big-endian, of SHA-256(name, newline, type byte, key).
    package let keyID: UInt32

    /// Names a key; nil for a name that no note can hold.
    package init?(name: String, type: SignatureType, key: PublicKey) {
        guard Self.isName(name) else { return nil }
        self.init(checkedName: name, type: type, key: key)
    }

    /// Reads `name+id+key`: the id in lowercase hexadecimal, type byte and key in base 64.
    ///
    /// - Throws: ``VerifierKeyError``, also for an id that is not this key's.
    package init(_ text: String) throws(VerifierKeyError) {
        // Base 64 may contain plus signs, so only the first two divide.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(String(parts[0])),
            let body = unbase64(String(parts[2])), let typeByte = body.first
        else { throw .malformed }
        guard let type = SignatureType(rawValue: typeByte) else {
            throw .unknownType(typeByte)
        }
        guard let keyBytes = Bytes32(Array(body.dropFirst())) else { throw .malformed }
        let key: PublicKey
        do { key = try PublicKey(keyBytes) } catch { throw .unusableKey(error) }
        self.init(checkedName: String(parts[0]), type: type, key: key)
        guard parts[1] == hexKeyID else { throw .wrongID(want: hexKeyID) }
    }

    /// The key under which a log signs its checkpoints: named as the log's origin.
    package init(log key: PublicKey) {
        self.init(checkedName: Checkpoint.origin(of: key.hash), type: .ed25519, key: key)
    }

    init(checkedName name: String, type: SignatureType, key: PublicKey) {
        self.name = name
        self.type = type
        self.key = key
        let hash = sha256(Array("\(name)\n".utf8) + [type.rawValue] + key.bytes.bytes)
        keyID = hash.bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The text that ``init(_:)`` reads.
    package var text: String {
        "\(name)+\(hexKeyID)+\(base64([type.rawValue] + key.bytes.bytes))"
    }

    /// Whether a line of a note claims to be this key's.
    package func claims(_ signature: NoteSignature) -> Bool {
        // Two strings may be equal for Swift and differ in bytes; names are bytes.
        keyID == signature.keyID && name.utf8.elementsEqual(signature.name.utf8)
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0.value >= 0x20 && $0 != "+"
            }
    }

    private var hexKeyID: String { hex(bigEndianBytes(UInt64(keyID))[4...]) }
}

/// Why a text is no verifier key.
package enum VerifierKeyError: Error, Hashable, Sendable {
    /// The text is not `name+id+key`.
    case malformed
    /// The type byte is none that is known here.
    case unknownType(UInt8)
    /// The id is another than that of name and key: a mistyped or altered text.
    case wrongID(want: String)
    /// The public key is one that is refused everywhere.
    case unusableKey(CryptoError)
}

extension VerifierKeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "verifier key is not name+id+key"
        case .unknownType(let type): "verifier key is of unknown type \(type)"
        case .wrongID(let want): "verifier key's id is not that of name and key, want \(want)"
        case .unusableKey(let error): "verifier key can not be used: \(error)"
        }
    }
}
