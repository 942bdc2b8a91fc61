package import Crypto

extension SignedCheckpoint {
    /// The note of which this is the only signature.
    ///
    /// - Returns: nil for bytes that no signature line can hold.
    private static func note(
        size: UInt64,
        root: Digest,
        signature: [UInt8],
        logKey: PublicKey
    ) -> Note? {
        let verifier = VerifierKey(log: logKey)
        guard
            let line = NoteSignature(
                name: verifier.name,
                keyID: verifier.keyID,
                payload: signature
            )
        else { return nil }
        let text = Checkpoint(log: logKey.hash, size: size, root: root).text
        return try? Note(text: text, signatures: [line])
    }

    /// Makes the note anew of which only the log key's signature was given, and checks it.
    ///
    /// - Returns: nil if the key did not sign this size with this root, or the size is zero.
    package static func verify(
        size: UInt64,
        root: Digest,
        signature: [UInt8],
        logKey: PublicKey
    ) -> SignedCheckpoint? {
        guard size > 0 else { return nil }
        return note(size: size, root: root, signature: signature, logKey: logKey)
            .flatMap { try? verify($0, logKey: logKey) }
    }

    /// The signature of a note that has nothing else which size, root and key do not give.
    ///
    /// - Returns: nil if it has more, or is not of this log.
    package static func onlySignature(of bytes: [UInt8], logKey: PublicKey) -> [UInt8]? {
        guard let note = try? Note(bytes), let checkpoint = Checkpoint(text: note.text),
            checkpoint.size > 0, let payload = note.signatures.first?.payload,
            self.note(
                size: checkpoint.size,
                root: checkpoint.root,
                signature: payload,
                logKey: logKey
            )?.bytes == bytes
        else { return nil }
        return payload
    }
}
