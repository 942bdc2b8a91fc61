import Testing

/// What a transcript takes for an answer and what not.
struct PlaceholderTests {
    private func mismatch(_ expected: [String], _ lines: [String]) -> String? {
        var words = Placeholders(["home": "/tmp/x"])
        return words.mismatch(expected, lines)
    }

    @Test func wildcardsStandForTextAndForLines() {
        #expect(mismatch(["a", "b"], ["a", "b"]) == nil)
        #expect(mismatch(["a … c"], ["a x y c"]) == nil)
        #expect(mismatch(["…", "c"], ["a", "b", "c"]) == nil)
        #expect(mismatch(["a", "…"], ["a", "b", "c"]) == nil)
        #expect(mismatch(["{home}/a"], ["/tmp/x/a"]) == nil)
        #expect(mismatch(["(a.b)"], ["(a.b)  "]) == nil)
    }

    @Test func whatDoesNotFitIsFound() {
        #expect(mismatch(["a"], ["b"]) != nil)
        #expect(mismatch(["a"], ["a", "b"]) != nil)
        #expect(mismatch(["a", "b"], ["a"]) != nil)
        #expect(mismatch(["…", "d"], ["a", "b", "c"]) != nil)
        #expect(mismatch(["a.b"], ["axb"]) != nil)
    }

    @Test func aWordIsLearnedOnceAndHoldsFromThenOn() {
        #expect(mismatch(["id {A}", "again {A}"], ["id 7", "again 7"]) == nil)
        #expect(mismatch(["id {A}", "again {A}"], ["id 7", "again 8"]) != nil)
        #expect(mismatch(["id {A}"], ["id 7 8"]) != nil)
    }
}
