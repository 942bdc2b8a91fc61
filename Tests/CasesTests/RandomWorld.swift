import Cases
import Crypto
import Encoding
import Ledger
import TestSupport

/// A random history of two cases, written by up to eight offices that meet now and then.
///
/// What is written follows from the seed alone; what the clocks say follows from another, so that
/// the same history can be had with other times.
struct RandomWorld {
    /// What a history is made of.
    struct Mix {
        var entriesMax = 60
        var hasRatifications = true
        var hasUnknown = true
    }

    private(set) var world: World
    /// Verdicts that the offices' places and roles do not give.
    private(set) var rights: [Digest: RightVerdict] = [:]
    private var generator: SeededGenerator
    private var clocks: SeededGenerator
    /// Roughly what each log takes the stage of each case to be.
    private var guesses: [[Stage]]
    private var second = 0
    /// How often news travels: once in so many entries.
    private var silence = 3

    private static let places = [
        "330113002", "330113003", "330105013", "330113", "330105", "3301",
    ]
    private static let roster = SubjectID(openedIn: sha256([99]), at: 0)

    init(seed: UInt64, clockSeed: UInt64? = nil, _ mix: Mix = Mix()) throws {
        generator = SeededGenerator(seed: seed)
        clocks = SeededGenerator(seed: clockSeed ?? seed &+ 7_000_000)
        let logCount = Int.random(in: 1...8, using: &generator)
        world = World(logCount: logCount)
        guesses = Array(repeating: [.reported, .reported], count: logCount)
        for log in 0..<logCount {
            world.clockErrors[log] = Int.random(in: -400_000...400_000, using: &clocks)
        }
        silence = [1, 1, 3, 6][number(4)]
        if number(3) > 0 {
            world.offices = (0..<logCount).map { log in
                Scope(log == 0 ? Self.places[0] : Self.places[number(Self.places.count)])
            }
        }
        if number(4) == 0, logCount > 1 {
            world.roles[logCount - 1] = [.mediator, .gridOfficer, .departmentOfficer]
        }
        try world.write(number(8) == 0 ? .takeOver : .report, seconds: tick())
        if number(8) > 0 { world.syncAll() }
        _ = try world.open(.report, in: logCount > 1 ? 1 : 0, seconds: tick())
        if number(8) > 0 { world.syncAll() }
        try fill(to: 2 + number(mix.entriesMax), mix)
    }

    /// The rights of the history.
    var authority: Authority {
        let (plain, rights) = (world.authority, rights)
        return Authority { entry, scopes, right in
            rights[entry.hash] ?? plain.verdict(entry, scopes, right)
        } standing: { entry in
            rights[entry.hash] ?? .allowed
        }
    }

    private mutating func number(_ limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &generator)
    }

    private mutating func tick() -> Int {
        second += 7
        return second + Int.random(in: -20_000...20_000, using: &clocks)
    }

    private mutating func fill(to count: Int, _ mix: Mix) throws {
        let cut = mix.hasRatifications && world.logs.count > 1 && number(2) == 0
        var contested: [Digest] = []
        var judged = world.entries.count
        while world.entries.count < count {
            let log = number(world.logs.count)
            if number(silence) == 0 { meet(number(world.logs.count), log) }
            if number(12) == 0 { try burst(log, mix) }
            if cut, number(12) == 0 {
                let ratification = ratify(in: log)
                for hash in contested where number(4) > 0 {
                    if case .ratified(let others) = rights[hash] {
                        rights[hash] = .ratified(by: others + [ratification])
                    } else {
                        rights[hash] = .ratified(by: [ratification])
                    }
                }
                continue
            }
            try next(in: log, mix)
            // The last log's right had ended.
            guard cut else { continue }
            for entry in world.entries.dropFirst(judged) where entry.log == world.logs.last {
                guard entry.header.operation != "grant.ratify" else { continue }
                contested.append(entry.hash)
                rights[entry.hash] = .contested
            }
            judged = world.entries.count
        }
    }

    private mutating func ratify(in log: Int) -> Digest {
        var header = world.header("grant.ratify", in: log, about: [0], seconds: tick())
        header.subjects.insert(Self.roster, at: 0)
        return world.append(header, parts: [], to: log).hash
    }

    /// One learns what another knows.
    private mutating func meet(_ from: Int, _ to: Int) {
        world.sync(from: from, to: to)
        guesses[to] = guesses[from]
    }

    /// A course of entries that random ones would seldom make.
    private mutating func burst(_ log: Int, _ mix: Mix) throws {
        let other = number(world.logs.count)
        let here = world.offices[log]?.code ?? Self.places[0]
        let there = world.offices[other]?.code ?? Self.places[1]
        func both(_ random: inout RandomWorld) {
            random.meet(log, other)
            random.meet(other, log)
        }
        switch number(6) {
        case 0:
            for answer in [CaseOperation.reject, .reject, .take] {
                try put(.offer, in: log, to: there, mix)
                both(&self)
                try put(answer, in: other, mix)
                both(&self)
            }
        case 1:
            for operation in [CaseOperation.register, .accept, .mediate] {
                try put(operation, in: log, mix)
            }
            both(&self)
            try put(.agree, in: log, mix)
            try put(.end, in: other, mix)
            if number(2) == 0 { both(&self) }
            try put(.settle, in: other, mix)
        case 2:
            both(&self)
            try put(.offer, in: log, to: there, mix)
            try put(.offer, in: other, to: here, mix)
            if number(2) == 0 { both(&self) }
            for taker in [log, other] { try put(.take, in: taker, mix) }
            both(&self)
            try put(.settle, in: log, to: there, mix)
        case 3:
            both(&self)
            try put(.link, in: log, numbers: [0, 1], to: there, mix)
            try put(.link, in: other, numbers: [1, 0], to: here, mix)
            both(&self)
            try put(.confirmLink, in: log, numbers: [0, 1], mix)
            try put(.confirmLink, in: other, numbers: [0, 1], mix)
            if number(2) == 0 { both(&self) }
        case 4:
            try put(.suspend, in: log, mix)
            meet(log, other)
            try put(.assign, in: other, to: there, mix)
            try put(.resume, in: number(2) == 0 ? log : other, mix)
        default:
            let courses: [[CaseOperation]] = [
                [.mediate, .agree, .perform, .session, .apply, .decide, .breach, .visit],
                [.close, .askReview, .answerReview, .askRereview, .answerRereview, .visit],
                [.refer, .answer, .takeBack],
            ]
            for operation in courses[number(3)] { try put(operation, in: log, mix) }
        }
    }

    private mutating func next(in log: Int, _ mix: Mix) throws {
        let about = number(4) == 0 ? 1 : 0
        let operation = operation(for: guesses[log][about])
        let numbers = operation.subjectCount == 2 ? (number(2) == 0 ? [0, 1] : [1, 0]) : [about]
        try put(operation, in: log, numbers: numbers, to: place(operation, log), mix)
    }

    private mutating func put(
        _ operation: CaseOperation,
        in log: Int,
        numbers: [Int] = [0],
        to place: String? = nil,
        _ mix: Mix
    ) throws {
        let stage = guesses[log][numbers[0]]
        let values = values(operation, stage)
        let isUnknown = mix.hasUnknown && number(150) == 0
        let isMalformed = number(60) == 0
        try world.write(
            operation,
            values,
            in: log,
            about: numbers,
            to: place,
            seconds: tick()
        ) { header in
            if isUnknown { header.operation = "case.later" }
            if isMalformed { header.fields = [] }
        }
        if operation.stages.contains(stage), !isUnknown, !isMalformed {
            guesses[log][numbers[0]] =
                operation == .resume ? .accepted : operation.leadsTo ?? stage
        }
    }

    private mutating func values(
        _ operation: CaseOperation,
        _ stage: Stage
    ) -> [CaseField: CBORValue] {
        var values: [CaseField: CBORValue] = [:]
        for use in operation.fields
        where ![.at, .redacted].contains(use.field) && use.field.spec.type != .digest {
            let rarity = operation.act == .settle ? 300 : operation.changesFields ? 30 : 5
            if use.isRequired || number(rarity) == 0 {
                values[use.field] = World.sample(use.field, number(4))
            }
        }
        if operation.changesFields, !values.keys.contains(where: { $0.spec.register != .act }) {
            values[.category] = World.sample(.category, number(4))
        }
        if operation.act == .redact, number(4) == 0 {
            values[.redacted] = World.sample(.redacted, number(4))
        }
        if operation.act == .extend { values[.partiesAgree] = .bool(number(2) == 0) }
        if operation.act == .settle {
            if number(2) == 0 { values[.stage] = .text(stage.rawValue) }
            if number(3) == 0 { values[.category] = .text("0201") }
        }
        return values
    }

    /// What fits more often than not, so that histories get somewhere.
    private mutating func operation(for stage: Stage) -> CaseOperation {
        let all = CaseOperation.all.filter { $0.kind == .case && $0 != .report }
        let moving: [CaseOperation] = [
            .offer, .take, .reject, .giveBack, .link, .confirmLink, .unlink, .settle, .suspend,
            .resume, .extend, .assign, .withdraw, .relate, .assist, .release,
            .redact, .approveRedaction, .refuseRedaction, .respond,
        ]
        switch number(8) {
        case 0: return all[number(all.count)]
        case 1, 2, 3: return moving[number(moving.count)]
        default:
            let fitting = all.filter { $0.stages.contains(stage) && $0.leadsTo != nil }
            guard !fitting.isEmpty else { return .reopen }
            return fitting[number(fitting.count)]
        }
    }

    private mutating func place(_ operation: CaseOperation, _ log: Int) -> String? {
        guard operation.namesReceiver || operation.act == .settle && number(2) == 0 else {
            return nil
        }
        let others = world.offices.compactMap { $0?.code }
        return others.isEmpty ? Self.places[number(3)] : others[number(others.count)]
    }
}
