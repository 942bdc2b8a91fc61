package import Crypto
package import Ledger

/// An entry as a store or a file hands it over: nothing about it is certain, not even a length.
package struct StoredEntry: Hashable, Sendable {
    /// One stored part.
    package struct Part: Hashable, Sendable {
        /// Which commitment of the header it belongs to.
        package let index: Int
        /// Should be 32 bytes.
        package let salt: [UInt8]
        /// The content.
        package let bytes: [UInt8]

        /// Takes all fields.
        package init(index: Int, salt: [UInt8], bytes: [UInt8]) {
            self.index = index
            self.salt = salt
            self.bytes = bytes
        }
    }

    /// Should be the header.
    package let header: [UInt8]
    /// Should be the 128 bytes of the leaf.
    package let leaf: [UInt8]
    /// The parts that are held.
    package let parts: [Part]

    /// Takes all fields.
    package init(header: [UInt8], leaf: [UInt8], parts: [Part]) {
        self.header = header
        self.leaf = leaf
        self.parts = parts
    }
}

/// An entry after its bytes were checked against each other.
package struct AuditedEntry: Hashable, Sendable {
    /// The entry with the parts that fit a commitment.
    package let entry: Entry
    /// SHA-256 of the header bytes.
    package let hash: Digest
    /// The header, or why the entry has no effect: malformed, or contradicting its place.
    package let header: Result<Header, HeaderError>
    /// Whether leaf, header and parts belong together.
    package let isWhole: Bool
}
