package import Crypto
internal import Encoding

/// What a person asks for: a right for a key, under a role-bound number.
///
/// Signed by the key, so that nobody can ask with another's.
///
/// - Source: `Protocol/roster.md` section 8.
package struct StaffRequest: Hashable, Sendable {
    /// Role-bound number, never a name.
    package let number: String
    /// The person's public key.
    package let key: PublicKey

    /// Pairs both.
    package init(number: String, key: PublicKey) {
        self.number = number
        self.key = key
    }

    /// By which the person and who enrols know that they speak of the same request.
    package var fingerprint: String { textFingerprint(of: body) }

    /// The armored request.
    package func signed(by key: SigningKey) throws(CryptoError) -> String {
        let signature = try key.sign(Self.label + body)
        let content = CBORValue.array([.bytes(body), .bytes(signature)])
        return Armor.wrap(content.encoded, label: Self.armorLabel)
    }

    /// Reads an armored request and checks its signature.
    package init(armored text: String) throws(RequestError) {
        guard let bytes = Armor.unwrap(text, label: Self.armorLabel) else { throw .noBlock }
        guard case .array(let items)? = try? CBORValue(decoding: bytes), items.count == 2,
            case .bytes(let body) = items[0], case .bytes(let signature) = items[1],
            case .array(let fields)? = try? CBORValue(decoding: body), fields.count == 2,
            case .text(let number) = fields[0], StaffGrant.isNumber(number),
            let key = fields[1].bytes32.flatMap({ try? PublicKey($0) })
        else { throw .malformed }
        guard key.verifies(signature, of: Self.label + body) else { throw .wrongSignature }
        self.init(number: number, key: key)
    }

    private static let armorLabel = "STAFF REQUEST"
    private static let label = Array("linli/staff-request/v1\0".utf8)

    private var body: [UInt8] {
        CBORValue.array([.text(number), .bytes(key.bytes.bytes)]).encoded
    }
}
