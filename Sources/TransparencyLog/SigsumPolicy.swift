package import Crypto
internal import Encoding

/// Which logs and witnesses somebody trusts: a file that other tools read as it is.
///
/// - Source: Sigsum policy, sigsum-go `doc/policy.md`: `log KEY [URL]`, `witness NAME KEY [URL]`,
///   `group NAME all|any|K MEMBER…`, `quorum NAME|none`; keys in hexadecimal.
package struct SigsumPolicy: Hashable, Sendable {
    private indirect enum Party: Hashable, Sendable {
        case witness(PublicKey)
        case group(threshold: Int, [String])
    }

    /// Most bytes of a policy.
    package static let bytesMax = 64 * 1024

    /// Keys of the logs.
    package let logs: [PublicKey]
    /// Every witness with its name, in the order of the text.
    package let witnesses: [(name: String, key: PublicKey)]

    private let parties: [String: Party]
    /// Nil for none.
    private let quorum: String?

    package static func == (left: SigsumPolicy, right: SigsumPolicy) -> Bool {
        left.logs == right.logs && left.parties == right.parties && left.quorum == right.quorum
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(logs)
        hasher.combine(quorum)
    }

    /// A policy that trusts logs, and wants so many of these witnesses; none if there are none.
    ///
    /// - Precondition: the names are different words.
    package static func text(
        logs: [PublicKey],
        witnesses: [(name: String, key: PublicKey)] = [],
        quorum: Int = 0
    ) -> String {
        var text = logs.map { "log \(hex($0.bytes.bytes))\n" }.joined() + "\n"
        guard !witnesses.isEmpty else { return text + "quorum none\n" }
        for (name, key) in witnesses { text += "witness \(name) \(hex(key.bytes.bytes))\n" }
        let names = witnesses.map(\.name).joined(separator: " ")
        return text + "\ngroup witnesses \(quorum) \(names)\nquorum witnesses\n"
    }

    /// Reads a policy; names are defined before they are used, and each is in one group at most.
    ///
    /// - Throws: ``SigsumPolicyError``, with the number of the line.
    package init(text: String) throws(SigsumPolicyError) {
        guard text.utf8.count <= Self.bytesMax else { throw SigsumPolicyError(0, "is too long") }
        var logs: [PublicKey] = []
        var witnesses: [(name: String, key: PublicKey)] = []
        var parties: [String: Party] = [:]
        var taken: Set<String> = []
        var quorum: String??
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let word = words.first else { continue }
            func wrong(_ what: String) -> SigsumPolicyError { SigsumPolicyError(number + 1, what) }
            func key(_ index: Int) throws(SigsumPolicyError) -> PublicKey {
                guard words.count > index, words.count <= index + 2,
                    let bytes = Bytes32(hex: words[index]), let key = try? PublicKey(bytes)
                else { throw wrong("has no key of 64 digits") }
                return key
            }
            switch word {
            case "log": logs.append(try key(1))
            case "witness":
                let key = try key(2)
                guard parties[words[1]] == nil, words[1] != "none" else {
                    throw wrong("names \(words[1]) twice")
                }
                parties[words[1]] = .witness(key)
                witnesses.append((words[1], key))
            case "group":
                guard words.count > 3, parties[words[1]] == nil, words[1] != "none" else {
                    throw wrong("is no group with a new name and members")
                }
                let members = Array(words[3...])
                for member in members {
                    guard parties[member] != nil, taken.insert(member).inserted else {
                        throw wrong("names \(member), which is not known or in a group already")
                    }
                }
                let threshold =
                    words[2] == "all" ? members.count : words[2] == "any" ? 1 : Int(words[2]) ?? 0
                guard 1...members.count ~= threshold else { throw wrong("wants \(words[2])") }
                parties[words[1]] = .group(threshold: threshold, members)
            case "quorum":
                guard words.count == 2, quorum == nil,
                    words[1] == "none" || parties[words[1]] != nil
                else { throw wrong("is no single quorum of a known name") }
                quorum = .some(words[1] == "none" ? nil : words[1])
            default: throw wrong("begins with \(word.prefix(20))")
            }
        }
        guard let quorum else { throw SigsumPolicyError(0, "has no quorum line") }
        self.logs = logs
        self.witnesses = witnesses
        self.parties = parties
        self.quorum = quorum
    }

    /// Whether enough witnesses cosigned the checkpoint of a proof.
    package func isMet(by proof: SigsumProof) -> Bool {
        guard let quorum else { return true }
        return isMet(quorum, by: proof)
    }

    private func isMet(_ name: String, by proof: SigsumProof) -> Bool {
        switch parties[name] {
        case .witness(let key): proof.cosigned(by: key) != nil
        case .group(let threshold, let members):
            members.count { isMet($0, by: proof) } >= threshold
        case nil: false
        }
    }
}

/// A text is no policy.
package struct SigsumPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    private let line: Int
    private let what: String

    init(_ line: Int, _ what: String) {
        self.line = line
        self.what = what
    }

    package var description: String {
        line > 0 ? "line \(line) of the policy \(what)" : "the policy \(what)"
    }
}
