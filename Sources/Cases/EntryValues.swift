package import Encoding
package import Ledger

/// One value that an entry gives.
package struct EntryValue: Hashable, Sendable {
    /// Number of the field.
    package let id: UInt64
    /// What the table says of it; nil for a field of a newer version or of another type.
    package let spec: FieldSpec?
    /// The value; nil where its part is not held, or sealed.
    package let value: CBORValue?
    /// Whether the entry says that it is sealed.
    package var isSealed = false
}

/// Reads the values of an entry back, whatever version wrote it.
///
/// A part is a map from field numbers to values. The header lists under ``partFieldsKey`` the
/// numbers of all fields in parts, so that which registers an entry wrote does not depend on the
/// parts that happen to be held: an amendment whose text was erased does not bring the older text
/// back.
///
/// - Source: `Protocol/case.md` section 3.
package enum EntryValues {
    /// Key of the header's fields under which the numbers of the fields in parts stand, rising.
    package static let partFieldsKey: UInt64 = 0
    /// Keys of the header's fields that are no values.
    private static let areAboutParts: Set = [partFieldsKey, SealField.key, WrapField.key]

    /// All values of an entry, numbers rising; unreadable parts count as not held.
    package static func read(_ header: Header, _ parts: [[UInt8]?]) -> [EntryValue] {
        var values = header.fields.compactMap { pair in
            areAboutParts.contains(pair.key)
                ? nil : known(pair.key, pair.value, isInPart: false)
        }
        let held = pairs(of: parts)
        let sealed = header.seal?.fields ?? []
        for id in partFields(of: header) ?? [] {
            guard let pair = held.first(where: { $0.key == id }) else {
                values.append(
                    EntryValue(
                        id: id,
                        spec: CaseField(rawValue: id)?.spec,
                        value: nil,
                        isSealed: sealed.contains(id)
                    )
                )
                continue
            }
            values.append(known(id, pair.value, isInPart: true))
        }
        return values.sorted { $0.id < $1.id }
    }

    /// Numbers of the fields in parts; nil if the list is not of its form.
    static func partFields(of header: Header) -> [UInt64]? {
        guard let value = header[field: partFieldsKey] else { return [] }
        guard case .array(let items) = value, items.count <= Header.fieldsMax else { return nil }
        var ids: [UInt64] = []
        for case .unsigned(let id) in items where ids.last.map({ $0 < id }) ?? true {
            ids.append(id)
        }
        return ids.count == items.count ? ids : nil
    }

    /// What the parts that are held say, in their order.
    package static func pairs(of parts: [[UInt8]?]) -> [CBORPair] {
        parts.flatMap { part -> [CBORPair] in
            guard let part, case .map(let pairs)? = try? CBORValue(decoding: part) else {
                return []
            }
            return pairs
        }
    }

    /// Source and external id of a record that an entry takes over; nil where they are not held.
    package static func external(_ entry: PlacedEntry) -> (source: String, id: String)? {
        guard entry.header.operation == CaseOperation.takeOver.name else { return nil }
        let values = read(entry.header, entry.parts)
        func text(_ field: CaseField) -> String? {
            guard case .text(let text)? = values.first(where: { $0.id == field.rawValue })?.value
            else { return nil }
            return text
        }
        return text(.externalID).map { (text(.source) ?? "", $0) }
    }

    private static func known(
        _ id: UInt64,
        _ value: CBORValue,
        isInPart: Bool
    ) -> EntryValue {
        let spec = CaseField(rawValue: id)?.spec
        let fits = spec.map { ($0.place != .header) == isInPart && $0.type.admits(value) } ?? false
        return EntryValue(id: id, spec: fits ? spec : nil, value: value)
    }
}
