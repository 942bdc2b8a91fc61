/// Finds cases that come back: the same building and class within 180 days after a close.
///
/// Fed in the order of the reports. It keeps for each building and class the latest closing, and
/// those that lie ahead of the last report.
package struct RepeatWatch: Sendable {
    /// What makes two cases the same matter.
    package struct Matter: Hashable, Sendable {
        /// The building, as ``Building`` names it.
        let building: String
        /// The class of GB/T 31000, two digits.
        let category: String

        /// Nil where the building is not known, or the category is none of the standard's.
        package init?(building: String?, category: String?) {
            guard let building, let category, CodeList.eventTypes[category] != nil else {
                return nil
            }
            self.building = building
            self.category = String(category.prefix(2))
        }
    }

    private var closings: [Matter: [UInt64]] = [:]

    /// Nothing was closed yet.
    package init() {}

    /// For how long after a close a new report counts as a repetition, in milliseconds.
    package static let window: UInt64 = 180 * 86_400_000

    /// Takes up one case; whether it is a repetition of one that was fed before.
    package mutating func isRepeat(
        _ matter: Matter,
        reportedAt: UInt64,
        closedAt: UInt64?
    ) -> Bool {
        let known = closings[matter, default: []]
        let latest = known.filter { $0 <= reportedAt }.max()
        // A source's closing before its own report says nothing about when the matter was over.
        let own = closedAt.flatMap { $0 >= reportedAt ? $0 : nil }
        let kept = [latest, own].compactMap { $0 } + known.filter { $0 > reportedAt }
        if !kept.isEmpty { closings[matter] = kept }
        return latest.map { reportedAt - $0 <= Self.window } ?? false
    }
}

/// What a building is called, so that cases at one building can be told from others.
package enum Building {
    /// The unified address code, else the building of the text by the rules of addresses, within
    /// its street; nil if neither says which it is.
    ///
    /// `names` are those of the divisions that hold the street, which people repeat.
    package static func key(
        address: String?,
        place: String?,
        street: String,
        names: [String]
    ) -> String? {
        if let address { return "code/\(address)" }
        guard let place, let key = PlaceText.read(place, within: names).buildingKey else {
            return nil
        }
        return "\(street)/\(key)"
    }
}
