import Crypto
import Ledger
import Replica
import Replication

/// Those who watch a world from outside: they see all disks and frames, and share no rule with the
/// code they watch.
struct Checkers {
    /// What was found first; the world stops at it.
    private(set) var failure: Failure?
    var acknowledged = AcknowledgedChecker()
    var claims = ClaimChecker()
    var bounds = BoundsChecker()
    var redaction = RedactionChecker()
    private let city: City

    /// What a checker found.
    struct Failure: CustomStringConvertible {
        let checker: String
        let detail: String

        var description: String { "\(checker): \(detail)" }
    }

    init(_ city: City) { self.city = city }

    /// Keeps the first failure.
    mutating func fail(_ checker: String, _ detail: String) {
        if failure == nil { failure = Failure(checker: checker, detail: detail) }
    }

    /// Looks at a line of a node's log.
    mutating func noticed(_ notice: Notice, at node: SimulatedNode, _ world: World) {
        guard node.isHonest, !node.isClone else { return }
        if let detail = BlameChecker.fault(notice, at: node, world) { fail("blame", detail) }
    }

    /// Looks at everything at the end.
    mutating func end(_ world: World) {
        if let detail = claims.failure { fail("claims", detail) }
        if let detail = bounds.failure { fail("bounds", detail) }
        guard failure == nil else { return }
        if let detail = ConvergenceChecker.difference(world) { return fail("convergence", detail) }
        if let detail = ConvergenceChecker.viewDifference(world) { return fail("views", detail) }
        if let detail = PartsChecker.lacking(world) { return fail("parts", detail) }
        if let detail = PartsChecker.wrong(world) { return fail("parts", detail) }
        if let detail = RedactionChecker.kept(world) { return fail("redaction", detail) }
        if let detail = RedactionChecker.shown(world) { return fail("redaction", detail) }
        if let detail = PartsChecker.unwanted(world) { return fail("outside", detail) }
        if let detail = acknowledged.loss(world) { return fail("acknowledged", detail) }
        if let detail = FreezeChecker.frozen(world) { return fail("frozen", detail) }
        if let detail = ForkChecker.unseen(world) { return fail("forks", detail) }
        if let detail = RightsChecker.breach(world) { return fail("rights", detail) }
        if let detail = RightsChecker.guest(world) { return fail("guest", detail) }
    }
}
