package import Crypto

extension RosterOperation {
    /// The key under which entries are signed that this one names, whether it has effect or not.
    ///
    /// A store looks by it at the signatures of roster entries that came before the grant of their
    /// author's key.
    package var namedAuthor: PublicKey? {
        switch self {
        case .found(let grant, _), .grant(let grant): grant.keys.service
        case .staff(let person): person.key
        case .succeed(let carried): carried.succession.keys.service
        case .open, .end, .policy, .witnesses, .mark, .fork: nil
        }
    }
}
