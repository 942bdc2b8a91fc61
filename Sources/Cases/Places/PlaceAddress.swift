/// One field of an address below the street.
package enum PlaceField: String, CaseIterable, Sendable {
    case community, grid, plate, quarter, building, unit, floor, room

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .community: Label("社区", "community")
        case .grid: Label("网格", "grid")
        case .plate: Label("门牌", "house number")
        case .quarter: Label("小区", "quarter")
        case .building: Label("楼幢", "building")
        case .unit: Label("单元", "unit")
        case .floor: Label("楼层", "floor")
        case .room: Label("室", "room")
        }
    }

    /// The word after the number in the canonical form of a field that counts.
    var word: String? {
        switch self {
        case .community, .plate, .quarter: nil
        case .grid: "网格"
        case .building: "幢"
        case .unit: "单元"
        case .floor: "层"
        case .room: "室"
        }
    }
}

/// An address below the street, each field in its canonical form.
///
/// | field | form |
/// |---|---|
/// | community | Chinese characters, such as 白荡海社区; only before a grid |
/// | grid | 第N网格, N in Chinese numerals |
/// | plate | a road and a door's number, such as 文三路553号 |
/// | quarter | Chinese characters only |
/// | building | N幢 |
/// | unit | N单元 |
/// | floor | N层 or 地下N层 |
/// | room | N室, with one letter at most |
package struct PlaceAddress: Hashable, Sendable {
    /// How an absent field is written; never as an empty text.
    package static let absent = "无"

    private var values: [String?] = Array(repeating: nil, count: PlaceField.allCases.count)

    /// No field is there.
    init() {}

    /// The field, or 无.
    package subscript(field: PlaceField) -> String { value(field) ?? Self.absent }

    /// The field; nil if it is absent.
    package func value(_ field: PlaceField) -> String? { values[Self.index(field)] }

    /// Sets a field.
    mutating func set(_ field: PlaceField, _ value: String?) { values[Self.index(field)] = value }

    /// Whether no field is there.
    package var isEmpty: Bool { !values.contains { $0 != nil } }

    /// The fields that are there, one after another, from the widest to the narrowest.
    package var text: String { values.compactMap { $0 }.joined() }

    private static func index(_ field: PlaceField) -> Int {
        switch field {
        case .community: 0
        case .grid: 1
        case .plate: 2
        case .quarter: 3
        case .building: 4
        case .unit: 5
        case .floor: 6
        case .room: 7
        }
    }
}

extension PlaceAddress {
    /// What texts that mean the same place in one street share.
    ///
    /// A grid and its community count only where nothing finer is named, since grids are drawn
    /// anew; a floor only where no room is.
    func key(tail: String) -> String? {
        let finer: [PlaceField] = [.plate, .quarter, .building, .unit, .floor, .room]
        guard finer.contains(where: { value($0) != nil }) || !tail.isEmpty else {
            guard let grid = value(.grid) else { return nil }
            return "grid/1|\(value(.community) ?? "")|\(grid)"
        }
        let parts = finer.map { field in
            field == .floor && value(.room) != nil ? "" : value(field) ?? ""
        }
        return "place/1|" + (parts + [tail]).joined(separator: "|")
    }

    /// The part of the key that names the building: nil where none is named.
    var buildingKey: String? {
        guard value(.plate) != nil || value(.quarter) != nil && value(.building) != nil else {
            return nil
        }
        // A door's number says which quarter is meant.
        let name: PlaceField = value(.plate) == nil ? .quarter : .plate
        return "building/1|\(value(name) ?? "")|\(value(.building) ?? "")"
    }
}
