import Ledger

extension AuthorityVectors {
    /// Logs of which their keys signed two histories.
    static func forks() throws -> [VectorFile] {
        func questions() -> [Question] {
            (3...6).map { ask(.node("street"), at: $0) }
                + (4...6).flatMap { sequence in
                    ["left", "right"].map { branch in
                        ask(
                            .node("street"),
                            at: UInt64(sequence),
                            entry: "\(branch) \(sequence)"
                        )
                    }
                }
        }
        var world = try usual()
        try world.fork("fork", "street", at: 5, left: 9, right: 6, by: "district")
        // Somebody else's, of the same histories, says the same.
        try world.fork("again", "street", at: 5, left: 12, right: 7, by: "city")
        var files = [
            try file("forked", "a street's log has two histories", world, questions())
        ]
        try world.mark(
            "by place",
            isRatification: true,
            3..<7,
            of: "street",
            by: "district"
        )
        try world.mark("good", isRatification: true, 5..<7, of: "street", "left", by: "district")
        try world.mark("bad", isRatification: false, 5..<7, of: "street", "right", by: "district")
        files.append(
            try file(
                "fork_settled",
                "the district ratifies one history and refuses the other, by the entries' hashes",
                world,
                questions()
            )
        )
        world = try usual()
        try world.fork("late", "street", at: 5, left: 9, right: 6, by: "district")
        try world.fork("early", "street", at: 4, left: 5, right: 6, by: "street")
        files.append(
            try file("forked_twice", "the earliest place counts", world, questions())
        )
        world = try usual()
        try world.fork("other key", "street", at: 4, left: 5, right: 6, by: "city", key: "city")
        try world.fork("no leaf", "street", at: 4, left: 5, right: 6, by: "city", right: "left")
        try world.fork("no proof", "street", at: 4, left: 9, right: 9, by: "city", isProven: false)
        files.append(
            try file("fork_false", "none of these shows two histories", world, questions())
        )
        world = try usual()
        try world.staff("13", [.mediator], "330105013", at: "street", by: "1")
        try world.end("end", ["1"], size: 0, by: "1", at: "street")
        try world.grant("late", .street, "330105014", by: "district")
        try world.fork("street", "street", at: 3, left: 4, right: 4, by: "city")
        try world.fork("district", "district", at: 2, left: 3, right: 3, by: "city")
        files.append(
            try file(
                "fork_below",
                "grants and ends beyond a fork have no effect",
                world,
                questions()
            )
        )
        return files
    }
}
