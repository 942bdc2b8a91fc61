package import Crypto
internal import Encoding

/// What a node that is not enrolled asks for: a grant for its keys, at a level, over a scope.
///
/// Signed by its log, service, witness and TLS keys over all keys together, so that nobody can
/// ask with another's key. The seal key can not sign; it stands under the four signatures.
///
/// - Source: `Protocol/roster.md` section 8.
package struct EnrolmentRequest: Hashable, Sendable {
    /// What people call the node.
    package let name: String
    /// Kind of office.
    package let level: Level
    /// What the right is to cover.
    package let scope: Scope
    /// Where the node listens, if it can be reached.
    package let endpoint: String?
    /// The node's public keys.
    package let keys: NodeKeys

    /// Takes the fields; see ``signed(log:service:witness:tls:)`` for the proof.
    package init(name: String, level: Level, scope: Scope, endpoint: String?, keys: NodeKeys) {
        self.name = name
        self.level = level
        self.scope = scope
        self.endpoint = endpoint
        self.keys = keys
    }

    /// By which applicant and enroller know that they speak of the same request.
    package var fingerprint: String { textFingerprint(of: body) }

    /// The armored request.
    package func signed(
        log: SigningKey,
        service: SigningKey,
        witness: SigningKey,
        tls: SigningKey
    ) throws(CryptoError) -> String {
        let message = Self.label + body
        var writer = CBORWriter()
        writer.array(2)
        writer.bytes(body)
        writer.array(4)
        for key in [log, service, witness, tls] { writer.bytes(try key.sign(message)) }
        return Armor.wrap(writer.bytes, label: Self.armorLabel)
    }

    /// Reads an armored request and checks its four signatures.
    package init(armored text: String) throws(RequestError) {
        guard let bytes = Armor.unwrap(text, label: Self.armorLabel) else { throw .noBlock }
        do {
            var reader = CBORReader(bytes)
            guard try reader.array(max: 2) == 2 else { throw RequestError.malformed }
            let body = try reader.bytes(max: Self.bodyMax)
            guard try reader.array(max: 4) == 4 else { throw RequestError.malformed }
            let signatures = try (0..<4).map { _ in
                try reader.bytes(max: SigningKey.signatureCount)
            }
            try reader.finish()
            try self.init(body: body)
            let signers = [keys.log, keys.service, keys.witness, keys.tls]
            for (key, signature) in zip(signers, signatures) {
                guard key.verifies(signature, of: Self.label + body) else {
                    throw RequestError.wrongSignature
                }
            }
        } catch let error as RequestError {
            throw error
        } catch {
            throw .malformed
        }
    }

    private static let armorLabel = "REQUEST"
    private static let label = Array("linli/request/v1\0".utf8)
    private static let bodyMax = 2048

    private var body: [UInt8] {
        var writer = CBORWriter()
        writer.array(5)
        writer.text(name)
        writer.unsigned(level.rawValue)
        writer.text(scope.code)
        if let endpoint { writer.text(endpoint) } else { writer.null() }
        writer.value(.array(keys.fields.map(\.value)))
        return writer.bytes
    }

    private init(body: [UInt8]) throws {
        var reader = CBORReader(body)
        guard try reader.array(max: 5) == 5 else { throw RequestError.malformed }
        name = try reader.text(max: RosterOperation.nameMax)
        guard let level = Level(rawValue: try reader.unsigned()),
            let scope = Scope(try reader.text(max: 12))
        else { throw RequestError.malformed }
        self.level = level
        self.scope = scope
        endpoint = reader.null() ? nil : try reader.text(max: RosterOperation.endpointMax)
        guard case .array(let items) = try reader.value(),
            let keys = NodeKeys(items.compactMap(\.bytes32))
        else { throw RequestError.malformed }
        self.keys = keys
        try reader.finish()
        guard Self.isPlain(name), Self.isPlain(endpoint ?? "") else {
            throw RequestError.malformed
        }
    }

    /// Whether a text stays on one line: an invitation repeats it, and must not be taken for more
    /// than it is.
    package static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}

/// Why a request or an invitation is not acted on.
package enum RequestError: Error, Hashable, Sendable {
    /// The text holds no block of this kind, or a damaged one.
    case noBlock
    /// The block is not what its label says.
    case malformed
    /// A signature in it is bad: it was changed, or asked with another's key.
    case wrongSignature
}

extension RequestError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noBlock: "the text has no complete Linli block of the wanted kind"
        case .malformed: "the Linli block is not well formed"
        case .wrongSignature: "a signature in the Linli block is not good"
        }
    }
}
