package import Crypto
package import Encoding
package import Ledger

/// Asks for parts of entries that the sender holds without them.
package struct Want: Hashable, Sendable {
    /// Stands in the answer; never used again in the session.
    package var number: UInt64
    /// 1 to ``Limits/wantedParts``.
    package var parts: [WantedPart]

    /// Takes both.
    package init(number: UInt64, parts: [WantedPart]) {
        self.number = number
        self.parts = parts
    }
}

/// Answers a ``Want``.
package struct Parts: Hashable, Sendable {
    /// Of the want.
    package var number: UInt64
    /// In the order in which they were asked for, nil for what the sender does not hold; at least
    /// one, and fewer than asked for only where the frame is full.
    package var parts: [Part?]

    /// Takes both.
    package init(number: UInt64, parts: [Part?]) {
        self.number = number
        self.parts = parts
    }
}

/// Asks for proof that parts are held.
package struct Prove: Hashable, Sendable {
    /// Stands in the answer; never used again in the session.
    package var number: UInt64
    /// Fresh random bytes, so that no answer can be made ready.
    package var nonce: Bytes32
    /// 1 to ``Limits/wantedParts``.
    package var parts: [WantedPart]

    /// Takes all three.
    package init(number: UInt64, nonce: Bytes32, parts: [WantedPart]) {
        self.number = number
        self.nonce = nonce
        self.parts = parts
    }
}

/// Answers a ``Prove``.
package struct Proofs: Hashable, Sendable {
    /// Of the challenge.
    package var number: UInt64
    /// For each part, in order: ``Part/proof(nonce:holder:_:)``, nil for what is not held.
    package var proofs: [Digest?]

    /// Takes both.
    package init(number: UInt64, proofs: [Digest?]) {
        self.number = number
        self.proofs = proofs
    }
}

extension CBORWriter {
    mutating func write(_ scopes: PartScopes) {
        guard let list = scopes.scopes else { return null() }
        array(list.count)
        for scope in list { text(scope.code) }
    }

    mutating func write(_ parts: [WantedPart]) {
        array(parts.count)
        for part in parts {
            array(4)
            bytes(part.id.log)
            unsigned(part.id.sequence)
            unsigned(UInt64(part.id.part))
            bytes(part.commitment)
        }
    }

    mutating func write(_ parts: [Part?]) {
        array(parts.count)
        for part in parts {
            guard let part else {
                null()
                continue
            }
            array(2)
            bytes(part.salt)
            bytes(part.bytes)
        }
    }
}

extension CBORReader {
    mutating func partScopes() throws -> PartScopes {
        if null() { return .everything }
        var scopes: [Scope] = []
        for _ in 0..<(try array(max: PartScopes.countMax)) {
            guard let scope = Scope(try text(max: 12)) else {
                throw MessageError.malformed("scope")
            }
            scopes.append(scope)
        }
        // Rising, and none within another: one form for each set.
        guard let read = PartScopes(scopes), read.scopes == scopes else {
            throw MessageError.malformed("order of scopes")
        }
        return read
    }

    mutating func partNames() throws -> [WantedPart] {
        var parts: [WantedPart] = []
        for _ in 0..<(try array(max: Limits.wantedParts)) {
            guard try array(max: 4) == 4 else { throw MessageError.malformed("row") }
            let log = try bytes32()
            let sequence = try unsigned()
            let part = try unsigned()
            guard part < UInt64(Header.partsMax) else { throw MessageError.malformed("part") }
            let id = PartID(log: log, sequence: sequence, part: Int(part))
            parts.append(WantedPart(id: id, commitment: try bytes32()))
        }
        guard !parts.isEmpty else { throw MessageError.malformed("no parts") }
        return parts
    }

    /// Parts of one entry or of an answer, at most `max`.
    mutating func parts(max: Int) throws -> [Part?] {
        var parts: [Part?] = []
        for _ in 0..<(try array(max: max)) {
            guard !null() else {
                parts.append(nil)
                continue
            }
            guard try array(max: 2) == 2 else { throw MessageError.malformed("row") }
            let salt = try bytes32()
            parts.append(Part(salt: salt, bytes: try bytes(max: Part.entryBytesMax)))
        }
        return parts
    }

    mutating func want() throws -> Want { Want(number: try unsigned(), parts: try partNames()) }

    mutating func wantedParts() throws -> Parts {
        let number = try unsigned()
        let parts = try parts(max: Limits.wantedParts)
        guard !parts.isEmpty else { throw MessageError.malformed("no parts") }
        return Parts(number: number, parts: parts)
    }

    mutating func prove() throws -> Prove {
        Prove(number: try unsigned(), nonce: try bytes32(), parts: try partNames())
    }

    mutating func proofs() throws -> Proofs {
        let number = try unsigned()
        var proofs: [Digest?] = []
        for _ in 0..<(try array(max: Limits.wantedParts)) {
            proofs.append(null() ? nil : try bytes32())
        }
        return Proofs(number: number, proofs: proofs)
    }
}
