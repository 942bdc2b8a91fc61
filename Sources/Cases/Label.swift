/// A name or a line of help in both languages of the program.
package struct Label: Hashable, Sendable {
    /// Chinese.
    package let zh: String
    /// English.
    package let en: String

    /// Pairs the two.
    package init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }
}
