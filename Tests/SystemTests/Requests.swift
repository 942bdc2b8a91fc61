import Crypto
import Ledger
import NodeRuntime

/// Requests written from the keys of a home, whatever they are.
enum Requests {
    static func letter(of path: String) throws -> String {
        let home = try Home(path: path)
        let request = EnrolmentRequest(
            name: home.configuration.name,
            level: .street,
            scope: try home.scope(),
            endpoint: nil,
            keys: try home.publicKeys()
        )
        return try request.signed(
            log: home.signingKey(.log),
            service: home.signingKey(.service),
            witness: home.signingKey(.witness),
            tls: home.signingKey(.tls)
        )
    }
}
