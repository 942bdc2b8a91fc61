package import Crypto
package import Encoding

/// What a header says of the part of its entry that is sealed.
///
/// - Source: `Protocol/entry.md` section 6.
package struct SealField: Hashable, Sendable {
    /// Index of the sealed part.
    package let part: Int
    /// Index of the part with the wraps of its key.
    package let wraps: Int
    /// Numbers of the fields that stand in it, rising.
    package let fields: [UInt64]

    /// Key of it among the header's fields.
    package static let key: UInt64 = 30

    /// Takes all three.
    package init(part: Int, wraps: Int, fields: [UInt64]) {
        self.part = part
        self.wraps = wraps
        self.fields = fields
    }

    var pair: CBORPair {
        CBORPair(
            Self.key,
            .array([
                .unsigned(UInt64(part)), .unsigned(UInt64(wraps)),
                .array(fields.map { .unsigned($0) }),
            ])
        )
    }
}

/// What a header says of a part that has wraps for the sealed part of an earlier entry.
package struct WrapField: Hashable, Sendable {
    /// Index of the part.
    package let part: Int
    /// The entry whose sealed part it opens.
    package let entry: Digest

    /// Key of the list of them among the header's fields.
    package static let key: UInt64 = 31

    /// Pairs both.
    package init(part: Int, entry: Digest) {
        self.part = part
        self.entry = entry
    }

    /// The list as a field of a header.
    package static func pair(_ wraps: [WrapField]) -> CBORPair {
        CBORPair(
            key,
            .array(
                wraps.map { .array([.unsigned(UInt64($0.part)), .bytes($0.entry.bytes)]) }
            )
        )
    }
}

extension Header {
    /// Which part is sealed; nil for none, and for a field that names parts that are not there.
    package var seal: SealField? {
        guard case .array(let items)? = self[field: SealField.key], items.count == 3,
            let part = index(items[0]), let wraps = index(items[1]), part != wraps,
            case .array(let numbers) = items[2], numbers.count <= Header.fieldsMax
        else { return nil }
        var fields: [UInt64] = []
        for case .unsigned(let number) in numbers where fields.last.map({ $0 < number }) ?? true {
            fields.append(number)
        }
        guard fields.count == numbers.count else { return nil }
        return SealField(part: part, wraps: wraps, fields: fields)
    }

    /// The parts with wraps for earlier entries, in the order of the list; what is not of its form
    /// is left out.
    package var wraps: [WrapField] {
        guard case .array(let rows)? = self[field: WrapField.key] else { return [] }
        return rows.prefix(Header.partsMax).compactMap { row in
            guard case .array(let items) = row, items.count == 2, let part = index(items[0]),
                let entry = items[1].bytes32
            else { return nil }
            return WrapField(part: part, entry: entry)
        }
    }

    /// Indices of the parts that no view needs: the sealed one, and all with wraps.
    package var closedParts: Set<Int> {
        Set([seal?.part, seal?.wraps].compactMap { $0 } + wraps.map(\.part))
    }

    private func index(_ value: CBORValue) -> Int? {
        guard case .unsigned(let number) = value, number < UInt64(parts.count) else { return nil }
        return Int(number)
    }
}
