package import Crypto
internal import Encoding

/// A checkpoint that its log's key signed, as was checked.
///
/// Other signature lines are carried along unchecked.
package struct SignedCheckpoint: Hashable, Sendable {
    /// What the log's key vouches for.
    package let checkpoint: Checkpoint

    /// The log's key.
    package let logKey: PublicKey

    /// The note with all of its lines, at most ``Note/bytesMax`` bytes.
    package let note: Note

    private init(checkpoint: Checkpoint, logKey: PublicKey, note: Note) {
        self.checkpoint = checkpoint
        self.logKey = logKey
        self.note = note
    }

    /// Signs the claim that the log of `key` has this root at this size.
    ///
    /// The caller sees to it that no two such claims of one log contradict each other.
    ///
    /// - Precondition: the root of size zero is ``TreeHasher/emptyRoot``.
    package static func sign(
        size: UInt64,
        root: Digest,
        with key: SigningKey
    ) throws(CryptoError) -> SignedCheckpoint {
        let checkpoint = Checkpoint(log: key.publicKey.hash, size: size, root: root)
        let verifier = VerifierKey(log: key.publicKey)
        let signature = try key.sign(checkpoint.text)
        guard
            let line = NoteSignature(
                name: verifier.name,
                keyID: verifier.keyID,
                payload: signature
            ),
            let note = try? Note(text: checkpoint.text, signatures: [line])
        else { preconditionFailure("a checkpoint of our own is a note") }
        return SignedCheckpoint(checkpoint: checkpoint, logKey: key.publicKey, note: note)
    }

    /// Reads a note and checks that the log of `logKey` signed it.
    ///
    /// - Throws: ``CheckpointError``.
    package static func verify(
        _ bytes: [UInt8],
        logKey: PublicKey
    ) throws(CheckpointError) -> SignedCheckpoint {
        let note: Note
        do { note = try Note(bytes) } catch { throw .note(error) }
        return try verify(note, logKey: logKey)
    }

    /// Checks that the log of `logKey` signed a note.
    ///
    /// Lines of other keys are ignored. Every line of the log's must be good, at least one.
    ///
    /// - Throws: ``CheckpointError``.
    package static func verify(
        _ note: Note,
        logKey: PublicKey
    ) throws(CheckpointError) -> SignedCheckpoint {
        guard let checkpoint = Checkpoint(text: note.text) else { throw .malformed }
        let verifier = VerifierKey(log: logKey)
        guard checkpoint.origin == verifier.name else {
            throw .wrongOrigin(checkpoint.origin, want: verifier.name)
        }
        let lines = note.signatures.filter(verifier.claims)
        guard !lines.isEmpty else { throw .notSigned }
        guard lines.allSatisfy({ logKey.verifies($0.payload, of: note.text) }) else {
            throw .wrongSignature
        }
        return SignedCheckpoint(checkpoint: checkpoint, logKey: logKey, note: note)
    }
}

/// Why bytes are no checkpoint of the log they should be of.
package enum CheckpointError: Error, Hashable, Sendable {
    /// Not even a note.
    case note(NoteError)
    /// The note's text is no checkpoint, or has extension lines.
    case malformed
    /// The checkpoint is another log's.
    case wrongOrigin(String, want: String)
    /// No line is the log key's.
    case notSigned
    /// A line claims to be the log key's and is not.
    case wrongSignature
}

extension CheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .note(let error): error.description
        case .malformed: "note is not a checkpoint of three lines"
        case .wrongOrigin(let origin, let want): "checkpoint is of \(origin), want \(want)"
        case .notSigned: "checkpoint has no signature line of its log's key"
        case .wrongSignature: "checkpoint's signature is not of its log's key"
        }
    }
}
