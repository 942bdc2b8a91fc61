import Crypto
import Encoding
import Ledger
import Replica
import TransparencyLog

/// The offices of a world and what they had written before it begins: the founding, the grants,
/// and the opening of each log.
struct City {
    /// A genesis that can not be.
    struct Impossible: Error {}

    let ledger: Digest
    let offices: [Office]
    /// Offices that are enrolled while the world runs.
    let latecomers: [Office]
    let hasher = TreeHasher()
    private let founding: HeldEntry
    private var logs: [Digest: [HeldEntry]] = [:]
    private var grants: [Int: Digest] = [:]

    /// Codes of Hangzhou's districts and counties.
    private static let districtCodes = [
        "330105", "330106", "330102", "330108", "330109", "330110", "330111", "330112", "330113",
        "330114", "330122", "330127", "330182",
    ]

    init(_ options: SimulationOptions) throws {
        let count = options.nodes + options.latecomers
        let all = try (0..<count).map { number in
            try Self.office(number, options)
        }
        offices = Array(all.prefix(options.nodes))
        latecomers = Array(all.dropFirst(options.nodes))
        let founder = all[0]
        let recovery = try SigningKey(seed: sha256(Array("linli-sim recovery".utf8)))
        let draft = EntryDraft.found(
            name: "node-0",
            scope: founder.scope,
            endpoint: founder.endpoint,
            keys: founder.keys,
            recovery: Recovery(keys: [recovery.publicKey], threshold: 1)
        )
        founding = try Self.held(draft, by: founder, at: 0, ledger: .zero, after: [])
        ledger = founding.hash
        logs[founder.id] = [founding]
        for office in offices.dropFirst() where office.level == .district {
            grants[office.number] = try write(grant(office), by: founder, knowing: []).hash
        }
        for office in offices.dropFirst() where office.level == .district {
            _ = try write(opening(of: office), by: office, knowing: [founder.id])
        }
        for office in offices where office.level == .street {
            let district = enroller(of: office)
            let entry = try write(grant(office), by: district, knowing: [founder.id])
            grants[office.number] = entry.hash
        }
        for office in offices where office.level == .street {
            let known = [founder.id, enroller(of: office).id]
            _ = try write(opening(of: office), by: office, knowing: known)
        }
        guard options.witnesses > 0 else { return }
        let naming = EntryDraft.witnesses(
            roster: subject,
            area: founder.scope,
            offices.prefix(options.witnesses).map { .node($0.id) },
            replacing: []
        )
        _ = try write(naming, by: founder, knowing: offices.map(\.id))
    }

    private static func office(_ number: Int, _ options: SimulationOptions) throws -> Office {
        let level: Level = number == 0 ? .city : number <= options.districts ? .district : .street
        let code: String
        switch level {
        case .city: code = "3301"
        case .district: code = districtCodes[(number - 1) % districtCodes.count]
        default:
            let place = number - options.districts - 1
            let district = districtCodes[place % options.districts % districtCodes.count]
            let suffix = String(place / options.districts + 1)
            code = district + String(repeating: "0", count: 3 - suffix.count) + suffix
        }
        guard let scope = Scope(code) else { throw Impossible() }
        let listens: Bool
        switch options.topology {
        case .mesh: listens = true
        case .star: listens = level != .street
        case .line: listens = false
        }
        return try Office(number, level, scope, seed: options.seed, listens: listens)
    }

    /// What all roster entries are about.
    var subject: SubjectID { SubjectID(openedIn: offices[0].id, at: 0) }

    /// The district of a street.
    func enroller(of office: Office) -> Office {
        offices.first { $0.level == .district && $0.scope.covers(office.scope) } ?? offices[0]
    }

    func grant(_ office: Office) -> EntryDraft {
        .grant(roster: subject, request: office.request, isConfirmed: true)
    }

    /// The entry by which an office was enrolled before the world began.
    func grantHash(of office: Office) -> Digest? { grants[office.number] }

    private func opening(of office: Office) -> EntryDraft {
        .open(roster: subject, enrolment: grants[office.number] ?? .zero, keys: office.keys)
    }

    private mutating func write(
        _ draft: EntryDraft,
        by office: Office,
        knowing others: [Digest]
    ) throws -> HeldEntry {
        let known = ([office.id] + others).flatMap { logs[$0] ?? [] }
            .compactMap { $0.placed(isForged: false) }
        let entry = try Self.held(
            draft,
            by: office,
            at: UInt64(logs[office.id, default: []].count),
            ledger: ledger,
            after: SubjectGraph(known).after(writingIn: office.id)
        )
        logs[office.id, default: []].append(entry)
        return entry
    }

    private static func held(
        _ draft: EntryDraft,
        by office: Office,
        at sequence: UInt64,
        ledger: Digest,
        after: [Digest]
    ) throws -> HeldEntry {
        let place = Place(log: office.id, sequence: sequence)
        let sealed = try draft.sealed(
            in: EntryContext(ledger: ledger, place: place, time: World.start, after: after),
            salts: draft.parts.map { _ in sha256(office.id.bytes + bigEndianBytes(sequence)) },
            author: office.service
        )
        return HeldEntry(sealed.entry, hash: sealed.hash, place: place, header: sealed.header)
    }

    /// The home of an office when the world begins.
    ///
    /// - Parameters:
    ///   - office: whose it is.
    ///   - isJoined: whether it holds all logs, or beside its own the invitation only.
    ///   - dice: by which its disk fails.
    /// - Returns: the home's disk.
    /// - Throws: what signing throws.
    func home(of office: Office, isJoined: Bool, dice: Dice) throws -> SimulatedDisk {
        var store = SimulatedStore(
            SimulatedStore.Identity(ledger: ledger, founder: offices[0].id, log: office.id),
            invited: founding
        )
        var held = isJoined ? offices.filter { logs[$0.id] != nil } : []
        if !isJoined {
            // A district wrote its grants with the founder's log before it.
            if office.level == .district { held = [offices[0]] }
            if let own = offices.first(where: { $0.number == office.number }) { held.append(own) }
        }
        for other in held {
            let entries = logs[other.id] ?? []
            store.insert(
                SimulatedStore.Batch(
                    log: other.id,
                    entries: entries,
                    forged: [],
                    checked: entries.count,
                    note: other.number == office.number ? nil : try note(of: other, entries)
                ),
                hasher: hasher
            )
        }
        let disk = SimulatedDisk(store, dice: dice)
        if store.own.size > 0 {
            disk.fence.write(OwnLogGuard.Mark(size: store.own.size, root: store.own.root))
        }
        return disk
    }

    private func note(of office: Office, _ entries: [HeldEntry]) throws -> [UInt8] {
        var log = HeldLog()
        log.append(entries, hasher: hasher)
        return try SignedCheckpoint.sign(size: log.size, root: log.root, with: office.log)
            .note.bytes
    }
}
