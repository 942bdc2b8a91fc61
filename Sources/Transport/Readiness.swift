internal import Dispatch

/// Waits until one direction of a descriptor is ready.
///
/// The Dispatch source is resumed only while somebody waits, so an unread descriptor costs
/// nothing. One waiter at a time, until ``takeOver()`` leaves the direction to another.
final class Readiness: Sendable {
    /// Why a wait ended; anything but `ready` leaves it unknown whether the descriptor is.
    enum Outcome {
        case ready
        case timedOut
        case interrupted
    }

    /// Which way the bytes go.
    enum Direction {
        case read
        case write
    }

    private struct State {
        var waiter: CheckedContinuation<Outcome, Never>?
        var deadline = DispatchTime.distantFuture
        /// Earliest time at which `checkDeadline` is due to run.
        var nextCheck = DispatchTime.distantFuture
        var isResumed = false
        var isTakenOver = false
        var isCancelled = false
    }

    private let state = Locked(State())
    private let queue: DispatchQueue
    // Dispatch documents its objects as safe to use from any thread; the pairing of resume and
    // suspend is kept under `state`.
    nonisolated(unsafe) private let source: any DispatchSourceProtocol

    /// Looks at `descriptor` while somebody waits; `ended` runs once, after the last look.
    init(
        of descriptor: Int32,
        _ direction: Direction,
        queue: DispatchQueue,
        ended: @escaping @Sendable () -> Void
    ) {
        self.queue = queue
        switch direction {
        case .read:
            unsafe source = DispatchSource.makeReadSource(
                fileDescriptor: descriptor,
                queue: queue
            )
        case .write:
            unsafe source = DispatchSource.makeWriteSource(
                fileDescriptor: descriptor,
                queue: queue
            )
        }
        unsafe source.setEventHandler { [weak self] in self?.fired() }
        unsafe source.setCancelHandler { ended() }
    }

    deinit { end() }

    /// Waits, at the latest to `deadline`.
    ///
    /// A cancelled task is interrupted if `cancellable`. After ``takeOver()`` only the one that
    /// called it may wait, and says so.
    ///
    /// The wait begins on any thread, also for a caller on an actor, which meanwhile runs other
    /// calls: `withTaskCancellationHandler` does not keep its body there.
    nonisolated(nonsending) func wait(
        until deadline: DispatchTime,
        cancellable: Bool,
        hasTakenOver: Bool = false
    ) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                begin(
                    waiter,
                    until: deadline,
                    cancellable: cancellable,
                    hasTakenOver: hasTakenOver
                )
            }
        } onCancel: {
            if cancellable { interrupt() }
        }
    }

    /// Interrupts the wait under way and every one that others begin from now on.
    ///
    /// Ending the wait under way would not do: its task may be about to begin it.
    func takeOver() {
        let waiter = state.withLock { state in
            state.isTakenOver = true
            return state.waiter.take()
        }
        waiter?.resume(returning: .interrupted)
    }

    /// Stops looking at the descriptor for ever and interrupts the waiter.
    func end() {
        let waiter = state.withLock { state in
            guard !state.isCancelled else { return nil as CheckedContinuation<Outcome, Never>? }
            state.isCancelled = true
            // A suspended source never runs its cancel handler.
            if !state.isResumed { unsafe source.resume() }
            unsafe source.cancel()
            return state.waiter.take()
        }
        waiter?.resume(returning: .interrupted)
    }

    private func begin(
        _ waiter: CheckedContinuation<Outcome, Never>,
        until deadline: DispatchTime,
        cancellable: Bool,
        hasTakenOver: Bool
    ) {
        let isWaiting = state.withLock { state in
            // Asked under the lock: a later cancellation finds the waiter in place.
            if state.isCancelled || cancellable && Task.isCancelled { return false }
            if state.isTakenOver, !hasTakenOver { return false }
            precondition(state.waiter == nil, "two tasks wait for one direction of a socket")
            state.waiter = waiter
            state.deadline = deadline
            checkDeadlineLater(&state)
            if !state.isResumed {
                unsafe source.resume()
                state.isResumed = true
            }
            return true
        }
        if !isWaiting { waiter.resume(returning: .interrupted) }
    }

    private func fired() {
        state.withLock { state in
            guard state.isResumed, !state.isCancelled else { return }
            unsafe source.suspend()
            state.isResumed = false
        }
        answer(.ready)
    }

    /// Ends the wait of a task that was cancelled, not that of whoever has taken over since.
    private func interrupt() {
        let waiter = state.withLock { $0.isTakenOver ? nil : $0.waiter.take() }
        waiter?.resume(returning: .interrupted)
    }

    private func answer(_ outcome: Outcome) {
        let waiter = state.withLock { $0.waiter.take() }
        waiter?.resume(returning: outcome)
    }

    // One check serves many waits: most end long before their deadline.
    private func checkDeadlineLater(_ state: inout State) {
        guard state.deadline < state.nextCheck else { return }
        let due = state.deadline
        state.nextCheck = due
        queue.asyncAfter(deadline: due) { [weak self] in self?.checkDeadline(due) }
    }

    private func checkDeadline(_ due: DispatchTime) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            if state.nextCheck == due { state.nextCheck = .distantFuture }
            guard state.waiter != nil else { return nil }
            if state.deadline <= .now() { return state.waiter.take() }
            checkDeadlineLater(&state)
            return nil
        }
        waiter?.resume(returning: .timedOut)
    }
}
