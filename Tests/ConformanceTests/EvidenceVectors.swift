import Audit
import Crypto
import Encoding
import Ledger

/// Manifests of evidence, of which each has one form only, and what may be wrong with one.
enum EvidenceVectors {
    static func all() -> [VectorFile] {
        func digest(_ name: String) -> Digest { sha256(Array(name.utf8)) }
        let items = [
            EvidenceManifest.Item(
                entry: digest("a"),
                isAboutSubject: true,
                parts: [.disclosed, .withheld, .sealed, .redacted, .absent]
            ),
            EvidenceManifest.Item(entry: digest("b"), isAboutSubject: false, parts: []),
        ]
        let manifest = EvidenceManifest(
            ledger: digest("ledger"),
            subject: SubjectID(openedIn: digest("log"), at: 7),
            frontier: digest("frontier"),
            fold: 3,
            now: 1_767_225_600_000,
            isWhole: true,
            items: items
        )
        let good = manifest.text
        let first = "entry=\(manifest.items[0].entry)"
        var swapped = good.split(separator: "\n").map(String.init)
        swapped.swapAt(7, 8)
        let bad = [
            ("whole", "whole is neither yes nor no", good.replacing("=yes", with: "=maybe")),
            ("plus", "a number has a sign", good.replacing("fold=", with: "fold=+")),
            ("leading_zero", "a number begins with zero", good.replacing("fold=", with: "fold=0")),
            (
                "upper_case", "a hash in upper case",
                good.replacing("\(digest("frontier"))", with: "\(digest("frontier"))".uppercased())
            ),
            (
                "carriage_return", "lines end as on other systems",
                good.replacing("\n", with: "\r\n")
            ),
            (
                "two_spaces", "words are parted by two spaces",
                good.replacing(" roster", with: "  roster")
            ),
            ("without_end", "the last line feed is missing", String(good.dropLast())),
            ("longer", "a line behind the end", good + "\n"),
            ("unsorted", "the entries do not rise", swapped.joined(separator: "\n") + "\n"),
            (
                "twice", "an entry stands twice",
                good.replacing(first, with: first + " roster -\n" + first)
            ),
            ("state", "a state is not known", good.replacing("dwsra", with: "dwsrx")),
            (
                "seventeen_parts", "an entry has more parts than a header",
                good.replacing("dwsra", with: String(repeating: "a", count: 17))
            ),
            (
                "about", "about neither subject nor roster",
                good.replacing(" roster ", with: " other ")
            ),
            ("version", "of another version", good.replacing("/v1", with: "/v2")),
        ]
        let named = [
            VectorFile("evidence/manifest_good", what: "two entries", expect: "good")
                .with("manifest", Array(good.utf8))
        ]
        return named
            + bad.map { name, what, text in
                VectorFile("evidence/manifest_\(name)", what: what, expect: "bad")
                    .with("manifest", Array(text.utf8))
            }
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        let text = String(validating: try file.bytes("manifest"), as: UTF8.self)
        return text.flatMap { try? EvidenceManifest(text: $0) } != nil
    }
}
