internal import Cases
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

extension OperationChecks {
    func warn(_ zh: String, _ en: String) {
        invocation.output.remark("linli: " + invocation.output.text(zh, en))
    }

    // MARK: Policies

    /// Refuses days that make no calendar and clocks that are there twice; warns of what reaches
    /// into the past.
    func checkPolicy(_ values: CaseDraft, _ store: Store, in place: Scope?) throws {
        if operation == .setCalendar, let year = values.number(.year) {
            try checkYear(year, values, store)
        }
        guard operation == .setProfile else { return }
        let codes = values.items(.clocks).compactMap { ProfileClock($0)?.code }
        if let twice = codes.first(where: { code in codes.count { $0 == code } > 1 }) {
            throw CommandError(.usage, "--clock-row gives \(twice) twice")
        }
        guard let from = values.number(.validFrom) else { return }
        if from < SystemSource.wallMilliseconds() {
            warn(
                "启用时间在过去: 此后上报的案件的时限随之改变",
                "--valid-from lies in the past: the deadlines of cases reported since then change"
            )
        }
        let isDefault = values[.isDefault] == .bool(true)
        let same = store.policy.profiles.first { profile in
            profile.scope == place && profile.validFrom == from
                && (profile.profile.code == values.text(.profileCode)
                    || isDefault && profile.isDefault)
        }
        if let same {
            warn(
                "同地区同时启用的还有 \(same.profile.code) (\(same.id.short))",
                "\(same.profile.code) (\(same.id.short)) begins there at the same time"
            )
        }
    }

    private func checkYear(_ year: UInt64, _ values: CaseDraft, _ store: Store) throws {
        func days(_ field: CaseField) -> [String] {
            values.items(field).compactMap { item in
                if case .unsigned(let day) = item { "\(day)" } else { nil }
            }
        }
        guard 1970...9999 ~= year else {
            throw CommandError(.usage, "--year is \(year), want one from 1970 to 9999")
        }
        do throws(WorkYearError) {
            _ = try WorkYear(
                year: year,
                holidays: days(.holidays),
                makeUpDays: days(.workdays)
            )
        } catch {
            throw CommandError(.usage, "the calendar of \(year) can not be: \(error)")
        }
        if store.policy.calendar.years.contains(where: { $0.year == year }) {
            warn(
                "\(year) 年已有日历; 范围最大者为准,其次最新者",
                "\(year) has a calendar: that of the widest area counts, of these the latest"
            )
        }
    }

    // MARK: Alerts

    /// Refuses an alert that was taken in before, whichever node did.
    func checkAlert(_ values: CaseDraft, _ store: Store) throws {
        if let source = values.text(.source), let id = values.text(.externalID),
            let known = try store.record(source: source, id: id)
        {
            throw CommandError(
                .bad,
                "the alert of this source and id is recorded already",
                hint: "linli alert show \(known.short)"
            )
        }
        if let expires = values.number(.expires), expires <= values.number(.occurred) ?? 0 {
            throw CommandError(.usage, "--expires is not later than --occurred")
        }
        if let code = values.text(.address) {
            try PlaceChecks(invocation, store).warn(ofCode: code, flag: "address")
        }
    }

    // MARK: Dwellings

    /// Refuses a dwelling that is registered already and times to come; warns of counts that do
    /// not add up.
    func checkDwelling(_ values: CaseDraft, _ subject: SubjectView?, _ store: Store) throws {
        if let occurred = values.number(.occurred),
            occurred > SystemSource.wallMilliseconds() + 600_000
        {
            throw CommandError(.usage, "--occurred lies in the future")
        }
        if operation == .enter, let code = values.text(.address) {
            var filter = RecordFilter(.dwelling)
            filter.code = code
            filter.isOpen = true
            if let known = try store.records(filter).first {
                throw CommandError(
                    .bad,
                    "a dwelling is registered at this address code",
                    hint: "linli dwelling check-in \(known.id.short) --people N"
                )
            }
            try PlaceChecks(invocation, store).warn(ofCode: code, flag: "address")
        }
        if operation == .checkOut, let subject, let leaving = values.number(.people) {
            let account = TenancyAccount(
                try store.folded(subject.id).history,
                calendar: store.policy.calendar
            )
            if let registered = account.registered, leaving > registered {
                warn(
                    "登记在住 \(registered) 人,少于离开人数",
                    "\(registered) are registered there, fewer than leave"
                )
            }
        }
    }
}
