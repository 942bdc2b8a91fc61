internal import Cases

/// What a record says of a whole mediation, beside what any record says.
package struct ImportedFile: Hashable, Sendable {
    /// Values of the case: registration, opening, agreement, closing.
    package var values: [Value] = []
    /// Sessions, performances, breaches, guidance: each becomes an entry of its own.
    package var records: [[Value]] = []

    /// One value in the words of the source's file.
    package struct Value: Hashable, Sendable {
        /// The field's name.
        package let flag: String
        /// One text, or the items of a list.
        package let texts: [String]

        /// Pairs both.
        package init(_ flag: String, _ texts: [String]) {
            self.flag = flag
            self.texts = texts
        }

        /// Sets it in a draft.
        ///
        /// - Throws: what does not fit its field.
        func set(in draft: inout CaseDraft) throws(CaseDraftError) {
            guard let field = FieldTable.field(flag: flag)?.field else {
                return try draft.set(flag: flag, texts.first ?? "")
            }
            switch field.spec.type {
            case _ where field.spec.type.itemsMax != nil: try draft.set(field, items: texts)
            case .text: try draft.set(field, texts.joined(separator: "、"))
            default:
                guard let text = texts.first, texts.count == 1 else {
                    throw .wrongType(flag: flag)
                }
                try draft.set(field, text)
            }
        }
    }

    /// The entry of one of the records.
    ///
    /// - Throws: what does not fit its field.
    func draft(ofRecord index: Int) throws(CaseDraftError) -> CaseDraft {
        var draft = CaseDraft(.takeOverRecord)
        for value in records[index] { try value.set(in: &draft) }
        return draft
    }

    /// Everything it says.
    var texts: [String] { (values + records.joined()).flatMap(\.texts) }
}
