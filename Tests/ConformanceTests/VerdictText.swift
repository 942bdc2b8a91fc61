import Cases
import Crypto
import Encoding
import Ledger

/// Verdicts as the vectors write them; `case.md` section 5 names the same words.
enum VerdictText {
    static func of(_ verdict: EntryVerdict) -> String {
        switch verdict {
        case .effective: "effective"
        case .inadmissible(let reason): "inadmissible \(of(reason))"
        case .noRight(let right): "no-right \(of(right))"
        case .forged: "forged"
        case .needsVersion(let version): "needs-version \(version)"
        case .malformed(let reason): "malformed \(of(reason))"
        case .waiting: "waiting"
        case .proposed: "proposed"
        case .ratified(let ratification): "ratified \(ratification)"
        }
    }

    private static func of(_ reason: Inadmissible) -> String {
        switch reason {
        case .notOpened: "not-opened"
        case .otherKind: "other-kind"
        case .stage(let stage): "stage \(stage.rawValue)"
        case .notImported: "not-imported"
        case .notHolder: "not-holder"
        case .notAbove: "not-above"
        case .offerPending: "offer-pending"
        case .noAssistance: "no-assistance"
        case .noSuchEntry: "no-such-entry"
        case .noRedaction: "no-redaction"
        case .noOffer: "no-offer"
        case .offerSuperseded: "offer-superseded"
        case .notFromThere: "not-from-there"
        case .noLink: "no-link"
        case .ownLink: "own-link"
        case .nothingToSettle: "nothing-to-settle"
        case .notExtendable: "not-extendable"
        case .noConsent: "no-consent"
        case .sameHand: "same-hand"
        case .interest: "interest"
        case .tooLate: "too-late"
        }
    }

    private static func of(_ reason: Malformed) -> String {
        switch reason {
        case .notTheOpening: "not-the-opening"
        case .noScope: "no-scope"
        case .subjects: "subjects"
        case .receiver: "receiver"
        case .missing(let field): "missing \(field.rawValue)"
        case .field(let field): "field \(field.rawValue)"
        case .partFields: "part-fields"
        }
    }

    static func of(_ right: RightVerdict) -> String {
        switch right {
        case .allowed: "allowed"
        case .noGrant: "no-grant"
        case .outsideScope: "outside-scope"
        case .notPermitted: "not-permitted"
        case .notPersonal: "not-personal"
        case .contested: "contested"
        case .refused: "refused"
        case .ratified(let entries):
            "ratified " + entries.map(\.description).joined(separator: " ")
        }
    }

    /// Reads what the line `right` says of an entry.
    static func right(_ words: [String]) -> RightVerdict? {
        switch words.first {
        case "contested": .contested
        case "refused": .refused
        case "not-permitted": .notPermitted
        case "ratified": .ratified(by: words.dropFirst().compactMap { Digest(hex: $0) })
        default: nil
        }
    }
}
