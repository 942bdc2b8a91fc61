package import Crypto
internal import Encoding
internal import Ledger

extension SubjectView {
    /// Everything in the view as deterministic CBOR; its SHA-256 is the subject's leaf in the view
    /// digest.
    ///
    /// - Source: `Protocol/case.md` section 7, which names the keys.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 1024)
        writer.map(absentParts.isEmpty ? 20 : 21)
        writer.unsigned(0)
        writer.unsigned(SubjectFold.version)
        writer.unsigned(1)
        writer.bytes(id.bytes)
        writer.unsigned(2)
        writer.text(number)
        writer.unsigned(3)
        writer.bool(isImported)
        for (key, text) in [(4 as UInt64, scope.code), (5, holder.code), (6, stage.rawValue)] {
            writer.unsigned(key)
            writer.text(text)
        }
        let sources = writeRegisters(to: &writer)
        writer.unsigned(8)
        writer.text(profile)
        writeDeadlines(to: &writer)
        writer.unsigned(10)
        writer.array(conflicts.count)
        for conflict in conflicts {
            writer.array(4)
            writer.unsigned(conflict.register)
            writer.text(conflict.reason.rawValue)
            writer.text(conflict.owner.code)
            writer.unsigned(conflict.answerBy)
        }
        writer.unsigned(11)
        writer.array(flags.count)
        for flag in flags { writer.text(flag.rawValue) }
        writer.unsigned(12)
        writer.array(counts.all.count)
        for count in counts.all { writer.unsigned(UInt64(count)) }
        writer.unsigned(13)
        writer.unsigned(updatedAt)
        writer.unsigned(14)
        writer.value(needsVersion.map { .unsigned($0) } ?? .null)
        writer.unsigned(15)
        writer.array(sources.count)
        for source in sources {
            writer.array(3)
            writer.bytes(source.entry)
            writer.bytes(source.log)
            writer.unsigned(source.time)
        }
        writer.unsigned(16)
        writer.text(kind.rawValue)
        writeCustody(to: &writer)
        writeLinks(to: &writer)
        writeRedactions(to: &writer)
        writeAbsentParts(to: &writer)
        return writer.bytes
    }

    /// Nothing where all is held, so that two nodes have one digest exactly when they hold the same.
    private func writeAbsentParts(to writer: inout CBORWriter) {
        guard !absentParts.isEmpty else { return }
        writer.unsigned(20)
        writer.array(absentParts.count)
        for absent in absentParts {
            writer.array(2)
            writer.bytes(absent.entry)
            writer.unsigned(UInt64(absent.part))
        }
    }

    /// SHA-256 of ``encoded``.
    package func digest(_ hasher: SHA256Hasher) -> Digest { hasher.hash(encoded) }

    private func writeDeadlines(to writer: inout CBORWriter) {
        writer.unsigned(9)
        writer.array(deadlines.count)
        for deadline in deadlines {
            writer.array(7)
            writer.text(deadline.clock.rawValue)
            writer.unsigned(deadline.start)
            writer.unsigned(deadline.due)
            writer.value(deadline.doneAt.map { .unsigned($0) } ?? .null)
            writer.bool(deadline.hasEnded)
            writer.value(deadline.pausedAt.map { .unsigned($0) } ?? .null)
            writer.bool(deadline.isEstimated)
        }
    }

    private func writeCustody(to writer: inout CBORWriter) {
        writer.unsigned(17)
        writer.array(7)
        writer.value(custody.cameFrom.map { .text($0.code) } ?? .null)
        writer.array(custody.offers.count)
        for offer in custody.offers {
            writer.array(8)
            writer.bytes(offer.entry)
            writer.bytes(offer.log)
            writer.text(offer.to.code)
            for instant in [offer.time, offer.answerBy, offer.disputedFrom] {
                writer.unsigned(instant)
            }
            writer.bool(offer.isReturn)
            writer.bool(offer.isSuperseded)
        }
        for count in [custody.hops, custody.returns, custody.rejections] {
            writer.unsigned(UInt64(count))
        }
        writer.unsigned(custody.waited)
        writer.array(custody.assistances.count)
        for assistance in custody.assistances {
            writer.array(4)
            writer.bytes(assistance.entry)
            writer.bytes(assistance.log)
            writer.text(assistance.to.code)
            writer.unsigned(assistance.time)
        }
    }

    private func writeRedactions(to writer: inout CBORWriter) {
        writer.unsigned(19)
        writer.array(redactions.count)
        for redaction in redactions {
            writer.array(7)
            writer.bytes(redaction.entry)
            writer.bytes(redaction.log)
            writer.unsigned(redaction.time)
            writer.text(redaction.ground)
            writer.value(redaction.keepUntil.map { .unsigned($0) } ?? .null)
            writer.array(redaction.named.count)
            for hash in redaction.named { writer.bytes(hash) }
            writer.array(redaction.approvals.count)
            for approval in redaction.approvals {
                writer.array(3)
                writer.bytes(approval.entry)
                writer.bytes(approval.log)
                writer.unsigned(approval.time)
            }
        }
    }

    private func writeLinks(to writer: inout CBORWriter) {
        writer.unsigned(18)
        writer.array(links.count)
        for link in links {
            writer.array(7)
            writer.bytes(link.other.bytes)
            writer.text(link.kind.code)
            writer.bytes(link.entry)
            writer.bytes(link.log)
            writer.unsigned(link.time)
            writer.bool(link.isAgreed)
            writer.bool(link.isProposal)
        }
    }

    /// Writes the registers and returns one write of each entry that stands in them, by hash.
    private func writeRegisters(to writer: inout CBORWriter) -> [Write] {
        var sources: [Write] = []
        for write in registers.lazy.flatMap(\.writes) {
            // Sorted insertion: a register mostly repeats an entry of the one before.
            let index = Self.index(of: write.entry, in: sources)
            if index == sources.count || sources[index].entry != write.entry {
                sources.insert(write, at: index)
            }
        }
        writer.unsigned(7)
        writer.array(registers.count)
        for register in registers {
            writer.array(3)
            writer.unsigned(register.id)
            writer.value(register.shown ?? .null)
            writer.array(register.writes.count)
            for write in register.writes {
                writer.array(2)
                writer.value(write.value ?? .null)
                writer.unsigned(UInt64(Self.index(of: write.entry, in: sources)))
            }
        }
        return sources
    }

    /// Where the entry stands in the sorted list, or would stand.
    private static func index(of entry: Digest, in sources: [Write]) -> Int {
        var (low, high) = (0, sources.count)
        while low < high {
            let middle = (low + high) / 2
            if sources[middle].entry < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SubjectView.Counts {
    /// The counts in the order of their declaration.
    fileprivate var all: [Int] {
        [
            entries, waiting, inadmissible, withoutRight, malformed, forged, needingVersion,
            proposed,
        ]
    }
}

extension SubjectView.Link.Kind {
    /// `duplicate-of`, `leads`, or the code of the relation with `>` before it for the subject that
    /// the entry names first and `<` for the other.
    package var code: String {
        switch self {
        case .duplicateOf: "duplicate-of"
        case .leads: "leads"
        case .related(let relation, let isFirst): (isFirst ? ">" : "<") + relation
        }
    }
}
