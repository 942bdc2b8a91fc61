package import Crypto
package import Encoding
internal import TransparencyLog

/// What an author wants to write, before it has a place in the log.
package struct EntryDraft: Hashable, Sendable {
    /// What the entry is about.
    package enum Subject: Hashable, Sendable {
        /// The subject that the entry itself opens.
        case opened
        /// A subject that exists.
        case existing(SubjectID)
    }

    /// Name of the operation.
    package var operation: String
    /// What it is about.
    package var subject: Subject
    /// What it is about besides; at most three.
    package var further: [SubjectID] = []
    /// The operation's own header fields, keys rising.
    package var fields: [CBORPair]
    /// Clear bytes of each part.
    package var parts: [[UInt8]]
    /// What is sealed, in a part after those; nil for nothing.
    package var sealed: SealDraft?
    /// Place of an opened subject or of a grant.
    package var scope: Scope?
    /// The place that is to take what is offered.
    package var to: Scope?
    /// Staff number of the person for whom the service key signs.
    package var actor: String?

    /// A draft of the given operation.
    package init(
        operation: String,
        subject: Subject,
        fields: [CBORPair],
        parts: [[UInt8]] = [],
        scope: Scope? = nil,
        actor: String? = nil
    ) {
        self.operation = operation
        self.subject = subject
        self.fields = fields
        self.parts = parts
        self.scope = scope
        self.actor = actor
    }
}

/// What a draft hides from all but some nodes.
package struct SealDraft: Hashable, Sendable {
    /// Clear bytes, which leave the writer's process sealed only.
    package let clear: [UInt8]
    /// Numbers of the fields in them, rising.
    package let fields: [UInt64]
    /// Seal keys of who can read it, rising; 2 to ``KeyWraps/recipientsMax``.
    package let recipients: [Bytes32]

    /// Takes all three; recipients in any order.
    package init(clear: [UInt8], fields: [UInt64], recipients: [Bytes32]) {
        self.clear = clear
        self.fields = fields
        self.recipients = Set(recipients).sorted()
    }

    /// Fewest nodes that can read what is sealed: one alone could lose its key.
    package static let recipientsMin = 2
}

/// Where and when a draft becomes an entry, and what its author knew.
package struct EntryContext: Hashable, Sendable {
    /// The ledger; zero in the founding entry alone.
    package var ledger: Digest
    /// The log it goes into.
    package var place: Place
    /// Wall clock, milliseconds since 1970.
    package var time: UInt64
    /// Heads of the subject in other logs.
    package var after: [Digest]

    /// Takes all four.
    package init(ledger: Digest, place: Place, time: UInt64, after: [Digest]) {
        self.ledger = ledger
        self.place = place
        self.time = time
        self.after = after
    }
}

/// Why a draft can not become an entry.
package enum EntryDraftError: Error, Hashable, Sendable {
    /// The header would be longer than it may be.
    case headerLength(Int)
    /// Header, leaf and parts would be longer than they may be.
    case entryLength(Int)
    /// The header would not be read by others.
    case header(HeaderError)
    /// What is sealed could be read by fewer or more nodes than it may.
    case recipients(Int)
    /// OpenSSL did not sign.
    case signing(CryptoError)
}

extension EntryDraftError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .headerLength(let count):
            "header would have \(count) bytes, want at most \(Header.bytesMax)"
        case .entryLength(let count):
            "entry would have \(count) bytes, want at most \(Part.entryBytesMax)"
        case .header(let error): error.description
        case .recipients(let count):
            "\(count) nodes could open what is sealed, want \(SealDraft.recipientsMin) to"
                + " \(KeyWraps.recipientsMax)"
        case .signing(let error): error.description
        }
    }
}

/// A draft with its place in the log, before its author has signed it.
package struct UnsignedEntry: Hashable, Sendable {
    /// The header.
    package let header: Header
    /// SHA-256 of its encoding, the entry hash.
    package let hash: Digest
    private let headerBytes: [UInt8]
    private let parts: [Part]

    fileprivate init(header: Header, hash: Digest, headerBytes: [UInt8], parts: [Part]) {
        self.header = header
        self.hash = hash
        self.headerBytes = headerBytes
        self.parts = parts
    }

    /// Signs the leaf; the cost of this is most of that of writing an entry.
    package func signed(by author: SigningKey) throws(EntryDraftError) -> Entry {
        let leaf: Leaf
        do { leaf = try Leaf.sign(message: hash, key: author) } catch { throw .signing(error) }
        return Entry(header: headerBytes, leaf: leaf.bytes, parts: parts)
    }

    /// Puts a leaf beside it that its author made elsewhere.
    package func carrying(leaf: [UInt8]) -> Entry {
        Entry(header: headerBytes, leaf: leaf, parts: parts)
    }

    /// The entry at its place, by an author who is about to sign it.
    package func placed(author: Digest) -> PlacedEntry {
        PlacedEntry(
            log: header.log,
            sequence: header.sequence,
            hash: hash,
            author: author,
            header: header,
            parts: parts.map(\.bytes)
        )
    }
}

extension EntryDraft {
    /// The subjects that exist, of which the author is to know the heads.
    package var existing: [SubjectID] {
        switch subject {
        case .opened: further
        case .existing(let subject): [subject] + further
        }
    }

    /// How many fresh random values of 32 bytes writing it takes: a salt for each part; for a sealed
    /// one and its wraps one each, the content key, the salt in the seal, and one for each wrap.
    package var saltCount: Int { parts.count + (sealed.map { 4 + $0.recipients.count } ?? 0) }

    /// Writes header and parts; the leaf is signed apart, on whichever thread.
    ///
    /// - Parameters:
    ///   - context: where and when, and what the author knew.
    ///   - salts: fresh random values in the order of ``saltCount``, as many.
    ///   - hasher: used on this thread.
    /// - Returns: the entry without its leaf.
    /// - Throws: ``EntryDraftError``.
    package func unsigned(
        in context: EntryContext,
        salts: [Bytes32],
        hasher: SHA256Hasher = SHA256Hasher()
    ) throws(EntryDraftError) -> UnsignedEntry {
        precondition(salts.count == saltCount, "one salt for each part")
        var parts = zip(salts, self.parts).map { Part(salt: $0, bytes: $1) }
        var fields = fields
        if let sealed {
            let random = Array(salts.dropFirst(parts.count))
            let field = SealField(part: parts.count, wraps: parts.count + 1, fields: sealed.fields)
            parts += try sealed.parts(at: field.part, in: context, random: random)
            fields.insert(
                field.pair,
                at: fields.firstIndex { $0.key > SealField.key } ?? fields.count
            )
        }
        let commitments = parts.map { $0.commitment(hasher) }
        let header = header(in: context, fields: fields, commitments: commitments)
        let bytes = header.encoded
        guard bytes.count <= Header.bytesMax else { throw .headerLength(bytes.count) }
        // What others could not read must not enter the log: nothing can take it out again.
        do { _ = try Header(decoding: bytes) } catch { throw .header(error) }
        let count = parts.reduce(bytes.count + Entry.leafCount) { $0 + $1.bytes.count }
        guard count <= Part.entryBytesMax else { throw .entryLength(count) }
        return UnsignedEntry(
            header: header,
            hash: hasher.hash(bytes),
            headerBytes: bytes,
            parts: parts
        )
    }

    /// Writes header and parts, as ``unsigned(in:salts:hasher:)`` does, and signs the leaf.
    ///
    /// - Parameters:
    ///   - context: where and when, and what the author knew.
    ///   - salts: as there.
    ///   - author: signs the leaf.
    /// - Returns: the entry with its header and hash.
    /// - Throws: ``EntryDraftError``.
    package func sealed(
        in context: EntryContext,
        salts: [Bytes32],
        author: SigningKey
    ) throws(EntryDraftError) -> (entry: Entry, header: Header, hash: Digest) {
        let unsigned = try unsigned(in: context, salts: salts)
        return (try unsigned.signed(by: author), unsigned.header, unsigned.hash)
    }

    private func header(
        in context: EntryContext,
        fields: [CBORPair],
        commitments: [Digest]
    ) -> Header {
        let subject: SubjectID =
            switch self.subject {
            case .opened:
                SubjectID(openedIn: context.place.log, at: context.place.sequence)
            case .existing(let subject): subject
            }
        var header = Header(
            ledger: context.ledger,
            log: context.place.log,
            sequence: context.place.sequence,
            time: context.time,
            subjects: [subject] + further,
            operation: operation
        )
        header.after = context.after
        header.parts = commitments
        header.fields = fields
        header.scope = scope
        header.to = to
        header.actor = actor
        return header
    }
}

extension SealDraft {
    /// The sealed part and that with its wraps.
    fileprivate func parts(
        at index: Int,
        in context: EntryContext,
        random: [Bytes32]
    ) throws(EntryDraftError) -> [Part] {
        guard Self.recipientsMin...KeyWraps.recipientsMax ~= recipients.count else {
            throw .recipients(recipients.count)
        }
        let place = SealPlace(
            ledger: context.ledger,
            id: PartID(log: context.place.log, sequence: context.place.sequence, part: index)
        )
        do {
            let part = try SealedPart(sealing: clear, key: random[2], salt: random[3], place: place)
            let wraps = try KeyWraps(
                of: random[2],
                place: place,
                to: recipients,
                random: Array(random.dropFirst(4))
            )
            return [
                Part(salt: random[0], bytes: part.encoded),
                Part(salt: random[1], bytes: wraps.encoded),
            ]
        } catch {
            throw .signing(error)
        }
    }
}
