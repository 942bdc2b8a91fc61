internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

extension PlaceImport {
    /// What a table of successions adds to those that are held.
    ///
    /// - Throws: ``CommandError`` for one that contradicts them.
    func successions(_ rows: [SuccessionRow]) throws -> Plan {
        let store = try invocation.openStore()
        let key = try home.importKey()
        var plan = Plan(rows: rows.count)
        for (index, row) in rows.enumerated() {
            guard let scope = Scope.covering(all: [row.old] + row.new) else {
                throw CommandError(.usage, "\(row.old): no place holds all codes of the row")
            }
            guard store.mayWrite(.succeedCode, in: scope, author: author) else {
                throw outside(scope, "\(row.old)")
            }
            var filter = RecordFilter(.place)
            filter.form = .succession
            filter.code = row.old.code
            let known = try store.records(filter).filter { $0.row.codeTable == row.table }
            let new = row.new.map(\.code)
            if known.contains(where: { Self.codes($0.row) == new }) {
                plan.known += 1
                continue
            }
            if let other = known.first(where: { $0.row.stage == Stage.inForce.rawValue }) {
                throw CommandError(
                    .bad,
                    "\(row.old) has another succession in table \(row.table); nothing was written",
                    hint: "linli place retire \(other.id.short) --reason … if that one is wrong"
                )
            }
            var draft = CaseDraft(.succeedCode)
            try draft.set(.oldCode, .text(row.old.code))
            try draft.set(.newCodes, .array(new.map(CBORValue.text)))
            try draft.set(.validFrom, .unsigned(row.effective ?? 0))
            try draft.set(.codeTable, .text(row.table))
            if !row.basis.isEmpty {
                try draft.set(.basis, .text(String(row.basis.unicodeScalars.prefix(200))))
            }
            let item = AppendItem(
                try entry(.succeedCode, draft, .opened, scope),
                reference: hmacSHA256(
                    key: key,
                    Array("succession\n\(row.table)\n\(row.old)\n\(new)".utf8)
                )
            )
            plan.items.append(BatchedAppend.Item(item: item, line: index + 2))
        }
        return plan
    }

    private static func codes(_ row: RecordRow) -> [String] {
        (row.parent ?? "").split(separator: " ").map(String.init).sorted()
    }
}
