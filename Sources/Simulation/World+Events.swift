import Crypto
import Encoding
import Ledger
import Replica
import Replication

extension World {
    /// Makes the nodes, connects and starts them, and plans what is to happen.
    func settle() throws {
        for office in city.offices {
            let isJoined = options.startsJoined || office.level == .city
            add(office, try city.home(of: office, isJoined: isJoined, dice: dice.fork()))
        }
        for (number, scopes) in options.scopes where number < nodes.count {
            nodes[number].disk.store.scopes = scopes
        }
        for (number, kind) in options.hostile where number < city.offices.count {
            let node = nodes[number]
            node.kind = kind
            node.hostility = kind.hostility
            guard kind == .fork else { continue }
            let twin = add(node.office, node.disk.copy())
            twin.kind = kind
            twin.hostility = kind.hostility
            twin.peers = node.peers
        }
        for number in options.newer where number < nodes.count { nodes[number].isNewer = true }
        for node in nodes { later(dice.number(0...500)) { [unowned self] in start(node) } }
        var time: UInt64 = 2_000
        for _ in 0..<options.events {
            time += dice.wait(mean: options.gapMilliseconds)
            agenda.plan(at: time) { [unowned self] in
                guard !isHealing else { return }
                event()
            }
        }
        for (index, office) in city.latecomers.enumerated() {
            agenda.plan(at: time * UInt64(index + 1) / 3) { [unowned self] in enrol(office) }
        }
        safetyEnd = time + 1_000
    }

    @discardableResult
    func add(_ office: Office, _ disk: SimulatedDisk) -> SimulatedNode {
        let node = SimulatedNode(nodes.count, office, disk)
        node.peers = peers(of: office)
        node.clockDrift = Int64(dice.number(0...200)) - 100
        if dice.chance(20) { node.clockOffset = Int64(dice.number(0...7_200_000)) - 3_600_000 }
        nodes.append(node)
        return node
    }

    /// Whom the operator of an office wrote into its configuration.
    private func peers(of office: Office) -> [PeerAddress] {
        let others: [Office]
        switch options.topology {
        case .line:
            others = (city.offices + city.latecomers).filter { $0.number + 1 == office.number }
        case .mesh, .star:
            guard office.number > 0 else { return [] }
            others = [city.offices[0], city.enroller(of: office)].filter {
                $0.number != office.number
            }
        }
        return others.map {
            PeerAddress(endpoint: Office.endpoint($0.number), key: $0.tls.publicKey)
        }
    }

    private func event() {
        let faults = options.faults.map { (item: $0.fault, weight: $0.weight) }
        if dice.chance(options.faultPercent), let fault = dice.pick(weighted: faults) {
            happen(fault)
        } else {
            write()
        }
    }

    /// Somebody writes something somewhere.
    private func write() {
        guard let node = dice.pick(nodes.filter { $0.process != nil }) else { return }
        guard node.kind != .fork else { return writeBranches(of: node.office) }
        let hostile = node.hostility?.writes(node, self)
        guard let items = hostile ?? workload.next(node, redacts: options.redacts, &dice) else {
            return
        }
        write(items, at: node)
    }

    /// Both histories of a forked log grow alike, so that only their roots differ; in half of the
    /// worlds by one entry and no more.
    private func writeBranches(of office: Office) {
        let twins = nodes.filter { $0.office.number == office.number }
        let isOnce = options.seed.isMultiple(of: 2)
        guard !isOnce || twins.allSatisfy({ $0.disk.store.own.size == 1 }) else { return }
        for twin in twins {
            let draft = Workload.report(office.scope, text: "branch \(twin.index)")
            write([WriteItem(draft)], at: twin)
        }
    }

    /// Hands items to a node as a command does, and remembers what it acknowledges.
    func write(
        _ items: [WriteItem],
        at node: SimulatedNode,
        then: @escaping (SimulatedKeeper.Released) -> Void = { _ in }
    ) {
        let job = SimulatedProcess.Job.append(items) { [unowned self] result in
            switch result {
            case .success(let released?):
                counters.writes += released.entries.count
                let operations = Set(released.entries.compactMap { $0.header?.operation })
                note(
                    "node=\(node.index) wrote first=\(released.append.first)"
                        + " count=\(released.entries.count)"
                        + " operations=\(operations.sorted().joined(separator: ","))"
                )
                checkers.acknowledged.add(released.entries, by: node)
                then(released)
            case .success(nil): break
            case .failure(let error):
                counters.refusals += 1
                note("node=\(node.index) refused error=\(error)")
            }
        }
        enqueue(job, at: node)
    }

    /// A district enrols an office, which joins by the invitation.
    private func enrol(_ office: Office) {
        let number = city.enroller(of: office).number
        guard let district = nodes.first(where: { $0.office.number == number }) else { return }
        guard district.process != nil, !district.isSuspect else {
            return later(5_000) { [unowned self] in enrol(office) }
        }
        // A grant that was committed and not acknowledged is found when it is tried again.
        let placed = district.disk.store.roster.grants.first { $0.log == office.id }
        if let placed { return join(office, placed.hash) }
        write([WriteItem(city.grant(office))], at: district)
        later(5_000) { [unowned self] in enrol(office) }
    }

    private func join(_ office: Office, _ enrolment: Digest) {
        guard !nodes.contains(where: { $0.office.number == office.number }),
            let disk = try? city.home(of: office, isJoined: false, dice: dice.fork())
        else { return }
        let keeper = SimulatedKeeper(disk, office, pool, isReckless: false)
        let draft = EntryDraft.open(roster: city.subject, enrolment: enrolment, keys: office.keys)
        let time = World.start + now
        guard (try? keeper.append([WriteItem(draft)], time: time) { .zero }) != nil else { return }
        let node = add(office, disk)
        note("node=\(node.index) joins office=\(office.number)")
        start(node)
    }
}
