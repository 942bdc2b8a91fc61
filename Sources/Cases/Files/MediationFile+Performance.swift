internal import Encoding

extension MediationFile {
    /// One item of the agreement and what came of it.
    package struct Item: Hashable, Sendable {
        /// From 1.
        package let number: UInt64
        /// What was agreed.
        package let text: Held
        /// The end of the day until which it is to be done, or the instant; nil for none.
        package let due: UInt64?
        /// What was recorded of it, in order.
        package let acts: [FiledAct]
        /// Breaches of it.
        package let breaches: [FiledAct]

        /// Content and way of an item that is written as `what; how; until when`; nil for others.
        package var columns: (content: String, way: String)? {
            guard let text = text.text else { return nil }
            let columns = text.split(omittingEmptySubsequences: false) { $0 == ";" || $0 == "；" }
                .map(Self.trimmed)
            guard columns.count == 3,
                columns[2].isEmpty || LedgerTime.instant(columns[2]) != nil
            else { return nil }
            return (columns[0], columns[1])
        }

        /// When it was done, by the last that was recorded.
        package var doneAt: UInt64? {
            guard let last = acts.last, last[.done].flag == true else { return nil }
            // Said again later, it was done when it was first said, unless that was taken back.
            let since = acts.lastIndex { $0[.done].flag != true }.map { $0 + 1 } ?? 0
            return acts[since...].first?.at
        }

        /// What was paid in all, in fen; nil if nobody recorded any of it.
        package var paid: UInt64? {
            let sums = acts.compactMap { $0[.paid].number }
            guard !sums.isEmpty else { return nil }
            return sums.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
        }

        /// Whether some payment is not held here, so that the sum is not whole.
        package var isPaidInPart: Bool { acts.contains { $0[.paid] == .notHeld } }

        private static func trimmed(_ text: Substring) -> String {
            var rest = text.drop { $0 == " " }
            while rest.last == " " { rest.removeLast() }
            return String(rest)
        }

        /// How it stands.
        package func state(now: UInt64) -> State {
            guard let doneAt else {
                guard let due else { return .openEnded }
                return now > due ? .overdue : .open
            }
            guard let due else { return .done }
            return doneAt <= due ? .onTime : .late
        }
    }

    /// How an item stands.
    package enum State: String, Sendable {
        /// Done, where no term was agreed.
        case done
        case onTime = "on-time"
        case late
        /// Not done, and its time has not come.
        case open
        /// Not done, and no term was agreed.
        case openEnded = "open-ended"
        case overdue

        /// What a reader sees.
        package var label: Label {
            switch self {
            case .done: Label("已履行", "done")
            case .onTime: Label("按期履行", "done on time")
            case .late: Label("逾期履行", "done late")
            case .open: Label("未到期", "not due yet")
            case .openEnded: Label("未载履行", "not recorded as done")
            case .overdue: Label("逾期未履行", "overdue")
            }
        }
    }

    /// The items of the agreement that stands, with what came of each.
    package var items: [Item] {
        guard hasAgreement else { return [] }
        let texts = self[.item].held
        let terms = terms
        let since = acts.lastIndex { $0.operation == .agree } ?? -1
        let later = acts.dropFirst(since + 1)
        let records = later.filter { act in
            act.operation == .perform || act.operation == .takeOverRecord && act[.done] != .unsaid
        }
        let breaches = later.filter { act in
            act.operation == .breach
                || act.operation == .takeOverRecord && act[.action] != .unsaid
        }
        let named = (records + breaches).compactMap { $0[.itemNumber].number }
        // Beyond the items only what was recorded of one, and no more than can be listed.
        let last = min(named.max() ?? 0, Self.itemsMax)
        let whole = self[.items].isSaid || texts == .notHeld ? 1 : 0
        let count = max(texts.texts.count, terms.count, Int(last), whole)
        return (0..<count).map { index in
            let number = UInt64(index + 1)
            return Item(
                number: number,
                text: text(index, texts),
                due: index < terms.count && terms[index] > 0
                    ? Self.lastInstant(terms[index])
                    : self[.term].held.number.map(Self.lastInstant),
                acts: records.filter { $0[.itemNumber].number == number },
                breaches: breaches.filter { $0[.itemNumber].number == number }
            )
        }
    }

    private static let itemsMax: UInt64 = 1000

    private func text(_ index: Int, _ texts: Held) -> Held {
        let items = texts.texts
        if items.indices.contains(index) { return .value(.text(items[index])) }
        if texts == .notHeld { return .notHeld }
        // Terms told in one piece are one item.
        return index == 0 && items.isEmpty ? self[.items].held : .unsaid
    }

    private var terms: [UInt64] {
        guard case .value(.array(let terms)) = self[.itemTerms].held else { return [] }
        return terms.map { if case .unsigned(let term) = $0 { term } else { 0 } }
    }

    /// A term that is a day ends with that day.
    ///
    /// - Source: 民法典 art. 203.
    private static func lastInstant(_ term: UInt64) -> UInt64 {
        let isMidnight = (term % day + LedgerTime.offset) % day == 0
        return isMidnight ? term.adding(day - 1) : term
    }
}
