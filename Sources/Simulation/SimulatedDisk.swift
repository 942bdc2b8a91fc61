import Crypto
import Replica

/// The power failed; whoever is told this exists no more.
struct PowerLoss: Error {}

/// A write that the disk refused.
enum DiskError: Error {
    /// No room is left.
    case full
    /// The fence can not be written.
    case fence
    /// The fence stands at another history.
    case behindFence
    /// The package does not follow on what is held.
    case outOfPlace
}

/// What of a home outlives its process: database, fence and the note of why it stopped.
///
/// Each write goes through steps at which power can fail. What was synced then stays; what was
/// written and not synced is there, torn or gone, as the dice say.
final class SimulatedDisk {
    /// The fence: two slots that are written in turn; one that was torn is empty.
    struct Fence {
        private var slots: [OwnLogGuard.Mark?] = [nil, nil]
        private var generation = 0

        /// The newest whole slot.
        var mark: OwnLogGuard.Mark? {
            slots[generation % 2] ?? slots[(generation + 1) % 2]
        }

        mutating func write(_ mark: OwnLogGuard.Mark?) {
            generation += 1
            slots[generation % 2] = mark
        }

        /// What a process finds when it opens the file: a torn write never happened.
        mutating func reopen() {
            if slots[generation % 2] == nil, generation > 0 { generation -= 1 }
        }
    }

    var store: SimulatedStore
    var fence = Fence()
    var stopped: OwnLogGuard.Stopped?
    /// Most bytes of entries that there is room for.
    var capacity = Int.max
    /// How often the fence can not be written.
    var fenceFailures = 0
    /// Steps until power fails; nil for never.
    var stepsLeft: Int?
    private var dice: Dice

    init(_ store: SimulatedStore, dice: Dice) {
        self.store = store
        self.dice = dice
    }

    /// A copy of the home, as someone makes who copies its folder.
    func copy() -> SimulatedDisk {
        let copy = SimulatedDisk(store, dice: dice.fork())
        copy.fence = fence
        copy.stopped = stopped
        return copy
    }

    /// Passes a step.
    ///
    /// - Throws: ``PowerLoss``, if it is the one at which power fails.
    private func step() throws {
        guard let left = stepsLeft else { return }
        stepsLeft = left > 0 ? left - 1 : nil
        if left == 0 { throw PowerLoss() }
    }

    /// Changes the database in one transaction: durable on return.
    func transaction(bytes: Int, _ change: (inout SimulatedStore) throws -> Void) throws {
        try step()
        guard store.bytes + bytes <= capacity else { throw DiskError.full }
        // Without a crash in sight nothing has to be undone, and copying costs.
        guard stepsLeft != nil else { return try change(&store) }
        let before = store
        do {
            try change(&store)
        } catch {
            store = before
            throw error
        }
        do {
            try step()
        } catch {
            // Written and not synced: a transaction is there whole or not at all.
            if dice.chance(50) { store = before }
            throw error
        }
        try step()
    }

    /// As ``transaction(bytes:_:)`` for a change that may turn out to be refused.
    func attempt(_ change: (inout SimulatedStore) throws -> Int) throws {
        try step()
        var next = store
        let bytes = try change(&next)
        guard store.bytes + bytes <= capacity else { throw DiskError.full }
        let before = store
        store = next
        do {
            try step()
        } catch {
            if dice.chance(50) { store = before }
            throw error
        }
        try step()
    }

    /// Raises the fence: durable on return.
    func raiseFence(to mark: OwnLogGuard.Mark) throws {
        guard mark != fence.mark else { return }
        if let held = fence.mark, mark.size <= held.size { throw DiskError.behindFence }
        guard fenceFailures == 0 else {
            fenceFailures -= 1
            throw DiskError.fence
        }
        do {
            try step()
        } catch {
            // The slot that was being written is whole, torn or as before.
            if dice.chance(60) { fence.write(dice.chance(50) ? mark : nil) }
            throw error
        }
        fence.write(mark)
        try step()
    }

    /// Notes why writing stopped; the first reason stays.
    func note(_ reason: OwnLogGuard.Stopped) throws {
        guard stopped == nil else { return }
        do {
            try step()
        } catch {
            if dice.chance(50) { stopped = reason }
            throw error
        }
        stopped = reason
        try step()
    }
}
