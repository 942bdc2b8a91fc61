package import Crypto
internal import Encoding
internal import Ledger

extension CaseView {
    /// Everything in the view as deterministic CBOR; its SHA-256 is the case's leaf in the view
    /// digest.
    ///
    /// A map: 0 fold version, 1 id, 2 number, 3 whether imported, 4 scope, 5 holder, 6 stage,
    /// 7 registers as [number, shown, writes], 8 profile, 9 deadlines as [clock, start, due,
    /// done, ended], 10 conflicts as [register, owner, answer by], 11 flags, 12 counts as
    /// [entries, waiting, inadmissible, without right, malformed, forged, needing a version],
    /// 13 updated, 14 needed version, 15 the entries that stand in a register as [hash, log,
    /// time], hashes rising. A write is [value, index of its entry under 15]; the writes of a
    /// conflict are those of its register. Null stands for what is not there.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 1024)
        writer.map(16)
        writer.unsigned(0)
        writer.unsigned(CaseFold.version)
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
            writer.array(3)
            writer.unsigned(conflict.register)
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
        return writer.bytes
    }

    /// SHA-256 of ``encoded``.
    package func digest(_ hasher: SHA256Hasher) -> Digest { hasher.hash(encoded) }

    private func writeDeadlines(to writer: inout CBORWriter) {
        writer.unsigned(9)
        writer.array(deadlines.count)
        for deadline in deadlines {
            writer.array(5)
            writer.text(deadline.clock.rawValue)
            writer.unsigned(deadline.start)
            writer.unsigned(deadline.due)
            writer.value(deadline.doneAt.map { .unsigned($0) } ?? .null)
            writer.bool(deadline.hasEnded)
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

extension CaseView.Counts {
    /// The counts in the order of their declaration.
    fileprivate var all: [Int] {
        [entries, waiting, inadmissible, withoutRight, malformed, forged, needingVersion]
    }
}
