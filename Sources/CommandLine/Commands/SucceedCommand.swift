internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// `succeed`: a node in the founder's place, by the founder's recovery keys.
enum SucceedCommand {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let request = try EnrolmentRequest(armored: Enrolling.read(call.arguments[0]))
        guard request.level == .city else {
            throw CommandError(
                .bad,
                "the request is for a \(request.level.name) node, want a city",
                hint: "linli init --level city at the new node, or linli rotate at the founder"
            )
        }
        guard !call.all("recovery").isEmpty else {
            throw CommandError(.usage, "--recovery is missing", hint: "\(call.program) --help")
        }
        let isConfirmed = try Enrolling.confirmed(call, request.fingerprint, of: "request")
        let store = try call.openStore()
        guard let subject = store.rosterSubject, let recovery = store.roster.recovery,
            let founder = store.roster.grant(store.roster.ledger)
        else { throw CommandError(.unknown, "the founding entry is not held", hint: "linli sync") }
        guard founder.scope.covers(request.scope), request.scope.covers(founder.scope) else {
            throw CommandError(
                .bad,
                "the request is for \(request.scope), the founder's scope is \(founder.scope)"
            )
        }
        let succession = try succession(call, request, store)
        let signatures = try signatures(call, over: succession, recovery)
        let draft = EntryDraft.succeed(
            roster: subject,
            succession,
            signatures: signatures,
            name: request.name,
            endpoint: request.endpoint
        )
        if store.roster.grant(succession.hash) == nil {
            _ = try HomeWriter(home).append([AppendItem(draft)])
        } else {
            call.output.remark("succeeded already: this is the same invitation again")
        }
        if store.roster.member(log: request.keys.log.hash) != nil {
            Enrolling.report(call, [("grant", succession.hash.description), ("changed", "keys")])
            return .good
        }
        return try Enrolling.invite(call, home, store, request, succession.hash, isConfirmed)
    }

    private static func succession(
        _ call: Invocation,
        _ request: EnrolmentRequest,
        _ store: Store
    ) throws -> Succession {
        var cuts: [LogPosition] = []
        let ended =
            call.has("end-founder")
            ? store.roster.grants.filter { grant in
                grant.level == .city && !grant.hasEnded && grant.keys != request.keys
            } : []
        for log in Set(ended.map(\.log)).sorted() {
            guard let state = store.log(log) else { continue }
            cuts.append(LogPosition(log: log, size: state.size, root: state.root))
        }
        return Succession(
            ledger: store.roster.ledger,
            scope: request.scope,
            keys: request.keys,
            ended: ended.map(\.hash),
            cuts: cuts
        )
    }

    /// A signature of each key that is named, once.
    private static func signatures(
        _ call: Invocation,
        over succession: Succession,
        _ recovery: Recovery
    ) throws -> [RecoverySignature] {
        var signatures: [RecoverySignature] = []
        for file in call.all("recovery") {
            let key = try call.key(file)
            guard let index = recovery.keys.firstIndex(of: key.publicKey) else {
                throw CommandError(.bad, "\(file) holds no recovery key of this ledger")
            }
            guard !signatures.contains(where: { $0.index == UInt64(index) }) else {
                throw CommandError(.usage, "\(file) holds a key that another file holds too")
            }
            signatures.append(
                RecoverySignature(
                    index: UInt64(index),
                    signature: try key.sign(succession.message)
                )
            )
        }
        guard UInt64(signatures.count) >= recovery.threshold else {
            throw CommandError(
                .bad,
                "\(signatures.count) recovery keys are given, want \(recovery.threshold)"
            )
        }
        return signatures
    }
}
